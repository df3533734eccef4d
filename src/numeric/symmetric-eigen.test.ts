import assert from 'node:assert/strict'
import { it } from 'node:test'
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
