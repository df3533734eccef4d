import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sortedByTime } from './sort-samples.js'

const series = (samples: readonly (readonly [number, number])[]) => ({
  metric: 'm',
  labels: {},
  timestamps: Float64Array.from(samples, ([time]) => time),
  values: Float64Array.from(samples, ([, value]) => value),
})

describe('sortedByTime', () => {
  it('leaves a clean series as it is', () => {
    const clean = series([
      [1, 10],
      [2, 20],
    ])
    const { series: same, outOfOrder, duplicates } = sortedByTime(clean)
    assert.equal(same, clean)
    assert.deepEqual([outOfOrder, duplicates], [0, 0])
  })

  it('sorts, counts the last sample of a time, and says how many there were', () => {
    const {
      series: ordered,
      outOfOrder,
      duplicates,
    } = sortedByTime(
      series([
        [3, 30],
        [1, 10],
        [2, 20],
        [2, 21],
        [3, 31],
      ]),
    )
    assert.deepEqual([...ordered.timestamps], [1, 2, 3])
    assert.deepEqual([...ordered.values], [10, 21, 31])
    assert.deepEqual([outOfOrder, duplicates], [1, 2])
  })
})
