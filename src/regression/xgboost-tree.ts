import type { XgboostTree } from '../predictor/xgboost.js'
import type { PresortedColumns, RowRanges } from './presorted.js'

export interface XgboostTreeOptions {
  readonly maxDepth: number
  readonly learningRate: number
  readonly lambda: number
  /** Rows (hessians) that each side of a split needs. */
  readonly minChildWeight: number
}

/** A split must gain more than this. */
const leastGain = Math.fround(1e-6)

interface Node {
  readonly start: number
  readonly end: number
  readonly depth: number
  /** A column whose range holds the node's rows: below the last split only that one does. */
  readonly listed: number
  /** Sum of the gradients; the hessian of a squared error is 1, so their sum is the number of rows. */
  readonly sum: number
}

/**
 * A tree as XGBoost's exact greedy builder (`tree_method=exact`, version 1.7) grows it for squared error: sums in
 * doubles, gains and leaves in 32-bit floats. Each feature is scanned from its highest value down; the first that is
 * strictly better wins and features are tried in their order, so of equally good splits the lowest feature's highest
 * threshold. Missing values (there are none in training) go left.
 *
 * Adds to each row of `predictions` the leaf it falls into.
 */
export function growXgboostTree(
  columns: PresortedColumns,
  ranges: RowRanges,
  gradients: Float32Array,
  predictions: Float32Array,
  { maxDepth, learningRate, lambda, minChildWeight }: XgboostTreeOptions,
): XgboostTree {
  const { rows, cols, values } = columns
  const { order } = ranges
  const nodes: Node[] = []
  const left: number[] = []
  const right: number[] = []
  const feature: number[] = []
  const splits: number[] = []
  const outputs: number[] = []
  const gains: number[] = []
  const found = { feature: 0, below: 0, split: 0, gain: 0 }
  const rate = Math.fround(learningRate)

  ranges.reset()
  let total = 0
  for (let i = 0; i < rows; i++) total += gradients[i]!
  nodes.push({ start: 0, end: rows, depth: 0, listed: 0, sum: total })
  // Level by level: children are numbered as XGBoost numbers them.
  for (let n = 0; n < nodes.length; n++) {
    const { start, end, depth, listed, sum } = nodes[n]!
    const weight = Math.fround(-sum / (end - start + lambda))
    if (depth < maxDepth && findSplit(start, end, sum)) {
      const { feature: by, below } = found
      if (depth + 1 < maxDepth) ranges.divide(by, start, end, below)
      const middle = start + below
      left.push(nodes.length)
      right.push(nodes.length + 1)
      feature.push(by)
      splits.push(found.split)
      outputs.push(weight)
      gains.push(found.gain)
      nodes.push({ start, end: middle, depth: depth + 1, listed: by, sum: sumOf(by, start, middle) })
      nodes.push({ start: middle, end, depth: depth + 1, listed: by, sum: sumOf(by, middle, end) })
      continue
    }
    const output = Math.fround(weight * rate)
    left.push(-1)
    right.push(-1)
    feature.push(0)
    splits.push(0)
    outputs.push(output)
    gains.push(0)
    for (let k = listed * rows + start; k < listed * rows + end; k++) predictions[order[k]!]! += output
  }
  return {
    feature: Int32Array.from(feature),
    split: Float32Array.from(splits),
    left: Int32Array.from(left),
    right: Int32Array.from(right),
    defaultLeft: Uint8Array.from(left, (child) => (child < 0 ? 0 : 1)),
    leaf: Float32Array.from(outputs),
    gain: Float32Array.from(gains),
    cover: Float32Array.from(nodes, ({ start, end }) => end - start),
  }

  function sumOf(column: number, from: number, to: number): number {
    let sum = 0
    for (let k = column * rows + from; k < column * rows + to; k++) sum += gradients[order[k]!]!
    return sum
  }

  function findSplit(start: number, end: number, sum: number): boolean {
    const count = end - start
    const before = Math.fround(Math.fround(sum * sum) / (count + lambda))
    let best = 0
    for (let j = 0; j < cols; j++) {
      const base = j * rows
      let k = base + end - 1
      let here = values[base + order[k]!]!
      if (here === values[base + order[base + start]!]!) continue
      let sumAbove = 0
      for (let above = 1; above < count; above++) {
        sumAbove += gradients[order[k]!]!
        const higher = here
        k--
        here = values[base + order[k]!]!
        const below = count - above
        if (here === higher || above < minChildWeight || below < minChildWeight) continue
        const sumBelow = sum - sumAbove
        const gain = Math.fround(
          Math.fround(
            Math.fround(Math.fround(sumBelow * sumBelow) / (below + lambda)) +
              Math.fround(Math.fround(sumAbove * sumAbove) / (above + lambda)),
          ) - before,
        )
        if (!(gain > best) || gain === Number.POSITIVE_INFINITY) continue
        best = gain
        const middle = Math.fround(Math.fround(here + higher) * 0.5)
        found.feature = j
        found.below = below
        found.split = middle === here ? higher : middle
        found.gain = gain
      }
    }
    return best > leastGain
  }
}
