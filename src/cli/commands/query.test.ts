import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, beforeEach, describe, it } from 'node:test'
import { failureOf, runCli } from '../../../test/support/cli.js'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { keplerModelProgram } from '../program.js'

/** A Prometheus that has one series of each of these, with a sample a step. */
const names = [
  ...['kepler_a_total', 'kepler_model_server_requests_total', 'kepler_meter_real_meter', 'node_load1', 'mine', 'up'],
  'pdu_watts',
]

describe('kepler-model query', () => {
  const root = temporaryFolder()
  let folder = root
  let there: readonly string[] = names
  let warnings: readonly string[] = []
  /** Answers of a metric that fail before one that does not. */
  const failing = new Map<string, number>()
  let asked: { readonly path: string; readonly params: URLSearchParams }[] = []
  const server = createServer(async (request, answer) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://test')
    const params = request.method === 'GET' ? searchParams : new URLSearchParams(await text(request))
    asked.push({ path: pathname, params })
    answer.setHeader('content-type', 'application/json')
    const query = params.get('query')
    if (query === null) {
      answer.end(JSON.stringify({ status: 'success', data: there, warnings }))
      return
    }
    const metric = /[a-z_0-9]+/.exec(query)?.[0] ?? ''
    const left = failing.get(metric) ?? 0
    failing.set(metric, left - 1)
    if (left > 0) {
      answer.writeHead(503).end('{"status": "error", "error": "busy"}')
      return
    }
    const [start, step] = [Number(params.get('start')), Number(params.get('step'))]
    const values = [0, 1, 2].map((i) => [start + i * step, String(i)])
    const series = { metric: { __name__: metric, instance: 'a' }, values }
    answer.end(JSON.stringify({ status: 'success', data: { resultType: 'matrix', result: [series] } }))
  })
  let url = ''
  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
  })
  after(() => server.close())
  beforeEach(() => {
    folder = mkdtempSync(join(root, 'data-'))
    asked = []
    there = names
    warnings = []
    failing.clear()
  })
  const times = ['--start-time', '1000', '--end-time', '1020', '--step', '10']
  const run = (args: readonly string[]) =>
    runCli(keplerModelProgram, ['query', '-s', url, '--data-path', folder, ...args])
  const query = async (...args: string[]) => {
    const result = await run([...args, '--json'])
    assert.equal(result.code, 0, result.stderr)
    return JSON.parse(result.stdout)
  }
  const range = () => {
    const { params } = asked.find((one) => one.params.has('query')) ?? assert.fail('nothing was asked')
    return ['start', 'end', 'step'].map((key) => Number(params.get(key)))
  }

  it("saves Kepler's metrics and that of a real meter, not those of this package's programs", async () => {
    const { metrics, files, resumed, range: of } = await query(...times)
    assert.deepEqual(metrics.toSorted(), ['kepler_a_total', 'kepler_meter_real_meter'])
    assert.deepEqual([files, resumed], [[join(folder, 'prom_response.json')], 0])
    assert.deepEqual(of, { start: 1000, end: 1020, step: 10 })
    const saved = JSON.parse(readFileSync(files[0], 'utf8'))
    assert.deepEqual(saved.kepler_a_total[0].values, [
      [1000, '0'],
      [1010, '1'],
      [1020, '2'],
    ])
    assert.equal(saved.kepler_a_total[0].metric.instance, 'a')
  })

  it('saves what else is named: a prefix, other exporters, meters, and what NodeOS is made of', async () => {
    const metricsOf = async (...args: string[]) => (await query(...times, ...args)).metrics.toSorted()
    const own = ['kepler_a_total', 'kepler_meter_real_meter']
    assert.deepEqual(await metricsOf('--metric-prefix', 'kepler_m'), [
      ...['kepler_meter_real_meter', 'kepler_model_server_requests_total'],
    ])
    assert.deepEqual(await metricsOf('--thirdparty-metrics', 'mine, load=mine{a="b"}'), [...own, 'mine'])
    assert.deepEqual(await metricsOf('--node-os'), [...own, 'node_load1'])
    const meters = join(folder, 'meters.json')
    writeFileSync(meters, '[{"metric": "pdu_watts", "unit": "watts"}]')
    assert.deepEqual(await metricsOf('--power-meters', meters), [...own, 'pdu_watts'])
    assert.deepEqual(await metricsOf('--power-metric', 'pdu_watts{a="b"}'), [...own, 'pdu_watts'])
  })

  it('warns where nothing of NodeOS is there', async () => {
    there = ['kepler_a_total']
    assert.match(
      (await run([...times, '--node-os'])).stderr,
      /^warning: --node-os: nothing of node_exporter or the power m/m,
    )
    there = names
    assert.doesNotMatch((await run([...times, '--node-os'])).stderr, /warning/)
  })

  it('takes the last interval, or one after a begin or before an end', async () => {
    const now = Math.floor(Date.now() / 1000)
    await query('--interval', '600', '--step', '60')
    const [start = 0, end = 0, step] = range()
    assert.deepEqual([end - start, step], [600, 60])
    assert.ok(end - now < 600 && end >= now)
    for (const [args, expected] of [
      [
        ['--start-time', '1000'],
        [1000, 1600],
      ],
      [
        ['--end-time', '2000'],
        [1400, 2000],
      ],
      [
        ['--start-time', '1970-01-01T00:20:00Z', '--end-time', '1300'],
        [1200, 1300],
      ],
    ] as const) {
      asked = []
      await query('--interval', '600', '--step', '60', ...args)
      assert.deepEqual(range().slice(0, 2), expected)
    }
    asked = []
    await query('--interval', '86400', '--step', '60', '--start-time', String(now - 300))
    assert.ok(range()[1]! - now < 600, 'not beyond now')
  })

  it('takes begin and end of a benchmark unless they are given', async () => {
    writeFileSync(
      join(folder, 'bench.json'),
      '{"startTimeUTC": "1970-01-01T00:16:40Z", "endTimeUTC": "1970-01-01T00:17:20Z"}',
    )
    await query('--benchmark', 'bench', '--step', '10')
    assert.deepEqual(range(), [1000, 1040, 10])
    asked = []
    await query('--benchmark', 'bench', '--start-time', '1010', '--end-time', '1020', '--step', '10')
    assert.deepEqual(range(), [1010, 1020, 10])
    const failure = await failureOf(keplerModelProgram, [
      'query',
      '-s',
      url,
      '--data-path',
      folder,
      '--benchmark',
      'gone',
    ])
    assert.equal((failure as { field?: string }).field, 'benchmark')
  })

  it('refuses an empty time, and names the option', async () => {
    const same = ['--start-time', '1000', '--end-time', '1000']
    const failure = await failureOf(keplerModelProgram, ['query', '-s', url, '--data-path', folder, ...same])
    const { code, field } = failure as { code?: string; field?: string }
    assert.deepEqual([code, field], ['INVALID_REQUEST', 'end-time'])
    assert.ok(!existsSync(join(folder, 'prom_response.json')))
    assert.deepEqual(asked, [])
  })

  it('says for people what it saved, where, and of what it read again', async () => {
    warnings = ['a store is away']
    const { code, stdout, stderr } = await run([
      ...times,
      '-o',
      join(folder, 'new', 'named.json'),
      '--to-csv',
      '--allow-partial',
    ])
    assert.equal(code, 0, stderr)
    const lines = stdout.trim().split('\n')
    assert.equal(lines[0], '2 metrics from 1970-01-01T00:16:40Z to 1970-01-01T00:17:00Z every 10 s')
    const files = ['kepler_a_total.csv', 'kepler_meter_real_meter.csv'].map(
      (name) => `written to ${join(folder, name)}`,
    )
    assert.deepEqual(lines.slice(1), [`written to ${join(folder, 'new', 'named.json')}`, ...files])
    assert.match(stderr, /a store is away/)
  })

  it('says that it tries again', async () => {
    failing.set('kepler_a_total', 1)
    const { code, stderr } = await run(times)
    assert.equal(code, 0)
    assert.match(stderr, /503.*; trying again in \d+\.\d s$/m)
  })

  it('goes on where it was interrupted, for the same question only', async () => {
    failing.set('kepler_meter_real_meter', 1000)
    const stop = new AbortController()
    const options = {
      signal: stop.signal,
      onWrite: (_: string, said: string) => {
        if (said.includes('trying again')) stop.abort('SIGINT')
      },
    }
    const args = ['query', '-s', url, '--data-path', folder, ...times]
    assert.equal((await runCli(keplerModelProgram, args, options)).code, 130)
    assert.ok(!existsSync(join(folder, 'prom_response.json')))
    failing.clear()
    asked = []
    const { stdout } = await run(times)
    assert.match(stdout, /every 10 s, 1 of them from the interrupted query$/m)
    assert.deepEqual(
      asked.flatMap(({ params }) => params.get('query') ?? []).map((one) => /[a-z_]+/.exec(one)?.[0]),
      ['kepler_meter_real_meter'],
    )
    assert.equal((await query(...times, '--no-resume')).resumed, 0)
  })
})
