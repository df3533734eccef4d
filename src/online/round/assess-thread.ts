import { setPriority } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import { diskErrorCode } from '../../runtime/disk-error.js'
import { ModelError, messageOf } from '../../core/errors.js'
import type { Logger } from '../../runtime/ports.js'
import { type Assessment, assess } from './assess.js'

/** What the thread posts: lines of its log, and at the end the assessment or the failure. */
export type ThreadMessage =
  | { readonly level: keyof Logger; readonly fields: object; readonly message: string }
  | { readonly assessment: Assessment }
  /** `code` where a disk or the served pipeline is the reason; errors lose it when they are cloned between threads. */
  | { readonly failure: string; readonly code: string | undefined }

const post = (message: ThreadMessage) => parentPort?.postMessage(message)
const log = (level: keyof Logger) => (fields: object, message: string) => post({ level, fields, message })
const logger: Logger = { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') }

try {
  // On Linux this sets the priority of the calling thread alone, below the threads that serve requests.
  setPriority(10)
} catch {
  // Not permitted here: the thread runs at the default priority.
}
try {
  post({ assessment: await assess(workerData, logger) })
} catch (error) {
  const damaged = error instanceof ModelError && error.code === 'INVALID_ARCHIVE' ? error.code : undefined
  post({ failure: messageOf(error), code: diskErrorCode(error) ?? damaged })
}
