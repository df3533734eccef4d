import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { defaultExtractor } from '../../src/extract/default.js'
import { quantile } from '../../src/numeric/quantile.js'
import { type Scene, scrapedNode, type Truth } from '../support/scraped-node.js'

const features = ['bpf_cpu_time_ms', 'cpu_cycles', 'cpu_instructions'] as const

interface Errors {
  readonly rows: number
  /** Relative errors of the mean over all rows. */
  readonly bias: number
  /** Of each row and column, sorted. */
  readonly perRow: readonly number[]
}

/** Relative errors of package, dram and usage, row by row and on the whole, against what the node did in truth. */
function errorsOf(scene: Scene): Errors {
  const { response, truth } = scrapedNode(scene)
  const request = { features, source: 'rapl-sysfs', outputType: 'AbsPower', instance: 'node-1' } as const
  const { dataset } = defaultExtractor().extract(response, request)
  const columns = [
    ...dataset.powers.flatMap(({ component, values }) =>
      component === 'package' || component === 'dram'
        ? [{ values, trueIn: ({ watts }: Truth) => watts[component] }]
        : [],
    ),
    ...dataset.features.map(({ name, values }) => ({ values, trueIn: ({ usage }: Truth) => usage[name]! })),
  ]
  const perRow: number[] = []
  const sums = columns.map(() => ({ seen: 0, true: 0 }))
  for (let row = 1; row < dataset.rows; row++) {
    const [from, to] = [dataset.timestamps[row - 1]!, dataset.timestamps[row]!]
    // Behind rows that were left out a row begins later than the row before ends.
    if (to - from > 1.5 * Math.max(scene.interval, scene.step)) continue
    const actual = truth(from, to)
    columns.forEach(({ values, trueIn }, j) => {
      const expected = trueIn(actual)
      if (expected === 0) return
      perRow.push(Math.abs(values[row]! / expected - 1))
      sums[j]!.seen += values[row]!
      sums[j]!.true += expected
    })
  }
  const bias = Math.max(...sums.map((sum) => Math.abs(sum.seen / sum.true - 1)))
  return { rows: dataset.rows, bias, perRow: perRow.sort((a, b) => a - b) }
}

const intervals = [1, 3, 5, 15, 30, 60]
const steps = [3, 15]
const duration = (interval: number) => Math.max(900, 40 * interval)

describe('rates are right whatever the scrape interval and the query step', () => {
  for (const step of steps) {
    for (const interval of intervals) {
      const scene = { interval, step, duration: duration(interval) }
      const name = `every ${interval} s, asked every ${step} s`
      const check = (what: string, more: Partial<Scene>, row: { quantile: number; within: number }) =>
        it(`${name}: ${what}`, () => {
          const { rows, bias, perRow } = errorsOf({ ...scene, ...more })
          assert.ok(rows > 0.4 * (scene.duration / Math.max(interval, step)), `${rows} rows`)
          assert.ok(bias < 0.02, `mean off by ${(100 * bias).toFixed(2)} %`)
          const off = quantile(perRow, row.quantile)
          assert.ok(off < row.within, `${100 * row.quantile} % of rows within ${(100 * off).toFixed(2)} %`)
        })
      check('clean', {}, { quantile: 1, within: 0.02 })
      check('scrapes at the times of the query', { phase: 0 }, { quantile: 1, within: 0.02 })
      // A lost scrape that a step hides makes one row longer than it looks, and the next one shorter.
      check('2 % of scrapes lost', { loss: 0.02 }, { quantile: 0.9, within: 0.02 })
      check('jitter', { jitter: 0.02 * interval }, { quantile: 0.5, within: 0.03 })
      check('a counter reset', { resetAt: 400 }, { quantile: 0.95, within: 0.02 })
      check(
        'spikes',
        {
          spikes: [
            { at: 300, joules: 1e6 },
            { at: 600, joules: 4e5 },
          ],
        },
        { quantile: 0.98, within: 0.02 },
      )
    }
  }
})
