import { pairwiseSum } from '../numeric/pairwise-sum.js'
import { seededRandom } from '../numeric/random.js'
import { type GradientBoostingPredictor, gradientBoostingPredictor } from '../predictor/gradient-boosting.js'
import type { RegressionTree } from '../predictor/regression-tree.js'
import { presort, rowRanges } from './presorted.js'
import { growRegressionTree, type OnLeaf } from './regression-tree.js'
import { expectTrainable, type Regressor } from './regressor.js'

export interface GradientBoostingOptions {
  /** @default 100 */
  readonly trees?: number
  /** @default 3 */
  readonly depth?: number
  /** @default 0.1 */
  readonly learningRate?: number
  /**
   * Tries features in a random order that this decides, as scikit-learn does. It matters only where splits are equally
   * good. @default features in their order
   */
  readonly seed?: number
}

/**
 * Trees of three levels, each fitted to what those before it leave over: scikit-learn's `GradientBoostingRegressor`
 * with squared error and `friedman_mse`. See `growRegressionTree` for which of several equally good splits is taken.
 */
export function gradientBoostingRegressor(options: GradientBoostingOptions = {}): Regressor<GradientBoostingPredictor> {
  const { trees: count = 100, depth = 3, learningRate = 0.1, seed } = options
  return {
    kind: 'gradient-boosting',
    fit(x, y) {
      expectTrainable(x, y)
      const columns = presort(x)
      const ranges = rowRanges(columns)
      const constant = pairwiseSum(y) / y.length
      const residuals = y.map((watts) => watts - constant)
      const predicted = new Float64Array(x.rows).fill(constant)
      const random = seed === undefined ? undefined : seededRandom(seed)
      const trees: RegressionTree[] = []
      const addLeaf: OnLeaf = (order, from, to, value) => {
        for (let k = from; k < to; k++) predicted[order[k]!]! += learningRate * value
      }
      for (let t = 0; t < count; t++) {
        trees.push(growRegressionTree(columns, ranges, residuals, depth, addLeaf, random))
        for (let i = 0; i < x.rows; i++) residuals[i] = y[i]! - predicted[i]!
      }
      return gradientBoostingPredictor({ constant, learningRate, trees, featureCount: x.cols })
    },
  }
}
