import { append } from '../core/multimap.js'
import type { Series } from '../prometheus/response.js'
import { addTimelines, rowsOn, type Timeline, unionClock, valueAt } from '../table/timeline.js'
import { cleanSeries } from './clean.js'
import type { FeatureColumn } from './dataset.js'
import type { Findings } from './findings.js'

/** A gauge of the node at the given times: the mean over its series, as an integer; the last known where it has none. */
export function systemFeature(
  name: string,
  series: readonly Series[],
  clock: Float64Array,
  findings: Findings,
): FeatureColumn {
  const timelines = series.map((one) => cleanSeries(one, findings))
  const sum = addTimelines(timelines)
  const counts = new Float64Array(sum.timestamps.length)
  for (const { timestamps } of timelines) for (const row of rowsOn(sum.timestamps, timestamps)) counts[row]! += 1
  const means = { timestamps: sum.timestamps, values: sum.values.map((value, i) => Math.trunc(value / counts[i]!)) }
  return { name, values: clock.map((time) => orZero(valueAt(means, time))) }
}

/** What an accelerator does, one column a `type`, summed per time. A gauge: no rate. */
export function acceleratorFeature(
  name: string,
  series: readonly Series[],
  clock: Float64Array,
  findings: Findings,
): readonly FeatureColumn[] {
  const byType = new Map<string, Timeline[]>()
  for (const one of series) {
    const type = one.labels.type ?? ''
    append(byType, type, cleanSeries(one, findings))
  }
  return [...byType.keys()].sort().map((type) => {
    const { timestamps, values: sum } = addTimelines(byType.get(type)!)
    const values = new Float64Array(clock.length)
    const rows = rowsOn(clock, timestamps)
    for (let i = 0; i < rows.length; i++) if (rows[i]! >= 0) values[rows[i]!] = sum[i]!
    return { name: type === '' ? name : `${name}_${type}`, values }
  })
}

/** When an accelerator was measured: its readings are rows of the dataset even where no container ran. */
export function acceleratorClock(series: readonly Series[]): Float64Array {
  return unionClock(series.map(({ timestamps }) => timestamps))
}

/** The node type that `kepler_node_node_info` names at each time, 0 without one. */
export function nodeTypesAt(series: readonly Series[], clock: Float64Array, findings: Findings): Int32Array {
  const [first] = series
  if (first === undefined) return new Int32Array(clock.length)
  const types = cleanSeries(first, findings)
  return Int32Array.from(clock, (time) => orZero(valueAt(types, time)))
}

function orZero(value: number): number {
  return Number.isFinite(value) ? value : 0
}
