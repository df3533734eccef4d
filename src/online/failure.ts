import { diskErrorCode } from '../runtime/disk-error.js'
import { ModelError } from '../core/errors.js'
import type { FailureReason } from './status.js'

/** What kind of trouble an error of a round is. */
export function failureReason(error: unknown): FailureReason {
  if (diskErrorCode(error)) return 'disk'
  if (isOfArchive(error)) return 'pipeline'
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

/** Also of a thread, whose errors keep their code but not their kind. */
function isOfArchive(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'INVALID_ARCHIVE'
}

const longestPause = 300_000

/**
 * Milliseconds until the next attempt: the interval, doubled for each failure in a row up to five minutes (or the
 * interval, if that is longer), and shortened by up to a half at random, so that those who failed together do not come
 * back together.
 */
export function pauseAfter(failures: number, interval: number, random: () => number): number {
  if (failures === 0) return interval
  const pause = Math.min(Math.max(longestPause, interval), interval * 2 ** Math.min(failures, 20))
  return pause * (0.5 + 0.5 * random())
}
