import { dot, type Matrix, rowOf } from '../numeric/matrix.js'
import { type Random, seededRandom, shuffleInPlace } from '../numeric/random.js'
import { type LinearPredictor, linearPredictor } from '../predictor/linear.js'
import { expectTrainable, type Regressor } from './regressor.js'

export interface SgdOptions {
  /** Decides the order in which rows are visited. @default 0 */
  readonly seed?: number
  /** @default 1000 */
  readonly maxEpochs?: number
}

const alpha = 1e-4
const eta0 = 0.01
const tolerance = 1e-3
const patience = 5
/** scikit-learn bounds each step's error so that one outlier cannot overflow the weights. */
const largestError = 1e12

/**
 * A linear model learnt one row at a time: squared error, l2 penalty, a step of `0.01 / t^0.25`, at most 1000 passes
 * over shuffled rows, until five in a row have not improved the loss by 1e-3 per row. Those are scikit-learn's
 * `SGDRegressor` defaults; only the shuffling is our own.
 *
 * Features far from unit size make such steps run off. Then (the best pass being worse than no model) the features
 * are divided by their largest magnitude, as the training pipeline does, and the weights scaled back.
 */
export function sgdRegressor({ seed = 0, maxEpochs = 1000 }: SgdOptions = {}): Regressor<LinearPredictor> {
  return {
    kind: 'linear',
    fit(x, y) {
      expectTrainable(x, y)
      const learnt = descend(x, y, seededRandom(seed), maxEpochs)
      if (learnt) return linearPredictor(learnt.intercept, learnt.weights)
      const scale = largestMagnitudes(x)
      const scaled = { ...x, data: x.data.map((value, k) => value / scale[k % x.cols]!) }
      const relearnt = descend(scaled, y, seededRandom(seed), maxEpochs)
      if (!relearnt)
        return linearPredictor(
          y.reduce((sum, watts) => sum + watts / y.length, 0),
          new Float64Array(x.cols),
        )
      return linearPredictor(
        relearnt.intercept,
        relearnt.weights.map((weight, j) => weight / scale[j]!),
      )
    },
  }
}

interface Learnt {
  readonly weights: Float64Array
  readonly intercept: number
}

/** Undefined when the steps ran off. */
function descend(x: Matrix, y: Float64Array, random: Random, maxEpochs: number): Learnt | undefined {
  const { rows, cols, data } = x
  const order = Int32Array.from({ length: rows }, (_, i) => i)
  const weights = new Float64Array(cols)
  let intercept = 0
  let t = 1
  let best = Number.POSITIVE_INFINITY
  let idle = 0
  for (let epoch = 0; epoch < maxEpochs && idle < patience; epoch++) {
    shuffleInPlace(order, random)
    let loss = 0
    for (let k = 0; k < rows; k++) {
      const i = order[k]!
      const from = i * cols
      let error = intercept - y[i]!
      for (let j = 0; j < cols; j++) error += weights[j]! * data[from + j]!
      loss += 0.5 * error * error
      const eta = eta0 / Math.sqrt(Math.sqrt(t))
      const step = -eta * Math.max(-largestError, Math.min(largestError, error))
      const decay = Math.max(0, 1 - eta * alpha)
      for (let j = 0; j < cols; j++) weights[j] = weights[j]! * decay + step * data[from + j]!
      intercept += step
      t++
    }
    idle = loss > best - tolerance * rows ? idle + 1 : 0
    best = Math.min(best, loss)
    if (Number.isNaN(loss)) return undefined
  }
  return best <= dot(y, y) / 2 && sound(x, y, weights, intercept) ? { weights, intercept } : undefined
}

/** Whether the weights are no worse than none at all. */
function sound(x: Matrix, y: Float64Array, weights: Float64Array, intercept: number): boolean {
  let loss = 0
  for (let i = 0; i < x.rows; i++) loss += (dot(weights, rowOf(x, i)) + intercept - y[i]!) ** 2
  return loss <= dot(y, y)
}

function largestMagnitudes({ cols, data }: Matrix): Float64Array {
  const largest = new Float64Array(cols)
  for (let k = 0; k < data.length; k++) largest[k % cols] = Math.max(largest[k % cols]!, Math.abs(data[k]!))
  return largest.map((value) => value || 1)
}
