import { componentsOf, type EnergySource } from '../core/energy-source.js'
import type { Series } from '../prometheus/response.js'
import { commonClock, rowsOn } from '../table/timeline.js'
import type { UsageMode } from '../vocabulary/metric-vocabulary.js'
import type { ContainerRows } from './container-rows.js'
import { type Dataset, type FeatureColumn, type RatioColumn, ratioColumnName } from './dataset.js'
import type { FeatureKind } from './feature-kind.js'
import type { Findings } from './findings.js'
import { acceleratorClock, acceleratorFeature, nodeTypesAt, systemFeature } from './node-gauges.js'
import type { NodePower } from './power.js'
import { containerRatios, nodeRatio, type PackageRatio, ratioUnits } from './ratio.js'
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

/** Rows per (timestamp, container). Accelerators belong to no container and stay out. */
export function assembleContainers(parts: Parts): ContainerRows {
  const { source, rows, power, usages, ratios, mode, findings } = parts
  const { seen } = rows
  const units = ratioUnits(ratios)
  const ratioOf = ratios.length > 0 ? containerRatios(ratios, units, mode, findings) : undefined
  const features = parts.features.filter(({ kind }) => kind !== 'accelerator')
  const ofNode = new Map(
    features
      .filter(({ kind }) => kind === 'system')
      .map(({ name, series }) => [name, systemFeature(name, series, seen, findings).values]),
  )
  const usageOf = features.map(({ name }) => usages.findIndex(({ feature }) => feature === name))
  const ratesOf = containerRates(usages, rows)
  const powers = power.columns.map(({ values }) => values)
  const whole = wholeNode(parts, seen.length)
  const { timestamps, nodeTypes } = common(parts, seen)
  return {
    source,
    timestamps,
    nodeTypes,
    featureNames: features.map(({ name }) => name),
    powers: power.columns.map(({ values: _, ...column }) => column),
    ratios: ratioOf
      ? units.map((unit) => ({ name: ratioColumnName(unit), unit }))
      : whole.map(({ values: _, ...column }) => column),
    containers: containersIn(usages, rows, ratioOf && ((id) => ratioOf.get(id)?.clock ?? noTimes)),
    columnsOf(id) {
      const rates = ratesOf(id)
      return {
        features: features.map(({ name }, j) => ofNode.get(name) ?? rates[usageOf[j]!]!),
        powers,
        ratios: ratioOf ? ratiosOn(seen, ratioOf.get(id), units.length) : whole.map(({ values }) => values),
      }
    },
  }
}

const noTimes = new Float64Array(0)

/** The containers with the rows in which they were seen (and have a ratio). Equal rows share their array. */
function containersIn(
  usages: readonly Usage[],
  rows: RowClock,
  ratioClock: ((id: string) => Float64Array) | undefined,
): ContainerRows['containers'] {
  let last = new Int32Array(0)
  return containersOf(usages).map((id) => {
    const times = timesOf(usages, id, rows, ratioClock?.(id))
    if (times.length !== last.length || times.some((time, i) => time !== last[i])) last = times
    return { id, times: last }
  })
}

function timesOf(
  usages: readonly Usage[],
  id: string,
  rows: RowClock,
  ratio: Float64Array | undefined,
): Int32Array<ArrayBuffer> {
  const seen = new Uint8Array(rows.seen.length)
  sampledRows(
    usages.flatMap(({ counters }) => counters.get(id) ?? []),
    rows,
    seen,
  )
  const there = ratio && rowsOn(ratio, rows.seen)
  return Int32Array.from(seen.keys()).filter((row) => seen[row] === 1 && (there === undefined || there[row]! >= 0))
}

/** The shares of a container's packages at the given times, 0 where they are not known. */
function ratiosOn(times: Float64Array, ratio: PackageRatio | undefined, units: number): readonly Float64Array[] {
  if (ratio === undefined) return Array.from({ length: units }, () => new Float64Array(times.length))
  return ratio.columns.map((values) => pick(values, ratio.clock, times))
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
