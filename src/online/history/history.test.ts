import assert from 'node:assert/strict'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { simulatedPrometheus } from '../../../test/support/simulated-prometheus.js'
import { simulatedResponse } from '../../../test/support/simulated-response.js'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { ModelError } from '../../core/errors.js'
import { scenarioNamed } from '../../simulate/scenario.js'
import { type HistoryOptions, openHistory } from './history.js'
import { readHistory } from '../../../test/support/read-history.js'

const start = 1_700_000_100
const response = simulatedResponse({ scenario: scenarioNamed('idle'), start, duration: 900, step: 3 })
const metric = 'kepler_node_package_joules_total'

async function scene(changed: Partial<HistoryOptions> = {}) {
  const folder = await temporaryFolder()
  const options = { folder, seconds: 3600, maxBytes: 1e9, interval: 60, step: 3, ...changed }
  const prometheus = simulatedPrometheus(response)
  return {
    folder,
    prometheus,
    open: () => openHistory(options),
    /** Times of one series of what is kept. */
    async times() {
      const { segments } = await openHistory(options)
      const { response: kept } = await readHistory(segments.map(({ path }) => path))
      return [...(kept.series.get(metric)?.[0]?.timestamps ?? [])]
    },
  }
}
const grid = (from: number, to: number) => Array.from({ length: (to - from) / 3 + 1 }, (_, i) => start + from + 3 * i)
/** Every time from the first on, up to `to` or one step less: a segment of one sample waits for the next round. */
function expectAll(times: readonly number[], to: number): void {
  const last = times.at(-1)! - start
  assert.ok(last === to || last === to - 3, `ends ${last} s after the start, expected ${to}`)
  assert.deepEqual(times, grid(0, last))
}
const at = (seconds: number) => (start + seconds) * 1000

