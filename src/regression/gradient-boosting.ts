import { mean } from '../numeric/matrix.js'
import {
  type GradientBoostingPredictor,
  gradientBoostingPredictor,
  type RegressionTree,
} from '../predictor/gradient-boosting.js'
import { presort, rowRanges } from './presorted.js'
import { growRegressionTree } from './regression-tree.js'
import { expectTrainable, type Regressor } from './regressor.js'

export interface GradientBoostingOptions {
  /** @default 100 */
  readonly trees?: number
  /** @default 3 */
  readonly depth?: number
  /** @default 0.1 */
  readonly learningRate?: number
}

/**
 * Trees of three levels, each fitted to what those before it leave over: scikit-learn's `GradientBoostingRegressor`
 * with squared error and `friedman_mse`. No chance is involved: see `growRegressionTree` for equally good splits.
 */
export function gradientBoostingRegressor(options: GradientBoostingOptions = {}): Regressor<GradientBoostingPredictor> {
  const { trees: count = 100, depth = 3, learningRate = 0.1 } = options
  return {
    kind: 'gradient-boosting',
    fit(x, y) {
      expectTrainable(x, y)
      const columns = presort(x)
      const ranges = rowRanges(columns)
      const constant = mean(y)
      const residuals = y.map((watts) => watts - constant)
      const predicted = new Float64Array(x.rows).fill(constant)
      const trees: RegressionTree[] = []
      for (let t = 0; t < count; t++) {
        trees.push(
          growRegressionTree(columns, ranges, residuals, depth, (order, from, to, value) => {
            for (let k = from; k < to; k++) predicted[order[k]!]! += learningRate * value
          }),
        )
        for (let i = 0; i < x.rows; i++) residuals[i] = y[i]! - predicted[i]!
      }
      return gradientBoostingPredictor({ constant, learningRate, trees, featureCount: x.cols })
    },
  }
}
