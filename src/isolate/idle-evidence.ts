import type { Dataset } from '../extract/dataset.js'
import { mean } from '../numeric/matrix.js'
import { nonNegativeLeastSquares } from '../numeric/non-negative-least-squares.js'
import { quantile } from '../numeric/quantile.js'

/** What a run tells of how idle the node ever was. */
export interface IdleEvidence {
  /** Usage at its quietest as a share of its highest, 0 to 1: the mean over the features that move. */
  readonly quietest: number
  /** Watts of each power column at no usage, where a line through the data meets it; not below 0. */
  readonly atNoUsage: readonly number[]
}

/** Share of the rows that are the quietest, and of those that are the busiest. */
const extreme = 0.02

/** @param dataset one row a timestamp; `undefined` when no feature moves, so that nothing can be told */
export function idleEvidence(dataset: Dataset): IdleEvidence | undefined {
  const columns = dataset.features.flatMap(({ values }) => {
    const high = values.length > 0 ? quantile(values, 1 - extreme) : 0
    return high > 0 && values.some((value) => value !== values[0]) ? [values.map((value) => value / high)] : []
  })
  if (columns.length === 0 || dataset.rows < 3) return undefined
  const usage = new Float64Array(dataset.rows).map((_, row) => mean(columns.map((column) => column[row]!)))
  const means = columns.map(mean)
  const x = { rows: dataset.rows, cols: columns.length, data: new Float64Array(dataset.rows * columns.length) }
  columns.forEach((column, j) => {
    column.forEach((value, row) => {
      x.data[row * x.cols + j] = value - means[j]!
    })
  })
  const atNoUsage = dataset.powers.map(({ values }) => {
    const average = mean(values)
    const weights = nonNegativeLeastSquares(
      x,
      values.map((watts) => watts - average),
    )
    return Math.max(
      0,
      means.reduce((watts, value, j) => watts - value * weights[j]!, average),
    )
  })
  return { quietest: Math.min(1, quantile(usage, extreme)), atNoUsage }
}
