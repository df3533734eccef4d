import { diskErrorCode } from '../runtime/disk-error.js'
import { errorCode, ModelError } from '../core/errors.js'
import { backoff } from '../net/backoff.js'
import type { FailureReason } from './status.js'

/** The reason under which an error of a round is counted. */
export function failureReason(error: unknown): FailureReason {
  if (diskErrorCode(error)) return 'disk'
  // By the code alone: errors from a thread keep their code and lose their class.
  if (errorCode(error) === 'INVALID_ARCHIVE') return 'pipeline'
  if (!(error instanceof ModelError)) return 'round'
  switch (error.code) {
    case 'INVALID_CONFIG':
      return 'refused'
    case 'INVALID_DATA':
    case 'INVALID_REQUEST':
    case 'LIMIT_EXCEEDED':
      return 'invalid'
    default:
      return 'unavailable'
  }
}

const maxPause = 300_000

/**
 * Milliseconds until the next attempt: the interval, doubled for each failure in a row up to five minutes (or the
 * interval, if that is longer), and shortened by up to a half at random.
 */
export function pauseAfter(failures: number, interval: number, random: () => number): number {
  if (failures === 0) return interval
  return backoff(failures, { first: 2 * interval, longest: Math.max(maxPause, interval), random })
}
