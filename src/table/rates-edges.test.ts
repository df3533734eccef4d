import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { aliasedClock } from './aliased-clock.js'
import { counterOf, ratesIn } from './counter.js'
import { counterOfGauge } from './gauge.js'
import { joinCounters } from './join-counters.js'
import { queryStep, scrapeClock } from './scrape-clock.js'
import { toScrapes } from './scraped.js'
import { isAscending } from './timeline.js'

const numbers = (...values: number[]) => Float64Array.from(values)
const line = (times: readonly number[], values: readonly number[]) => ({
  timestamps: Float64Array.from(times),
  values: Float64Array.from(values),
})

describe('counters at their edges', () => {
  it('stay what they are when they never go back', () => {
    const flat = line([0, 1, 2], [5, 5, 7])
    const counter = counterOf(flat)
    assert.deepEqual([counter.values, counter.resets], [flat.values, 0])
    const reset = counterOf(line([0, 1], [5, 4]))
    assert.deepEqual([[...reset.values], reset.resets], [[0, 0], 1])
  })

  it('that are known never to fall are not looked at, nor are their values made before they are read', () => {
    let reads = 0
    const timeline = {
      ...{ timestamps: numbers(0, 1), neverFalls: true },
      get values() {
        reads++
        return numbers(5, 4)
      },
    }
    const counter = counterOf(timeline)
    assert.equal(reads, 0)
    assert.deepEqual([[...counter.values], counter.resets], [[5, 4], 0])
  })

  const ratesOf = (from: readonly number[], to: readonly number[], counter: ReturnType<typeof line>) => {
    const sum = new Float64Array(from.length).fill(1)
    ratesIn({ from: Float64Array.from(from), to: Float64Array.from(to) })(counterOf(counter), sum)
    return [...sum]
  }

  it('add their rates to what is there, whether sampled at the spans or not', () => {
    const even = line([0, 3, 6], [0, 30, 36])
    assert.deepEqual(ratesOf([0, 3], [3, 6], even), [11, 3])
    assert.deepEqual(ratesOf([0, 3], [3, 5], even), [11, 3])
    assert.deepEqual(ratesOf([1, 4], [4, 6], even), [1 + 22 / 3, 3])
    assert.deepEqual(ratesOf([-3, 0], [0, 3], even), [1, 11])
    assert.deepEqual(ratesOf([3, 6], [6, 9], even), [3, 1])
    assert.deepEqual(ratesOf([2, 20], [20, 30], even), [1 + 16 / 18, 1])
    assert.deepEqual(ratesOf([0], [3], line([0], [5])), [1])
  })

  it('have no samples at spans that leave time out between them', () => {
    assert.deepEqual(ratesOf([0, 6], [3, 9], line([0, 3, 9], [0, 3, 15])), [2, 3])
    assert.deepEqual(ratesOf([0, 3], [3, 9], line([0, 3, 9], [0, 3, 15])), [2, 3])
  })

  it('keep their own spans apart from others of as many samples', () => {
    const add = ratesIn({ from: numbers(0, 3), to: numbers(3, 6) })
    const sum = new Float64Array(2)
    add(counterOf(line([0, 3, 6], [0, 3, 9])), sum)
    add(counterOf(line([0, 2, 6], [0, 2, 6])), sum)
    assert.deepEqual([...sum], [2, 3])
  })

  it('are joined by the order of their beginnings, and go on at the last rate', () => {
    const one = [line([0, 1], [0, 10])]
    assert.equal(joinCounters(one), one)
    const [joined] = joinCounters([line([4, 5], [3, 4]), line([0, 1], [0, 10])])
    assert.deepEqual([...joined!.timestamps], [0, 1, 4, 5])
    assert.deepEqual([...joined!.values], [0, 10, 40, 41])
  })

  it('are likely to have grown ten times as fast as ever, and no faster', () => {
    const next = (value: number) => [
      ...joinCounters([line([0, 1], [0, 10]), line([2, 3], [value, value + 10])])[0]!.values,
    ]
    assert.deepEqual(next(110), [0, 10, 110, 120])
    assert.deepEqual(next(111), [0, 10, 20, 30])
    // Where nothing ever grew, nothing is unlikely.
    assert.deepEqual([...joinCounters([line([0, 1], [5, 5]), line([2, 3], [999, 999])])[0]!.values], [5, 5, 999, 999])
  })

  it('keep a reset within one of them, which is for the rates to see', () => {
    const [joined] = joinCounters([line([0, 1, 2], [0, 10, 3]), line([4, 5], [3, 4])])
    assert.deepEqual([...joined!.values], [0, 10, 3, 3, 4])
  })

  it('are two of three series where two run at once', () => {
    const series = [line([0, 2], [0, 2]), line([2, 4], [0, 2]), line([6, 8], [9, 11])]
    assert.equal(joinCounters(series)[1], series[1])
    assert.deepEqual(
      joinCounters(series).map(({ timestamps }) => [...timestamps]),
      [
        [0, 2, 6, 8],
        [2, 4],
      ],
    )
  })
})

