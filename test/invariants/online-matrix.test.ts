import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { readModelArchive } from '../../src/archive/read-model-archive.js'
import { bufferSource } from '../../src/archive/zip/byte-source.js'
import { openZip } from '../../src/archive/zip/zip.js'
import { roundScene } from '../support/round-scene.js'
import { type Scene, scrapedNode, start } from '../support/scraped-node.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const trainer = 'GradientBoostingRegressorTrainer'
const folder = 'rapl-sysfs/AbsPower/CounterOnly'

/** The online trainer after one round on what a Prometheus saw of a simulated node, and that node's truth. */
async function learn(scene: Scene & { readonly duration: number }) {
  const node = scrapedNode(scene)
  const { paths, livePath, round } = roundScene()
  const path = join(temporaryFolder(), `${start}-0.json`)
  writeFileSync(path, node.text)
  paths.push(path)
  const { slots } = await round({ trainers: [trainer, 'SGDRegressorTrainer'] })
  const slot = slots.find((one) => one.slot.outputType === 'AbsPower' && one.slot.group === 'CounterOnly')
  assert.ok(slot, 'no slot')
  return { ...node, slot, livePath }
}

describe('the online trainer publishes a right model, whatever the scrape interval', () => {
  const scenes: readonly [string, Partial<Scene>][] = [
    ['clean', {}],
    ['2 % of scrapes lost', { loss: 0.02 }],
    ['a counter reset', { resetAt: 700 }],
    ['a leap of the meter', { spikes: [{ at: 500, joules: 1e6 }] }],
    ['two replicas', { replicas: true }],
  ]
  for (const [interval, what, more] of [5, 15, 60].flatMap((seconds) =>
    scenes.map((one) => [seconds, ...one] as const),
  )) {
    it(`every ${interval} s, asked every 3 s: ${what}`, async () => {
      const duration = Math.max(1800, 80 * interval)
      const { slot, livePath, truth } = await learn({ interval, step: 3, duration, ...more })
      assert.equal(slot.publish, true, slot.why)
      const archive = readModelArchive(openZip(bufferSource(readFileSync(livePath))).read(`${folder}/${trainer}_0.zip`))
      const errors: number[] = []
      for (let from = start + 2 * interval; from + interval < start + duration; from += 3 * interval) {
        const { usage, watts } = truth(from, from + interval)
        // Where a scrape was lost, nothing was seen between the two times.
        if (Number.isNaN(watts.package)) continue
        const row = archive.model.features.map((feature) => usage[feature]!)
        const { package: [predicted] = [] } = archive.predict(archive.model.features, [row])
        errors.push(Math.abs(predicted! / watts.package - 1))
      }
      const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length
      assert.ok(mean < 0.06, `off by ${(100 * mean).toFixed(1)} %; ${slot.why}`)
    })
  }

  it('says why there is no model where a Prometheus has too little', async () => {
    const { slot } = await learn({ interval: 60, step: 3, duration: 900 })
    assert.deepEqual([slot.publish, slot.verdict], [false, 'too_few_rows'])
    assert.match(slot.why, /measurements \(one every 60 s\), at least 30 are needed/)
  })
})
