import { componentsOf, type EnergySource } from '../core/energy-source.js'
import type { Series } from '../prometheus/response.js'
import { commonClock, rowsOn } from '../table/timeline.js'
import type { UsageMode } from '../vocabulary/metric-vocabulary.js'
import { type Dataset, type FeatureColumn, type PowerColumn, type RatioColumn, ratioColumnName } from './dataset.js'
import type { FeatureKind } from './feature-kind.js'
import type { Findings } from './findings.js'
import { acceleratorClock, acceleratorFeature, nodeTypesAt, systemFeature } from './node-gauges.js'
import type { NodePower } from './power.js'
import { containerRatios, nodeRatio, ratioUnits } from './ratio.js'
import type { RowClock } from './row-clock.js'
import { containerRates, containersOf, sampledRows, type Usage } from './usage.js'

/** All that a dataset is put together from. */
export interface Parts {
  readonly source: EnergySource
  readonly mode: UsageMode
  readonly rows: RowClock
  readonly power: NodePower
  /** In the order of the dataset's columns. */
  readonly features: readonly {
    readonly name: string
    readonly kind: FeatureKind
    readonly series: readonly Series[]
  }[]
  /** The counters among the features, in the same order, and their rates in the rows, added up over the node. */
  readonly usages: readonly Usage[]
  readonly rates: readonly Float64Array[]
  /** Series of the package ratio; empty where packages are not told apart. */
  readonly ratios: readonly Series[]
  readonly nodeInfo: readonly Series[]
  readonly nodeType: number | undefined
  readonly findings: Findings
}

/** One row a timestamp. */
export function assembleNode(parts: Parts): Dataset {
  const { rows, power, features, usages, rates, ratios, findings } = parts
  const units = ratioUnits(ratios)
  const ratio = ratios.length > 0 ? nodeRatio(ratios, units, findings) : undefined
  const clock = commonClock([measuredTimes(parts), ...(ratio ? [ratio.clock] : [])])
  const columns: FeatureColumn[] = []
  for (const { name, kind, series } of features) {
    if (kind === 'accelerator') columns.push(...acceleratorFeature(name, series, clock, findings))
    else if (kind === 'system') columns.push(systemFeature(name, series, clock, findings))
    else {
      const column = rates[usages.findIndex(({ feature }) => feature === name)]!
      columns.push({ name, values: pick(column, rows.seen, clock) })
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

/** The rows in which any usage was measured; with system features alone all of them. */
function measuredTimes({ rows, features, usages }: Parts): Float64Array {
  const accelerators = features.filter(({ kind }) => kind === 'accelerator')
  if (usages.length + accelerators.length === 0) return rows.seen
  const sampled = new Uint8Array(rows.seen.length)
  // In one call: most containers are sampled at the same times, which are then looked at once.
  sampledRows(
    usages.flatMap(({ counters }) => [...counters.values()].flat()),
    rows,
    sampled,
  )
  for (const { series } of accelerators) {
    for (const row of rowsOn(rows.seen, acceleratorClock(series))) if (row >= 0) sampled[row] = 1
  }
  return rows.seen.filter((_, row) => sampled[row] === 1)
}

/** One row a (timestamp, container), by time and then by container. Accelerators belong to no container and stay out. */
export function assembleContainers(parts: Parts): Dataset {
  const { rows: clock, power, features, usages, ratios, mode, findings } = parts
  const units = ratioUnits(ratios)
  const ratioOf = ratios.length > 0 ? containerRatios(ratios, units, mode, findings) : undefined
  const containers = containersOf(usages).map((id) => ({
    id,
    times: timesOf(usages, id, clock, ratioOf && (ratioOf.get(id)?.clock ?? noTimes)),
  }))
  const starts = rowStarts(clock.seen.length, containers)
  const rows = starts[clock.seen.length]!

  // Container by container into its places, so that no more than one container's rates are held besides the columns.
  const ids = new Array<string>(rows)
  const usageColumns = usages.map(() => new Float64Array(rows))
  const ratioValues = ratioOf ? units.map(() => new Float64Array(rows)) : []
  const next = starts.slice()
  const ratesOf = containerRates(usages, clock)
  for (const { id, times } of containers) {
    const rates = ratesOf(id)
    const ratio = ratioOf?.get(id)
    const ratioRows = ratio && rowsOn(ratio.clock, clock.seen)
    for (const time of times) {
      const row = next[time]!++
      ids[row] = id
      for (let j = 0; j < rates.length; j++) usageColumns[j]![row] = rates[j]![time]!
      for (let u = 0; u < ratioValues.length; u++) ratioValues[u]![row] = ratio!.columns[u]![ratioRows![time]!]!
    }
  }
  const timestamps = spread(clock.seen, starts)
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

/** The rows of the clock in which a container was seen (and has a ratio). */
function timesOf(usages: readonly Usage[], id: string, rows: RowClock, ratio: Float64Array | undefined): Int32Array {
  const seen = new Uint8Array(rows.seen.length)
  sampledRows(
    usages.flatMap(({ counters }) => counters.get(id) ?? []),
    rows,
    seen,
  )
  const there = ratio && rowsOn(ratio, rows.seen)
  return Int32Array.from(seen.keys()).filter((row) => seen[row] === 1 && (there === undefined || there[row]! >= 0))
}

/** Where the rows of each time begin; at the end, how many rows there are. */
function rowStarts(times: number, containers: readonly { readonly times: Int32Array }[]): Int32Array {
  const starts = new Int32Array(times + 1)
  for (const container of containers) for (const time of container.times) starts[time + 1]! += 1
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
