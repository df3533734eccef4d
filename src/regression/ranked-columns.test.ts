import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { matrix } from '../numeric/matrix.js'
import { lastNotAbove, rankColumn, rankColumns, thresholdBetween } from './ranked-columns.js'

describe('rankColumn', () => {
  it('numbers distinct values and knows what share of the rows is below each', () => {
    const { rank, values, share } = rankColumn(Float64Array.of(5, 1, 5, 3))
    assert.deepEqual([...values], [1, 3, 5])
    assert.deepEqual([...rank], [2, 0, 2, 1])
    assert.deepEqual([...share], [0.125, 0.375, 0.75])
  })

  it('takes -0 and 0 for one value', () => {
    assert.deepEqual([...rankColumn(Float64Array.of(0, -0, 1)).rank], [0, 0, 1])
  })

  it('is made for each column of a matrix', () => {
    const columns = rankColumns(
      matrix([
        [1, 9],
        [2, 8],
      ]),
    )
    assert.deepEqual(
      columns.map(({ rank }) => [...rank]),
      [
        [0, 1],
        [1, 0],
      ],
    )
  })
})

describe('lastNotAbove', () => {
  it('stays below its upper bound', () => {
    const values = Float64Array.of(1, 3, 5, 7)
    assert.equal(lastNotAbove(values, 1, 0, 3), 0)
    assert.equal(lastNotAbove(values, 4, 0, 3), 1)
    assert.equal(lastNotAbove(values, 5, 1, 3), 2)
    assert.equal(lastNotAbove(values, 99, 0, 3), 2)
  })
})

describe('thresholdBetween', () => {
  it('is a 32-bit float where one lies between the values', () => {
    const threshold = thresholdBetween(rankColumn(Float64Array.of(0.1, 0.2)), 0, 1 / 3)
    assert.equal(threshold, Math.fround(threshold))
    assert.ok(Math.abs(threshold - (0.1 + 0.1 / 3)) < 1e-7)
  })

  it('never leaves the gap, however narrow', () => {
    const low = 1 / 3
    for (const high of [low + 2 ** -54, low + 1e-12, low + 1e-8]) {
      for (const position of [0, 0.5, 1 - 2 ** -53, Number.NaN]) {
        const threshold = thresholdBetween(rankColumn(Float64Array.of(low, high)), 0, position)
        assert.ok(threshold >= low && threshold < high)
      }
    }
  })

  it('is between the values where no 32-bit float is, and the lower one where no number is', () => {
    const low = 1 / 3
    const narrow = (high: number, position: number) =>
      thresholdBetween(rankColumn(Float64Array.of(low, high)), 0, position)
    const between = narrow(low + 1e-12, 0.5)
    assert.ok(Math.abs(between - low - 5e-13) < 1e-15)
    assert.equal(narrow(low + 2 ** -54, 0.5), low)
    assert.equal(narrow(low + 1e-12, Number.NaN), low)
    // A 32-bit float that is the upper value itself divides nothing.
    const upper = thresholdBetween(rankColumn(Float64Array.of(0.1, 0.5)), 0, 1 - 2 ** -50)
    assert.ok(upper > 0.49999 && upper < 0.5)
  })
})
