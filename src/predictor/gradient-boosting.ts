import { expectLength, mapRows } from '../numeric/matrix.js'
import type { Predictor } from './predictor.js'

/** A tree as parallel arrays, one entry a node, the root first. A leaf has `left[node] === -1`. */
export interface RegressionTree {
  readonly feature: Int32Array
  readonly threshold: Float64Array
  readonly left: Int32Array
  readonly right: Int32Array
  /** Mean target of the node. */
  readonly value: Float64Array
}

export interface GradientBoostingModel {
  /** Where the sum starts: the mean of the targets. */
  readonly constant: number
  readonly learningRate: number
  readonly trees: readonly RegressionTree[]
  readonly featureCount: number
}

export interface GradientBoostingPredictor extends Predictor, GradientBoostingModel {
  readonly kind: 'gradient-boosting'
}

/** `constant + learningRate * sum of leaves`; like scikit-learn's trees it compares `float32(x) <= threshold`. */
export function gradientBoostingPredictor(model: GradientBoostingModel): GradientBoostingPredictor {
  const { constant, learningRate, trees, featureCount } = model
  const forest = flatten(trees)
  return {
    kind: 'gradient-boosting',
    featureCount,
    constant,
    learningRate,
    trees,
    predict(x) {
      expectLength('features', x.cols, featureCount)
      const rounded = new Float32Array(featureCount)
      return mapRows(x, (sample) => {
        rounded.set(sample)
        let sum = constant
        for (let t = 0; t < forest.roots.length; t++) sum += learningRate * leafValue(forest, forest.roots[t]!, rounded)
        return sum
      })
    },
  }
}

/** All trees in one set of arrays: neighbouring memory, and one shape for the compiler. */
interface Forest {
  readonly roots: Int32Array
  readonly feature: Int32Array
  /** Threshold of a split, value of a leaf. */
  readonly number: Float64Array
  /** Node for "at most the threshold", or -1 for a leaf; the other child is in `right`. */
  readonly left: Int32Array
  readonly right: Int32Array
}

function flatten(trees: readonly RegressionTree[]): Forest {
  const size = trees.reduce((sum, { feature }) => sum + feature.length, 0)
  const roots = new Int32Array(trees.length)
  const feature = new Int32Array(size)
  const number = new Float64Array(size)
  const left = new Int32Array(size)
  const right = new Int32Array(size)
  let base = 0
  trees.forEach((tree, t) => {
    roots[t] = base
    for (let node = 0; node < tree.feature.length; node++) {
      const leaf = tree.left[node]! < 0
      feature[base + node] = leaf ? 0 : tree.feature[node]!
      number[base + node] = leaf ? tree.value[node]! : tree.threshold[node]!
      left[base + node] = leaf ? -1 : base + tree.left[node]!
      right[base + node] = leaf ? -1 : base + tree.right[node]!
    }
    base += tree.feature.length
  })
  return { roots, feature, number, left, right }
}

function leafValue({ feature, number, left, right }: Forest, root: number, x: Float32Array): number {
  let node = root
  for (;;) {
    const below = left[node]!
    if (below < 0) return number[node]!
    node = x[feature[node]!]! <= number[node]! ? below : right[node]!
  }
}
