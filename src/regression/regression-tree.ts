import type { RegressionTree } from '../predictor/gradient-boosting.js'
import type { PresortedColumns, RowRanges } from './presorted.js'

/** Neighbouring values no further apart than this are one value. */
const featureThreshold = Math.fround(1e-7)

/** Called with each leaf's rows, `order[from] .. order[to - 1]`, and the mean of their targets. */
export type OnLeaf = (order: Int32Array, from: number, to: number, value: number) => void

/**
 * A regression tree as scikit-learn's depth-first builder grows it, with Friedman's criterion
 * `(n_r S_l - n_l S_r)^2 / (n_l n_r)`. Features are tried in their order and thresholds ascending; the first that is
 * strictly better wins, so of equally good splits the lowest feature's lowest threshold. (scikit-learn tries features
 * in a random order, so its trees differ with its seed where splits are equally good.)
 */
export function growRegressionTree(
  columns: PresortedColumns,
  ranges: RowRanges,
  targets: Float64Array,
  maxDepth: number,
  onLeaf: OnLeaf,
): RegressionTree {
  const { rows, cols, values } = columns
  const { order } = ranges
  const feature: number[] = []
  const threshold: number[] = []
  const left: number[] = []
  const right: number[] = []
  const value: number[] = []
  const split = { feature: -1, below: 0, threshold: 0 }
  ranges.reset()
  let squares = 0
  for (let i = 0; i < rows; i++) squares += targets[i]! * targets[i]!
  grow(0, rows, 0, 0, squares)
  return {
    feature: Int32Array.from(feature),
    threshold: Float64Array.from(threshold),
    left: Int32Array.from(left),
    right: Int32Array.from(right),
    value: Float64Array.from(value),
  }

  /** `listed` is a column whose range start .. end holds the node's rows: below the last split only that one does. */
  function grow(start: number, end: number, depth: number, listed: number, sumOfSquares: number): number {
    const node = feature.length
    const count = end - start
    const base = listed * rows
    let total = 0
    for (let k = base + start; k < base + end; k++) total += targets[order[k]!]!
    const mean = total / count
    feature.push(-1)
    threshold.push(0)
    left.push(-1)
    right.push(-1)
    value.push(mean)
    const impurity = sumOfSquares / count - mean * mean
    if (depth >= maxDepth || count < 2 || impurity <= Number.EPSILON || !findSplit(start, end, total)) {
      onLeaf(order, base + start, base + end, mean)
      return node
    }
    const { feature: by, below, threshold: at } = split
    feature[node] = by
    threshold[node] = at
    let squaresBelow = 0
    for (let k = by * rows + start; k < by * rows + start + below; k++) squaresBelow += targets[order[k]!]! ** 2
    if (depth + 1 < maxDepth) ranges.divide(by, start, end, below)
    left[node] = grow(start, start + below, depth + 1, by, squaresBelow)
    right[node] = grow(start + below, end, depth + 1, by, sumOfSquares - squaresBelow)
    return node
  }

  function findSplit(start: number, end: number, total: number): boolean {
    const count = end - start
    let best = Number.NEGATIVE_INFINITY
    split.feature = -1
    for (let j = 0; j < cols; j++) {
      const base = j * rows
      const last = base + end - 1
      let here = values[base + order[base + start]!]!
      if (values[base + order[last]!]! <= Math.fround(here + featureThreshold)) continue
      let sumBelow = 0
      let below = 0
      for (let k = base + start; k < last; k++) {
        sumBelow += targets[order[k]!]!
        below++
        const lower = here
        here = values[base + order[k + 1]!]!
        if (here <= Math.fround(lower + featureThreshold)) continue
        const above = count - below
        const difference = above * sumBelow - below * (total - sumBelow)
        const gain = (difference * difference) / (above * below)
        if (!(gain > best)) continue
        best = gain
        split.feature = j
        split.below = below
        const middle = lower / 2 + here / 2
        split.threshold = middle === here || !Number.isFinite(middle) ? lower : middle
      }
    }
    return split.feature >= 0
  }
}
