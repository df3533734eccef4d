import { ModelError } from '../core/errors.js'
import { movingAverage } from '../table/moving-average.js'
import { type Dataset, takeRows } from './dataset.js'
import { defaultExtractor } from './default.js'
import type { Extractor } from './extractor.js'

/** Rows that are averaged. */
const smoothWindow = 30

/** The default extractor's rows, each the mean of itself and the 29 before it; within each container where rows are theirs. */
export function smoothExtractor(window = smoothWindow): Extractor {
  return {
    name: 'smooth',
    extract(response, request) {
      const { dataset, ...rest } = defaultExtractor().extract(response, request)
      const smooth = smoothed(dataset, window)
      if (smooth.rows === 0) {
        const of = dataset.containerIds ? ' of one container' : ''
        throw new ModelError(
          'INVALID_DATA',
          `smoothing takes ${window} rows${of} in a row; the response gives ${dataset.rows} rows`,
        )
      }
      return { dataset: smooth, ...rest }
    },
  }
}

/** Moving averages of features and power. Incomplete windows leave; node type and ratios are those of a window's end. */
function smoothed(dataset: Dataset, window: number): Dataset {
  const groups = rowsByContainer(dataset)
  const ends = groups.flatMap((rows) => rows.slice(window - 1)).sort((a, b) => a - b)
  const at = new Map(ends.map((row, i) => [row, i]))
  const average = <C extends { readonly values: Float64Array }>(column: C): C => {
    const values = new Float64Array(ends.length)
    for (const rows of groups) {
      const means = movingAverage(
        Float64Array.from(rows, (row) => column.values[row]!),
        window,
      )
      for (let i = 0; i < means.length; i++) values[at.get(rows[i + window - 1]!)!] = means[i]!
    }
    return { ...column, values }
  }
  return {
    ...takeRows(dataset, ends),
    features: dataset.features.map(average),
    powers: dataset.powers.map(average),
  }
}

function rowsByContainer({ rows, containerIds }: Dataset): readonly (readonly number[])[] {
  const all = Array.from({ length: rows }, (_, i) => i)
  if (containerIds === undefined) return [all]
  const groups = new Map<string, number[]>()
  for (const row of all) {
    const id = containerIds[row]!
    const known = groups.get(id)
    if (known) known.push(row)
    else groups.set(id, [row])
  }
  return [...groups.values()]
}
