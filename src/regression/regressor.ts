import { ModelError } from '../core/errors.js'
import { expectLength, type Matrix } from '../numeric/matrix.js'
import type { Predictor } from '../predictor/predictor.js'

/** A recipe. `fit` keeps nothing, so predicting before fitting cannot be written. */
export interface Regressor<P extends Predictor = Predictor> {
  readonly kind: P['kind']
  /** Whether `fit` takes neighbouring rows for neighbours in time: rows should then be in the order of time. */
  readonly timeOrdered?: true
  /**
   * Learns from samples (rows of scaled features) and their targets in watts; both stay as they are.
   *
   * @throws ModelError `SHAPE_MISMATCH` when there are not as many targets as rows; `INVALID_DATA` without a row or a
   *   column, or where a value is NaN or infinite
   */
  fit(x: Matrix, y: Float64Array): P
}

/** The checks every `fit` starts with, see {@link Regressor.fit}. */
export function expectTrainable(x: Matrix, y: Float64Array): void {
  expectLength('targets', y.length, x.rows)
  expectLength('values in the matrix', x.data.length, x.rows * x.cols)
  if (x.rows === 0) throw new ModelError('INVALID_DATA', 'no rows to learn from', { field: 'x' })
  if (x.cols === 0) throw new ModelError('INVALID_DATA', 'no features to learn from', { field: 'x' })
  for (let k = 0; k < x.data.length; k++) {
    if (Number.isFinite(x.data[k])) continue
    const row = Math.floor(k / x.cols)
    throw new ModelError(
      'INVALID_DATA',
      `feature value ${x.data[k]} in row ${row}, column ${k % x.cols} is not a finite number; leave the row out`,
      { field: `x[${row}][${k % x.cols}]` },
    )
  }
  for (let i = 0; i < y.length; i++) {
    if (Number.isFinite(y[i])) continue
    throw new ModelError('INVALID_DATA', `target ${y[i]} in row ${i} is not a finite number; leave the row out`, {
      field: `y[${i}]`,
    })
  }
}
