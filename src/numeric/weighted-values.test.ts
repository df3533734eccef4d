import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { trimmedMean, weightedQuantile } from './weighted-values.js'

function sample(values: number[], weights: number[]) {
  return { count: values.length, values: Float64Array.from(values), weights: Float64Array.from(weights) }
}

describe('trimmedMean', () => {
  it('is the mean without the ends', () => {
    assert.equal(trimmedMean(sample([1, 2, 4, 100], [1, 1, 1, 1]), 0.25), 3)
  })

  it('counts values that straddle a quartile in part', () => {
    // Of a weight of 4 the middle half is 1 to 3: half of it 10, half of it 20.
    assert.equal(trimmedMean(sample([10, 20], [2, 2]), 0.25), 15)
    assert.equal(trimmedMean(sample([10, 20], [3, 1]), 0.25), 10)
  })

  it('is the mean of all when nothing is cut, and nears the median', () => {
    assert.equal(trimmedMean(sample([1, 2, 9], [1, 1, 1]), 0), 4)
    assert.equal(trimmedMean(sample([1, 2, 9], [1, 1, 1]), 0.4), 2)
  })

  it('cuts weights that are not one', () => {
    // Of 10 a fifth from each end: 2 to 8, which is 1 of the first, 4 of the second and 1 of the third.
    assert.equal(trimmedMean(sample([0, 6, 12], [3, 4, 3]), 0.2), 6)
    assert.equal(trimmedMean(sample([0, 6, 18], [3, 4, 3]), 0.2), 7)
  })

  it('looks at no more than it is told', () => {
    assert.equal(trimmedMean({ ...sample([5, 900], [1, 1]), count: 1 }, 0.4), 5)
  })
})

describe('weightedQuantile', () => {
  it('is the least value at which the share is reached', () => {
    const values = sample([1, 2, 3, 4], [1, 1, 1, 1])
    assert.deepEqual(
      [0, 0.25, 0.26, 0.5, 0.95, 1].map((q) => weightedQuantile(values, q)),
      [1, 1, 2, 2, 4, 4],
    )
  })

  it('follows the weights', () => {
    assert.equal(weightedQuantile(sample([1, 2], [0.1, 0.9]), 0.05), 1)
    assert.equal(weightedQuantile(sample([1, 2], [0.1, 0.9]), 0.2), 2)
  })

  it('looks at no more than it is told, and ends at the last', () => {
    assert.equal(weightedQuantile({ ...sample([1, 2, 900], [1, 1, 9]), count: 2 }, 0.9), 2)
    assert.equal(weightedQuantile(sample([1, 2], [1, 1]), 1.5), 2)
  })

  it('meets a share exactly though sums are rounded', () => {
    assert.equal(weightedQuantile(sample([1, 2, 3], [0.1, 0.2, 0.3]), 0.5), 2)
  })
})
