import { append } from '../core/multimap.js'
import type { Series } from '../prometheus/response.js'
import { rowsOn, type Timeline, unionClock } from '../table/timeline.js'
import { containerId, type UsageMode } from '../vocabulary/metric-vocabulary.js'
import { cleanSeries } from './clean.js'
import type { Findings } from './findings.js'

/** Shares of the packages that add up to 1, on the times at which there is any. */
export interface PackageRatio {
  readonly clock: Float64Array
  /** By package, in the order of `units`. */
  readonly columns: readonly Float64Array[]
}

/** The packages that the ratio metric names, in the order of their numbers. */
export function ratioUnits(series: readonly Series[]): readonly string[] {
  const units = new Set(series.map(({ labels }) => labels.pkg_id ?? '0'))
  return [...units].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
}

/** The node's: summed over containers, then made to add up to 1. */
export function nodeRatio(series: readonly Series[], units: readonly string[], findings: Findings): PackageRatio {
  const timelines = series.map((one) => ({ unit: one.labels.pkg_id ?? '0', timeline: cleanSeries(one, findings) }))
  return normalised(timelines, units)
}

/** Each container's own. */
export function containerRatios(
  series: readonly Series[],
  units: readonly string[],
  mode: UsageMode,
  findings: Findings,
): ReadonlyMap<string, PackageRatio> {
  const byContainer = new Map<string, Series[]>()
  for (const one of series) {
    const id = containerId(one.labels, mode)
    append(byContainer, id, one)
  }
  return new Map([...byContainer].map(([id, own]) => [id, nodeRatio(own, units, findings)]))
}

function normalised(
  parts: readonly { readonly unit: string; readonly timeline: Timeline }[],
  units: readonly string[],
): PackageRatio {
  const all = unionClock(parts.map(({ timeline }) => timeline.timestamps))
  const sums = units.map(() => new Float64Array(all.length))
  for (const { unit, timeline } of parts) {
    const sum = sums[units.indexOf(unit)]!
    const { timestamps, values } = timeline
    const rows = rowsOn(all, timestamps)
    for (let i = 0; i < rows.length; i++) sum[rows[i]!]! += values[i]!
  }
  const totals = all.map((_, i) => sums.reduce((total, sum) => total + sum[i]!, 0))
  const keep = [...totals.keys()].filter((i) => totals[i]! > 0)
  return {
    clock: Float64Array.from(keep, (i) => all[i]!),
    columns: sums.map((sum) => Float64Array.from(keep, (i) => sum[i]! / totals[i]!)),
  }
}
