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

  it('factors, solves and inverts exactly what is whole', () => {
    // L = (2 0 0; 1 3 0; 4 5 6).
    const l = Float64Array.of(4, 2, 8, 2, 10, 19, 8, 19, 77)
    const before = l.slice()
    assert.ok(choleskyInPlace(l, 3))
    assert.deepEqual([l[0], l[3], l[4], l[6], l[7], l[8]], [2, 1, 3, 4, 5, 6])
    assert.deepEqual([...solveLowerInPlace(l, 3, Float64Array.of(4, 5, 31))], [2, 1, 3])
    assert.deepEqual([...solveUpperInPlace(l, 3, Float64Array.of(12, 13, 12))], [1.5, 1, 2])
    const inverse = inverseFromCholesky(l, 3)
    for (let i = 0; i < 3; i++) {
      for (let j = 0; j < 3; j++) {
        const entry = [0, 1, 2].reduce((sum, k) => sum + before[i * 3 + k]! * inverse[k * 3 + j]!, 0)
        assert.ok(Math.abs(entry - Number(i === j)) < 1e-12)
        assert.equal(inverse[i * 3 + j], inverse[j * 3 + i])
      }
    }
  })

  it('leaves what is solved as it was', () => {
    const [a, b] = [positiveDefinite(5), Float64Array.of(1, 2, 3, 4, 5)]
    const before = [[...a], [...b]]
    solvePositiveDefinite(a, 5, b)
    assert.deepEqual([[...a], [...b]], before)
  })

  for (const n of [2, 6, 7, 9, 12, 17]) {
    it(`has a factor of ${n} rows whose product is the matrix`, () => {
      const a = positiveDefinite(n)
      const l = a.slice()
      assert.ok(choleskyInPlace(l, n))
      for (let i = 0; i < n; i++) {
        for (let j = 0; j <= i; j++) {
          let sum = 0
          for (let k = 0; k <= j; k++) sum += l[i * n + k]! * l[j * n + k]!
          assert.ok(Math.abs(sum - a[i * n + j]!) < 1e-9, `${i}, ${j}`)
        }
      }
      const inverse = inverseFromCholesky(l, n)
      for (let j = 0; j < n; j++) {
        const unit = Float64Array.from({ length: n }, (_, i) => Number(i === j))
        expectNear(times(a, n, inverse.subarray(j * n, (j + 1) * n)), unit)
      }
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
    assert.equal(choleskyInPlace(Float64Array.of(1, 1, 1, 1), 2), false, 'a pivot of 0')
    const large = positiveDefinite(9)
    large[80] = -1
    assert.equal(choleskyInPlace(large, 9), false)
    assert.equal(solvePositiveDefinite(Float64Array.of(0), 1, Float64Array.of(1)), undefined)
  })
})
