import type { Series } from '../prometheus/response.js'
import { isAscending, type Timeline } from '../table/timeline.js'
import { describeLabels, type Findings } from './findings.js'

/**
 * A series as a timeline: samples that are not finite leave, times ascend, of two samples of a time the last counts. What
 * was done is said in `findings`. A clean series is given back itself.
 */
export function cleanSeries(series: Series, findings: Findings): Timeline {
  if (series.neverFalls && isAscending(series.timestamps)) return series
  const { metric, labels } = series
  let { timestamps, values } = series
  const note = (kind: Parameters<Findings['add']>[0], count: number) => {
    if (count > 0) findings.add(kind, metric, count, describeLabels(labels))
  }
  if (values.length === 0) note('empty series', 1)
  if (allFinite(values)) {
    if (isAscending(timestamps)) return series
  } else {
    const keep = values.map((value) => (Number.isFinite(value) ? 1 : 0))
    timestamps = timestamps.filter((_, i) => keep[i] === 1)
    values = values.filter((value) => Number.isFinite(value))
    note('not finite', keep.length - values.length)
  }
  if (isAscending(timestamps)) return { timestamps, values }

  let back = 0
  for (let i = 1; i < timestamps.length; i++) if (timestamps[i]! < timestamps[i - 1]!) back++
  note('clock steps back', back)
  const byTime = new Map<number, number>()
  for (let i = 0; i < timestamps.length; i++) byTime.set(timestamps[i]!, values[i]!)
  note('duplicate time', timestamps.length - byTime.size)
  const sorted = Float64Array.from(byTime.keys()).sort()
  return { timestamps: sorted, values: sorted.map((time) => byTime.get(time)!) }
}

function allFinite(values: Float64Array): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i]!)) return false
  return true
}
