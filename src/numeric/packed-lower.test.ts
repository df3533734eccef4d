import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { choleskyInPlace, solveLowerInPlace } from './cholesky.js'
import { packLower, solvePackedLowerInPlace } from './packed-lower.js'
import { seededRandom } from './random.js'

describe('packed lower triangles', () => {
  for (const n of [0, 1, 2, 3, 4, 5, 7, 8, 23]) {
    it(`of ${n} rows are solved as the whole ones`, () => {
      const random = seededRandom(n)
      const a = new Float64Array(n * n)
      for (let i = 0; i < n; i++) {
        for (let j = 0; j <= i; j++) a[i * n + j] = i === j ? n + 1 : random.next()
      }
      assert.ok(choleskyInPlace(a, n))
      const b = Float64Array.from({ length: n }, random.normal)
      const solved = solvePackedLowerInPlace(packLower(a, n), b.slice())
      solveLowerInPlace(a, n, b).forEach((value, i) => {
        assert.ok(Math.abs(value - solved[i]!) < 1e-5 * (1 + Math.abs(value)), `${i}: ${solved[i]} is not ${value}`)
      })
    })
  }
})
