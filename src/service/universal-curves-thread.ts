import { parentPort, workerData } from 'node:worker_threads'
import { ModelError, messageOf } from '../core/errors.js'
import { type CurvesAnswer, universalCurves } from './universal-curves.js'

/** Errors lose their code when they are cloned between threads. */
export type CurvesMessage =
  | { readonly answer: CurvesAnswer }
  | { readonly code: ModelError['code']; readonly message: string; readonly field: string | undefined }

function answer(): CurvesMessage {
  try {
    return { answer: universalCurves(workerData) }
  } catch (error) {
    const { code, field } = error instanceof ModelError ? error : { code: 'INVALID_DATA' as const, field: undefined }
    return { code, message: messageOf(error), field }
  }
}

parentPort?.postMessage(answer())
