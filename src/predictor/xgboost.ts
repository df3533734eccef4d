import { expectLength, mapRows } from '../numeric/matrix.js'
import type { Predictor } from './predictor.js'

/** A tree as parallel arrays, one entry a node, the root first. A leaf has `left[node] === -1`. */
export interface XgboostTree {
  readonly feature: Int32Array
  readonly split: Float32Array
  readonly left: Int32Array
  readonly right: Int32Array
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
  const forest = flatten(trees)
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
          sum = Math.fround(sum + leafValue(forest, forest.roots[t]!, rounded))
        }
        return sum
      })
    },
  }
}

/** All trees in one set of arrays: neighbouring memory, and one shape for the compiler. */
interface Forest {
  readonly roots: Int32Array
  readonly feature: Int32Array
  /** Split of a split, output of a leaf. */
  readonly number: Float32Array
  readonly left: Int32Array
  readonly right: Int32Array
  readonly missing: Int32Array
}

function flatten(trees: readonly XgboostTree[]): Forest {
  const size = trees.reduce((sum, { feature }) => sum + feature.length, 0)
  const roots = new Int32Array(trees.length)
  const feature = new Int32Array(size)
  const number = new Float32Array(size)
  const left = new Int32Array(size)
  const right = new Int32Array(size)
  const missing = new Int32Array(size)
  let base = 0
  trees.forEach((tree, t) => {
    roots[t] = base
    for (let node = 0; node < tree.feature.length; node++) {
      const leaf = tree.left[node]! < 0
      feature[base + node] = leaf ? 0 : tree.feature[node]!
      number[base + node] = leaf ? tree.leaf[node]! : tree.split[node]!
      left[base + node] = leaf ? -1 : base + tree.left[node]!
      right[base + node] = leaf ? -1 : base + tree.right[node]!
      missing[base + node] = tree.defaultLeft[node] ? left[base + node]! : right[base + node]!
    }
    base += tree.feature.length
  })
  return { roots, feature, number, left, right, missing }
}

function leafValue({ feature, number, left, right, missing }: Forest, root: number, x: Float32Array): number {
  let node = root
  for (;;) {
    const below = left[node]!
    if (below < 0) return number[node]!
    const value = x[feature[node]!]!
    node = value < number[node]! ? below : Number.isNaN(value) ? missing[node]! : right[node]!
  }
}