describe('gauges at their edges', () => {
  it('have no energy before the first value and none of what is no number', () => {
    assert.deepEqual([...counterOfGauge(line([], [])).values], [])
    assert.deepEqual([...counterOfGauge(line([5], [100])).values], [0])
    const hole = counterOfGauge(line([0, 10, 20], [1, Number.NaN, 3]))
    assert.deepEqual([...hole.values], [0, Number.NaN, 60])
    const between = counterOfGauge(line([0, 10, 20], [1, Number.NaN, 3]), { stands: 'between' })
    assert.deepEqual([...between.values], [0, Number.NaN, 40])
  })

  it('keep all samples where their interval is hardly longer than the step', () => {
    const times = Array.from({ length: 40 }, (_, i) => 10 * i)
    const gauge = line(
      times,
      times.map((time) => Math.floor(time / 10)),
    )
    assert.equal(counterOfGauge(gauge).timestamps, gauge.timestamps)
    const repeated = line(
      times,
      times.map(() => 5),
    )
    assert.deepEqual([...counterOfGauge(repeated, { stands: 'before', interval: 14.9 }).timestamps], times)
    assert.deepEqual(
      [...counterOfGauge(repeated, { stands: 'before', interval: 20 }).timestamps.slice(0, 3)],
      [0, 20, 40],
    )
  })
})

describe('repeated values of a gauge', () => {
  const grid = Array.from({ length: 40 }, (_, i) => 10 * i)
  const same = grid.map(() => 5)
  /** The value changes at these rows. */
  const changing = (...rows: number[]) =>
    line(
      grid,
      grid.map((_, i) => rows.filter((row) => row <= i).length),
    )

  it('all stay where nothing tells an interval: times without a grid, or fewer than five values', () => {
    const constant = line(grid, same)
    assert.equal(counterOfGauge(constant).timestamps, constant.timestamps)
    const times = [0, 7, 20, 31, 39, 52, 68, 75, 88, 97, 111, 118]
    const irregular = line(
      times,
      times.map((_, i) => Math.floor(i / 2)),
    )
    assert.equal(counterOfGauge(irregular).timestamps, irregular.timestamps)
    // The first value counts as one.
    const [four, five] = [changing(3, 6, 9), changing(3, 6, 9, 12)]
    assert.equal(counterOfGauge(four).timestamps, four.timestamps)
    assert.deepEqual([...counterOfGauge(five).timestamps.slice(0, 6)], [0, 30, 60, 90, 120, 150])
  })

  it('are told from values that change sooner than usual', () => {
    // Every 30 s, but once after 10 s.
    const { timestamps } = counterOfGauge(changing(3, 6, 7, 10, 13, 16, 19, 22), { stands: 'before', interval: 30 })
    assert.deepEqual([...timestamps.slice(0, 6)], [0, 30, 60, 70, 100, 130])
  })

  it('count anew when more than the interval has passed, but for half a step', () => {
    const of = (interval: number) =>
      [...counterOfGauge(line(grid, same), { stands: 'before', interval }).timestamps].slice(0, 3)
    assert.deepEqual(
      [of(15), of(24), of(26)],
      [
        [0, 20, 40],
        [0, 20, 40],
        [0, 30, 60],
      ],
    )
  })

  it('add nothing for a time that goes back', () => {
    const { values } = counterOfGauge(line([0, 10, 5, 20], [1, 1, 1, 1]))
    assert.deepEqual([...values], [0, 10, 10, 20])
    assert.deepEqual(
      [...counterOfGauge(line([0, 10, 20], [1, Number.POSITIVE_INFINITY, 1])).values],
      [0, Number.NaN, 20],
    )
  })
})

