import { ModelError } from '../core/errors.js'
import { type XgboostModel, type XgboostPredictor, type XgboostTree, xgboostPredictor } from '../predictor/xgboost.js'
import { presort, rowRanges } from './presorted.js'
import { expectTrainable, type Regressor } from './regressor.js'
import { growXgboostTree } from './xgboost-tree.js'

export interface XgboostOptions {
  /** Trees to add. @default 100 */
  readonly trees?: number
  /** @default 6 */
  readonly depth?: number
  /** @default 0.1 */
  readonly learningRate?: number
  /** Pulls leaves towards 0. @default 1 */
  readonly lambda?: number
  /** Rows that each side of a split needs. @default 1 */
  readonly minChildWeight?: number
  /** Where predictions start; a continued model keeps its own. @default 0.5 */
  readonly baseScore?: number
  /** Add trees to this model (for example one read from XGBoost JSON); it stays as it is. */
  readonly continueFrom?: XgboostModel
}

/**
 * XGBoost's exact greedy boosting of a squared error: features, targets, predictions and leaves are 32-bit floats. No
 * chance is involved: see `growXgboostTree` for equally good splits.
 *
 * @returns a regressor whose `fit` also throws ModelError `SHAPE_MISMATCH` when the model to continue from has another
 *   number of features, and `INVALID_DATA` for targets beyond the range of a 32-bit float
 */
export function xgboostRegressor(options: XgboostOptions = {}): Regressor<XgboostPredictor> {
  const { trees: count = 100, depth = 6, learningRate = 0.1, lambda = 1, minChildWeight = 1, continueFrom } = options
  const baseScore = continueFrom?.baseScore ?? options.baseScore ?? 0.5
  return {
    kind: 'xgboost',
    fit(x, y) {
      expectTrainable(x, y)
      expectSingle(y)
      if (continueFrom && continueFrom.featureCount !== x.cols) {
        throw new ModelError(
          'SHAPE_MISMATCH',
          `the model to continue from has ${continueFrom.featureCount} features, the data has ${x.cols}`,
          { field: 'continueFrom' },
        )
      }
      const columns = presort(x)
      const ranges = rowRanges(columns)
      const targets = Float32Array.from(y)
      const predictions = continueFrom
        ? Float32Array.from(xgboostPredictor(continueFrom).predict(x))
        : new Float32Array(x.rows).fill(baseScore)
      const gradients = new Float32Array(x.rows)
      const trees: XgboostTree[] = continueFrom ? [...continueFrom.trees] : []
      for (let t = 0; t < count; t++) {
        for (let i = 0; i < x.rows; i++) gradients[i] = predictions[i]! - targets[i]!
        const growth = { maxDepth: depth, learningRate, lambda, minChildWeight }
        trees.push(growXgboostTree(columns, ranges, gradients, predictions, growth))
      }
      return xgboostPredictor({ baseScore, trees, featureCount: x.cols })
    },
  }
}

function expectSingle(y: Float64Array): void {
  const row = y.findIndex((value) => !Number.isFinite(Math.fround(value)))
  if (row < 0) return
  throw new ModelError(
    'INVALID_DATA',
    `target ${y[row]} in row ${row} does not fit a 32-bit float; use a larger unit`,
    {
      field: `y[${row}]`,
    },
  )
}
