import { setPriority } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import { diskErrorCode } from '../../runtime/disk-error.js'
import { ModelError, messageOf } from '../../core/errors.js'
import type { Logger } from '../../runtime/ports.js'
import { type Assessment, assess } from './assess.js'

/** What the thread says: lines of its log, and in the end what it found out or why it could not. */
export type ThreadMessage =
  | { readonly level: keyof Logger; readonly fields: object; readonly message: string }
  | { readonly assessment: Assessment }
  /** `code` where a disk or the served pipeline is the reason, which an error loses on its way between threads. */
  | { readonly failure: string; readonly code: string | undefined }

const say = (message: ThreadMessage) => parentPort?.postMessage(message)
const log = (level: keyof Logger) => (fields: object, message: string) => say({ level, fields, message })
const logger: Logger = { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') }

try {
  // On Linux this is of the calling thread alone: who serves beside it goes first.
  setPriority(10)
} catch {
  // Not allowed here: then it competes with the others.
}
try {
  say({ assessment: await assess(workerData, logger) })
} catch (error) {
  const damaged = error instanceof ModelError && error.code === 'INVALID_ARCHIVE' ? error.code : undefined
  say({ failure: messageOf(error), code: diskErrorCode(error) ?? damaged })
}
