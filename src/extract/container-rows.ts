import type { EnergySource } from '../core/energy-source.js'
import type { Dataset, PowerColumn, RatioColumn } from './dataset.js'

/** Columns of one container on the times of all; what they hold at times at which it has no row means nothing. */
export interface ContainerColumns {
  /** In the order of `featureNames`. */
  readonly features: readonly Float64Array[]
  /** In the order of `powers`: the node's watts. */
  readonly powers: readonly Float64Array[]
  /** In the order of `ratios`. */
  readonly ratios: readonly Float64Array[]
}

/**
 * A dataset of rows per (timestamp, container) that is not laid out as a table: containers are computed one at a time when
 * they are asked for. A table of 2,000 containers at 3,000 times takes 48 MB a column, one container 24 KB.
 */
export interface ContainerRows {
  readonly source: EnergySource
  /** Unix seconds, ascending. */
  readonly timestamps: Float64Array
  /** Per time. */
  readonly nodeTypes: Int32Array
  readonly featureNames: readonly string[]
  readonly powers: readonly Omit<PowerColumn, 'values'>[]
  readonly ratios: readonly Omit<RatioColumn, 'values'>[]
  /** Sorted by id; `times` are indices into `timestamps`, ascending, of the rows of the container. */
  readonly containers: readonly { readonly id: string; readonly times: Int32Array }[]
  columnsOf(id: string): ContainerColumns
}

/** How many rows there are of all containers. */
export function countRows({ containers }: Pick<ContainerRows, 'containers'>): number {
  return containers.reduce((sum, { times }) => sum + times.length, 0)
}

/** The table of all rows, by time and then by container. */
export function tableOfContainers(from: ContainerRows): Dataset {
  const { source, timestamps, nodeTypes, featureNames, containers } = from
  const starts = rowStarts(timestamps.length, containers)
  const rows = starts[timestamps.length]!
  const columns = (count: number) => Array.from({ length: count }, () => new Float64Array(rows))
  const ids = new Array<string>(rows)
  const features = columns(featureNames.length)
  const powers = columns(from.powers.length)
  const ratios = columns(from.ratios.length)
  const next = starts.slice()
  for (const { id, times } of containers) {
    const own = from.columnsOf(id)
    for (const time of times) {
      const row = next[time]!++
      ids[row] = id
      for (let j = 0; j < features.length; j++) features[j]![row] = own.features[j]![time]!
      for (let j = 0; j < powers.length; j++) powers[j]![row] = own.powers[j]![time]!
      for (let j = 0; j < ratios.length; j++) ratios[j]![row] = own.ratios[j]![time]!
    }
  }
  return {
    source,
    outputType: 'DynPower',
    rows,
    timestamps: spread(timestamps, starts, new Float64Array(rows)),
    containerIds: ids,
    features: featureNames.map((name, j) => ({ name, values: features[j]! })),
    powers: from.powers.map((column, j) => ({ ...column, values: powers[j]! })),
    ratios: from.ratios.map((column, j) => ({ ...column, values: ratios[j]! })),
    nodeTypes: spread(nodeTypes, starts, new Int32Array(rows)),
  }
}

/** Where the rows of each time begin; at the end, how many rows there are. */
function rowStarts(times: number, containers: ContainerRows['containers']): Int32Array {
  const starts = new Int32Array(times + 1)
  for (const container of containers) for (const time of container.times) starts[time + 1]! += 1
  for (let t = 1; t <= times; t++) starts[t]! += starts[t - 1]!
  return starts
}

/** Each time's value in all of its rows. */
function spread<T extends Float64Array | Int32Array>(values: T, starts: Int32Array, column: T): T {
  for (let t = 0; t < values.length; t++) column.fill(values[t]!, starts[t], starts[t + 1])
  return column
}
