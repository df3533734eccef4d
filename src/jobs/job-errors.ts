import { ModelError, messageOf } from '../core/errors.js'
import type { Job, JobError } from './job.js'

/** An error as `job.json` stores it. */
export function jobError(error: unknown): JobError {
  if (!(error instanceof ModelError)) return { code: 'INTERNAL', message: messageOf(error) }
  return { code: error.code, message: error.message, ...(error.field !== undefined && { field: error.field }) }
}

export function cancelled(): ModelError {
  return new ModelError('CANCELLED', 'the job was cancelled')
}

export function stopped(): ModelError {
  return new ModelError('UNAVAILABLE', 'the trainer stops; jobs go on when it is started again')
}

export function attemptsExceeded({ attempts }: Job): ModelError {
  return new ModelError(
    'LIMIT_EXCEEDED',
    `the trainer was killed ${attempts} times while this job ran, most likely for want of memory; ask for fewer metrics or a shorter time`,
  )
}
