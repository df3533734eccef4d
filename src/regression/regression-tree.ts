import { type Random, shuffleInPlace } from '../numeric/random.js'
import type { RegressionTree } from '../predictor/regression-tree.js'
import type { PresortedColumns, RowRanges } from './presorted.js'

/** Neighbouring values no further apart than this are one value. */
const featureThreshold = Math.fround(1e-7)

/** Called with each leaf's rows, `rows[from] .. rows[to - 1]`, and the mean of their targets. */
export type OnLeaf = (rows: Int32Array, from: number, to: number, value: number) => void

/**
 * A regression tree as scikit-learn's depth-first builder grows it, with Friedman's criterion
 * `(n_r S_l - n_l S_r)^2 / (n_l n_r)`. Features are tried in their order and thresholds ascending; the first that is
 * strictly better wins, so of equally good splits the lowest feature's lowest threshold. With `random`, features are
 * tried in a new random order at each node, as scikit-learn does: of equally good splits any may win, by the seed.
 *
 * Two features that divide the rows alike are equally good on paper, and the last bit of a sum decides. So sums are
 * taken in scikit-learn's order: a node's rows stand as its partition leaves them, and a gap in a column's values is
 * crossed from the nearer end.
 */
export function growRegressionTree(
  columns: PresortedColumns,
  ranges: RowRanges,
  targets: Float64Array,
  maxDepth: number,
  onLeaf: OnLeaf,
  random?: Random,
): RegressionTree {
  const { rows, cols, values } = columns
  const { order } = ranges
  const members = Int32Array.from({ length: rows }, (_, i) => i)
  const visited = Int32Array.from({ length: cols }, (_, j) => j)
  const feature: number[] = []
  const threshold: number[] = []
  const left: number[] = []
  const right: number[] = []
  const value: number[] = []
  const split = { feature: -1, below: 0, threshold: 0, last: 0 }
  ranges.reset()
  let squares = 0
  for (let i = 0; i < rows; i++) squares += targets[i]! * targets[i]!
  grow(0, rows, 0, squares)
  return {
    feature: Int32Array.from(feature),
    threshold: Float64Array.from(threshold),
    left: Int32Array.from(left),
    right: Int32Array.from(right),
    value: Float64Array.from(value),
  }

  function grow(start: number, end: number, depth: number, sumOfSquares: number): number {
    const node = feature.length
    const count = end - start
    let total = 0
    for (let k = start; k < end; k++) total += targets[members[k]!]!
    const mean = total / count
    feature.push(-1)
    threshold.push(0)
    left.push(-1)
    right.push(-1)
    value.push(mean)
    const impurity = sumOfSquares / count - mean * mean
    if (depth >= maxDepth || count < 2 || impurity <= Number.EPSILON || !findSplit(start, end, total)) {
      onLeaf(members, start, end, mean)
      return node
    }
    const { feature: by, below, threshold: at } = split
    feature[node] = by
    threshold[node] = at
    partition(start, end)
    let squaresBelow = 0
    for (let k = start; k < start + below; k++) squaresBelow += targets[members[k]!]! ** 2
    if (depth + 1 < maxDepth) ranges.divide(by, start, end, below)
    left[node] = grow(start, start + below, depth + 1, squaresBelow)
    right[node] = grow(start + below, end, depth + 1, sumOfSquares - squaresBelow)
    return node
  }

  /** Rows in the order of the column looked at last, then those above the threshold swapped to the end. */
  function partition(start: number, end: number): void {
    const { feature: by, threshold: at, last } = split
    for (let k = start; k < end; k++) members[k] = order[last * rows + k]!
    let k = start
    let above = end
    while (k < above) {
      const row = members[k]!
      if (values[by * rows + row]! <= at) {
        k++
      } else {
        above--
        members[k] = members[above]!
        members[above] = row
      }
    }
  }

  function findSplit(start: number, end: number, total: number): boolean {
    const count = end - start
    let best = Number.NEGATIVE_INFINITY
    split.feature = -1
    if (random) shuffleInPlace(visited, random)
    for (const j of visited) {
      const base = j * rows
      const last = base + end - 1
      let here = values[base + order[base + start]!]!
      if (values[base + order[last]!]! <= Math.fround(here + featureThreshold)) continue
      split.last = j
      let sumBelow = 0
      let below = 0
      let candidate = 0
      for (let k = base + start; k < last; k++) {
        sumBelow += targets[order[k]!]!
        below++
        const lower = here
        here = values[base + order[k + 1]!]!
        if (here <= Math.fround(lower + featureThreshold)) continue
        const above = count - below
        if (below - candidate > above) {
          sumBelow = total
          for (let from = last; from > k; from--) sumBelow -= targets[order[from]!]!
        }
        candidate = below
        const difference = above * sumBelow - below * (total - sumBelow)
        const gain = (difference * difference) / (above * below)
        if (!(gain > best)) continue
        best = gain
        split.feature = j
        split.below = below
        const middle = lower / 2 + here / 2
        split.threshold = Number.isFinite(middle) ? middle : lower
      }
    }
    return split.feature >= 0
  }
}
