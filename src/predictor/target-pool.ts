import type { WeightedValues } from '../numeric/weighted-values.js'

/**
 * Trees whose nodes keep what was measured there instead of a mean (Meinshausen, Quantile regression forests, 2006).
 * All trees stand one after another in the same arrays; a node's children stand behind it.
 */
export interface QuantileTrees {
  /** First node of each tree, and the number of nodes at the end. */
  readonly treeStart: Int32Array
  /** 1 where a tree was grown on what the base leaves over, 0 where on the targets themselves. */
  readonly onResiduals: Uint8Array
  /** Column that a node asks for; -1 in a leaf. */
  readonly feature: Int32Array
  /** `x <= threshold` goes left. */
  readonly threshold: Float64Array
  /** Node to go on to, or -1 where a walk ends in this node, for the child would hold too few rows. */
  readonly left: Int32Array
  readonly right: Int32Array
  /** Where each node's measurements begin in `pool`, and the length of `pool` at the end. */
  readonly poolStart: Int32Array
  /** Indices into `targets` or `residuals`, as `onResiduals` says; ascending in each node. */
  readonly pool: Uint16Array
  /** Distinct targets that occur, ascending. */
  readonly targets: Float64Array
  readonly residuals: Float64Array
}

/** Collects what the trees hold around a row; buffers of its own, so one a thread and call. */
export interface TargetPool {
  /**
   * The measurements in the nodes that a row of `data` at `at` ends in, of trees `first` .. `last - 1`. Each tree has the
   * same weight; `base` is added to residuals. The result is overwritten by the next call.
   */
  collect(data: Float64Array, at: number, first: number, last: number, base: number): WeightedValues
}

export function targetPool(trees: QuantileTrees): TargetPool {
  const { targets, residuals } = trees
  const ofTargets = new Float64Array(targets.length)
  const ofResiduals = new Float64Array(residuals.length)
  const most = targets.length + residuals.length
  const collected: WeightedValues = { count: 0, values: new Float64Array(most), weights: new Float64Array(most) }
  return {
    collect(data, at, first, last, base) {
      for (let t = first; t < last; t++) addTree(trees, t, data, at, trees.onResiduals[t] ? ofResiduals : ofTargets)
      merge(targets, ofTargets, residuals, ofResiduals, base, collected)
      return collected
    },
  }
}

function addTree(trees: QuantileTrees, tree: number, data: Float64Array, at: number, weights: Float64Array): void {
  const { feature, threshold, left, right, poolStart, pool } = trees
  let node = trees.treeStart[tree]!
  for (let column = feature[node]!; column >= 0; column = feature[node]!) {
    const next = data[at + column]! <= threshold[node]! ? left[node]! : right[node]!
    if (next < 0) break
    node = next
  }
  const from = poolStart[node]!
  const to = poolStart[node + 1]!
  const share = 1 / (to - from)
  for (let k = from; k < to; k++) weights[pool[k]!]! += share
}

/** Both kinds as one ascending list; leaves the weights at 0 for the next row. */
function merge(
  targets: Float64Array,
  ofTargets: Float64Array,
  residuals: Float64Array,
  ofResiduals: Float64Array,
  base: number,
  into: WeightedValues,
): void {
  const { values, weights } = into
  let count = 0
  let j = nextUsed(ofResiduals, 0)
  for (let i = 0; i < targets.length; i++) {
    const weight = ofTargets[i]!
    if (weight === 0) continue
    const value = targets[i]!
    for (; j < residuals.length && base + residuals[j]! <= value; j = nextUsed(ofResiduals, j + 1)) {
      values[count] = base + residuals[j]!
      weights[count++] = ofResiduals[j]!
      ofResiduals[j] = 0
    }
    values[count] = value
    weights[count++] = weight
    ofTargets[i] = 0
  }
  for (; j < residuals.length; j = nextUsed(ofResiduals, j + 1)) {
    values[count] = base + residuals[j]!
    weights[count++] = ofResiduals[j]!
    ofResiduals[j] = 0
  }
  into.count = count
}

function nextUsed(weights: Float64Array, from: number): number {
  let at = from
  while (at < weights.length && weights[at] === 0) at++
  return at
}
