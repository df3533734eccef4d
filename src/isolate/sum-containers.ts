import type { ContainerRows } from '../extract/container-rows.js'
import { allContainers, type Dataset } from '../extract/dataset.js'
import { isContainerRows, type Measured } from './isolator.js'

/**
 * One row a timestamp: features added up over the containers that `keep` names, the node's power once. A time at which
 * none of them ran stays, with no usage: what the node drew then belongs to somebody else, and isolators learn from it.
 */
export function sumContainers(measured: Measured, keep: (id: string) => boolean = () => true): Dataset {
  if (isContainerRows(measured)) return dynamic(sumOfRows(measured, keep))
  return measured.containerIds === undefined
    ? dynamic(measured)
    : dynamic(sumOfTable(measured, measured.containerIds, keep))
}

/** Container by container, so that no more than one container's columns are held besides the sums. */
function sumOfRows(from: ContainerRows, keep: (id: string) => boolean): Dataset {
  const { source, timestamps, nodeTypes, featureNames, containers } = from
  const columns = (count: number) => Array.from({ length: count }, () => new Float64Array(timestamps.length))
  const features = columns(featureNames.length)
  const powers = columns(from.powers.length)
  const ratios = columns(from.ratios.length)
  const counts = new Float64Array(timestamps.length)
  for (const { id, times } of containers) {
    const own = from.columnsOf(id)
    if (keep(id)) addAll(own.features, features, times)
    addAll(own.ratios, ratios, times)
    for (const time of times) {
      if (counts[time] === 0) for (let j = 0; j < powers.length; j++) powers[j]![time] = own.powers[j]![time]!
      counts[time]! += 1
    }
  }
  const rows = Int32Array.from(counts.keys()).filter((time) => counts[time]! > 0)
  const pick = (values: Float64Array) => Float64Array.from(rows, (time) => values[time]!)
  return {
    source,
    outputType: 'DynPower',
    rows: rows.length,
    timestamps: pick(timestamps),
    features: featureNames.map((name, j) => ({ name, values: pick(features[j]!) })),
    powers: from.powers.map((column, j) => ({ ...column, values: pick(powers[j]!) })),
    ratios: from.ratios.map((column, j) => ({
      ...column,
      values: Float64Array.from(rows, (time) => ratios[j]![time]! / counts[time]!),
    })),
    nodeTypes: Int32Array.from(rows, (time) => nodeTypes[time]!),
  }
}

function addAll(columns: readonly Float64Array[], sums: readonly Float64Array[], times: Int32Array): void {
  for (const [j, sum] of sums.entries()) {
    const values = columns[j]!
    for (const time of times) sum[time]! += values[time]!
  }
}

function sumOfTable(dataset: Dataset, containerIds: readonly string[], keep: (id: string) => boolean): Dataset {
  const { timestamps } = dataset
  const firstRows: number[] = []
  const target = new Int32Array(dataset.rows)
  for (let i = 0; i < dataset.rows; i++) {
    const last = firstRows.at(-1)
    if (last === undefined || timestamps[last] !== timestamps[i]) firstRows.push(i)
    target[i] = firstRows.length - 1
  }
  const kept = containerIds.map(memoised(keep))
  const first = <C extends { readonly values: Float64Array }>(column: C): C => ({
    ...column,
    values: Float64Array.from(firstRows, (row) => column.values[row]!),
  })
  const { containerIds: _, ...node } = dataset
  return {
    ...node,
    rows: firstRows.length,
    timestamps: Float64Array.from(firstRows, (row) => timestamps[row]!),
    features: dataset.features.map((column) => {
      const sum = new Float64Array(firstRows.length)
      for (let i = 0; i < dataset.rows; i++) if (kept[i]) sum[target[i]!]! += column.values[i]!
      return { ...column, values: sum }
    }),
    powers: dataset.powers.map(first),
    ratios: meanRatios(dataset, target, firstRows.length),
    nodeTypes: Int32Array.from(firstRows, (row) => dataset.nodeTypes[row]!),
  }
}

/** The same rows as dynamic power of all containers. */
function dynamic(dataset: Dataset): Dataset {
  return { ...dataset, outputType: 'DynPower', containerIds: new Array<string>(dataset.rows).fill(allContainers) }
}

function meanRatios({ ratios, rows }: Dataset, target: Int32Array, times: number): Dataset['ratios'] {
  const counts = new Float64Array(times)
  for (let i = 0; i < rows; i++) counts[target[i]!]! += 1
  return ratios.map((column) => {
    const sum = new Float64Array(times)
    for (let i = 0; i < rows; i++) sum[target[i]!]! += column.values[i]!
    return { ...column, values: sum.map((value, t) => value / counts[t]!) }
  })
}

function memoised(keep: (id: string) => boolean): (id: string) => boolean {
  const answers = new Map<string, boolean>()
  return (id) => {
    const known = answers.get(id)
    if (known !== undefined) return known
    const answer = keep(id)
    answers.set(id, answer)
    return answer
  }
}
