import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { seededRandom } from '../numeric/random.js'
import { aliasedClock } from './aliased-clock.js'
import { queryStep, scrapeClock } from './scrape-clock.js'

/** When scrapes at `times` are first seen on a grid of `step`, and which scrape is seen then. */
function seenOn(times: readonly number[], step: number, end = times.at(-1)!) {
  const seen: number[] = []
  const made: number[] = []
  let last = -1
  for (let grid = Math.ceil(times[0]! / step) * step; grid <= end; grid += step) {
    const scrape = times.findLastIndex((time) => time <= grid)
    if (scrape === last) continue
    last = scrape
    seen.push(grid)
    made.push(times[scrape]!)
  }
  return { seen: Float64Array.from(seen), made }
}

const every = (interval: number, count: number, phase = 0) =>
  Array.from({ length: count }, (_, i) => 1000 + phase + i * interval)

/** The largest error of the seconds between two scrapes, as a share of them; the first one has no known beginning. */
function worst(scraped: Float64Array, made: readonly number[]): number {
  return Math.max(
    ...made.slice(2).map((time, i) => {
      const seconds = time - made[i + 1]!
      return Math.abs((scraped[i + 2]! - scraped[i + 1]!) / seconds - 1)
    }),
  )
}

describe('queryStep', () => {
  it('is the usual distance of a regular grid, also with gaps', () => {
    assert.equal(queryStep(Float64Array.of(0, 3, 6, 9, 15, 18, 21)), 3)
  })

  it('is 0 for times of the samples themselves, and for no times', () => {
    assert.equal(queryStep(Float64Array.of(0, 15.1, 29.9, 45.2, 60)), 0)
    assert.equal(queryStep(new Float64Array(0)), 0)
  })
})

describe('scrapeClock', () => {
  for (const [interval, step] of [
    [5, 3],
    [4, 3],
    [7, 3],
    [10, 3],
    [30, 3],
    [60, 3],
    [30, 15],
    [12.5, 3],
  ] as const) {
    it(`finds scrapes every ${interval} s in a query every ${step} s`, () => {
      const { seen, made } = seenOn(every(interval, 80, 1.3), step)
      const clock = scrapeClock(seen, step)
      assert.ok(Math.abs(clock.interval - interval) < 0.05, `${clock.interval}`)
      assert.ok(worst(clock.scraped, made) < 0.02)
    })
  }

  it('counts lost scrapes as what they are', () => {
    const random = seededRandom(3)
    const { seen, made } = seenOn(
      every(5, 200).filter(() => random.next() > 0.05),
      3,
    )
    const clock = scrapeClock(seen, 3)
    assert.equal(clock.interval, 5)
    assert.ok(worst(clock.scraped, made) < 0.001)
  })

  it('is off by no more than a step where scrapes are irregular', () => {
    const random = seededRandom(5)
    let time = 1000
    const times = Array.from({ length: 100 }, () => (time += 10 + 40 * random.next()))
    const { seen, made } = seenOn(times, 3)
    const { scraped } = scrapeClock(seen, 3)
    made.forEach((actual, i) => {
      if (i > 0) assert.ok(Math.abs(scraped[i]! - actual) <= 3)
    })
  })

  it('has the round interval that people configure, whatever the phase and where scrapes are lost', () => {
    for (const [interval, step] of [
      [5, 3],
      [7, 3],
      [10, 3],
      [20, 15],
      [30, 15],
      [45, 30],
      [60, 25],
      [90, 60],
    ] as const) {
      for (const phase of [0, 0.4, 1.3, 2.9]) {
        const times = every(interval, 90, phase).filter((_, i) => i % 11 !== 5)
        const { seen, made } = seenOn(times, step)
        const clock = scrapeClock(seen, step)
        const what = `${interval} s at a step of ${step} s from ${phase} s`
        assert.equal(clock.interval, interval, what)
        assert.ok(worst(clock.scraped, made) < 0.001, `${what}: ${worst(clock.scraped, made)}`)
      }
    }
  })

  it('has it without losses too, where the gaps that were seen are shorter on average', () => {
    for (const [interval, step] of [
      [5, 3],
      [7, 3],
      [10, 3],
      [20, 15],
      [45, 30],
      [31, 7],
    ] as const) {
      for (const phase of [0.1, 0.7, 1.9, 2.6]) {
        const { seen } = seenOn(every(interval, 40, phase), step)
        assert.equal(scrapeClock(seen, step).interval, interval, `${interval} s at a step of ${step} s from ${phase} s`)
      }
    }
  })

  it('has the interval of the query where every step is new but for what is lost now and then', () => {
    for (const interval of [3, 15]) {
      const times = every(interval, 90).filter((_, i) => ![7, 11, 40, 41, 77].includes(i))
      const { seen } = seenOn(times, interval)
      const clock = scrapeClock(seen, interval)
      assert.equal(clock.interval, interval)
      assert.deepEqual([...clock.scraped.slice(1)], [...seen.slice(1)])
    }
  })

  it('has an interval of whole seconds after few scrapes, also where no rounder one is far', () => {
    for (const [interval, step, count] of [
      [6, 3, 8],
      [4, 2, 9],
      [8, 4, 9],
      [12, 4, 9],
      [9, 3, 12],
    ] as const) {
      const seen = Float64Array.from({ length: count }, (_, i) => 1000 + interval * i)
      assert.equal(scrapeClock(seen, step).interval, interval, `${interval} s at a step of ${step} s`)
    }
  })

  it('is within what a query can have seen, ascends, and begins one interval before the second', () => {
    const random = seededRandom(11)
    for (const spread of [0, 2, 9, 30]) {
      let time = 1000
      const times = Array.from({ length: 80 }, () => (time += 12 + spread * random.next()))
      const { seen } = seenOn(times, 5)
      const { scraped, interval } = scrapeClock(seen, 5)
      for (let i = 1; i < seen.length; i++) {
        assert.ok(scraped[i]! <= seen[i]! && scraped[i]! >= seen[i]! - 5 && scraped[i]! > scraped[i - 1]!)
      }
      assert.ok(scraped[0]! <= seen[0]!)
      assert.ok(scraped[1]! - scraped[0]! >= interval - 5)
    }
  })

  it('takes the times as they are where they are no grid, or every step is new', () => {
    const times = Float64Array.of(0, 15.1, 29.9, 45.2)
    assert.deepEqual(scrapeClock(times, 0).scraped, times)
    const grid = Float64Array.of(0, 3, 6, 9, 12)
    assert.deepEqual(scrapeClock(grid, 3).scraped, grid)
  })
})

describe('aliasedClock', () => {
  it('finds an interval that does not divide the step from how evenly energy grows', () => {
    const { seen, made } = seenOn(every(10, 90, 2), 15)
    const growth = Float64Array.from(made, (time, i) => (i === 0 ? 0 : 120 * (time - made[i - 1]!)))
    const clock = aliasedClock(scrapeClock(seen, 15), growth)
    assert.ok(worst(clock.scraped, made) < 0.001)
    // The last scrape before each was seen.
    for (const [i, time] of seen.entries()) assert.ok(clock.scraped[i]! <= time && clock.scraped[i]! > time - 10)
  })

  it('leaves load that changes by itself alone', () => {
    const random = seededRandom(7)
    const seen = Float64Array.from({ length: 60 }, (_, i) => i * 15)
    const clock = scrapeClock(seen, 15)
    const growth = seen.map(() => 15 * (50 + 200 * random.next()))
    assert.equal(aliasedClock(clock, growth), clock)
  })
})
