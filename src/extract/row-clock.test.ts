import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { findings } from './findings.js'
import { rowClock } from './row-clock.js'
import type { CleanCounter, ScrapeTarget } from './scrapes.js'
import { joinMistimed } from './timing.js'

const every = (seconds: number, count: number, from = 0) => Array.from({ length: count }, (_, i) => from + seconds * i)
const counter = (times: readonly number[], values = times): CleanCounter => ({
  ...{ metric: 'joules', labels: {} },
  timeline: { timestamps: Float64Array.from(times), values: Float64Array.from(values) },
})
/** A target that is scraped at these times. */
function target(
  times: readonly number[],
  energy: readonly CleanCounter[],
  usage: readonly CleanCounter[] = [],
): ScrapeTarget {
  const seen = Float64Array.from(times)
  const gaps = times.slice(1).map((time, i) => time - times[i]!)
  const clock = { seen, scraped: seen, interval: gaps.sort((a, b) => a - b)[gaps.length >> 1] ?? 0, step: 0 }
  return { clock, energy, usage } as unknown as ScrapeTarget
}
const spans = (...targets: ScrapeTarget[]) => {
  const found = findings()
  const { seen, from, to } = rowClock(targets, found)
  return { rows: [...seen].map((time, i) => [from[i], to[i], time]), found: found.list() }
}

describe('rows of a dataset', () => {
  it('are the spans between scrapes at which energy moved', () => {
    const { rows, found } = spans(target([0, 3, 6, 9], [counter([0, 3, 6, 9], [1, 2, 2, 3])]))
    assert.deepEqual(rows, [
      [0, 3, 3],
      [3, 9, 9],
    ])
    assert.deepEqual(found, [])
    assert.deepEqual(spans().rows, [])
    assert.deepEqual(spans(target([0], [counter([0])])).rows, [])
  })

  it('follow the slower of power and usage', () => {
    const fast = every(3, 9)
    const slow = every(6, 5)
    const usage = target(slow, [], [counter(slow)])
    assert.deepEqual(spans(target(fast, [counter(fast)]), usage).rows, [
      [0, 6, 6],
      [6, 12, 12],
      [12, 18, 18],
      [18, 24, 24],
    ])
    const energy = target(slow, [counter(slow)])
    assert.deepEqual(spans(energy, target(fast, [], [counter(fast)])).rows.length, 4)
    // A quarter slower is not slower: energy sets the pace.
    const five = every(5, 6)
    const four = every(4, 7)
    assert.deepEqual(spans(target(four, [counter(four)]), target(five, [], [counter(five)])).rows[0], [0, 8, 8])
  })

  it('leave out times at which a counter of energy is missing, and say how many', () => {
    const times = every(3, 6)
    const gap = counter([0, 3, 9, 12, 15])
    const { rows, found } = spans(target(times, [counter(times), gap]))
    assert.deepEqual(
      rows.map(([, to]) => to),
      [3, 9, 12, 15],
    )
    assert.deepEqual(
      found.map(({ kind, count }) => [kind, count]),
      [['incomplete time', 1]],
    )
    // A counter that begins later or ends earlier is not missed before and after.
    assert.deepEqual(spans(target(times, [counter(times), counter([6, 9])])).found, [])
  })

  it('take usage that stands still for idle, unless it does so regularly', () => {
    const times = every(3, 13)
    const idle = counter(
      times,
      times.map((time) => (time < 20 ? 0 : time)),
    )
    assert.equal(spans(target(times, [counter(times)], [idle])).rows.length, 12)
    // Measured at every other scrape.
    const rare = counter(
      times,
      times.map((time) => Math.floor(time / 6)),
    )
    assert.deepEqual(
      spans(target(times, [counter(times)], [rare])).rows.map(([from, to]) => to! - from!),
      [6, 6, 6, 6, 6, 6],
    )
  })

  it('are not so long that they tell nothing of a moment', () => {
    const row = (gap: number) => {
      const times = [...every(3, 5), 12 + gap, 12 + gap + 3]
      return spans(target(times, [counter(times)]))
    }
    // 60 seconds at least, or ten intervals.
    assert.equal(row(60).rows.length, 6)
    const { rows, found } = row(61)
    assert.equal(rows.length, 5)
    assert.deepEqual(
      found.map(({ kind, count, example }) => [kind, count, example]),
      [['long gap', 1, '61 s']],
    )
    const slow = [...every(30, 5), 120 + 300, 120 + 330]
    assert.equal(spans(target(slow, [counter(slow)])).rows.length, 6)
    const slower = [...every(30, 5), 120 + 301, 120 + 331]
    assert.equal(spans(target(slower, [counter(slower)])).rows.length, 5)
  })

  it('are none after the last of what is measured besides, nor before its first', () => {
    const all = every(3, 9)
    const energy = target(all, [counter(all)])
    const ends = (times: readonly number[]) =>
      spans(energy, target(times, [], [counter(times)])).rows.map(([, to]) => to)
    assert.deepEqual(ends(every(3, 4)), [3, 6, 9])
    assert.deepEqual(ends(every(3, 4, 9)), [12, 15, 18])
  })

  it('do not reach from one target to the next', () => {
    const [first, second] = [every(3, 3), every(3, 3, 30)]
    const { rows } = spans(target(first, [counter(first)]), target(second, [counter(second)]))
    assert.deepEqual(
      rows.map(([from, to]) => [from, to]),
      [
        [0, 3],
        [3, 6],
        [30, 33],
        [33, 36],
      ],
    )
    const all = every(3, 13)
    const usage = target(all, [], [counter(all)])
    assert.deepEqual(spans(target(first, [counter(first)]), target(second, [counter(second)]), usage).rows.length, 4)
    // Usage of two targets, energy of one: the row between them is left out.
    const energy = target(all, [counter(all)])
    const parts = [target(first, [], [counter(first)]), target(second, [], [counter(second)])]
    assert.deepEqual(
      spans(energy, ...parts).rows.map(([, to]) => to),
      [3, 6, 33, 36],
    )
  })
})

