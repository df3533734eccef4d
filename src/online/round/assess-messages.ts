import { diskErrorCode } from '../../runtime/disk-error.js'
import { ModelError, messageOf } from '../../core/errors.js'
import type { Logger } from '../../runtime/ports.js'
import { type Assessment, type AssessRequest, assess } from './assess.js'

/** What the thread of a round posts: lines of its log, and at the end the assessment or the failure. */
export type AssessMessage =
  | { readonly level: keyof Logger; readonly fields: object; readonly message: string }
  | { readonly assessment: Assessment }
  /** `code` where a disk or the served pipeline is the reason; errors lose it when they are cloned between threads. */
  | { readonly failure: string; readonly code: string | undefined }

/** Runs a round and posts what becomes of it. It never rejects. */
export async function postAssessment(request: AssessRequest, post: (message: AssessMessage) => void): Promise<void> {
  const log = (level: keyof Logger) => (fields: object, message: string) => post({ level, fields, message })
  const logger: Logger = { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') }
  try {
    post({ assessment: await assess(request, logger) })
  } catch (error) {
    const damaged = error instanceof ModelError && error.code === 'INVALID_ARCHIVE' ? error.code : undefined
    post({ failure: messageOf(error), code: diskErrorCode(error) ?? damaged })
  }
}
