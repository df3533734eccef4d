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
  const mixture = measurementMixture(trees.targets, trees.residuals)
  return {
    collect(data, at, first, last, base) {
      for (let t = first; t < last; t++) {
        addTree(trees, t, data, at, trees.onResiduals[t] ? mixture.ofResiduals : mixture.ofTargets)
      }
      return mixture.take(base)
    },
  }
}

/** Weights of measurements of both kinds while trees are added. */
interface MeasurementMixture {
  readonly ofTargets: LevelWeights
  readonly ofResiduals: LevelWeights
  /** All that was added, in one ascending list with `base` added to residuals, and starts anew. Overwritten by the next. */
  take(base: number): WeightedValues
}

function measurementMixture(targets: Float64Array, residuals: Float64Array): MeasurementMixture {
  const ofTargets = levelWeights(targets.length)
  const ofResiduals = levelWeights(residuals.length)
  const most = targets.length + residuals.length
  const list: WeightedValues = { count: 0, values: new Float64Array(most), weights: new Float64Array(most) }
  return {
    ofTargets,
    ofResiduals,
    take(base) {
      listUsed(ofTargets)
      listUsed(ofResiduals)
      merge(targets, ofTargets, residuals, ofResiduals, base, list)
      return list
    },
  }
}

/** Weight per level while trees are added. All but some are 0, so groups of 32 levels are marked where there are any. */
interface LevelWeights {
  readonly weights: Float64Array
  readonly marked: Uint8Array
  /** The first `count` are the levels whose weight is above 0, ascending. */
  readonly used: Uint16Array
  count: number
}

function levelWeights(levels: number): LevelWeights {
  return {
    weights: new Float64Array(levels),
    marked: new Uint8Array((levels + 31) >>> 5),
    used: new Uint16Array(levels),
    count: 0,
  }
}

function addTree(trees: QuantileTrees, tree: number, data: Float64Array, at: number, into: LevelWeights): void {
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
  for (let k = from; k < to; k++) addLevel(into, pool[k]!, share)
}

function addLevel({ weights, marked }: LevelWeights, level: number, weight: number): void {
  weights[level]! += weight
  marked[level >>> 5] = 1
}

function listUsed(levels: LevelWeights): void {
  const { weights, marked, used } = levels
  let count = 0
  for (let group = 0; group < marked.length; group++) {
    if (!marked[group]) continue
    marked[group] = 0
    const end = Math.min(weights.length, (group + 1) << 5)
    for (let level = group << 5; level < end; level++) if (weights[level]! > 0) used[count++] = level
  }
  levels.count = count
}

/** Both kinds as one ascending list; leaves the weights at 0 for the next row. */
function merge(
  targets: Float64Array,
  ofTargets: LevelWeights,
  residuals: Float64Array,
  ofResiduals: LevelWeights,
  base: number,
  into: WeightedValues,
): void {
  const { values, weights } = into
  const total = ofTargets.count + ofResiduals.count
  for (let k = 0, i = 0, j = 0; k < total; k++) {
    const target = i < ofTargets.count ? targets[ofTargets.used[i]!]! : Number.POSITIVE_INFINITY
    const residual = j < ofResiduals.count ? base + residuals[ofResiduals.used[j]!]! : Number.POSITIVE_INFINITY
    const own = residual <= target ? ofResiduals : ofTargets
    const level = own.used[residual <= target ? j++ : i++]!
    values[k] = Math.min(residual, target)
    weights[k] = own.weights[level]!
    own.weights[level] = 0
  }
  into.count = total
}
