import { allContainers, type Dataset } from '../extract/dataset.js'

/**
 * One row a timestamp: features added up over the containers that `keep` names, the node's power once. A time at which
 * none of them ran stays, with no usage: what the node drew then belongs to somebody else, and isolators learn from it.
 */
export function sumContainers(dataset: Dataset, keep: (id: string) => boolean = () => true): Dataset {
  const { containerIds, timestamps } = dataset
  if (containerIds === undefined) return dynamic(dataset)
  const firstRows: number[] = []
  const target = new Int32Array(dataset.rows)
  for (let i = 0; i < dataset.rows; i++) {
    const last = firstRows[firstRows.length - 1]
    if (last === undefined || timestamps[last] !== timestamps[i]) firstRows.push(i)
    target[i] = firstRows.length - 1
  }
  const kept = containerIds.map(memoised(keep))
  const first = <C extends { readonly values: Float64Array }>(column: C): C => ({
    ...column,
    values: Float64Array.from(firstRows, (row) => column.values[row]!),
  })
  const { containerIds: _, ...node } = dataset
  return dynamic({
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
  })
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
