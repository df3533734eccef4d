/** Eigenvalues, largest first, with their vectors of length one. */
export interface Eigen {
  readonly values: Float64Array
  readonly vectors: readonly Float64Array[]
}

const mostSweeps = 60

/**
 * The eigenvectors of a small symmetric matrix, n × n and row-major, by Jacobi's rotations (Golub and Van Loan, 8.5).
 * The largest entry of each vector is positive, so that the same matrix gives the same vectors.
 */
export function symmetricEigen(matrix: Float64Array, n: number): Eigen {
  const a = matrix.slice()
  const v = new Float64Array(n * n)
  for (let i = 0; i < n; i++) v[i * n + i] = 1
  const scale = Math.max(...a.map(Math.abs), 0)
  for (let sweep = 0; sweep < mostSweeps; sweep++) {
    let largest = 0
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        largest = Math.max(largest, Math.abs(a[p * n + q]!))
        rotate(a, v, n, p, q)
      }
    }
    if (largest <= scale * 1e-15) break
  }
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => a[j * n + j]! - a[i * n + i]!)
  return {
    values: Float64Array.from(order, (i) => a[i * n + i]!),
    vectors: order.map((i) => upright(Float64Array.from({ length: n }, (_, k) => v[k * n + i]!))),
  }
}

/** Makes entry (p, q) zero. */
function rotate(a: Float64Array, v: Float64Array, n: number, p: number, q: number): void {
  const off = a[p * n + q]!
  if (off === 0) return
  const theta = (a[q * n + q]! - a[p * n + p]!) / (2 * off)
  const tangent = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1))
  const cosine = 1 / Math.sqrt(tangent * tangent + 1)
  const sine = tangent * cosine
  for (let k = 0; k < n; k++) turn(a, k * n + p, k * n + q, cosine, sine)
  for (let k = 0; k < n; k++) turn(a, p * n + k, q * n + k, cosine, sine)
  for (let k = 0; k < n; k++) turn(v, k * n + p, k * n + q, cosine, sine)
}

function turn(m: Float64Array, i: number, j: number, cosine: number, sine: number): void {
  const x = m[i]!
  const y = m[j]!
  m[i] = cosine * x - sine * y
  m[j] = sine * x + cosine * y
}

function upright(vector: Float64Array): Float64Array {
  const largest = vector.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0)
  return largest < 0 ? vector.map((value) => -value) : vector
}
