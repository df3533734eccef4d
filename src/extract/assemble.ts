import type { EnergySource } from '../core/energy-source.js'
import { componentsOf } from '../core/energy-source.js'
import type { Series } from '../prometheus/response.js'
import { commonClock, rowsOn, unionClock } from '../table/timeline.js'
import { type Dataset, type FeatureColumn, type PowerColumn, type RatioColumn, ratioColumnName } from './dataset.js'
import type { Findings } from './findings.js'
import type { FeatureKind, UsageMode } from './metrics.js'
import { acceleratorClock, acceleratorFeature, nodeTypesAt, systemFeature } from './node-gauges.js'
import type { NodePower } from './power.js'
import { containerRatios, nodeRatio, ratioUnits } from './ratio.js'
import { containerClock, containerRates, containersOf, nodeUsage, type Usage } from './usage.js'

/** All that a dataset is put together from. */
export interface Parts {
  readonly source: EnergySource
  readonly mode: UsageMode
  readonly power: NodePower
  /** In the order of the dataset's columns. */
  readonly features: readonly {
    readonly name: string
    readonly kind: FeatureKind
    readonly series: readonly Series[]
  }[]
  /** The counters among the features, in the same order. */
  readonly usages: readonly Usage[]
  /** Series of the package ratio; empty where packages are not told apart. */
  readonly ratios: readonly Series[]
  readonly nodeInfo: readonly Series[]
  readonly nodeType: number | undefined
  readonly findings: Findings
}

/** One row a timestamp. */
export function assembleNode(parts: Parts): Dataset {
  const { power, features, usages, ratios, findings } = parts
  const usage = nodeUsage(usages)
  const accelerators = features.filter(({ kind }) => kind === 'accelerator')
  const measured = unionClock([usage.clock, ...accelerators.map(({ series }) => acceleratorClock(series))])
  const units = ratioUnits(ratios)
  const ratio = ratios.length > 0 ? nodeRatio(ratios, units, findings) : undefined
  // With system features alone the clock is that of power.
  const measures = usages.length + accelerators.length > 0
  const clock = commonClock([power.clock, ...(measures ? [measured] : []), ...(ratio ? [ratio.clock] : [])])
  const columns: FeatureColumn[] = []
  for (const { name, kind, series } of features) {
    if (kind === 'accelerator') columns.push(...acceleratorFeature(name, series, clock, findings))
    else if (kind === 'system') columns.push(systemFeature(name, series, clock, findings))
    else {
      const column = usage.columns[usages.findIndex(({ feature }) => feature === name)]!
      columns.push({ name, values: pick(column, usage.clock, clock) })
    }
  }
  return {
    ...common(parts, clock),
    outputType: 'AbsPower',
    features: columns,
    powers: power.columns.map((column) => ({ ...column, values: pick(column.values, power.clock, clock) })),
    ratios: ratio
      ? ratioColumns(
          units,
          ratio.columns.map((c) => pick(c, ratio.clock, clock)),
        )
      : wholeNode(parts, clock.length),
  }
}

