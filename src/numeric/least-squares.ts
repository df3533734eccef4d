import { dotOf, pivotedQr } from './householder.js'
import { expectLength, type Matrix } from './matrix.js'

/** Singular values below this share of the largest count as zero. */
const defaultCutoff = 1e-13
/** Two columns are orthogonal when their cosine is below this. */
const orthogonal = 1e-15
const maxSweeps = 60

/**
 * The shortest w that minimises |x w - y|: a singular value decomposition in which values below `cutoff` times the
 * largest count as zero, so that repeated or constant columns do no harm. Pivoted QR first, then one-sided Jacobi on
 * R' (Drmac and Veselic, 2008): the turns that make its columns orthogonal are applied to Q'y at once, so neither
 * set of singular vectors is ever formed. Cost about 2 rows cols^2.
 *
 * @throws ModelError `SHAPE_MISMATCH` when `y` has another length than `x` has rows
 */
export function leastSquares(x: Matrix, y: ArrayLike<number>, cutoff = defaultCutoff): Float64Array {
  expectLength('targets', y.length, x.rows)
  const { rows, cols } = x
  const columns = new Float64Array(rows * cols)
  for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) columns[j * rows + i] = x.data[i * cols + j]!
  const { r, pivots, qtb } = pivotedQr({ rows, cols, data: columns }, Float64Array.from(y))
  const weights = new Float64Array(cols)
  if (!r[0]) return weights
  // A power of two, so that squares stay in range and no digit is lost.
  const unit = 2 ** Math.floor(Math.log2(Math.abs(r[0])))
  for (let k = 0; k < r.length; k++) r[k]! /= unit
  const lengths = orthogonaliseRows(r, qtb, cols)
  const largest = lengths.reduce((a, b) => Math.max(a, b), 0)
  for (let k = 0; k < lengths.length; k++) {
    const singular = lengths[k]!
    if (singular === 0 || singular < cutoff * largest) continue
    const share = qtb[k]! / singular / singular
    for (let j = 0; j < cols; j++) weights[pivots[j]!]! += (share * r[k * cols + j]!) / unit
  }
  return weights
}

/**
 * Turns the rows of `r` (each `cols` long) until each two are orthogonal, and `companion` with them; in place.
 * Returns the lengths of the rows, which are the singular values, unsorted.
 */
function orthogonaliseRows(r: Float64Array, companion: Float64Array, cols: number): Float64Array {
  const count = companion.length
  const squares = new Float64Array(count)
  for (let sweep = 0; sweep < maxSweeps; sweep++) {
    let turned = false
    for (let k = 0; k < count; k++) squares[k] = dotOf(r, k * cols, k * cols, cols)
    for (let p = 0; p < count - 1; p++) {
      for (let q = p + 1; q < count; q++) {
        const cross = dotOf(r, p * cols, q * cols, cols)
        if (!(Math.abs(cross) > orthogonal * Math.sqrt(squares[p]! * squares[q]!))) continue
        turned = true
        const slope = (squares[q]! - squares[p]!) / (2 * cross)
        const tangent = (slope >= 0 ? 1 : -1) / (Math.abs(slope) + Math.hypot(1, slope))
        const cosine = 1 / Math.sqrt(1 + tangent * tangent)
        const sine = cosine * tangent
        turn(r, p * cols, q * cols, cols, cosine, sine)
        turn(companion, p, q, 1, cosine, sine)
        squares[p]! -= tangent * cross
        squares[q]! += tangent * cross
        if (!(squares[p]! > 0)) squares[p] = dotOf(r, p * cols, p * cols, cols)
      }
    }
    if (!turned) break
  }
  return squares.map((_, k) => Math.sqrt(dotOf(r, k * cols, k * cols, cols)))
}

function turn(values: Float64Array, a: number, b: number, count: number, cosine: number, sine: number): void {
  for (let i = 0; i < count; i++) {
    const first = values[a + i]!
    const second = values[b + i]!
    values[a + i] = cosine * first - sine * second
    values[b + i] = sine * first + cosine * second
  }
}
