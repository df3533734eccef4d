import { setPriority } from 'node:os'
import { ModelError, messageOf } from '../core/errors.js'
import type { Job, JobError, JobProgress } from './job.js'
import { type TrainJob, trainJob } from './train-job.js'

/** What the process says: how far it is, lines of its log, and in the end scores or what went wrong. */
export type ProcessMessage =
  | { readonly progress: JobProgress }
  | { readonly log: string }
  | { readonly scores: NonNullable<Job['scores']> }
  | { readonly failure: JobError }

const say = (message: ProcessMessage) => process.send?.(message)

/** Messages at most so often, in milliseconds: a response of a gigabyte is read in a thousand chunks. */
const betweenProgress = 100

// Who waits for the answer is gone: so is this.
process.on('disconnect', () => process.exit(0))
process.once('message', async (job: TrainJob) => {
  try {
    // Whoever serves beside it goes first.
    setPriority(10)
  } catch {
    // Not allowed here: then it competes with the others.
  }
  let last = 0
  const progress = (now: JobProgress) => {
    if (Date.now() - last < betweenProgress && now.done < now.total) return
    last = Date.now()
    say({ progress: now })
  }
  try {
    say({ scores: await trainJob(job, { progress, log: (line) => say({ log: line }) }) })
  } catch (error) {
    const field = error instanceof ModelError ? error.field : undefined
    const code = error instanceof ModelError ? error.code : 'INTERNAL'
    say({ failure: { code, message: messageOf(error), ...(field !== undefined && { field }) } })
  }
})
