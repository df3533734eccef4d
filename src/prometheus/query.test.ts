import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { httpProxy } from '../../test/support/http-proxy.js'
import { type ClientOptions, type PrometheusClient, prometheusClient } from './client.js'
import { partialPathOf, queryToFile } from './query.js'
import { parseMatchers } from './selector.js'
import { readResponseFile } from './read.js'
import type { PrometheusServer } from './server.js'

type Handler = (request: IncomingMessage, response: ServerResponse, query: URLSearchParams) => void

const range = { start: 1000, end: 1030, step: 3 }
const request = { metricPrefix: 'kepler_', range, identity: 'test' }
const quick = { delay: 1, random: () => 0 }

/** Answers as Prometheus does: three metrics, of which two match, and one series whose value is its time. */
const healthy: Handler = (request, response, query) => {
  response.setHeader('content-type', 'application/json')
  if (request.url?.includes('/label/')) {
    response.end(JSON.stringify({ status: 'success', data: ['up', 'kepler_b', 'kepler_a'] }))
    return
  }
  const values: [number, string][] = []
  const [start, end, step] = ['start', 'end', 'step'].map((key) => Number(query.get(key)))
  for (let time = start!; time <= end!; time += step!) values.push([time, String(time)])
  const metric = { __name__: query.get('query'), job: 'kepler' }
  response.end(JSON.stringify({ status: 'success', data: { resultType: 'matrix', result: [{ metric, values }] } }))
}

