import type { Matrix } from '../numeric/matrix.js'

/** A fitted model of one component. `predict` never changes it. */
export interface Predictor {
  readonly kind: string
  /** Columns that `predict` expects. */
  readonly featureCount: number
  /** One value per row of `x`, in watts for a power model; may be negative (clamping is the power model's). */
  predict(x: Matrix): Float64Array
}

/** One step between raw features and a predictor: a scaler, or an expansion such as polynomial features. */
export interface Transformer {
  readonly kind: string
  readonly inputCount: number
  readonly outputCount: number
  /** A new matrix; the input stays as it is. */
  transform(x: Matrix): Matrix
}
