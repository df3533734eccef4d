import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { recordedLog } from '../../../test/support/recorded-log.js'
import { simulatedPrometheus } from '../../../test/support/simulated-prometheus.js'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import type { PrometheusResponse } from '../../prometheus/response.js'
import { type HistoryOptions, openHistory } from './history.js'

const metric = 'kepler_node_package_joules_total'
const other = 'disk_reads_total'
/** A sample every ten seconds from 1000 on. */
const response: PrometheusResponse = {
  series: new Map(
    [metric, other].map((name) => {
      const timestamps = Float64Array.from({ length: 200 }, (_, i) => 1000 + 10 * i)
      return [name, [{ metric: name, labels: { instance: 'a' }, timestamps, values: timestamps.map((t) => t / 2) }]]
    }),
  ),
  ...{ metrics: new Map(), samples: 0, bytes: 0, badSamples: [], notices: { warnings: [], infos: [] } },
}

async function scene(changed: Partial<HistoryOptions> = {}) {
  const folder = temporaryFolder()
  const logger = recordedLog()
  const prometheus = simulatedPrometheus(response)
  const open = () => openHistory({ folder, seconds: 500, maxBytes: 1e9, interval: 100, step: 10, logger, ...changed })
  const history = await open()
  return {
    ...{ folder, logger, prometheus, history, open },
    files: () => readdirSync(folder).sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10)),
    /** At a time that is one step after what is fetched. */
    catchUp: (until: number, one = history) => one.catchUp(prometheus, 1000 * (until + 10)),
    spans: (one = history) => one.segments.map(({ start, end }) => `${start}-${end}`),
  }
}

describe('the segments of a history', () => {
  it('are of an interval each, and the last grows until it is full', async () => {
    const { catchUp, spans, files, history, prometheus } = await scene()
    await catchUp(1250)
    // Five hundred seconds are kept, so 750 is the first that is asked for; there is nothing before 1000.
    assert.deepEqual(spans(), ['950-1040', '1050-1140', '1150-1240'])
    const last = history.segments.at(-1)!
    assert.deepEqual(
      files(),
      spans().map((span) => `${span}.json`),
    )
    assert.deepEqual([last.samples, last.bytes], [10, statSync(last.path).size])
    assert.equal(history.folder, last.path.slice(0, -'/1150-1240.json'.length))
    prometheus.asked.length = 0
    await catchUp(1280)
    assert.deepEqual(
      prometheus.asked.map(({ start, end, step }) => [start, end, step]),
      [[1250, 1280, 10]],
    )
    await catchUp(1290)
    assert.deepEqual(spans().at(-1), '1250-1290')
    await catchUp(1340)
    await catchUp(1340)
    assert.equal(prometheus.asked.length, 3, 'a full one is not asked for again')
    await catchUp(1360)
    assert.deepEqual(spans().slice(-2), ['1250-1340', '1350-1360'])
    assert.deepEqual(
      files(),
      spans().map((span) => `${span}.json`),
    )
  })

  it('have what training needs, and the metrics of others that are wanted', async () => {
    const of = async (metrics?: ReadonlySet<string>) => {
      const { catchUp, history } = await scene(metrics && { metrics })
      await catchUp(1050)
      return Object.keys(JSON.parse(readFileSync(history.segments[0]!.path, 'utf8'))).sort()
    }
    assert.deepEqual(await of(), [metric])
    assert.deepEqual(await of(new Set([other])), [other, metric])
  })

  /** Until 1270, of which Prometheus has forgotten what was before 1275. */
  async function forgetful() {
    const made = await scene()
    await made.catchUp(1250)
    await made.catchUp(1270)
    assert.equal(made.spans().at(-1), '1250-1270')
    made.prometheus.forgotBefore = 1275
    return made
  }

  it('stay where Prometheus has forgotten a part, which is said, and others follow them', async () => {
    const { catchUp, spans, logger, files } = await forgetful()
    await catchUp(1290)
    assert.deepEqual(spans().slice(-2), ['1250-1270', '1280-1290'])
    assert.deepEqual(
      logger.lines.map(({ level, fields }) => [level, fields]),
      [['warn', { from: 1250, until: 1270 }]],
    )
    assert.deepEqual(
      files(),
      spans().map((span) => `${span}.json`),
    )
  })

  it('stay so for another process, which counts what stands in the file', async () => {
    const { catchUp, spans, open } = await forgetful()
    const reopened = await open()
    await catchUp(1290, reopened)
    assert.deepEqual(spans(reopened).slice(-2), ['1250-1270', '1280-1290'])
  })

  it('are fetched again where the file of the last is damaged', async () => {
    const { catchUp, spans, history, open } = await forgetful()
    const { path } = history.segments.at(-1)!
    writeFileSync(path, '{"kepler')
    const reopened = await open()
    await catchUp(1290, reopened)
    assert.equal(spans(reopened).at(-1), '1250-1290')
    assert.equal(existsSync(path), false)
  })

  it('may have been removed by somebody else', async () => {
    const { folder, catchUp, spans, history } = await scene({ seconds: 200 })
    const remove = () => {
      for (const { path } of history.segments) rmSync(path)
    }
    await catchUp(1250)
    await catchUp(1270)
    remove()
    await catchUp(1280)
    assert.equal(spans().at(-1), '1250-1280')
    await history.drop([join(folder, '1-2.json')])
    rmSync(history.segments.at(-1)!.path)
    await catchUp(1900)
    assert.ok(Number(spans()[0]?.split('-')[0]) >= 1690)
  })

  it('that overlap are one: the first, and of those that begin alike the longest', async () => {
    const { folder, open, files, spans } = await scene()
    const names = ['1000-1090', '1000-1050', '1050-1100', '1091-1100', '1100-1150', '1200-1250']
    for (const name of names) writeFileSync(join(folder, `${name}.json`), '{}')
    for (const name of ['0-2.json.bak']) writeFileSync(join(folder, name), '')
    for (const name of ['a.partial', 'a.tmp']) writeFileSync(join(folder, name), '')
    assert.deepEqual(spans(await open()), ['1000-1090', '1091-1100', '1200-1250'])
    assert.deepEqual(files(), ['0-2.json.bak', '1000-1090.json', '1091-1100.json', '1200-1250.json'])
  })
})

