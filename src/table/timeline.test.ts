import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { movingAverage } from './moving-average.js'
import { addTimelines, commonClock, rowsOn, type Timeline, unionClock, valueAt } from './timeline.js'

const times = (...values: number[]) => Float64Array.from(values)

const timeline = (timestamps: Float64Array, values: Float64Array): Timeline => ({ timestamps, values })

describe('timelines', () => {
  it('add up where they meet and follow each other where they do not', () => {
    const sum = addTimelines([timeline(times(1, 2), times(10, 20)), timeline(times(2, 3), times(5, 6))])
    assert.deepEqual(
      [[...sum.timestamps], [...sum.values]],
      [
        [1, 2, 3],
        [10, 25, 6],
      ],
    )
  })

  it('share clocks: all times, common times, and rows on one', () => {
    assert.deepEqual([...unionClock([times(3, 5), times(1, 3)])], [1, 3, 5])
    assert.deepEqual([...commonClock([times(1, 3, 5), times(3, 5, 7)])], [3, 5])
    assert.deepEqual([...rowsOn(times(1, 3, 5), times(0, 3, 4, 5, 9))], [-1, 1, -1, 2, -1])
    assert.deepEqual([unionClock([]).length, commonClock([]).length], [0, 0])
  })

  it('hold their last value', () => {
    const line = timeline(times(10, 20), times(1, 2))
    assert.deepEqual(
      [5, 10, 15, 20, 99].map((time) => valueAt(line, time)),
      [1, 1, 1, 2, 2],
    )
    assert.ok(Number.isNaN(valueAt(timeline(times(), times()), 1)))
  })

  it('average over whole windows only', () => {
    assert.deepEqual([...movingAverage(times(1, 2, 3, 4), 3)], [2, 3])
    assert.equal(movingAverage(times(1, 2), 3).length, 0)
  })
})
