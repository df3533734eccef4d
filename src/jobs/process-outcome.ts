import type { ChildProcess } from 'node:child_process'
import { type ErrorCode, ModelError } from '../core/errors.js'
import { stderrTail } from '../runtime/stderr-tail.js'
import type { Job, JobError } from './job.js'
import type { TrainJob, TrainJobEvents } from './train-job.js'
import type { ProcessMessage } from './train-messages.js'

/** Gives a process its job and waits for what comes of it. @throws ModelError, or Error where the process broke down */
export function outcome(
  child: ChildProcess,
  job: TrainJob,
  { progress, log }: TrainJobEvents,
): Promise<NonNullable<Job['scores']>> {
  return new Promise((resolve, reject) => {
    const stderr = stderrTail(child)
    child.on('message', (message: ProcessMessage) => {
      if ('progress' in message) progress(message.progress)
      else if ('log' in message) log(message.log)
      else if ('scores' in message) resolve(message.scores)
      else reject(asModelError(message.failure))
    })
    child.once('error', reject)
    child.once('close', (code, killed) => reject(processError(code, killed, stderr())))
    child.send(job)
  })
}

function processError(code: number | null, signal: string | null, stderr: string): Error {
  // V8 has no exit code for this: it prints a message and aborts. The kernel kills without a message.
  if (/heap out of memory|Allocation failed/.test(stderr) || signal === 'SIGKILL') {
    return new ModelError('LIMIT_EXCEEDED', 'training ran out of memory; ask for fewer metrics or a shorter time')
  }
  return new Error(`the training process ended with ${signal ?? code}: ${stderr.split('\n').at(-1) ?? ''}`)
}

const codes: ReadonlySet<string> = new Set<ErrorCode>([
  'INVALID_REQUEST',
  'NO_MODEL',
  'INVALID_ARCHIVE',
  'INVALID_DATA',
  'INVALID_CONFIG',
  'SHAPE_MISMATCH',
  'LIMIT_EXCEEDED',
  'UNAVAILABLE',
  'CANCELLED',
])

function asModelError({ code, message, field }: JobError): Error {
  if (!codes.has(code)) return new Error(message)
  return new ModelError(code as ErrorCode, message, field === undefined ? {} : { field })
}
