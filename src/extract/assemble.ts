import type { EnergySource } from '../core/energy-source.js'
import { componentsOf } from '../core/energy-source.js'
import type { Series } from '../prometheus/response.js'
import { commonClock, rowsOn, unionClock } from '../table/timeline.js'
import { type Dataset, type FeatureColumn, type PowerColumn, type RatioColumn, ratioColumnName } from './dataset.js'
import type { Findings } from './findings.js'
import type { FeatureKind, UsageMode } from './metrics.js'
import { acceleratorClock, acceleratorFeature, nodeTypesAt, systemFeature } from './node-gauges.js'
import type { NodePower } from './power.js'
import { containerRatios, nodeRatio, type PackageRatio, ratioUnits } from './ratio.js'
import { nodeUsage, type Usage, usageByContainer } from './usage.js'

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
  const containers = [...usageByContainer(usages)].map(([id, usage]) => ({ id, ...usage }))
  const units = ratioUnits(ratios)
  const ratioOf = ratios.length > 0 ? containerRatios(ratios, units, mode, findings) : undefined

  const powerRows: number[] = []
  const containerOfRow: number[] = []
  const rowInContainer: number[] = []
  const rowInRatio: number[] = []
  const at = containers.map(({ clock }) => ({ row: 0, onPower: rowsOn(clock, power.clock) }))
  const ratioRows = containers.map(({ id }) => {
    const ratio = ratioOf?.get(id)
    return ratio && rowsOn(ratio.clock, power.clock)
  })
  for (let t = 0; t < power.clock.length; t++) {
    for (let c = 0; c < containers.length; c++) {
      const row = at[c]!.onPower[t]!
      const ratioRow = ratioRows[c]?.[t] ?? -1
      if (row < 0 || (ratioOf !== undefined && ratioRow < 0)) continue
      powerRows.push(t)
      containerOfRow.push(c)
      rowInContainer.push(row)
      rowInRatio.push(ratioRow)
    }
  }
  const timestamps = Float64Array.from(powerRows, (t) => power.clock[t]!)
  const column = (j: number) =>
    Float64Array.from(rowInContainer, (row, i) => containers[containerOfRow[i]!]!.columns[j]![row]!)
  const columns = features
    .filter(({ kind }) => kind !== 'accelerator')
    .map(({ name, kind, series }) =>
      kind === 'system'
        ? systemFeature(name, series, timestamps, findings)
        : { name, values: column(usages.findIndex(({ feature }) => feature === name)) },
    )
  const ratiosOfRows = (unit: number) =>
    Float64Array.from(rowInRatio, (row, i) => ratioAt(ratioOf?.get(containers[containerOfRow[i]!]!.id), unit, row))
  return {
    ...common(parts, timestamps),
    outputType: 'DynPower',
    containerIds: containerOfRow.map((c) => containers[c]!.id),
    features: columns,
    powers: power.columns.map(
      (c): PowerColumn => ({ ...c, values: Float64Array.from(powerRows, (t) => c.values[t]!) }),
    ),
    ratios: ratioOf
      ? ratioColumns(
          units,
          units.map((_, u) => ratiosOfRows(u)),
        )
      : wholeNode(parts, timestamps.length),
  }
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

function ratioAt(ratio: PackageRatio | undefined, unit: number, row: number): number {
  return ratio?.columns[unit]?.[row] ?? 0
}

/** The values of `from` at the times of `to`, 0 where it has none. */
function pick(values: Float64Array, from: Float64Array, to: Float64Array): Float64Array {
  if (from === to) return values
  const picked = new Float64Array(to.length)
  const rows = rowsOn(from, to)
  for (let i = 0; i < rows.length; i++) if (rows[i]! >= 0) picked[i] = values[rows[i]!]!
  return picked
}
