import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { counterOf, ratesIn } from './counter.js'
import { counterOfGauge } from './gauge.js'
import { joinCounters } from './join-counters.js'

const line = (times: readonly number[], values: readonly number[]) => ({
  timestamps: Float64Array.from(times),
  values: Float64Array.from(values),
})

function rates(from: readonly number[], to: readonly number[], times: readonly number[], values: readonly number[]) {
  const sum = new Float64Array(from.length)
  ratesIn({ from: Float64Array.from(from), to: Float64Array.from(to) })(counterOf(line(times, values)), sum)
  return [...sum]
}

describe('counterOf', () => {
  it('grows on at the rate before where a counter goes back', () => {
    const counter = counterOf(line([0, 2, 4, 5, 6, 7], [0, 10, 4, 1, 1, 4]))
    assert.deepEqual([...counter.values], [0, 10, 20, 25, 25, 28])
    assert.equal(counter.resets, 2)
  })
})

describe('ratesIn', () => {
  it('takes growth in each span by its seconds', () => {
    assert.deepEqual(rates([0, 3, 6], [3, 6, 9], [0, 3, 6, 9], [0, 30, 90, 99]), [10, 20, 3])
  })

  it('takes growth between samples for even, and none before the first and after the last', () => {
    assert.deepEqual(rates([0, 10, 20, 30], [10, 20, 30, 40], [5, 25], [100, 300]), [5, 10, 5, 0])
  })

  it('goes on behind a span that is missing', () => {
    assert.deepEqual(rates([0, 6], [3, 9], [0, 3, 6, 9], [0, 3, 1000, 1006]), [1, 2])
  })
})

describe('joinCounters', () => {
  it('joins series that are never there at the same time', () => {
    const joined = joinCounters([line([0, 3, 12], [0, 30, 120]), line([6, 9], [60, 90])])
    assert.equal(joined.length, 1)
    assert.deepEqual([...joined[0]!.values], [0, 30, 60, 90, 120])
  })

  it('keeps series apart that run at once', () => {
    assert.equal(joinCounters([line([0, 3], [0, 3]), line([3, 6], [9, 12])]).length, 2)
  })

  it('takes the next series for another count where it begins far above or below', () => {
    const [above] = joinCounters([line([0, 3, 6], [0, 30, 60]), line([9, 12], [1_000_000, 1_000_030])])
    assert.deepEqual([...above!.values], [0, 30, 60, 90, 120])
    const [below] = joinCounters([line([0, 3, 6], [0, 30, 60]), line([9, 12], [5, 35])])
    assert.deepEqual([...below!.values], [0, 30, 60, 90, 120])
  })
})

describe('counterOfGauge', () => {
  it('has the values as its rate in the interval before each sample', () => {
    assert.deepEqual([...counterOfGauge(line([0, 10, 30], [5, 100, 50])).values], [0, 1000, 2000])
  })

  it('changes between samples where values stand for moments', () => {
    const { values } = counterOfGauge(line([0, 10, 30], [5, 100, 50]), { stands: 'between' })
    assert.deepEqual([...values], [0, 525, 2025])
  })

  it('does not take a long time without change for the interval, where a shorter one is known', () => {
    const times = Array.from({ length: 150 }, (_, i) => 3 * i)
    const watts = times.map((time) => 100 + 10 * Math.floor(time / 45))
    const alone = counterOfGauge(line(times, watts))
    assert.deepEqual([...alone.timestamps.slice(0, 3)], [0, 45, 90])
    const known = counterOfGauge(line(times, watts), { stands: 'between', interval: 15 })
    assert.deepEqual([...known.timestamps.slice(0, 4)], [0, 15, 30, 45])
    assert.deepEqual([...known.values.slice(0, 4)], [0, 1500, 3000, 4575])
  })

  it('leaves out what a range query only repeats', () => {
    const times = Array.from({ length: 80 }, (_, i) => 3 * i)
    const watts = times.map((time) => 100 + 10 * Math.floor(time / 15))
    const { timestamps, values } = counterOfGauge(line(times, watts))
    assert.deepEqual([...timestamps.slice(0, 3)], [0, 15, 30])
    assert.equal(values[2]! - values[1]!, 15 * 120)
  })

  it('keeps a value that stays the same for whole intervals', () => {
    const times = Array.from({ length: 80 }, (_, i) => 3 * i)
    const watts = times.map((time) => (time >= 60 && time < 105 ? 500 : 100 + 10 * Math.floor(time / 15)))
    const { timestamps } = counterOfGauge(line(times, watts))
    assert.deepEqual(
      [...timestamps].filter((time) => time >= 60 && time < 105),
      [60, 75, 90],
    )
  })

  it('leaves a hole where a value is no number', () => {
    assert.ok(Number.isNaN(counterOfGauge(line([0, 10, 20], [1, Number.NaN, 3])).values[1]))
  })
})