describe('the limits of a history', () => {
  it('leave what ends within the seconds that are kept, and always the last segment', async () => {
    const { catchUp, spans } = await scene({ seconds: 200 })
    await catchUp(1340)
    assert.deepEqual(spans(), ['1140-1230', '1240-1330'])
    // The first ends just within 200 s of the last, and then no longer.
    await catchUp(1430)
    assert.deepEqual(spans(), ['1140-1230', '1240-1330', '1340-1430'])
    await catchUp(1450)
    assert.deepEqual(spans(), ['1240-1330', '1340-1430', '1440-1450'])
    await catchUp(1990)
    assert.ok(
      spans().every((span) => Number(span.split('-')[1]) >= 1800),
      spans().join(),
    )
  })

  it('are of bytes too: the oldest go until the rest fits', async () => {
    const { catchUp, history } = await scene()
    await catchUp(1390)
    const sizes = history.segments.map(({ bytes }) => bytes)
    assert.ok(sizes.length >= 4)
    const lastThree = sizes.slice(-3).reduce((sum, bytes) => sum + bytes, 0)
    const kept = async (maxBytes: number) => {
      const bounded = await scene({ maxBytes })
      await bounded.catchUp(1390)
      return bounded.history.segments.length
    }
    assert.deepEqual([await kept(lastThree), await kept(lastThree - 1), await kept(0)], [3, 2, 1])
  })

  it('need a folder that can be used', async () => {
    const folder = join(temporaryFolder(), 'file')
    writeFileSync(folder, '')
    await assert.rejects(scene({ folder }), { code: 'UNAVAILABLE', message: /the history ".*file" cannot be used: / })
  })
})