describe('the clock of scrapes', () => {
  it('has no step where fewer than four of five gaps are regular', () => {
    assert.equal(queryStep(numbers(0, 3, 6, 9, 12, 99)), 3)
    assert.equal(queryStep(numbers(0, 3, 6, 9, 20, 99)), 0)
    assert.equal(queryStep(numbers(5)), 0)
    assert.equal(queryStep(numbers(0, 3.0004, 6, 9)), 3)
  })

  it('has no interval of one scrape, and the middle one of scrapes by their own times', () => {
    for (const step of [0, 3]) {
      const one = scrapeClock(numbers(5), step)
      assert.deepEqual([[...one.scraped], one.interval, one.step], [[5], Number.NaN, step])
    }
    const own = scrapeClock(numbers(0, 10, 21, 30), 0)
    assert.deepEqual([own.interval, own.step], [10, 0])
  })

  it('takes the first scrape for one interval before the second', () => {
    const { scraped, interval } = scrapeClock(numbers(999, 1005, 1011, 1017, 1023), 3)
    assert.ok(isAscending(scraped))
    assert.ok(Math.abs(scraped[1]! - scraped[0]! - interval) < 1e-9)
  })

  it('moves samples to the times of their scrapes, and leaves repeated ones out', () => {
    const clock = { seen: numbers(3, 9, 15), scraped: numbers(2, 7, 12), interval: 5, step: 3 }
    const move = toScrapes(clock)
    const whole = { timestamps: clock.seen, values: numbers(1, 2, 3) }
    assert.deepEqual(move(whole), { timestamps: clock.scraped, values: whole.values, neverFalls: false })
    assert.equal(move({ ...whole, neverFalls: true }).neverFalls, true)
    assert.equal(move(whole).values, whole.values)
    const repeated = line([3, 6, 9, 12, 15], [1, 1, 2, 2, 3])
    const moved = move(repeated)
    assert.deepEqual(
      [[...moved.timestamps], [...moved.values]],
      [
        [2, 7, 12],
        [1, 2, 3],
      ],
    )
    assert.equal(move({ ...repeated, values: numbers(5, 5, 6, 6, 7) }).timestamps, moved.timestamps)
    const part = line([9, 15], [2, 3])
    assert.deepEqual([...move(part).timestamps], [7, 12])
    assert.equal(move(part).values, part.values)
  })

  it('is not taken for another with few times, a step of a second, or an interval of its own', () => {
    const aliased = (count: number, step = 15, interval = step, watts = 100) => {
      const scrapes = Array.from({ length: count }, (_, i) => 10 * Math.floor((i * step + 2) / 10))
      const seen = Float64Array.from({ length: count }, (_, i) => i * step)
      const growth = Float64Array.from(scrapes, (time, i) => (i === 0 ? 0 : watts * (time - scrapes[i - 1]!)))
      const clock = { seen, scraped: seen, interval, step }
      return aliasedClock(clock, growth) !== clock
    }
    assert.deepEqual([aliased(20), aliased(19)], [true, false])
    assert.equal(aliased(60, 15, 30), false)
    // However little energy it is.
    assert.equal(aliased(60, 15, 15, 1e-6), true)
    assert.equal(aliased(60, 20), false)
    const steady = { seen: numbers(...Array.from({ length: 30 }, (_, i) => 15 * i)), interval: 15, step: 15 }
    const clock = { ...steady, scraped: steady.seen }
    assert.equal(aliasedClock(clock, new Float64Array(30).fill(1500)), clock)
    assert.equal(aliasedClock(clock, new Float64Array(30)), clock)
  })
})