describe('queryToFile', () => {
  let folder: string
  let path: string
  let handler: Handler
  let asked: string[]
  let server: ReturnType<typeof createServer>
  let client: PrometheusClient
  const clients: PrometheusClient[] = []

  function connect(options: Partial<PrometheusServer> = {}): PrometheusClient {
    const made = prometheusClient(
      { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/prom/`, ...options },
      quick,
    )
    clients.push(made)
    return made
  }

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'query-'))
    path = join(folder, 'response.json')
    handler = healthy
    asked = []
    server = createServer((request, response) => {
      const url = new URL(request.url ?? '', 'http://test')
      asked.push(url.searchParams.get('query') ?? url.pathname)
      handler(request, response, url.searchParams)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    client = connect()
  })
  afterEach(async () => {
    for (const one of clients.splice(0)) await one.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await rm(folder, { recursive: true })
  })

  it('saves what it is asked for, as a response that reads back', async () => {
    const steps: unknown[] = []
    const result = await queryToFile(client, request, path, { onProgress: (...step) => steps.push(step) })
    assert.deepEqual(result, { range, metrics: ['kepler_a', 'kepler_b'], resumed: 0, samples: 22 })
    assert.deepEqual(steps, [
      [1, 2, 'kepler_a'],
      [2, 2, 'kepler_b'],
    ])
    assert.deepEqual(Object.keys(JSON.parse(await readFile(path, 'utf8'))), ['kepler_a', 'kepler_b'])
    const [series] = (await readResponseFile(path)).series.get('kepler_a')!
    assert.deepEqual([series!.labels.job, series!.values.length, series!.values[10]], ['kepler', 11, 1030])
    assert.deepEqual(await readdir(folder), ['response.json'])
    assert.equal(asked[0], '/prom/api/v1/label/__name__/values')
  })

  it('asks for long ranges in parts and joins them', async () => {
    const long = { ...request, range: { start: 0, end: 25_000, step: 1 } }
    await queryToFile(client, long, path)
    const [series, ...more] = (await readResponseFile(path)).series.get('kepler_b')!
    assert.equal(more.length, 0)
    assert.equal(series!.values.length, 25_001)
    assert.ok(series!.timestamps.every((time, i) => time === i && series!.values[i] === i))
    assert.equal(asked.length, 1 + 2 * 3)
  })

  const tooLarge = [
    [422, 'execution', 'query processing would load too many samples'],
    [400, 'bad_data', 'exceeded maximum resolution of 1,000 points per timeseries'],
  ] as const
  for (const [status, errorType, error] of tooLarge) {
    it(`asks for smaller parts where the server answers ${status} ${errorType}`, async () => {
      handler = (request, response, query) => {
        if (Number(query.get('end')) - Number(query.get('start')) <= 50_000 / 4 || request.url?.includes('/label/'))
          return healthy(request, response, query)
        response.writeHead(status, { 'content-type': 'application/json' })
        response.end(JSON.stringify({ status: 'error', errorType, error }))
      }
      await queryToFile(client, { ...request, range: { start: 0, end: 20_000, step: 5 } }, path)
      assert.equal((await readResponseFile(path)).series.get('kepler_a')![0]!.values.length, 4001)
    })
  }

  it('goes on where a query was cut off, with the same range', async () => {
    handler = (request, response, query) => {
      if (query.get('query') !== 'kepler_b') return healthy(request, response, query)
      response.writeHead(400).end('{"status":"error","error":"no"}')
    }
    await assert.rejects(queryToFile(client, request, path), { code: 'INVALID_REQUEST', message: /answered 400: "no"/ })
    assert.deepEqual(await readdir(folder), ['response.json.partial'])
    // What was being written when the program was killed does not count.
    const partial = await readFile(partialPathOf(path), 'utf8')
    assert.deepEqual(JSON.parse(partial.split('\n')[0]!), { identity: 'test', range })
    await writeFile(partialPathOf(path), `${partial}"kepler_b":[{"metr`)

    handler = healthy
    asked = []
    const later = { ...request, range: { start: 2000, end: 2030, step: 3 } }
    const result = await queryToFile(client, later, path)
    assert.deepEqual(result, { range, metrics: ['kepler_a', 'kepler_b'], resumed: 1, samples: 11 })
    assert.deepEqual(asked.slice(1), ['kepler_b'])
    const { series } = await readResponseFile(path)
    assert.deepEqual(
      [...series.values()].map(([one]) => one!.values[0]),
      [1000, 1000],
    )
  })

  it('begins anew for another query', async () => {
    await writeFile(partialPathOf(path), `${JSON.stringify({ identity: 'other', range })}\n"kepler_a":[]\n`)
    assert.equal((await queryToFile(client, request, path)).resumed, 0)
    await writeFile(partialPathOf(path), 'something else')
    assert.equal((await queryToFile(client, request, path)).resumed, 0)
  })

  it('tries again when the server fails, breaks off or is busy', async () => {
    const failures: Handler[] = [
      (_, response) => response.writeHead(500).end('oops'),
      (_, response) => response.writeHead(503, { 'retry-after': '1' }).end(),
      (request) => request.socket.destroy(),
      (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
        response.write('{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"val', () =>
          response.destroy(),
        )
      },
    ]
    handler = (...args) => (failures.shift() ?? healthy)(...args)
    assert.equal((await queryToFile(client, request, path)).metrics.length, 2)
    assert.equal(asked.length, 3 + 4)
  })

  it('leaves a busy server alone for as long as it wants, also for the next question', async () => {
    let now = 1000
    const retries: number[] = []
    const { port } = server.address() as AddressInfo
    const patient = prometheusClient(
      { url: `http://127.0.0.1:${port}` },
      { ...quick, attempts: 2, clock: () => now, monotonic: () => now, onRetry: (_, seconds) => retries.push(seconds) },
    )
    clients.push(patient)
    handler = (_, response) => response.writeHead(429, { 'retry-after': '90' }).end('slow down')
    await assert.rejects(patient.metricNames(range), { code: 'UNAVAILABLE', message: /answered 429: "slow down"/ })
    await assert.rejects(patient.metricNames(range), { code: 'UNAVAILABLE', message: /to be left alone for 90 s more/ })
    assert.equal(asked.length, 1)
    now += 90_000
    handler = (...args) => {
      handler = healthy
      args[1].writeHead(503, { 'retry-after': new Date(now + 50).toUTCString() }).end()
    }
    assert.equal((await patient.metricNames(range)).length, 3)
    assert.equal(asked.length, 3)
    assert.equal(retries.length, 1)
  })

  it('gives up on a server that accepts and never answers, or never comes to an end', async () => {
    const { port } = server.address() as AddressInfo
    const impatient = () => {
      const made = prometheusClient({ url: `http://127.0.0.1:${port}`, idleSeconds: 0.1 }, { ...quick, attempts: 2 })
      clients.push(made)
      return made
    }
    handler = () => {}
    await assert.rejects(impatient().metricNames(range), {
      code: 'UNAVAILABLE',
      message: /does not answer|no whole answer/,
    })
    assert.equal(asked.length, 2)
    handler = (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      const dripping = setInterval(() => response.write(' '), 20)
      response.on('close', () => clearInterval(dripping))
    }
    await assert.rejects(impatient().metricNames(range), { code: 'UNAVAILABLE', message: /no whole answer within 1 s/ })
  })

  it('sorts samples, keeps the last of a time, and says so', async () => {
    handler = (request, response, query) => {
      if (request.url?.includes('/label/')) return healthy(request, response, query)
      response.setHeader('content-type', 'application/json')
      const values = [
        [1003, '2'],
        [1000, '1'],
        [1003, '3'],
        [1006, 'watt'],
      ]
      const result = [{ metric: { __name__: 'kepler_a', job: 'kepler' }, values }]
      response.end(JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } }))
    }
    const mended: unknown[] = []
    const { port } = server.address() as AddressInfo
    const told = prometheusClient(
      { url: `http://127.0.0.1:${port}` },
      { onRecovered: ({ kind, count }) => mended.push([kind, count]) },
    )
    clients.push(told)
    const [series] = await told.series('kepler_a', range)
    assert.deepEqual([...series!.timestamps], [1000, 1003, 1006])
    assert.deepEqual([...series!.values], [1, 3, Number.NaN])
    assert.deepEqual(mended, [
      ['out of order', 1],
      ['duplicate time', 1],
      ['not a number', 1],
    ])
  })

  it('gives up with a clear error, and leaves nothing half-written', async () => {
    const answers =
      (status: number, body: string, type = 'application/json'): Handler =>
      (_, response) => {
        response.writeHead(status, { 'content-type': type }).end(body)
      }
    const cases: [Handler, { code: string; message: RegExp }][] = [
      [answers(500, '<html><b>Bad</b> gateway'), { code: 'UNAVAILABLE', message: /answered 500: "Bad gateway"/ }],
      [answers(401, ''), { code: 'INVALID_CONFIG', message: /answered 401.*PROM_BEARER_TOKEN/ }],
      [answers(200, '<html>login', 'text/html'), { code: 'INVALID_DATA', message: /"text\/html" instead of JSON/ }],
      [answers(200, '{"status":"error","error":"too slow"}'), { code: 'INVALID_DATA', message: /metrics: "too slow"/ }],
      [answers(200, '{"status":"success","data":"no"}'), { code: 'INVALID_DATA', message: /no list of metrics/ }],
      [answers(200, '{"status":"success","data":["up"]}'), { code: 'INVALID_DATA', message: /it has 1 metrics: up/ }],
    ]
    for (const [answer, expected] of cases) {
      handler = answer
      await assert.rejects(queryToFile(client, request, path), { name: 'ModelError', ...expected })
      assert.deepEqual(
        (await readdir(folder)).filter((name) => name === 'response.json' || name.endsWith('.tmp')),
        [],
      )
    }
    await assert.rejects(queryToFile(connect({ url: 'http://127.0.0.1:1' }), request, path), {
      code: 'UNAVAILABLE',
      message: /127\.0\.0\.1:1 does not answer/,
    })
  })

  describe('of a server that has a part of the answer', () => {
    const warning = 'store 10.0.0.9:10901 unavailable'
    /** As Thanos answers while a store is away, and VictoriaMetrics while one of its own is. */
    const partial =
      (said: object): Handler =>
      (request, response) => {
        const data = request.url?.includes('/label/')
          ? ['kepler_a']
          : { resultType: 'matrix', result: [{ metric: { __name__: 'kepler_a' }, values: [[1000, '1']] }] }
        response.setHeader('content-type', 'application/json')
        response.end(JSON.stringify({ status: 'success', data, ...said }))
      }
    const forgiving = (options: ClientOptions = {}) => {
      const { port } = server.address() as AddressInfo
      const made = prometheusClient({ url: `http://127.0.0.1:${port}` }, { ...quick, allowPartial: true, ...options })
      clients.push(made)
      return made
    }

    it('is asked again, and then refused, with what it said', async () => {
      for (const said of [{ warnings: [warning] }, { isPartial: true }]) {
        handler = partial(said)
        asked = []
        const text = 'warnings' in said ? warning : 'isPartial is true'
        await assert.rejects(client.series('kepler_a', range), {
          code: 'UNAVAILABLE',
          field: 'PROM_ALLOW_PARTIAL',
          message: new RegExp(`warned that its answer may be incomplete: "${text}".*--allow-partial`),
        })
        assert.equal(asked.length, 5)
        await assert.rejects(client.metricNames(range), { field: 'PROM_ALLOW_PARTIAL' })
        await assert.rejects(queryToFile(client, request, path), { field: 'PROM_ALLOW_PARTIAL' })
        assert.equal((await readdir(folder)).includes('response.json'), false)
      }
      handler = partial({ warnings: [], infos: [], isPartial: false })
      assert.equal((await client.series('kepler_a', range)).length, 1)
    })

    it('is taken where that is allowed, and what it said is told and kept with the data', async () => {
      handler = partial({ warnings: [warning, 'another'], infos: ['"kepler_a" is no counter'] })
      const told: unknown[] = []
      const allowed = forgiving({ onNotice: (...notice) => told.push(notice) })
      await queryToFile(allowed, request, path)
      const [first, , , fourth] = told
      assert.deepEqual(first, ['warnings', warning, undefined])
      assert.deepEqual(fourth, ['warnings', warning, 'kepler_a'])
      const { notices, series } = await readResponseFile(path)
      assert.deepEqual(notices, { warnings: [warning, 'another'], infos: ['"kepler_a" is no counter'] })
      assert.deepEqual([...series.keys()], ['kepler_a'])
      assert.deepEqual(Object.keys(JSON.parse(await readFile(path, 'utf8'))), ['kepler_a', 'warnings', 'infos'])
    })

    it('has what it said kept when the query goes on later', async () => {
      const names = ['kepler_a', 'kepler_b']
      const answering =
        (said: object, fails: boolean): Handler =>
        (request, response, query) => {
          if (!request.url?.includes('/label/')) {
            if (fails && query.get('query') === 'kepler_b') return response.writeHead(400).end()
            return partial(said)(request, response, query)
          }
          response.setHeader('content-type', 'application/json')
          return response.end(JSON.stringify({ status: 'success', data: names }))
        }
      handler = answering({ warnings: [warning] }, true)
      await assert.rejects(queryToFile(forgiving(), request, path), { code: 'INVALID_REQUEST' })
      handler = answering({}, false)
      assert.equal((await queryToFile(forgiving(), request, path)).resumed, 1)
      assert.deepEqual((await readResponseFile(path)).notices.warnings, [warning])
    })

    it('may remark something without being refused', async () => {
      handler = partial({ infos: ['a remark'] })
      await queryToFile(client, request, path)
      assert.deepEqual((await readResponseFile(path)).notices, { warnings: [], infos: ['a remark'] })
    })
  })

  it('asks for series with some labels only, and for a meter whatever labels it has', async () => {
    const { port } = server.address() as AddressInfo
    const urls: string[] = []
    handler = (...args) => {
      urls.push(decodeURIComponent(args[0].url ?? ''))
      healthy(...args)
    }
    const matchers = parseMatchers('cluster="a b",node!~"w.*"')
    const selecting = connect({ url: `http://127.0.0.1:${port}`, matchers, unmatched: ['pdu_watts'] })
    await selecting.metricNames(range)
    await selecting.series('kepler_a', range)
    await selecting.series('pdu_watts', range).catch(() => {})
    const matched = 'cluster="a b",node!~"w.*"'
    assert.deepEqual(urls, [
      `/api/v1/label/__name__/values?start=1000&end=1030&match[]={__name__=~".+",${matched}}&match[]=pdu_watts`,
      `/api/v1/query_range?query=kepler_a{${matched}}&start=1000&end=1030&step=3`,
      '/api/v1/query_range?query=pdu_watts&start=1000&end=1030&step=3',
    ])
  })

  it('keeps the path and the parameters of the address on every request, and shows no parameter', async () => {
    const { port } = server.address() as AddressInfo
    const url = `http://127.0.0.1:${port}/prefix?namespace=x%20y&dedup=true&step=9`
    const urls: (string | undefined)[] = []
    handler = (...args) => {
      urls.push(args[0].url)
      healthy(...args)
    }
    const tenant = connect({ url })
    await tenant.metricNames(range)
    await tenant.series('kepler_a', range)
    assert.deepEqual(urls, [
      '/prefix/api/v1/label/__name__/values?namespace=x%20y&dedup=true&step=9&start=1000&end=1030',
      '/prefix/api/v1/query_range?namespace=x%20y&dedup=true&step=3&query=kepler_a&start=1000&end=1030',
    ])
    handler = (_, response) => response.writeHead(400).end()
    await assert.rejects(tenant.metricNames(range), {
      message: `Prometheus at http://127.0.0.1:${port}/prefix answered 400: Bad Request`,
    })
  })

  it('asks through the proxy, and says so when it fails', async () => {
    const [proxy, refusing] = [await httpProxy(), await httpProxy(502)]
    const { url } = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
    await connect({ httpProxy: proxy.url }).metricNames(range)
    assert.deepEqual(proxy.asked, [`GET ${url}/prom/api/v1/label/__name__/values?start=1000&end=1030`])
    await assert.rejects(connect({ httpProxy: refusing.url }).metricNames(range), {
      code: 'UNAVAILABLE',
      message: `Prometheus at ${url}/prom through the proxy ${refusing.url}: it answered 502: "Proxy error"`,
    })
    await connect({ httpProxy: refusing.url, noProxy: 'localhost,127.0.0.0/8,.svc' }).metricNames(range)
    await proxy.close()
    await refusing.close()
  })

  it('shows credentials to the server and to nobody else', async () => {
    let seen: string | undefined
    handler = (request, response) => {
      seen = request.headers.authorization
      response.writeHead(403).end()
    }
    const { port } = server.address() as AddressInfo
    const withUser = connect({ url: `http://user:geheim@127.0.0.1:${port}` })
    await assert.rejects(queryToFile(withUser, request, path), ({ message }: Error) => !message.includes('geheim'))
    assert.equal(seen, `Basic ${Buffer.from('user:geheim').toString('base64')}`)
    await assert.rejects(
      queryToFile(connect({ bearerToken: 'geheim' }), request, path),
      ({ message }: Error) => !message.includes('geheim'),
    )
    assert.equal(seen, 'Bearer geheim')
    assert.ok((await readdir(folder)).length <= 1)
  })

  it('stops between metrics when asked to, and can go on', async () => {
    const stop = new AbortController()
    const stopped = queryToFile(client, request, path, { signal: stop.signal, onProgress: () => stop.abort() })
    await assert.rejects(stopped, { code: 'CANCELLED' })
    assert.equal((await queryToFile(client, request, path)).resumed, 1)
  })
})
