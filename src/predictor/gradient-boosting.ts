import * as z from 'zod'
import { expectLength, mapRows } from '../numeric/matrix.js'
import { codec, count } from './codec.js'
import { type Forest, joinTrees } from './forest.js'
import type { Predictor } from './predictor.js'
import { checkTree, type RegressionTree, regressionTreeOf, regressionTreeSchema } from './regression-tree.js'

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
  const forest = joinTrees(trees, (tree, node, leaf) => (leaf ? tree.value[node]! : tree.threshold[node]!))
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

function leafValue({ feature, number, left, right }: Forest, root: number, x: Float32Array): number {
  let node = root
  for (;;) {
    const below = left[node]!
    if (below < 0) return number[node]!
    node = x[feature[node]!]! <= number[node]! ? below : right[node]!
  }
}

export const gradientBoostingCodec = codec({
  kind: 'gradient-boosting',
  schema: z.object({
    constant: z.number(),
    learningRate: z.number(),
    featureCount: count,
    trees: z.array(regressionTreeSchema).max(100_000),
  }),
  read(model) {
    for (const tree of model.trees) checkTree(tree, model.featureCount)
    return gradientBoostingPredictor(model)
  },
  write: ({ constant, learningRate, featureCount, trees }) => ({
    constant,
    learningRate,
    featureCount,
    trees: trees.map(regressionTreeOf),
  }),
})
