import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Labels } from '../prometheus/labels.js'
import type { Counter } from '../table/counter.js'
import { findings } from './findings.js'
import { type CleanCounter, scrapeTargets } from './scrapes.js'
import { containerRates, containersOf, nodeUsage, sampledRows, usageOf } from './usage.js'

const floats = (values: readonly number[]) => Float64Array.from(values)
const counter = (id: string, times: readonly number[], values: readonly number[], more: Labels = {}): CleanCounter => ({
  metric: 'm_total',
  labels: { container_id: id, instance: 'a', ...more },
  timeline: { timestamps: floats(times), values: floats(values) },
})
const idOf = (name: string) => `${name}///`
/** Rows from each of these times to the next. */
const rows = (...times: number[]) => ({
  seen: floats(times.slice(1)),
  from: floats(times.slice(0, -1)),
  to: floats(times.slice(1)),
})

function usage(...counters: CleanCounter[]) {
  const found = findings()
  const of = usageOf('f', counters, scrapeTargets([], counters), 'container', found)
  return { of, found: found.list().map(({ kind, metric, count, example }) => [kind, metric, count, example]) }
}

describe('usage', () => {
  it('is of containers, each with its counters', () => {
    const { of, found } = usage(
      counter('b', [0, 3, 6], [0, 3, 9]),
      counter('a', [0, 3, 6], [0, 30, 60]),
      counter('a', [0, 3, 6], [1, 2, 3], { command: 'x' }),
      counter('none', [], []),
    )
    assert.equal(of.feature, 'f')
    assert.deepEqual(
      [...of.counters].map(([id, own]) => [id, own.map(({ values }) => [...values])]),
      [
        [idOf('b'), [[0, 3, 9]]],
        [
          idOf('a'),
          [
            [0, 30, 60],
            [1, 2, 3],
          ],
        ],
      ],
    )
    assert.deepEqual(found, [])
    assert.deepEqual(containersOf([of, usage(counter('c', [0, 3], [0, 1]), counter('a', [0, 3], [0, 1])).of]), [
      idOf('a'),
      idOf('b'),
      idOf('c'),
    ])
  })

  it('needs two samples, and what was reset is told', () => {
    const { of, found } = usage(
      counter('one', [3], [5]),
      counter('two', [0, 3], [5, 6]),
      counter('reset', [0, 3, 6, 9, 12], [5, 6, 1, 2, 1]),
    )
    assert.deepEqual([...of.counters.keys()], [idOf('two'), idOf('reset')])
    assert.deepEqual(found, [
      ['one sample', 'm_total', 1, '{container_id=one, instance=a}'],
      ['counter reset', 'm_total', 2, '{container_id=reset, instance=a}'],
    ])
    assert.deepEqual(usage().of.counters.size, 0)
  })

  it('of a container is one counter where series follow each other', () => {
    const { of, found } = usage(counter('a', [0], [5]), counter('a', [3], [8], { command: 'x' }))
    assert.deepEqual(
      [...of.counters.values()].map((own) => own.map(({ values }) => [...values])),
      [[[5, 8]]],
    )
    assert.deepEqual(found, [])
  })

  it('is a rate in each row, added up over the node or by container', () => {
    const one = usage(counter('a', [0, 3, 6], [0, 3, 9]), counter('b', [0, 3, 6], [0, 30, 90])).of
    const other = usage(counter('a', [0, 3, 6], [0, 9, 9]), counter('a', [0, 3, 6], [7, 7, 10], { command: 'x' })).of
    const node = nodeUsage([one, other], rows(0, 3, 6)).map((column) => [...column])
    assert.deepEqual(node, [
      [11, 22],
      [3, 1],
    ])
    const ratesOf = containerRates([one, other], rows(0, 3, 6))
    const rates = (id: string) => ratesOf(idOf(id)).map((column) => [...column])
    assert.deepEqual(rates('a'), [
      [1, 2],
      [3, 1],
    ])
    assert.deepEqual(rates('b'), [
      [10, 20],
      [0, 0],
    ])
    assert.deepEqual(rates('nobody'), [
      [0, 0],
      [0, 0],
    ])
  })
})

describe('rows in which a counter has a sample', () => {
  const sampled = (...clocks: number[][]) => {
    const marks = new Uint8Array(3)
    const counters = clocks.map((times): Counter => ({ timestamps: floats(times), values: floats(times), resets: 0 }))
    sampledRows(counters, rows(0, 3, 6, 9), marks)
    return [...marks]
  }

  it('begin after a time and end with one', () => {
    assert.deepEqual(sampled([0]), [0, 0, 0])
    assert.deepEqual(sampled([0.1]), [1, 0, 0])
    assert.deepEqual(sampled([3]), [1, 0, 0])
    assert.deepEqual(sampled([3.1]), [0, 1, 0])
    assert.deepEqual(sampled([9]), [0, 0, 1])
    assert.deepEqual(sampled([9.1]), [0, 0, 0])
    assert.deepEqual(sampled([-5, 0, 1, 2, 8]), [1, 0, 1])
    assert.deepEqual(sampled([]), [0, 0, 0])
  })

  it('are those of all counters', () => {
    assert.deepEqual(sampled([2], [7]), [1, 0, 1])
    assert.deepEqual(sampled(), [0, 0, 0])
  })
})
