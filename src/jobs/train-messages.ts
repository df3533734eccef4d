import type { MonotonicClock } from '../runtime/ports.js'
import type { Job, JobError, JobProgress } from './job.js'
import { jobError } from './job-errors.js'
import type { TrainJobEvents } from './train-job.js'

/** Messages of a training process: progress, lines of its log, and at the end scores or a failure. */
export type ProcessMessage =
  | { readonly progress: JobProgress }
  | { readonly log: string }
  | { readonly scores: NonNullable<Job['scores']> }
  | { readonly failure: JobError }

/** Milliseconds between progress messages at least: a response of a gigabyte is read in a thousand chunks. */
const betweenProgress = 100

/** Runs `train` and sends what it tells; never rejects. The last of each stage is always sent. */
export async function sendMessages(
  train: (events: TrainJobEvents) => Promise<NonNullable<Job['scores']>>,
  send: (message: ProcessMessage) => void,
  clock: MonotonicClock,
): Promise<void> {
  let last = Number.NEGATIVE_INFINITY
  const progress = (now: JobProgress) => {
    if (clock() - last < betweenProgress && now.done < now.total) return
    last = clock()
    send({ progress: now })
  }
  try {
    send({ scores: await train({ progress, log: (line) => send({ log: line }) }) })
  } catch (error) {
    send({ failure: jobError(error) })
  }
}