/** One row a (timestamp, container), by time and then by container. Accelerators belong to no container and stay out. */
export function assembleContainers(parts: Parts): Dataset {
  const { power, features, usages, ratios, mode, findings } = parts
  const units = ratioUnits(ratios)
  const ratioOf = ratios.length > 0 ? containerRatios(ratios, units, mode, findings) : undefined
  const containers = containersOf(usages).map((id) => {
    const clock = containerClock(usages, id)
    return { id, clock, times: timesWith(power.clock, clock, ratioOf && (ratioOf.get(id)?.clock ?? noTimes)) }
  })
  const starts = rowStarts(power.clock.length, containers)
  const rows = starts[power.clock.length]!

  // Container by container into its places, so that no more than one container's rates are held besides the columns.
  const ids = new Array<string>(rows)
  const usageColumns = usages.map(() => new Float64Array(rows))
  const ratioValues = ratioOf ? units.map(() => new Float64Array(rows)) : []
  const next = starts.slice()
  for (const { id, clock, times } of containers) {
    const rates = containerRates(usages, id, clock)
    const ratio = ratioOf?.get(id)
    const ratioRows = ratio && rowsOn(ratio.clock, clock)
    for (let i = 0; i < times.length; i++) {
      if (times[i]! < 0) continue
      const row = next[times[i]!]!++
      ids[row] = id
      for (let j = 0; j < rates.length; j++) usageColumns[j]![row] = rates[j]![i]!
      for (let u = 0; u < ratioValues.length; u++) ratioValues[u]![row] = ratio!.columns[u]![ratioRows![i]!]!
    }
  }
  const timestamps = spread(power.clock, starts)
  const columns = features
    .filter(({ kind }) => kind !== 'accelerator')
    .map(({ name, kind, series }) =>
      kind === 'system'
        ? systemFeature(name, series, timestamps, findings)
        : { name, values: usageColumns[usages.findIndex(({ feature }) => feature === name)]! },
    )
  return {
    ...common(parts, timestamps),
    outputType: 'DynPower',
    containerIds: ids,
    features: columns,
    powers: power.columns.map((column): PowerColumn => ({ ...column, values: spread(column.values, starts) })),
    ratios: ratioOf ? ratioColumns(units, ratioValues) : wholeNode(parts, rows),
  }
}

const noTimes = new Float64Array(0)

/** For each time of a container's clock its time on the clock of power, -1 where there is no power (or no ratio). */
function timesWith(power: Float64Array, clock: Float64Array, ratio: Float64Array | undefined): Int32Array {
  const times = rowsOn(power, clock)
  if (ratio === undefined) return times
  const there = rowsOn(ratio, clock)
  return times.map((time, i) => (there[i]! < 0 ? -1 : time))
}

/** Where the rows of each time begin; at the end, how many rows there are. */
function rowStarts(times: number, containers: readonly { readonly times: Int32Array }[]): Int32Array {
  const starts = new Int32Array(times + 1)
  for (const container of containers) for (const time of container.times) if (time >= 0) starts[time + 1]! += 1
  for (let t = 0; t < times; t++) starts[t + 1]! += starts[t]!
  return starts
}

/** Each time's value in all of its rows. */
function spread(values: Float64Array, starts: Int32Array): Float64Array {
  const column = new Float64Array(starts[values.length]!)
  for (let t = 0; t < values.length; t++) column.fill(values[t]!, starts[t], starts[t + 1])
  return column
}

function common({ source, nodeInfo, nodeType, findings }: Parts, timestamps: Float64Array) {
  return {
    source,
    rows: timestamps.length,
    timestamps,
    nodeTypes:
      nodeType === undefined
        ? nodeTypesAt(nodeInfo, timestamps, findings)
        : new Int32Array(timestamps.length).fill(nodeType),
  }
}

/** The one unit of a node whose packages are not told apart; a platform has no packages. */
function wholeNode({ source }: Parts, rows: number): readonly RatioColumn[] {
  if (!componentsOf(source).includes('package')) return []
  return ratioColumns(['package'], [new Float64Array(rows).fill(1)])
}

function ratioColumns(units: readonly string[], columns: readonly Float64Array[]): readonly RatioColumn[] {
  return units.map((unit, i) => ({ name: ratioColumnName(unit), unit, values: columns[i]! }))
}

/** The values of `from` at the times of `to`, 0 where it has none. */
function pick(values: Float64Array, from: Float64Array, to: Float64Array): Float64Array {
  if (from === to) return values
  const picked = new Float64Array(to.length)
  const rows = rowsOn(from, to)
  for (let i = 0; i < rows.length; i++) if (rows[i]! >= 0) picked[i] = values[rows[i]!]!
  return picked
}
