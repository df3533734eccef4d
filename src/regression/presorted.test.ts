import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gradientBoostingRegressor } from './gradient-boosting.js'
import { matrix } from '../numeric/matrix.js'
import { presort } from './presorted.js'

describe('rows in the order of a column', () => {
  it('are the same where they are too many for a row to fit beside its value', () => {
    const rows = 2 ** 21 + 2
    // Whole numbers from -2 to 2: each is met many times.
    const { order } = presort({ rows, cols: 1, data: Float64Array.from({ length: rows }, (_, i) => (i % 5) - 2) })
    let wrong = 0
    for (let k = 1; k < rows; k++) {
      const [before, here] = [order[k - 1]!, order[k]!]
      if (before % 5 > here % 5 || (before % 5 === here % 5 && before >= here)) wrong++
    }
    assert.equal(wrong, 0)
    assert.equal(order[0], 0)
  })

  it('have values beyond the range of a 32-bit float at the ends', () => {
    const { order, values } = presort(matrix([[1e39], [0], [-1e39], [3e38]]))
    assert.deepEqual([...order], [2, 1, 3, 0])
    assert.deepEqual([values[0], values[2]], [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
  })

  it('are split below a value beyond that range at the value before', () => {
    const { trees } = gradientBoostingRegressor({ trees: 1, depth: 1 }).fit(
      matrix([[1], [2], [1e39]]),
      Float64Array.of(0, 0, 9),
    )
    assert.deepEqual([...trees[0]!.threshold], [2, 0, 0])
    assert.deepEqual([...trees[0]!.value], [0, -3, 6])
  })
})
