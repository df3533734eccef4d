import { dot, emptyMatrix, type Matrix, mean } from '../numeric/matrix.js'

/** Samples and targets with their means taken away, so that a fit on them needs no constant term. */
export interface Centred {
  readonly x: Matrix
  readonly y: Float64Array
  /** The constant term that belongs to weights fitted on the centred data. */
  intercept(weights: Float64Array): number
}

/** A column that never moves becomes exactly 0: the rounding of its mean must not look like a signal. */
export function centre(x: Matrix, y: Float64Array): Centred {
  const { rows, cols, data } = x
  const means = new Float64Array(cols)
  const constant = new Uint8Array(cols).fill(1)
  for (let i = 0, k = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++, k++) {
      means[j]! += data[k]!
      if (data[k] !== data[j]) constant[j] = 0
    }
  }
  for (let j = 0; j < cols; j++) means[j] = constant[j] ? data[j]! : means[j]! / rows
  const centred = emptyMatrix(rows, cols)
  for (let i = 0, k = 0; i < rows; i++) for (let j = 0; j < cols; j++, k++) centred.data[k] = data[k]! - means[j]!
  const yMean = y.every((value) => value === y[0]) ? y[0]! : mean(y)
  return {
    x: centred,
    y: y.map((value) => value - yMean),
    intercept: (weights) => yMean - dot(means, weights),
  }
}
