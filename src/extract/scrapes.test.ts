import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Labels } from '../prometheus/labels.js'
import type { Series } from '../prometheus/response.js'
import { findings } from './findings.js'
import { type CleanCounter, cleanCounters, scrapeTargets, targetOf, updatesOf } from './scrapes.js'

const series = (times: readonly number[], values: readonly number[], labels: Labels = {}): Series => ({
  ...{ metric: 'm', labels },
  timestamps: Float64Array.from(times),
  values: Float64Array.from(values),
})
const counter = (...of: Parameters<typeof series>): CleanCounter => cleanCounters([series(...of)], findings())[0]!

describe('a scrape target', () => {
  it('is told by who scraped what, not by what was measured', () => {
    const one = { job: 'kepler', instance: 'a' }
    assert.equal(targetOf(one), targetOf({ instance: 'a', job: 'kepler', container_id: 'x', mode: 'idle' }))
    for (const label of ['job', 'instance', 'node', 'cluster', 'exported_instance', 'replica', '__type__']) {
      assert.notEqual(targetOf(one), targetOf({ ...one, [label]: 'other' }), label)
    }
    // The same value in another label is another target.
    assert.notEqual(targetOf({ node: 'x' }), targetOf({ host: 'x' }))
  })

  it('has its counters of energy and usage, and the clock of its scrapes', () => {
    const at = { instance: 'a' }
    const times = [0, 3, 6, 9, 12, 15]
    const energy = [counter(times, [1, 2, 3, 4, 5, 6], { ...at, mode: 'idle' })]
    const usage = [counter(times, [1, 1, 1, 1, 1, 1], at), counter(times, [1, 2, 3, 4, 5, 6], { instance: 'b' })]
    const targets = scrapeTargets(energy, usage)
    assert.deepEqual([...targets.keys()], [targetOf(at), targetOf({ instance: 'b' })])
    const [a, b] = [...targets.values()]
    assert.deepEqual([a!.energy, a!.usage, b!.energy, b!.usage], [energy, [usage[0]], [], [usage[1]]])
    assert.deepEqual([[...a!.clock.seen], a!.clock.interval, a!.clock.step], [times, 3, 3])
  })

  it('was scraped when anything of it was new', () => {
    // Scraped every six seconds, and asked for every three.
    const times = [0, 3, 6, 9, 12, 15, 18]
    const slow = counter(times, [0, 0, 6, 6, 12, 12, 18])
    const [target] = [...scrapeTargets([], [slow, counter(times, [5, 5, 5, 5, 5, 5, 5])]).values()]
    assert.deepEqual([[...target!.clock.seen], target!.clock.step], [[0, 6, 12, 18], 3])
    assert.deepEqual([...target!.toScrapes(slow.timeline).values], [0, 6, 12, 18])
    assert.deepEqual(scrapeTargets([], []).size, 0)
  })
})

describe('the clock of a target that is scraped more often than it is asked for', () => {
  /** Every 10 s, asked every 15 s: each step shows what was there at the last scrape. */
  const times = Array.from({ length: 25 }, (_, i) => 15 * i)
  const at = (time: number) => 10 * Math.floor(time / 10)
  const scrapedOf = (energy: readonly CleanCounter[], usage: readonly CleanCounter[] = []) => [
    ...[...scrapeTargets(energy, usage).values()][0]!.clock.scraped,
  ]

  it('is told by energy, which grows evenly', () => {
    const joules = counter(
      times,
      times.map((time) => 7 * at(time)),
    )
    assert.deepEqual(scrapedOf([joules]), times.map(at))
    // Another one, of which samples are missing and which is set anew, does not hide it.
    const rest = times.slice(5).filter((_, i) => i % 7 !== 3)
    const other = counter(
      rest,
      rest.map((time) => (time < 200 ? 500 : 0) + at(time) / 100),
      { mode: 'idle' },
    )
    assert.deepEqual(scrapedOf([joules, other]), times.map(at))
  })

  it('is not told by usage', () => {
    assert.deepEqual(
      scrapedOf(
        [],
        [
          counter(
            times,
            times.map((time) => 7 * at(time)),
          ),
        ],
      ),
      times,
    )
  })
})

describe('counters', () => {
  it('are clean series, with what was wrong told', () => {
    const found = findings()
    const [one, other] = cleanCounters([series([1, 2], [5, Number.NaN], { a: 'b' }), series([1], [2])], found)
    assert.deepEqual([one!.metric, one!.labels, [...one!.timeline.values]], ['m', { a: 'b' }, [5]])
    assert.equal(other!.timeline.values.length, 1)
    assert.deepEqual(
      found.list().map(({ kind }) => kind),
      ['not finite'],
    )
  })

  const updates = (counters: readonly CleanCounter[], times?: readonly number[]) => {
    const { times: all, present, changed } = updatesOf(counters, times && Float64Array.from(times))
    return [[...all], [...present], [...changed]]
  }

  it('are new where the value is another one than before, and at the first time', () => {
    assert.deepEqual(updates([counter([0, 3, 6, 9], [1, 1, 2, 2])]), [
      [0, 3, 6, 9],
      [1, 1, 1, 1],
      [1, 0, 1, 0],
    ])
    assert.deepEqual(updates([]), [[], [], []])
  })

  it('are new together where any of them is', () => {
    assert.deepEqual(updates([counter([0, 3, 6], [1, 1, 1]), counter([3, 6, 9], [5, 5, 6])]), [
      [0, 3, 6, 9],
      [1, 1, 1, 1],
      [1, 1, 0, 1],
    ])
    const shared = counter([0, 3, 6, 9], [1, 1, 1, 1])
    const late = { ...shared, timeline: { ...shared.timeline, values: Float64Array.of(1, 1, 1, 2) } }
    assert.deepEqual(updates([shared, late])[2], [1, 0, 0, 1])
  })

  it('are looked at at the times that are asked for', () => {
    // Between 0 and 6 it moved, at 3: then at 6 nothing is new.
    assert.deepEqual(updates([counter([0, 3, 6], [1, 2, 2])], [0, 6, 7]), [
      [0, 6, 7],
      [1, 1, 0],
      [1, 0, 0],
    ])
    // A counter that is new at each time leaves nothing to tell for the others.
    assert.deepEqual(updates([counter([0, 3], [1, 2]), counter([0, 3], [1, 2])], [0, 3])[2], [1, 1])
  })
})
