import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type ConcaveSum, concaveBeyond, concaveInside } from './concave-sum.js'

const sum: ConcaveSum = {
  intercept: 10,
  feature: Int32Array.of(0, 1),
  saturates: Uint8Array.of(0, 1),
  scale: Float64Array.of(2, 0.5),
  weight: Float64Array.of(6, 4),
}
const range = { lower: Float64Array.of(0, 0), upper: Float64Array.of(1, 1) }

describe('a concave sum', () => {
  it('adds straight and saturating terms', () => {
    const watts = concaveInside(sum, range, Float64Array.of(9, 1, 0.5), 1)
    assert.ok(Math.abs(watts - (10 + 3 + 4 * (1 - Math.exp(-1)))) < 1e-12)
  })

  it('stands still beyond the range, and says how far it would have moved', () => {
    const edge = concaveInside(sum, range, Float64Array.of(1, 0), 0)
    assert.equal(concaveInside(sum, range, Float64Array.of(3, 0), 0), edge)
    assert.equal(concaveBeyond(sum, range, Float64Array.of(3, 0), 0, 100), 6)
    assert.equal(concaveBeyond(sum, range, Float64Array.of(-1, 0), 0, 100), -3)
    assert.equal(concaveBeyond(sum, range, Float64Array.of(0.5, 0.5), 0, 100), 0)
  })

  it('moves by no more than the limit per term, so that opposite infinities do not meet', () => {
    assert.equal(concaveBeyond(sum, range, Float64Array.of(1.7e308, 0), 0, 100), 100)
    assert.equal(concaveBeyond(sum, range, Float64Array.of(1.7e308, -1.7e308), 0, 100), 0)
  })
})
