import assert from 'node:assert/strict'
import { it } from 'node:test'
import { seededRandom } from './random.js'
import { symmetricEigen } from './symmetric-eigen.js'

it('finds values and vectors, the largest first', () => {
  const a = Float64Array.of(4, 1, 0, 1, 3, 1, 0, 1, 2)
  const { values, vectors } = symmetricEigen(a, 3)
  assert.ok(values[0]! > values[1]! && values[1]! > values[2]!)
  assert.ok(Math.abs(values.reduce((sum, value) => sum + value, 0) - 9) < 1e-12, 'the trace')
  vectors.forEach((v, k) => {
    assert.ok(Math.abs(v.reduce((sum, value) => sum + value * value, 0) - 1) < 1e-12, 'of length one')
    for (let i = 0; i < 3; i++) {
      const image = v.reduce((sum, value, j) => sum + a[i * 3 + j]! * value, 0)
      assert.ok(Math.abs(image - values[k]! * v[i]!) < 1e-12)
    }
  })
})

it('sorts what is diagonal already, and takes one value and none', () => {
  const { values, vectors } = symmetricEigen(Float64Array.of(2, 0, 0, 0, -5, 0, 0, 0, 7), 3)
  assert.deepEqual([...values], [7, 2, -5])
  assert.deepEqual(
    vectors.map((vector) => [...vector]),
    [
      [0, 0, 1],
      [1, 0, 0],
      [0, 1, 0],
    ],
  )
  assert.deepEqual([...symmetricEigen(Float64Array.of(-3), 1).values], [-3])
  assert.equal(symmetricEigen(Float64Array.of(), 0).values.length, 0)
})

it('leaves equal values without anything between them as they are', () => {
  const { values, vectors } = symmetricEigen(Float64Array.of(3, 0, 0, 0, 3, 0, 0, 0, 3), 3)
  assert.deepEqual([...values], [3, 3, 3])
  assert.deepEqual(
    vectors.map((vector) => [...vector]),
    [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
  )
  assert.deepEqual([...symmetricEigen(new Float64Array(4), 2).values], [0, 0])
})

it('finds the vectors of two variables that are known, upright', () => {
  const a = Float64Array.of(1, -2, -2, 1)
  const before = [...a]
  const { values, vectors } = symmetricEigen(a, 2)
  assert.ok(Math.abs(values[0]! - 3) < 1e-12 && Math.abs(values[1]! + 1) < 1e-12)
  const half = Math.SQRT1_2
  const [first, second] = vectors
  assert.ok(Math.abs(Math.abs(first![0]!) - half) < 1e-12 && Math.abs(first![0]! + first![1]!) < 1e-12)
  assert.ok(Math.abs(second![0]! - half) < 1e-12 && Math.abs(second![1]! - half) < 1e-12)
  assert.deepEqual([...a], before, 'the matrix is as it was')
})

it('is as exact for many variables, with vectors whose largest entry is positive', () => {
  const n = 12
  const random = seededRandom(12)
  const a = new Float64Array(n * n)
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) a[i * n + j] = a[j * n + i] = 1e6 * random.normal()
  const { values, vectors } = symmetricEigen(a, n)
  vectors.forEach((v, k) => {
    const largest = v.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0)
    assert.ok(largest > 0)
    assert.ok(k === 0 || values[k]! <= values[k - 1]!)
    for (let i = 0; i < n; i++) {
      const image = v.reduce((sum, value, j) => sum + a[i * n + j]! * value, 0)
      assert.ok(Math.abs(image - values[k]! * v[i]!) < 1e-8, `${k}, ${i}`)
    }
    for (let l = 0; l < k; l++) {
      assert.ok(Math.abs(v.reduce((sum, value, i) => sum + value * vectors[l]![i]!, 0)) < 1e-12, 'at right angles')
    }
  })
})
