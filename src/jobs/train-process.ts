import { monotonicClock } from '../runtime/ports.js'
import { setPriority } from 'node:os'
import { ModelError, messageOf } from '../core/errors.js'
import type { Job, JobError, JobProgress } from './job.js'
import { type TrainJob, trainJob } from './train-job.js'

/** Messages of the process: progress, lines of its log, and at the end scores or a failure. */
export type ProcessMessage =
  | { readonly progress: JobProgress }
  | { readonly log: string }
  | { readonly scores: NonNullable<Job['scores']> }
  | { readonly failure: JobError }

const send = (message: ProcessMessage) => process.send?.(message)

/** Milliseconds between progress messages at least: a response of a gigabyte is read in a thousand chunks. */
const betweenProgress = 100

// The parent process has ended, so nobody waits for the result.
process.on('disconnect', () => process.exit(0))
process.once('message', async (job: TrainJob) => {
  try {
    // Below the priority of the processes that serve requests.
    setPriority(10)
  } catch {
    // Not permitted here: the process runs at the default priority.
  }
  let last = Number.NEGATIVE_INFINITY
  const progress = (now: JobProgress) => {
    if (monotonicClock() - last < betweenProgress && now.done < now.total) return
    last = monotonicClock()
    send({ progress: now })
  }
  try {
    send({ scores: await trainJob(job, { progress, log: (line) => send({ log: line }) }) })
  } catch (error) {
    const field = error instanceof ModelError ? error.field : undefined
    const code = error instanceof ModelError ? error.code : 'INTERNAL'
    send({ failure: { code, message: messageOf(error), ...(field !== undefined && { field }) } })
  }
})
