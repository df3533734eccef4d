import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { conformalRadius, quantile } from './quantile.js'
import { rootMeanSquaredError, meanAbsoluteError, regressionMetrics, sumOfSquaredErrors } from './metrics.js'

describe('scores', () => {
  it('measures the distance in watts, percent and variance', () => {
    const { mae, mape, rmse, r2 } = regressionMetrics([10, 20, 30], [12, 20, 27])
    assert.equal(mae, 5 / 3)
    assert.ok(Math.abs(mape - 10) < 1e-12)
    assert.ok(Math.abs(rmse - Math.sqrt(13 / 3)) < 1e-12)
    assert.ok(Math.abs(r2 - (1 - 13 / 200)) < 1e-12)
  })

  it('leaves rows without power out of the percentage, and says -1 when there are no others', () => {
    assert.equal(regressionMetrics([0, 10], [5, 11]).mape, 10)
    assert.equal(regressionMetrics([0, 0], [5, 11]).mape, -1)
    assert.equal(regressionMetrics([-2, 0], [5, 11]).mape, -1)
  })

  it('explains all or nothing of a target that never changes', () => {
    assert.equal(regressionMetrics([3, 3], [3, 3]).r2, 1)
    assert.equal(regressionMetrics([3, 3], [3, 4]).r2, 0)
  })

  it('are 0 without rows', () => {
    assert.deepEqual([meanAbsoluteError([], []), rootMeanSquaredError([], []), sumOfSquaredErrors([], [])], [0, 0, 0])
    assert.deepEqual(regressionMetrics([], []), { mae: 0, mape: -1, rmse: 0, r2: 1 })
  })

  it('are the same for errors of both signs', () => {
    assert.equal(sumOfSquaredErrors([1, 2], [4, -2]), 25)
    assert.deepEqual(regressionMetrics([2, 4], [1, 5]), regressionMetrics([2, 4], [3, 3]))
    assert.ok(regressionMetrics([1, 2, 3], [3, 2, 1]).r2 === -3)
  })

  it('refuses another number of predictions', () => {
    assert.throws(() => regressionMetrics([1, 2], [1]), { code: 'SHAPE_MISMATCH' })
  })
})

describe('quantile', () => {
  it('is linear between neighbours', () => {
    assert.equal(quantile([4, 1, 3, 2], 0.5), 2.5)
    assert.equal(quantile([4, 1, 3, 2], 0), 1)
    assert.equal(quantile([4, 1, 3, 2], 1), 4)
    assert.equal(quantile([7], 0.3), 7)
    assert.equal(quantile([10, 20, 40], 0.75), 30)
    assert.equal(quantile([10, 20, 40], 0.25), 15)
  })

  it('refuses no values and shares outside 0..1', () => {
    assert.throws(() => quantile([], 0.5), { code: 'INVALID_DATA' })
    assert.throws(() => quantile([1], -0.1), { code: 'INVALID_DATA', message: /-0\.1/ })
    assert.throws(() => quantile([1], 1.1), { code: 'INVALID_DATA', message: /1\.1/ })
    assert.throws(() => quantile([1], Number.NaN), { code: 'INVALID_DATA' })
  })
})

describe('conformalRadius', () => {
  it('takes the rank that covers one error more than was seen', () => {
    const errors = Array.from({ length: 19 }, (_, i) => i + 1)
    assert.equal(conformalRadius(errors, 0.9), 18)
    assert.deepEqual(
      [0, 0.05, 0.051, 0.5, 0.95, 0.951, 1].map((coverage) => conformalRadius(errors, coverage)),
      [1, 1, 2, 10, 19, 19, 19],
    )
  })

  it('is the largest error when there are too few for the coverage', () => {
    assert.equal(conformalRadius([1, 5, 2], 0.9), 5)
  })
})