describe('openHistory', () => {
  it('keeps what NodeOS is made of where it is wanted, and always what tells estimates from measurements', async () => {
    const series = (name: string) => [{ ...response.series.get(metric)![0]!, metric: name, labels: { instance: 'a' } }]
    const names = ['kepler_vm_cpu_joules_total', 'node_load1', 'kepler_meter_real_meter', 'node_disk_reads_total']
    const more = names.map((name) => [name, series(name)] as const)
    const kept = async (nodeOs: NonNullable<HistoryOptions['nodeOs']>) => {
      const { open, prometheus } = await scene({ nodeOs })
      prometheus.response = { ...response, series: new Map([...response.series, ...more]) }
      const history = await open()
      await history.catchUp(prometheus, at(60))
      const { response: read } = await readHistory(history.segments.map(({ path }) => path))
      return names.filter((name) => read.series.has(name))
    }
    assert.deepEqual(await kept('off'), ['kepler_meter_real_meter'])
    assert.deepEqual(await kept('nodes'), ['node_load1', 'kepler_meter_real_meter'])
    assert.deepEqual(await kept('guests'), ['kepler_vm_cpu_joules_total', 'node_load1', 'kepler_meter_real_meter'])
  })

  it('has every time once, however often it catches up', async () => {
    const { open, prometheus, times } = await scene()
    const history = await open()
    for (const seconds of [30, 50, 50, 75, 180, 183, 200]) await history.catchUp(prometheus, at(seconds))
    // One step behind now, since a scrape of this moment may not be there yet.
    expectAll(await times(), 195)
    assert.ok(history.segments.length <= 5)
  })

  it('asks for the gap after a restart, and not for what it has', async () => {
    const { open, prometheus, times } = await scene()
    await (await open()).catchUp(prometheus, at(300))
    prometheus.asked.length = 0
    const history = await open()
    await history.catchUp(prometheus, at(600))
    expectAll(await times(), 597)
    assert.ok(prometheus.asked.every((range) => range.start >= start + 240))
    assert.ok(prometheus.asked.every((range) => range.end - range.start < 60))
  })

  it('keeps what it has while Prometheus fails, and goes on where it stopped', async () => {
    const { folder, open, prometheus, times } = await scene()
    const history = await open()
    await history.catchUp(prometheus, at(100))
    prometheus.failure = new ModelError('UNAVAILABLE', 'away')
    await assert.rejects(history.catchUp(prometheus, at(200)), { message: 'away' })
    expectAll(await times(), 96)
    assert.ok((await readdir(folder)).every((file) => file.endsWith('.json')))
    prometheus.failure = undefined
    await history.catchUp(prometheus, at(400))
    expectAll(await times(), 396)
  })

  it('does not lose what a Prometheus has forgotten', async () => {
    const { open, prometheus, times } = await scene()
    const history = await open()
    await history.catchUp(prometheus, at(100))
    prometheus.forgotBefore = start + 90
    await history.catchUp(prometheus, at(200))
    expectAll(await times(), 195)
  })

  it('keeps so many seconds, or so many bytes, in whole segments', async () => {
    const bySeconds = await scene({ seconds: 120 })
    const history = await bySeconds.open()
    await history.catchUp(bySeconds.prometheus, at(120))
    await history.catchUp(bySeconds.prometheus, at(600))
    const [first] = await bySeconds.times()
    assert.ok(first! >= start + 600 - 120 - 60, `begins ${first! - start} s after the start`)

    const small = await scene({ maxBytes: 60_000 })
    const bounded = await small.open()
    await bounded.catchUp(small.prometheus, at(900))
    assert.ok(bounded.segments.length >= 1)
    assert.ok(bounded.segments.slice(1).reduce((sum, { bytes }) => sum + bytes, 0) <= 60_000)
  })

  it('keeps so many bytes while it catches up, too', async () => {
    const { open, prometheus, folder } = await scene({ maxBytes: 60_000 })
    const history = await open()
    const files: number[] = []
    const metricNames = prometheus.metricNames.bind(prometheus)
    prometheus.metricNames = async (range) => {
      files.push((await readdir(folder)).filter((name) => name.endsWith('.json')).length)
      return metricNames(range)
    }
    await history.catchUp(prometheus, at(900))
    assert.ok(files.length >= 14, `${files.length} queries`)
    assert.ok(Math.max(...files) <= history.segments.length + 1, `${files} files, and then ${history.segments.length}`)
  })

  describe('when the clock is set', () => {
    const days = 2 * 86_400

    it('ahead and back, loses nothing and goes on at once', async () => {
      for (const ahead of [7, 70, 1000, days]) {
        const { open, prometheus, times } = await scene({ seconds: 1200 })
        const history = await open()
        /** What a Prometheus has whose clock is right. */
        const measuredUntil = (seconds: number) => {
          prometheus.newest = start + seconds
        }
        measuredUntil(200)
        await history.catchUp(prometheus, at(200))
        measuredUntil(205)
        await history.catchUp(prometheus, at(205 + ahead))
        const kept = await times()
        assert.ok(kept[0] === start && kept.at(-1)! >= start + 192, `${ahead} s ahead: nothing is lost`)
        for (const seconds of [210, 240, 300, 420]) {
          measuredUntil(seconds)
          await history.catchUp(prometheus, at(seconds))
        }
        expectAll(await times(), 417)
      }
    })

    it('back, keeps what lies ahead, and has every time once when the clock is right again', async () => {
      for (const back of [10, 100, 500, days]) {
        const { open, prometheus, times } = await scene()
        await (await open()).catchUp(prometheus, at(600))
        const before = await times()
        const history = await open()
        for (const seconds of [600 - back, 620 - back]) await history.catchUp(prometheus, at(seconds))
        assert.deepEqual((await times()).slice(0, before.length), before, `${back} s back`)
        await history.catchUp(prometheus, at(800))
        expectAll(await times(), 795)
      }
    })
  })

  it('waits for a Prometheus that has nothing yet', async () => {
    const { open, prometheus, times } = await scene()
    const history = await open()
    await history.catchUp(prometheus, at(-300))
    await history.catchUp(prometheus, at(-10))
    assert.deepEqual(history.segments, [])
    await history.catchUp(prometheus, at(40))
    expectAll(await times(), 36)
  })

  it('clears away what a kill left behind', async () => {
    const { folder, open, prometheus } = await scene()
    const history = await open()
    await history.catchUp(prometheus, at(100))
    const [segment] = history.segments
    await writeFile(join(folder, `${segment!.start}-${segment!.start + 9}.json`), '{}')
    await writeFile(join(folder, `${segment!.start}-9999999999.json.123.tmp`), 'half')
    await writeFile(join(folder, 'x.json.partial'), 'half')
    await open()
    assert.deepEqual(
      await readdir(folder),
      history.segments.map(({ path }) => path.slice(folder.length + 1)),
    )
  })

  it('reports damaged files and lets them be dropped', async () => {
    const { open, prometheus } = await scene()
    const history = await open()
    await history.catchUp(prometheus, at(200))
    const { path } = history.segments[0]!
    await writeFile(path, '{"kepler')
    const { damaged, response: kept } = await readHistory(history.segments.map((segment) => segment.path))
    assert.deepEqual(
      damaged.map((one) => one.path),
      [path],
    )
    assert.ok(kept.samples > 0)
    await history.drop([path])
    assert.ok(history.segments.every((segment) => segment.path !== path))
  })
})
