import { columnOf, type Matrix } from '../numeric/matrix.js'

/** A column as ranks of its distinct values: trees compare whole numbers, and thresholds are drawn on either scale. */
export interface RankedColumn {
  /** Per row the index of its value in `values`. */
  readonly rank: Int32Array
  /** Distinct values, ascending. */
  readonly values: Float64Array
  /** Share of the rows below each distinct value, half of those equal to it included. */
  readonly share: Float64Array
}

export function rankColumns(x: Matrix): readonly RankedColumn[] {
  return Array.from({ length: x.cols }, (_, j) => rankColumn(columnOf(x, j)))
}

export function rankColumn(column: Float64Array): RankedColumn {
  const rows = column.length
  const order = Int32Array.from(column.keys()).sort((a, b) => column[a]! - column[b]!)
  const rank = new Int32Array(rows)
  const values: number[] = []
  const share: number[] = []
  for (let from = 0; from < rows; ) {
    // Adding 0 turns -0 into 0.
    const value = column[order[from]!]! + 0
    let to = from
    for (; to < rows && column[order[to]!] === value; to++) rank[order[to]!] = values.length
    values.push(value)
    share.push((from + to) / (2 * rows))
    from = to
  }
  return { rank, values: Float64Array.from(values), share: Float64Array.from(share) }
}

/** The last index from `low` on, below `high`, whose entry is not above `value`; `ascending[low]` must not be. */
export function lastNotAbove(ascending: Float64Array, value: number, low: number, high: number): number {
  let below = low
  let above = high
  while (above - below > 1) {
    const middle = (below + above) >>> 1
    if (ascending[middle]! <= value) below = middle
    else above = middle
  }
  return below
}

/**
 * A threshold between distinct values `k` and `k + 1`, at `position` (0 to 1) between them: as a 32-bit float where one
 * lies there, so that archives are small, and such that `value <= threshold` holds for the lower one alone.
 */
export function thresholdBetween({ values }: RankedColumn, k: number, position: number): number {
  const low = values[k]!
  const high = values[k + 1]!
  const exact = low + (high - low) * position
  const short = Math.fround(exact)
  if (short >= low && short < high) return short
  return exact >= low && exact < high ? exact : low
}
