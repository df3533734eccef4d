import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  choleskyInPlace,
  inverseFromCholesky,
  logDeterminant,
  solveLowerInPlace,
  solvePositiveDefinite,
  solveUpperInPlace,
} from './cholesky.js'
import { seededRandom } from './random.js'

/** A random positive definite matrix: B Bᵀ + I. */
function positiveDefinite(n: number): Float64Array {
  const random = seededRandom(n)
  const b = Float64Array.from({ length: n * n }, random.normal)
  return Float64Array.from({ length: n * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n]
    let sum = i === j ? 1 : 0
    for (let k = 0; k < n; k++) sum += b[i * n + k]! * b[j * n + k]!
    return sum
  })
}

function times(a: Float64Array, n: number, x: Float64Array): Float64Array {
  return x.map((_, i) => x.reduce((sum, value, j) => sum + a[i * n + j]! * value, 0))
}

function expectNear(actual: Float64Array, expected: Float64Array): void {
  actual.forEach((value, i) => {
    assert.ok(Math.abs(value - expected[i]!) < 1e-8, `${i}: ${value} is not ${expected[i]}`)
  })
}

describe('cholesky', () => {
  // Blocks are of four rows: sizes that fill them, and that do not.
  for (const n of [0, 1, 3, 4, 5, 8, 13, 30]) {
    it(`solves and inverts ${n} equations`, () => {
      const a = positiveDefinite(n)
      const x = Float64Array.from({ length: n }, (_, i) => i - 2)
      const l = a.slice()
      assert.equal(choleskyInPlace(l, n), true)
      const b = times(a, n, x)
      expectNear(solveUpperInPlace(l, n, solveLowerInPlace(l, n, b.slice())), x)
      expectNear(solvePositiveDefinite(a, n, b)!, x)
      expectNear(times(inverseFromCholesky(l, n), n, b), x)
    })
  }

  it('knows the determinant', () => {
    const l = Float64Array.of(4, 2, 2, 3)
    choleskyInPlace(l, 2)
    assert.ok(Math.abs(logDeterminant(l, 2) - Math.log(8)) < 1e-12)
  })

  it('says when a matrix is not positive definite', () => {
    assert.equal(choleskyInPlace(Float64Array.of(1, 2, 2, 1), 2), false)
    assert.equal(choleskyInPlace(Float64Array.of(Number.NaN), 1), false)
    assert.equal(solvePositiveDefinite(Float64Array.of(0), 1, Float64Array.of(1)), undefined)
  })
})
