/**
 * Cholesky factors of symmetric positive definite matrices, row-major in `Float64Array`s of n × n. Every inner loop is
 * of dot products of contiguous values, four at a time, so that a loaded value is used four times (Golub and Van Loan,
 * Matrix Computations, 4.2).
 */

/** Rows whose dot products with another row are computed together. */
const block = 4

/** Replaces the lower triangle of `a` by L with L Lᵀ = a; false when `a` is not positive definite. */
export function choleskyInPlace(a: Float64Array, n: number): boolean {
  const sums = new Float64Array(2 * block)
  for (let top = 0; top < n; top += 2) {
    const bottom = Math.min(n, top + 2)
    // Whole blocks of columns to the left of the two rows; the rest below.
    const whole = bottom - top === 2 ? top - (top % block) : 0
    for (let left = 0; left < whole; left += block) {
      blockDotsInto(sums, a, top * n, left * n, n, left)
      for (let i = top; i < bottom; i++) {
        for (let j = left; j < left + block; j++) {
          const sum = sums[(i - top) * block + j - left]! + dot(a, i * n + left, a, j * n + left, j - left)
          a[i * n + j] = (a[i * n + j]! - sum) / a[j * n + j]!
        }
      }
    }
    for (let i = top; i < bottom; i++) {
      for (let j = whole; j < i; j++) a[i * n + j] = (a[i * n + j]! - dot(a, i * n, a, j * n, j)) / a[j * n + j]!
      const pivot = a[i * n + i]! - dot(a, i * n, a, i * n, i)
      if (!(pivot > 0)) return false
      a[i * n + i] = Math.sqrt(pivot)
    }
  }
  return true
}

/**
 * The first `length` values of two rows of `a`, each times those of four rows, all `stride` apart: eight sums for six
 * loads, which is as many as stay in registers.
 */
function blockDotsInto(
  sums: Float64Array,
  a: Float64Array,
  rows: number,
  columns: number,
  stride: number,
  length: number,
): void {
  let s00 = 0
  let s01 = 0
  let s02 = 0
  let s03 = 0
  let s10 = 0
  let s11 = 0
  let s12 = 0
  let s13 = 0
  let r0 = rows
  let r1 = rows + stride
  let c0 = columns
  let c1 = columns + stride
  let c2 = c1 + stride
  let c3 = c2 + stride
  for (const end = rows + length; r0 < end; ) {
    const x0 = a[r0++]!
    const x1 = a[r1++]!
    const y0 = a[c0++]!
    const y1 = a[c1++]!
    const y2 = a[c2++]!
    const y3 = a[c3++]!
    s00 += x0 * y0
    s01 += x0 * y1
    s02 += x0 * y2
    s03 += x0 * y3
    s10 += x1 * y0
    s11 += x1 * y1
    s12 += x1 * y2
    s13 += x1 * y3
  }
  sums[0] = s00
  sums[1] = s01
  sums[2] = s02
  sums[3] = s03
  sums[4] = s10
  sums[5] = s11
  sums[6] = s12
  sums[7] = s13
}

/** The dot products of four rows of `a`, `stride` apart, with `length` values of `b`. */
function dotsInto(
  sums: Float64Array,
  a: Float64Array,
  from: number,
  stride: number,
  b: Float64Array,
  other: number,
  length: number,
): void {
  let s0 = 0
  let s1 = 0
  let s2 = 0
  let s3 = 0
  let r0 = from
  let r1 = from + stride
  let r2 = r1 + stride
  let r3 = r2 + stride
  for (let k = other, end = other + length; k < end; k++) {
    const value = b[k]!
    s0 += a[r0++]! * value
    s1 += a[r1++]! * value
    s2 += a[r2++]! * value
    s3 += a[r3++]! * value
  }
  sums[0] = s0
  sums[1] = s1
  sums[2] = s2
  sums[3] = s3
}

function dot(a: Float64Array, from: number, b: Float64Array, other: number, length: number): number {
  let s0 = 0
  let s1 = 0
  let k = 0
  for (const end = length - 1; k < end; k += 2) {
    s0 += a[from + k]! * b[other + k]!
    s1 += a[from + k + 1]! * b[other + k + 1]!
  }
  if (k < length) s0 += a[from + k]! * b[other + k]!
  return s0 + s1
}

/** L⁻¹ b, in place. */
export function solveLowerInPlace(l: Float64Array, n: number, b: Float64Array): Float64Array {
  const sums = new Float64Array(block)
  for (let top = 0; top < n; top += block) {
    const bottom = Math.min(n, top + block)
    if (bottom - top === block) dotsInto(sums, l, top * n, n, b, 0, top)
    else for (let i = top; i < bottom; i++) sums[i - top] = dot(l, i * n, b, 0, top)
    for (let i = top; i < bottom; i++)
      b[i] = (b[i]! - sums[i - top]! - dot(l, i * n + top, b, top, i - top)) / l[i * n + i]!
  }
  return b
}

/** L⁻ᵀ b, in place. */
export function solveUpperInPlace(l: Float64Array, n: number, b: Float64Array): Float64Array {
  for (let i = n - 1; i >= 0; i--) {
    const row = i * n
    const value = b[i]! / l[row + i]!
    b[i] = value
    for (let k = 0; k < i; k++) b[k]! -= value * l[row + k]!
  }
  return b
}

/** The inverse of L Lᵀ, both triangles. */
export function inverseFromCholesky(l: Float64Array, n: number): Float64Array {
  const t = transposedInverse(l, n)
  const inverse = new Float64Array(n * n)
  const sums = new Float64Array(block)
  for (let i = 0; i < n; i++) {
    let j = 0
    for (; j + block <= i + 1; j += block) {
      dotsInto(sums, t, j * n + i, n, t, i * n + i, n - i)
      inverse.set(sums, i * n + j)
    }
    for (; j <= i; j++) inverse[i * n + j] = dot(t, i * n + i, t, j * n + i, n - i)
    for (j = 0; j < i; j++) inverse[j * n + i] = inverse[i * n + j]!
  }
  return inverse
}

/** Row j is column j of L⁻¹, which begins with j zeros. */
function transposedInverse(l: Float64Array, n: number): Float64Array {
  const t = new Float64Array(n * n)
  const sums = new Float64Array(block)
  for (let top = 0; top < n; top += block) {
    const bottom = Math.min(n, top + block)
    for (let i = top; i < n; i++) {
      const pivot = l[i * n + i]!
      if (bottom - top === block) dotsInto(sums, t, top * n + top, n, l, i * n + top, i - top)
      else for (let j = top; j < bottom; j++) sums[j - top] = dot(t, j * n + top, l, i * n + top, i - top)
      for (let j = top; j < Math.min(bottom, i); j++) t[j * n + i] = -sums[j - top]! / pivot
      if (i < bottom) t[i * n + i] = 1 / pivot
    }
  }
  return t
}

/** The logarithm of the determinant of L Lᵀ. */
export function logDeterminant(l: Float64Array, n: number): number {
  let sum = 0
  for (let i = 0; i < n; i++) sum += Math.log(l[i * n + i]!)
  return 2 * sum
}

/** x with A x = b for a symmetric positive definite A, both left as they are; `undefined` when A is not. */
export function solvePositiveDefinite(a: Float64Array, n: number, b: Float64Array): Float64Array | undefined {
  const l = a.slice()
  if (!choleskyInPlace(l, n)) return undefined
  return solveUpperInPlace(l, n, solveLowerInPlace(l, n, b.slice()))
}
