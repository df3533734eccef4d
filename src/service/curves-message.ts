import { ModelError, messageOf } from '../core/errors.js'
import { type CurvesAnswer, type CurvesRequest, universalCurves } from './universal-curves.js'

/** What the process answers. Errors lose their code when they are cloned between processes. */
export type CurvesMessage =
  | { readonly answer: CurvesAnswer }
  | { readonly code: ModelError['code']; readonly message: string; readonly field: string | undefined }

/** Asks the universal model, and tells in a message what came of it. Never throws. */
export function curvesMessage(request: CurvesRequest, ask: typeof universalCurves = universalCurves): CurvesMessage {
  try {
    return { answer: ask(request) }
  } catch (error) {
    const { code, field } = error instanceof ModelError ? error : { code: 'INVALID_DATA' as const, field: undefined }
    return { code, message: messageOf(error), field }
  }
}
