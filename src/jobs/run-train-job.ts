import { type ChildProcess, fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type ErrorCode, ModelError } from '../core/errors.js'
import type { Clock } from '../runtime/ports.js'
import { threadArguments, threadFile } from '../runtime/thread-file.js'
import type { Job, JobError } from './job.js'
import type { RunJob } from './job-queue.js'
import type { TrainJob } from './train-job.js'
import type { ProcessMessage } from './train-process.js'

export interface TrainJobOptions extends Pick<TrainJob, 'threads' | 'vmJob' | 'models'> {
  readonly clock: Clock
}

const file = fileURLToPath(threadFile(import.meta.url, './train-process'))
/** Of a process that ends badly, its last words. */
const lastWords = 2000

/**
 * Runs each job in a process of its own: whoever serves does not notice, a job that takes too much memory takes nothing
 * else with it, and cancelling one is at once.
 */
export function trainJobRunner({ clock, ...options }: TrainJobOptions): RunJob {
  return async ({ job, requestPath, workPath, resultPath, signal, progress, log }) => {
    await rm(workPath, { recursive: true, force: true })
    // One that was orphaned by a kill may still be at work for a moment: it must not write where this one does.
    const ownPath = join(workPath, randomUUID())
    await mkdir(ownPath, { recursive: true })
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
    let said = ''
    child.stderr?.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString('utf8')).slice(-lastWords)
    })
    child.on('message', (message: ProcessMessage) => {
      if ('progress' in message) progress(message.progress)
      else if ('log' in message) log(message.log)
      else if ('scores' in message) resolve(message.scores)
      else reject(asModelError(message.failure))
    })
    child.once('error', reject)
    child.once('close', (code, killed) => reject(endedBadly(code, killed, said)))
    child.send(job)
  })
}

function endedBadly(code: number | null, signal: string | null, said: string): Error {
  // V8 says so and aborts; the kernel says nothing and kills.
  if (/heap out of memory|Allocation failed/.test(said) || signal === 'SIGKILL') {
    return new ModelError('LIMIT_EXCEEDED', 'training ran out of memory; ask for fewer metrics or a shorter time')
  }
  return new Error(`the training process ended with ${signal ?? code}: ${said.trim().split('\n').at(-1) ?? ''}`)
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
