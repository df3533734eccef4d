import { expectLength, mapRows } from '../numeric/matrix.js'
import { type Forest, joinTrees, type Tree } from './forest.js'
import type { Predictor } from './predictor.js'

/** A tree of XGBoost. */
export interface XgboostTree extends Tree {
  readonly split: Float32Array
  /** 1 where a missing value goes left. */
  readonly defaultLeft: Uint8Array
  /** Output of a leaf, learning rate included; for a split the weight it would have as a leaf. */
  readonly leaf: Float32Array
  /** Loss reduction of a split, 0 for a leaf. */
  readonly gain: Float32Array
  /** Sum of the hessians of the node's rows. */
  readonly cover: Float32Array
}

export interface XgboostModel {
  readonly baseScore: number
  readonly trees: readonly XgboostTree[]
  readonly featureCount: number
}

export interface XgboostPredictor extends Predictor, XgboostModel {
  readonly kind: 'xgboost'
}

/** `baseScore + sum of leaves`, in 32-bit floats and in the order of XGBoost: `x < split` goes left, NaN by default. */
export function xgboostPredictor({ baseScore, trees, featureCount }: XgboostModel): XgboostPredictor {
  const forest = joinTrees(trees, (tree, node, leaf) => (leaf ? tree.leaf[node]! : tree.split[node]!))
  const missing = missingChildren(forest, trees)
  return {
    kind: 'xgboost',
    featureCount,
    baseScore,
    trees,
    predict(x) {
      expectLength('features', x.cols, featureCount)
      const rounded = new Float32Array(featureCount)
      return mapRows(x, (sample) => {
        rounded.set(sample)
        let sum = Math.fround(baseScore)
        for (let t = 0; t < forest.roots.length; t++) {
          sum = Math.fround(sum + leafValue(forest, missing, forest.roots[t]!, rounded))
        }
        return sum
      })
    },
  }
}

/** Where a missing value goes from each node of the forest. */
function missingChildren({ left, right }: Forest, trees: readonly XgboostTree[]): Int32Array {
  const missing = new Int32Array(left.length)
  let at = 0
  for (const { defaultLeft } of trees) {
    for (let node = 0; node < defaultLeft.length; node++, at++) missing[at] = defaultLeft[node] ? left[at]! : right[at]!
  }
  return missing
}

function leafValue(
  { feature, number, left, right }: Forest,
  missing: Int32Array,
  root: number,
  x: Float32Array,
): number {
  let node = root
  for (;;) {
    const below = left[node]!
    if (below < 0) return number[node]!
    const value = x[feature[node]!]!
    node = value < number[node]! ? below : Number.isNaN(value) ? missing[node]! : right[node]!
  }
}
