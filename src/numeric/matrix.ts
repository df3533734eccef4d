import { ModelError } from '../core/errors.js'

/** Row-major samples: entry (i, j) stands at `data[i * cols + j]`. */
export interface Matrix {
  readonly rows: number
  readonly cols: number
  readonly data: Float64Array
}

/** @throws ModelError `SHAPE_MISMATCH` when rows differ in length */
export function matrix(rows: readonly ArrayLike<number>[], cols = rows[0]?.length ?? 0): Matrix {
  const data = new Float64Array(rows.length * cols)
  rows.forEach((row, i) => {
    expectLength(`values in row ${i}`, row.length, cols)
    data.set(row, i * cols)
  })
  return { rows: rows.length, cols, data }
}

export function emptyMatrix(rows: number, cols: number): Matrix {
  return { rows, cols, data: new Float64Array(rows * cols) }
}

/** Row `i` as a view: writing to it writes to the matrix. */
export function rowOf(x: Matrix, i: number): Float64Array {
  return x.data.subarray(i * x.cols, (i + 1) * x.cols)
}

/** Column `j`, copied. */
export function columnOf(x: Matrix, j: number): Float64Array {
  return Float64Array.from({ length: x.rows }, (_, i) => x.data[i * x.cols + j]!)
}

/** One value per row. `sample` is a view that is only valid during the call. */
export function mapRows(x: Matrix, f: (sample: Float64Array, i: number) => number): Float64Array {
  const result = new Float64Array(x.rows)
  for (let i = 0; i < x.rows; i++) result[i] = f(rowOf(x, i), i)
  return result
}

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}

export function mean(values: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]!
  return sum / values.length
}

/** @throws ModelError `SHAPE_MISMATCH` */
export function expectLength(what: string, actual: number, expected: number): void {
  if (actual !== expected) throw new ModelError('SHAPE_MISMATCH', `expected ${expected} ${what}, got ${actual}`)
}
