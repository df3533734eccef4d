import * as z from 'zod'
import { trainRequestSchema } from './train-request.js'

const byteRange = z.object({ start: z.number().int().nonnegative(), end: z.number().int().nonnegative() })

/** The error of a failed or cancelled job, in the form of an HTTP answer. */
const jobErrorSchema = z.object({ code: z.string(), message: z.string(), field: z.string().optional() })
export type JobError = z.infer<typeof jobErrorSchema>

/** A training run that was asked for over HTTP, as it stands in `job.json`. */
export const jobSchema = z.object({
  id: z.uuid(),
  state: z.enum(['queued', 'running', 'done', 'failed', 'cancelled']),
  /** ISO 8601, UTC, as are the other times. */
  createdAt: z.string(),
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
  /** How often it was started; a run that a regular stop of the trainer ended does not count, one that a kill ended does. */
  attempts: z.number().int().nonnegative(),
  progress: z.object({ stage: z.string(), done: z.number(), total: z.number() }),
  /** The newest lines of the run's log, oldest first. */
  log: z.array(z.string()),
  /** The best model of each source, output type and feature group. */
  scores: z.array(z.object({ model: z.string(), mae: z.number(), mape: z.number() })).nullable(),
  error: jobErrorSchema.nullable(),
  /** Bytes of the result, `null` as long as there is none. */
  resultBytes: z.number().nullable(),
  /** The request without the responses. */
  request: trainRequestSchema,
  /** The byte ranges of the responses in `request.json`. */
  parts: z.object({ response: byteRange, idle: byteRange.optional() }),
})
export type Job = Readonly<z.infer<typeof jobSchema>>
export type JobState = Job['state']
export type JobProgress = Job['progress']

export const jobStates: readonly JobState[] = ['queued', 'running', 'done', 'failed', 'cancelled']

/** Whether a job will never change again. */
export function isFinished({ state }: Job): boolean {
  return state === 'done' || state === 'failed' || state === 'cancelled'
}
