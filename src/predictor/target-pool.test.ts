import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type QuantileTrees, targetPool } from './target-pool.js'

/** A tree on targets that asks `x <= 0.5` and ends in its root to the right, then a single node of residuals. */
const trees: QuantileTrees = {
  treeStart: Int32Array.of(0, 2, 3),
  onResiduals: Uint8Array.of(0, 1),
  feature: Int32Array.of(0, -1, -1),
  threshold: Float64Array.of(0.5, 0, 0),
  left: Int32Array.of(1, -1, -1),
  right: Int32Array.of(-1, -1, -1),
  poolStart: Int32Array.of(0, 4, 5, 7),
  pool: Uint16Array.of(0, 1, 1, 2, 0, 0, 1),
  targets: Float64Array.of(10, 20, 30),
  residuals: Float64Array.of(-5, 5),
}

function collected(value: number, first = 0, last = 2, base = 18) {
  const { count, values, weights } = targetPool(trees).collect(Float64Array.of(value), 0, first, last, base)
  return Array.from({ length: count }, (_, i) => [values[i], weights[i]])
}

describe('targetPool', () => {
  it('merges targets and residuals on the base, each tree with the same weight', () => {
    assert.deepEqual(collected(0.4), [
      [10, 1],
      [13, 0.5],
      [23, 0.5],
    ])
  })

  it('ends where a child holds too little, and adds what is equal', () => {
    assert.deepEqual(collected(0.6), [
      [10, 0.25],
      [13, 0.5],
      [20, 0.5],
      [23, 0.5],
      [30, 0.25],
    ])
  })

  it('takes the trees it is told', () => {
    assert.deepEqual(collected(0.4, 0, 1), [[10, 1]])
    assert.deepEqual(collected(0.4, 1, 2, 100), [
      [95, 0.5],
      [105, 0.5],
    ])
  })

  it('forgets each row before the next', () => {
    const pool = targetPool(trees)
    const data = Float64Array.of(0.6, 0.4)
    pool.collect(data, 0, 0, 2, 18)
    const { count, values } = pool.collect(data, 1, 0, 2, 18)
    assert.deepEqual([...values.subarray(0, count)], [10, 13, 23])
  })
})
