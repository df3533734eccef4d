import { type ChildProcess, fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type ErrorCode, ModelError } from '../core/errors.js'
import { makeFolder } from '../runtime/make-folder.js'
import type { Clock } from '../runtime/ports.js'
import { threadArguments, threadFile } from '../runtime/thread-file.js'
import type { Job, JobError } from './job.js'
import type { RunJob } from './job-queue.js'
import type { TrainJob } from './train-job.js'
import type { ProcessMessage } from './train-process.js'

export interface TrainJobOptions extends Pick<TrainJob, 'threads' | 'vmJob' | 'measurements' | 'models'> {
  readonly clock: Clock
}

const file = fileURLToPath(threadFile(import.meta.url, './train-process'))
/** Characters at the end of stderr that are kept, for the message of a process that fails. */
const maxStderr = 2000

/**
 * Runs each job in a process of its own: it does not delay requests, a job that runs out of memory ends alone, and
 * cancelling takes effect at once.
 */
export function trainJobRunner({ clock, ...options }: TrainJobOptions): RunJob {
  return async ({ job, requestPath, workPath, resultPath, signal, progress, log }) => {
    await rm(workPath, { recursive: true, force: true })
    // After a kill, the orphaned process of this job may run on for a moment; it must not write into the same folder.
    const ownPath = join(workPath, randomUUID())
    await makeFolder(ownPath)
    const { request, parts } = job
    const message: TrainJob = {
      job: { request, parts },
      requestPath,
      workPath: ownPath,
      resultPath,
      now: clock(),
      ...options,
    }
    signal.throwIfAborted()
    const child = fork(file, { execArgv: threadArguments(), stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
    const abort = () => child.kill('SIGKILL')
    signal.addEventListener('abort', abort, { once: true })
    try {
      return await outcome(child, message, { progress, log })
    } catch (error) {
      throw signal.aborted ? signal.reason : error
    } finally {
      signal.removeEventListener('abort', abort)
      child.kill('SIGKILL')
    }
  }
}

function outcome(
  child: ChildProcess,
  job: TrainJob,
  { progress, log }: Pick<Parameters<RunJob>[0], 'progress' | 'log'>,
): Promise<NonNullable<Job['scores']>> {
  return new Promise((resolve, reject) => {
    let stderr = ''
    child.stderr?.on('data', (chunk: Buffer) => {
      stderr = (stderr + chunk.toString('utf8')).slice(-maxStderr)
    })
    child.on('message', (message: ProcessMessage) => {
      if ('progress' in message) progress(message.progress)
      else if ('log' in message) log(message.log)
      else if ('scores' in message) resolve(message.scores)
      else reject(asModelError(message.failure))
    })
    child.once('error', reject)
    child.once('close', (code, killed) => reject(processError(code, killed, stderr)))
    child.send(job)
  })
}

function processError(code: number | null, signal: string | null, stderr: string): Error {
  // V8 has no exit code for this: it prints a message and aborts. The kernel kills without a message.
  if (/heap out of memory|Allocation failed/.test(stderr) || signal === 'SIGKILL') {
    return new ModelError('LIMIT_EXCEEDED', 'training ran out of memory; ask for fewer metrics or a shorter time')
  }
  return new Error(`the training process ended with ${signal ?? code}: ${stderr.trim().split('\n').at(-1) ?? ''}`)
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
