import { ModelError, messageOf } from '../core/errors.js'
import { type CurvesAnswer, type CurvesRequest, universalCurves } from './universal-curves.js'

/** What the process answers. Errors lose their code when they are cloned between processes. */
export type CurvesMessage =
  | { readonly answer: CurvesAnswer }
  | { readonly code: ModelError['code']; readonly message: string; readonly field: string | undefined }

function answer(request: CurvesRequest): CurvesMessage {
  try {
    return { answer: universalCurves(request) }
  } catch (error) {
    const { code, field } = error instanceof ModelError ? error : { code: 'INVALID_DATA' as const, field: undefined }
    return { code, message: messageOf(error), field }
  }
}

// After the one request nothing is waited for, and the process ends; so it does when its parent has ended.
process.once('message', (request: CurvesRequest) => process.send?.(answer(request)))
