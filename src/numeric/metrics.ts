import { expectLength, mean } from './matrix.js'

/** How far predictions are from what was measured. */
export interface RegressionMetrics {
  /** Mean absolute error, in the unit of the target (watts). */
  readonly mae: number
  /** Mean absolute percentage error over rows whose power is above 0, in percent; -1 when there is none. */
  readonly mape: number
  /** Root of the mean squared error, in the unit of the target. */
  readonly rmse: number
  /** Share of the variance explained: 1 is perfect, 0 no better than the mean. Of a constant target: 1 or 0. */
  readonly r2: number
}

/** All metrics. @throws ModelError `SHAPE_MISMATCH` when the lengths differ */
export function regressionMetrics(actual: ArrayLike<number>, predicted: ArrayLike<number>): RegressionMetrics {
  return {
    mae: meanAbsoluteError(actual, predicted),
    mape: meanAbsolutePercentageError(actual, predicted),
    rmse: rootMeanSquaredError(actual, predicted),
    r2: explainedVariance(actual, predicted),
  }
}

/** Mean of |predicted - actual|; 0 without rows. @throws ModelError `SHAPE_MISMATCH` */
export function meanAbsoluteError(actual: ArrayLike<number>, predicted: ArrayLike<number>): number {
  expectLength('predictions', predicted.length, actual.length)
  let sum = 0
  for (let i = 0; i < actual.length; i++) sum += Math.abs(predicted[i]! - actual[i]!)
  return actual.length === 0 ? 0 : sum / actual.length
}

/**
 * Mean of |predicted - actual| / actual over rows with actual above 0, in percent: idle components measure 0 W, where the
 * ratio is undefined. -1, which means "no data" and not "good", when no row is left.
 *
 * @throws ModelError `SHAPE_MISMATCH`
 */
export function meanAbsolutePercentageError(actual: ArrayLike<number>, predicted: ArrayLike<number>): number {
  expectLength('predictions', predicted.length, actual.length)
  let sum = 0
  let count = 0
  for (let i = 0; i < actual.length; i++) {
    if (!(actual[i]! > 0)) continue
    sum += Math.abs(predicted[i]! - actual[i]!) / actual[i]!
    count++
  }
  return count === 0 ? -1 : (100 * sum) / count
}

/** Root of the mean squared error; 0 without rows. @throws ModelError `SHAPE_MISMATCH` */
export function rootMeanSquaredError(actual: ArrayLike<number>, predicted: ArrayLike<number>): number {
  return actual.length === 0 ? 0 : Math.sqrt(sumOfSquaredErrors(actual, predicted) / actual.length)
}

/** 1 - squared error / variance; of a constant target 1 when it is met exactly, else 0, as scikit-learn says. */
export function explainedVariance(actual: ArrayLike<number>, predicted: ArrayLike<number>): number {
  const error = sumOfSquaredErrors(actual, predicted)
  const middle = mean(actual)
  let variance = 0
  for (let i = 0; i < actual.length; i++) variance += (actual[i]! - middle) ** 2
  if (variance === 0) return error === 0 ? 1 : 0
  return 1 - error / variance
}

/** Sum of (predicted - actual)^2. @throws ModelError `SHAPE_MISMATCH` */
export function sumOfSquaredErrors(actual: ArrayLike<number>, predicted: ArrayLike<number>): number {
  expectLength('predictions', predicted.length, actual.length)
  let sum = 0
  for (let i = 0; i < actual.length; i++) sum += (predicted[i]! - actual[i]!) ** 2
  return sum
}
