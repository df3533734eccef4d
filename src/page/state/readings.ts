import type { LiveJson } from '../../api/live-answers.js'

/** A reading of the power meter with the time when it came, in seconds since the epoch. */
export interface Reading {
  readonly at: number
  readonly live: LiveJson
}

/** Ten minutes of them. */
const most = 300

/** The readings that are shown once another one came; of two of the same time the later stays. */
export function readings(before: readonly Reading[], next: Reading): readonly Reading[] {
  return [...before.filter(({ at }) => at < next.at).slice(1 - most), next]
}
