import { ModelError } from '../core/errors.js'
import type { Matrix } from '../numeric/matrix.js'
import { seededRandom } from '../numeric/random.js'
import { meanAbsoluteError, meanAbsolutePercentageError } from '../numeric/metrics.js'
import { type Split, shuffledFolds, shuffledSplit, takeRows, takeValues } from '../numeric/split.js'
import type { XgboostPredictor } from '../predictor/xgboost.js'
import { expectTrainable } from './regressor.js'
import { type XgboostOptions, xgboostRegressor } from './xgboost.js'

export interface XgboostTrainerOptions extends XgboostOptions {
  /** `split`: one shuffled split, a fifth is tested. `k-fold`: ten folds, three times over. @default 'split' */
  readonly validation?: 'split' | 'k-fold'
  /** Decides which rows are tested when. @default 0 */
  readonly seed?: number
  /** Called before each fit with how many are done, of how many; may throw to stop. */
  readonly onProgress?: (done: number, of: number) => void
}

export interface ScoredXgboost {
  /** Fitted to all rows. */
  readonly predictor: XgboostPredictor
  /** Mean over the splits, in watts. */
  readonly mae: number
  /** Mean over the splits whose test rows have power, in percent; -1 when there is none. */
  readonly mape: number
  /** How many splits were scored. */
  readonly splits: number
}

const folds = 10
const repetitions = 3

/**
 * The original's eleventh trainer, `XGBoostTrainer`: 1000 trees on features as they are (BPFIRQ, unscaled) and the
 * total package power. It is scored on held-out rows and then fitted to all.
 *
 * @throws ModelError as {@link Regressor.fit}; `INVALID_DATA` with fewer than two rows, of which none can be held out
 */
export function trainScoredXgboost(x: Matrix, y: Float64Array, options: XgboostTrainerOptions = {}): ScoredXgboost {
  expectTrainable(x, y)
  if (x.rows < 2)
    throw new ModelError('INVALID_DATA', 'a score needs at least 2 rows, one to learn from and one to test')
  const { validation = 'split', seed = 0, onProgress } = options
  const recipe = xgboostRegressor({ trees: 1000, ...options })
  const splits = splitsOf(x.rows, validation, seed)
  const absolute: number[] = []
  const percentage: number[] = []
  splits.forEach(({ train, test }, k) => {
    onProgress?.(k, splits.length + 1)
    const predicted = recipe.fit(takeRows(x, train), takeValues(y, train)).predict(takeRows(x, test))
    const measured = takeValues(y, test)
    absolute.push(meanAbsoluteError(measured, predicted))
    const mape = meanAbsolutePercentageError(measured, predicted)
    if (mape >= 0) percentage.push(mape)
  })
  onProgress?.(splits.length, splits.length + 1)
  return {
    predictor: recipe.fit(x, y),
    mae: meanOf(absolute),
    mape: percentage.length === 0 ? -1 : meanOf(percentage),
    splits: splits.length,
  }
}

function splitsOf(rows: number, validation: 'split' | 'k-fold', seed: number): Split[] {
  const random = seededRandom(seed)
  if (validation === 'split') return [shuffledSplit(rows, 0.2, random)]
  return Array.from({ length: repetitions }, () => shuffledFolds(rows, folds, random)).flat()
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
