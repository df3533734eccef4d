import { diskErrorCode } from '../runtime/disk-error.js'
import { ModelError } from '../core/errors.js'
import type { FailureReason } from './status.js'

/** The reason under which an error of a round is counted. */
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

/** By the code alone: errors from a thread keep their code and lose their class. */
function isOfArchive(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'INVALID_ARCHIVE'
}

const maxPause = 300_000

/**
 * Milliseconds until the next attempt: the interval, doubled for each consecutive failure up to five minutes (or the
 * interval, if that is longer), and shortened by up to a half at random, so that trainers that failed together do not
 * retry together.
 */
export function pauseAfter(failures: number, interval: number, random: () => number): number {
  if (failures === 0) return interval
  const pause = Math.min(Math.max(maxPause, interval), interval * 2 ** Math.min(failures, 20))
  return pause * (0.5 + 0.5 * random())
}
