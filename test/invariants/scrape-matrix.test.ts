import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { quantile } from '../../src/numeric/quantile.js'
import { extractionErrors } from '../support/extraction-errors.js'
import { type Scene, scrapedNode } from '../support/scraped-node.js'

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
          const whole = { ...scene, ...more }
          const node = scrapedNode(whole)
          const { rows, bias, perRow } = extractionErrors(whole, node, node.response)
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
      check('two replicas', { replicas: true }, { quantile: 0.98, within: 0.02 })
      check('two machines', { machines: 2 }, { quantile: 1, within: 0.02 })
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