describe('rows that a late scrape made too long and too short', () => {
  const rows = (lengths: readonly number[]) => {
    const to = lengths.map((_, i) => lengths.slice(0, i + 1).reduce((sum, length) => sum + length, 0))
    const from = lengths.map((length, i) => to[i]! - length)
    return { seen: Float64Array.from(to), from: Float64Array.from(from), to: Float64Array.from(to) }
  }
  const columns = (...values: number[][]) => values.map((one) => Float64Array.from(one))
  const even = new Array<number>(8).fill(3)
  /** All columns high in row 3 and low in row 4, by the same share. */
  const off = (share: number, base: number) =>
    even.map((_, i) => base * (i === 3 ? 1 + share : i === 4 ? 1 - share : 1))
  const joined = (power: number[][], usage: number[][], lengths = even) => [
    ...joinMistimed(rows(lengths), columns(...power), columns(...usage)).to,
  ]

  it('are joined where everything measured deviates alike', () => {
    const to = joined([off(0.2, 100)], [off(0.2, 7), off(0.2, 50)])
    assert.deepEqual(to, [3, 6, 9, 15, 18, 21, 24])
    const whole = joinMistimed(rows(even), columns(off(0.2, 100)), columns(off(0.2, 7), off(0.2, 50)))
    assert.deepEqual([...whole.from], [0, 3, 6, 9, 15, 18, 21])
    assert.deepEqual([...whole.seen], to)
    assert.equal(joined([off(-0.2, 100)], [off(-0.2, 7), off(-0.2, 50)]).length, 7)
  })

  it('stay where the deviation is small, differs, or is the load that changes', () => {
    assert.equal(joined([off(0.041, 100)], [off(0.041, 7), off(0.041, 50)]).length, 7)
    assert.equal(joined([off(0.039, 100)], [off(0.039, 7), off(0.039, 50)]).length, 8)
    assert.equal(joined([off(0.2, 100)], [off(0.2, 7), off(0.23, 50)]).length, 8)
    assert.equal(joined([off(0.2, 100)], [off(0.2, 7), off(0.215, 50)]).length, 7)
    const step = even.map((_, i) => (i < 5 ? 130 : 70))
    assert.equal(joined([step], [step, step]).length, 8)
  })

  it('join two rows each, not a third that deviates with the second', () => {
    // Row 3 is too long for row 4, and row 5 too short beside row 4 by the same share.
    const [high, low] = [120, 80]
    const chain = (base: number) =>
      even.map((_, i) => (base / 100) * (i === 3 ? high : i === 4 ? low : i === 5 ? high : 100))
    assert.deepEqual(joined([chain(100)], [chain(7), chain(50)]), [3, 6, 9, 15, 18, 21, 24])
  })

  it('need three columns that move, and rows that follow each other', () => {
    const still = new Array<number>(8).fill(0)
    assert.equal(joined([off(0.2, 100)], [off(0.2, 7), still]).length, 8)
    assert.equal(joined([off(0.2, 100), off(0.2, 20)], [off(0.2, 7), still]).length, 7)
    assert.equal(joined([still], [still]).length, 8)
    const apart = rows(even)
    apart.from[4]! += 1
    // The third row, which ends at 12, is not joined with the one after.
    assert.ok(joinMistimed(apart, columns(off(0.2, 100)), columns(off(0.2, 7), off(0.2, 50))).seen.includes(12))
    assert.equal(joinMistimed(rows([]), [], []).seen.length, 0)
  })
})
