import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { keplerModelProgram } from '../../src/cli/program.js'
import { quantile } from '../../src/numeric/quantile.js'
import { readResponseFile } from '../../src/prometheus/read.js'
import { runCli } from '../support/cli.js'
import { extractionErrors } from '../support/extraction-errors.js'
import { noPrometheus, startBackfilledPrometheus } from '../support/prometheus.js'
import { type Scene, scrapedNode, start } from '../support/scraped-node.js'
import { temporaryFolder } from '../support/temporary-folder.js'

/** Four of the matrix of `test/invariants/scrape-matrix.test.ts`: here a real Prometheus answers the query. */
const scenes: readonly (Scene & { readonly duration: number; readonly name: string })[] = [
  { name: 'every 5 s, asked every 3 s', interval: 5, step: 3, duration: 900 },
  { name: 'every 30 s, asked every 3 s, 2 % lost', interval: 30, step: 3, duration: 1800, loss: 0.02 },
  { name: 'every 15 s, asked every 3 s, with a restart', interval: 15, step: 3, duration: 900, resetAt: 400 },
  {
    name: 'every 60 s, asked every 15 s, with a leap of the meter',
    interval: 60,
    step: 15,
    duration: 3600,
    spikes: [{ at: 1200, joules: 2e6 }],
  },
]

describe('rates through a real Prometheus', { skip: noPrometheus }, () => {
  for (const { name, ...scene } of scenes) {
    it(name, async () => {
      const folder = temporaryFolder()
      const node = scrapedNode(scene)
      const prometheus = await startBackfilledPrometheus(folder, node.openMetrics())
      try {
        await prometheus.untilReady(30)
        const { code, stderr } = await runCli(keplerModelProgram, [
          ...['query', '-s', prometheus.url, '--data-path', folder, '-o', 'asked', '--step', String(scene.step)],
          ...['--start-time', String(start), '--end-time', String(start + scene.duration)],
        ])
        assert.equal(code, 0, stderr + prometheus.logs())
        const response = await readResponseFile(join(folder, 'asked.json'))
        const { rows, bias, perRow } = extractionErrors(scene, node, response)
        assert.ok(rows > 0.6 * (scene.duration / Math.max(scene.interval, scene.step)), `${rows} rows`)
        assert.ok(bias < 0.02, `mean off by ${(100 * bias).toFixed(2)} %`)
        const off = quantile(perRow, 0.9)
        assert.ok(off < 0.02, `90 % of rows within ${(100 * off).toFixed(2)} %`)
      } finally {
        await prometheus.stop()
      }
    })
  }
})
