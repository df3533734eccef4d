import { ModelError } from '../core/errors.js'
import { emptyMatrix, type Matrix } from './matrix.js'
import { type Random, shuffleInPlace } from './random.js'

/** Row numbers of the training and the test rows. */
export interface Split {
  readonly train: Int32Array
  readonly test: Int32Array
}

/**
 * A shuffled split with `ceil(testShare * rows)` test rows, as scikit-learn's `train_test_split`. A single row is in
 * both parts, since neither may be empty.
 *
 * @throws ModelError `INVALID_DATA` without rows
 */
export function shuffledSplit(rows: number, testShare: number, random: Random): Split {
  if (rows < 1) throw new ModelError('INVALID_DATA', 'no rows to split into training and test rows')
  const order = Int32Array.from({ length: rows }, (_, i) => i)
  if (rows === 1) return { train: order, test: order }
  shuffleInPlace(order, random)
  const testRows = Math.min(rows - 1, Math.max(1, Math.ceil(testShare * rows)))
  return { train: order.slice(testRows), test: order.slice(0, testRows) }
}

/** The given rows of `x`, copied, in the given order. */
export function takeRows(x: Matrix, rows: ArrayLike<number>): Matrix {
  const taken = emptyMatrix(rows.length, x.cols)
  for (let i = 0; i < rows.length; i++) {
    const from = rows[i]! * x.cols
    taken.data.set(x.data.subarray(from, from + x.cols), i * x.cols)
  }
  return taken
}

/** The given entries of `values`, copied, in the given order. */
export function takeValues(values: Float64Array, rows: ArrayLike<number>): Float64Array {
  const taken = new Float64Array(rows.length)
  for (let i = 0; i < rows.length; i++) taken[i] = values[rows[i]!]!
  return taken
}
