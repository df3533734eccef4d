import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { writeMadeResponse } from '../../bench/support/made-response.js'
import { cleanSeries } from '../../src/extract/clean.js'
import { findings } from '../../src/extract/findings.js'
import { readResponseFile } from '../../src/prometheus/read.js'
import type { Series } from '../../src/prometheus/response.js'
import { collectGarbage } from '../../src/runtime/collect-garbage.js'
import { counterOf, ratesIn } from '../../src/table/counter.js'
import { scrapeClock } from '../../src/table/scrape-clock.js'
import { toScrapes } from '../../src/table/scraped.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { typescript } from '../support/typescript.js'

/**
 * Megabytes of heap: where there is a row per container and time, as there was for workloads and for isolators that tell
 * containers apart, more than 64 are needed; without, less than 24.
 */
const heap = 44

/** Prints what the main thread's arrays take when the program ends, in bytes. */
const tellsArrays = `data:text/javascript,${encodeURIComponent(
  "process.on('exit', () => process.stderr.write('arrays ' + process.memoryUsage().arrayBuffers))",
)}`

function arraysInUse(): number {
  collectGarbage()
  return process.memoryUsage().arrayBuffers
}

describe('the memory of training', () => {
  it('has no room for a row of each container and time', { timeout: 120_000 }, () => {
    const args = [`--max-old-space-size=${heap}`, ...typescript, 'test/support/many-containers.ts']
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
    assert.equal(status, 0, stderr)
    assert.equal(stdout, '2 sets, pod-0 and pod-1\n')
  })

  it('has samples in less than eight bytes each', async () => {
    const path = join(temporaryFolder(), 'response.json')
    writeMadeResponse(path, 100, 2500)
    const before = arraysInUse()
    const response = await readResponseFile(path)
    const bytes = arraysInUse() - before
    // Two bytes each, and up to as much again in the slab that is not full.
    assert.ok(bytes < 5 * response.samples, `${bytes} bytes for ${response.samples} samples`)
  })

  it('holds no array of a counter from its series to its rates', () => {
    let made = 0
    const times = Float64Array.from({ length: 50 }, (_, i) => 3 * i)
    const series: Series = {
      metric: 'kepler_container_cpu_instructions_total',
      labels: {},
      timestamps: times,
      get values() {
        made++
        return times.map((time) => 7 * time)
      },
    }
    const clock = scrapeClock(times, 3)
    const counter = counterOf(toScrapes(clock)(cleanSeries(series, findings())))
    made = 0
    const sum = new Float64Array(49)
    ratesIn({ from: clock.scraped.slice(0, -1), to: clock.scraped.slice(1) })(counter, sum)
    assert.deepEqual([made, [...new Set(sum)]], [1, [7]])
    assert.deepEqual(counter.values, series.values)
    assert.equal(made, 3)
  })

  it('is without the responses when models are trained', { timeout: 240_000 }, () => {
    const folder = temporaryFolder()
    const [containers, steps] = [200, 400]
    for (const name of ['first', 'second']) writeMadeResponse(join(folder, name), containers, steps)
    const samples = 8 * containers * steps
    const program = [...typescript, '--import', tellsArrays, 'src/bin/kepler-model.ts']
    const args = ['train', '-i', 'first,second', '--trainers', 'LinearRegressionTrainer', '--fast', '--threads', '1']
    const env = { ...process.env, DATAPATH: folder, CONFIG_PATH: join(folder, 'config') }
    const { status, stderr } = spawnSync(process.execPath, [...program, ...args], { encoding: 'utf8', env })
    assert.equal(status, 0, stderr)
    assert.match(stderr, /10 models written/)
    const arrays = Number(/arrays (\d+)$/.exec(stderr)?.[1])
    assert.ok(
      arrays < 8 * samples,
      `${arrays} bytes of arrays, of two responses with ${samples} samples of 8 bytes each`,
    )
  })
})
