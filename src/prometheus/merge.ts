import { append } from '../core/multimap.js'
import type { Series } from './response.js'

/** Series of the same labels, asked for in parts, as one. Parts come in the order of their times. */
export function mergeParts(parts: readonly (readonly Series[])[]): readonly Series[] {
  if (parts.length === 1) return parts[0]!
  const byLabels = new Map<string, Series[]>()
  for (const series of parts.flat()) {
    const key = JSON.stringify(Object.entries(series.labels).sort(([a], [b]) => (a < b ? -1 : 1)))
    append(byLabels, key, series)
  }
  return [...byLabels.values()].map((own) => (own.length === 1 ? own[0]! : concatenated(own)))
}

function concatenated(parts: readonly Series[]): Series {
  const length = parts.reduce((sum, { timestamps }) => sum + timestamps.length, 0)
  const timestamps = new Float64Array(length)
  const values = new Float64Array(length)
  let at = 0
  for (const part of parts) {
    timestamps.set(part.timestamps, at)
    values.set(part.values, at)
    at += part.timestamps.length
  }
  return { ...parts[0]!, timestamps, values }
}
