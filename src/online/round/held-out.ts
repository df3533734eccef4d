import { quantile } from '../../numeric/quantile.js'

/** The recent time is divided into this many parts; every third is held out, beginning with the newest. */
const parts = 12
const every = 3

export interface HeldOut {
  heldOut(time: number): boolean
  /** Unix seconds after which the newest part begins. */
  readonly newestFrom: number
  /** Seconds that count as recent: more than asked where measurements are rare. */
  readonly seconds: number
}

/** Rows that each part has at least. */
const rowsPerPart = 3

/**
 * Which times are held out for validation: of the last `seconds` every third of twelve parts, the newest among them.
 * Whole parts are held out because neighbouring rows are nearly equal: with one in training and one held out, the model
 * would be validated on what it has seen. Where measurements are rare (a scrape a minute), a longer time is recent, so
 * that every part has some of them.
 *
 * @param timestamps unix seconds, ascending
 */
export function heldOutTimes(timestamps: Float64Array, seconds: number): HeldOut {
  const first = timestamps[0] ?? 0
  const last = timestamps.at(-1) ?? 0
  const recent = Math.max(seconds, parts * rowsPerPart * usualInterval(timestamps))
  const length = Math.min(recent, last - first) / parts
  if (!(length > 0)) return { heldOut: () => false, newestFrom: last, seconds: recent }
  const heldOut = (time: number) => {
    const part = Math.floor((last - time) / length)
    return part < parts && part % every === 0
  }
  return { heldOut, newestFrom: last - length, seconds: recent }
}

/** The median of the seconds between measurements; 0 with fewer than two. Rows per container share their times. */
export function usualInterval(timestamps: Float64Array): number {
  const gaps: number[] = []
  for (let i = 1; i < timestamps.length; i++) {
    const gap = timestamps[i]! - timestamps[i - 1]!
    if (gap > 0) gaps.push(gap)
  }
  return gaps.length === 0 ? 0 : quantile(gaps, 0.5)
}
