import { fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeFolder } from '../runtime/make-folder.js'
import type { Clock } from '../runtime/ports.js'
import { threadArguments, threadFile } from '../runtime/thread-file.js'
import type { RunJob } from './job-queue.js'
import { outcome } from './process-outcome.js'
import type { TrainJob } from './train-job.js'

export interface TrainJobOptions extends Pick<TrainJob, 'threads' | 'vmJob' | 'measurements' | 'models'> {
  readonly clock: Clock
}

const file = fileURLToPath(threadFile(import.meta.url, './train-process'))

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
    signal.addEventListener('abort', abort)
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
