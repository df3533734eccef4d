import { isAscending } from '../table/timeline.js'
import type { Series } from './response.js'

/** A series as a Prometheus should give it, and what had to be done for that. */
export interface SortedSeries {
  readonly series: Series
  /** Samples that came behind a later one. */
  readonly outOfOrder: number
  /** Samples of a time that a later sample has too. */
  readonly duplicates: number
}

/** Puts samples into the order of their times; of two samples of a time the last counts. A clean series stays as it is. */
export function sortedByTime(series: Series): SortedSeries {
  const { timestamps, values } = series
  if (isAscending(timestamps)) return { series, outOfOrder: 0, duplicates: 0 }
  let outOfOrder = 0
  for (let i = 1; i < timestamps.length; i++) if (timestamps[i]! < timestamps[i - 1]!) outOfOrder++
  const byTime = new Map<number, number>()
  for (let i = 0; i < timestamps.length; i++) byTime.set(timestamps[i]!, values[i]!)
  const times = Float64Array.from(byTime.keys()).sort()
  const ordered = { ...series, timestamps: times, values: times.map((time) => byTime.get(time)!) }
  return { series: ordered, outOfOrder, duplicates: timestamps.length - times.length }
}
