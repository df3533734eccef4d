import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, describe, it } from 'node:test'
import { type ClientOptions, prometheusClient, type Recovered } from './client.js'
import { addressOf, type PrometheusServer } from './server.js'

const range = { start: 100, end: 200, step: 10 }
const json = { 'content-type': 'application/json' }

/** A client of a server that a test plays, and what was asked. */
async function scene(answer: RequestListener, server: Partial<PrometheusServer> = {}, options: ClientOptions = {}) {
  const asked: (readonly [URL, IncomingMessage])[] = []
  const http = createServer((request, response) => {
    asked.push([new URL(request.url ?? '', 'http://x'), request])
    answer(request, response)
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
  const recovered: Recovered[] = []
  const notices: string[] = []
  const client = prometheusClient(
    { url, ...server },
    {
      ...{ attempts: 2, delay: 1, onRecovered: (mended: Recovered) => recovered.push(mended) },
      onNotice: (kind, text, metric) => notices.push(`${metric}: ${kind} ${text}`),
      ...options,
    },
  )
  after(async () => {
    http.closeAllConnections()
    http.close()
    await client.close()
  })
  return { client, asked, recovered, notices, url }
}
const says =
  (value: unknown, status = 200): RequestListener =>
  (_, response) =>
    response.writeHead(status, json).end(JSON.stringify(value))
const matrixOf = (...values: readonly (readonly [number, string])[]) => ({
  status: 'success',
  data: { resultType: 'matrix', result: [{ metric: { __name__: 'm', node: 'a' }, values }] },
})

describe('what Prometheus is asked', () => {
  it('are names of a range, and series of a metric with its range', async () => {
    const names = await scene(says({ status: 'success', data: ['b', 'a'] }))
    assert.deepEqual(await names.client.metricNames(range), ['b', 'a'])
    const [url] = names.asked[0]!
    assert.equal(url.pathname, '/api/v1/label/__name__/values')
    assert.deepEqual(
      [...url.searchParams],
      [
        ['start', '100'],
        ['end', '200'],
      ],
    )
    const series = await scene(says(matrixOf([100, '1'], [110, '2.5'])))
    const [one] = await series.client.series('m', range)
    assert.deepEqual(
      [[...one!.timestamps], [...one!.values]],
      [
        [100, 110],
        [1, 2.5],
      ],
    )
    assert.equal(one?.labels.node, 'a')
    assert.deepEqual(
      [...series.asked[0]![0].searchParams],
      [
        ['query', 'm'],
        ['start', '100'],
        ['end', '200'],
        ['step', '10'],
      ],
    )
  })

  it('are only series that fit, but for metrics that count whatever labels they have', async () => {
    const matchers = [{ label: 'job', operator: '=', value: 'k b' }] as const
    const { client, asked } = await scene(says({ status: 'success', data: [] }), {
      matchers,
      unmatched: ['meter', 'ü'],
    })
    await client.metricNames(range)
    assert.deepEqual(asked[0]![0].searchParams.getAll('match[]'), [
      '{__name__=~".+",job="k b"}',
      'meter',
      '{__name__="ü"}',
    ])
    assert.ok(asked[0]![1].url?.includes('k%20b'))
    const query = async (metric: string) => {
      const { client: of, asked: questions } = await scene(says(matrixOf()), { matchers, unmatched: ['meter'] })
      await of.series(metric, range)
      return questions[0]![0].searchParams.get('query')
    }
    assert.deepEqual(
      [await query('m'), await query('meter'), await query('a.b')],
      ['m{job="k b"}', 'meter', '{__name__="a.b",job="k b"}'],
    )
  })

  it('goes to the path of the address with its parameters, of which those of a question count', async () => {
    const { asked, url } = await scene(says({ status: 'success', data: [] }))
    const client = prometheusClient({ url: `${url}/select/0//?tenant=5&start=1` }, { attempts: 1 })
    await client.metricNames(range)
    await client.close()
    const [question] = asked[0]!
    assert.equal(question.pathname, '/select/0/api/v1/label/__name__/values')
    assert.deepEqual([question.searchParams.get('tenant'), question.searchParams.getAll('start')], ['5', ['100']])
  })
})

describe('an answer that is none', () => {
  const refusal = async (status: number, body: unknown, headers: Record<string, string> = json) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const { client, asked } = await scene((_, response) => response.writeHead(status, headers).end(text))
    const error = await client.series('m', range).then(
      () => assert.fail('it was taken'),
      (thrown: Error & { code?: string; reason?: string; field?: string }) => thrown,
    )
    return { ...error, message: error.message, attempts: asked.length }
  }

  const cases: readonly (readonly [number, string, string | undefined, number])[] = [
    [400, 'INVALID_REQUEST', undefined, 1],
    [404, 'INVALID_REQUEST', undefined, 1],
    [408, 'UNAVAILABLE', undefined, 2],
    [422, 'LIMIT_EXCEEDED', 'range_too_large', 1],
    [428, 'INVALID_REQUEST', undefined, 1],
    [429, 'UNAVAILABLE', undefined, 2],
    [499, 'INVALID_REQUEST', undefined, 1],
    [500, 'UNAVAILABLE', undefined, 2],
    [503, 'UNAVAILABLE', undefined, 2],
  ]
  for (const [status, code, reason, attempts] of cases) {
    it(`is ${code} with status ${status}`, async () => {
      const found = await refusal(status, { status: 'error', errorType: 'execution', error: 'what it says' })
      assert.deepEqual([found.code, found.reason, found.attempts], [code, reason, attempts])
      assert.match(found.message, new RegExp(`answered ${status}: "what it says"`))
    })
  }

  it('is a range too large where the server says that the data is bad', async () => {
    const found = await refusal(400, { status: 'error', errorType: 'bad_data', error: 'exceeded maximum resolution' })
    assert.deepEqual([found.code, found.reason], ['INVALID_REQUEST', 'range_too_large'])
  })

  it('names the setting of the credentials that are refused', async () => {
    for (const status of [401, 403]) {
      const found = await refusal(status, '')
      assert.deepEqual([found.code, found.field, found.attempts], ['INVALID_CONFIG', 'PROM_BEARER_TOKEN', 1])
      assert.match(found.message, /(Unauthorized|Forbidden).*PROM_USERNAME/)
    }
    const { client } = await scene(says({}, 403), { sign: async () => ({ authorization: 'x' }) })
    await assert.rejects(client.series('m', range), { field: 'PROM_SIGV4_REGION', message: /aps:QueryMetrics/ })
  })

  it('shows the first words of a page, without its marks', async () => {
    const page = await refusal(404, '<html><b>Not  here</b>\n, sorry</html>', { 'content-type': 'text/html' })
    assert.match(page.message, /answered 404: "Not here , sorry"/)
    assert.match((await refusal(404, '')).message, /answered 404: Not Found/)
  })

  it('is no JSON, no list of names or cut off', async () => {
    const html = await scene((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'))
    const wrong = { code: 'INVALID_DATA', message: /"text\/html" instead of JSON: is the address right/ }
    await assert.rejects(html.client.metricNames(range), wrong)
    assert.equal(html.asked.length, 1)
    const nothing = await scene((_, response) => response.writeHead(200).end('<html>'))
    await assert.rejects(nothing.client.series('m', range), { message: /"no content type" instead of JSON/ })
    const names = await scene(says({ status: 'error', error: 'no store' }))
    await assert.rejects(names.client.metricNames(range), {
      code: 'INVALID_DATA',
      message: /no list of metrics: "no store"/,
    })
    const other = await scene(says({ status: 'success', data: [5] }))
    await assert.rejects(other.client.metricNames(range), { code: 'INVALID_DATA', message: /no list of metrics$/ })
    const cut = await scene((_, response) => response.writeHead(200, json).end('{"status":"success","data":{"resu'))
    await assert.rejects(cut.client.series('m', range), { code: 'UNAVAILABLE', message: /broke off its answer/ })
    assert.equal(cut.asked.length, 2)
    for (const { client } of [html, cut]) {
      const failure = await client.series('m', range).catch((error: unknown) => error)
      assert.match(String((failure as Error).cause), /Prometheus response: /)
    }
    const damaged = await scene((_, response) => response.writeHead(200, json).end('{"status":"success",,}'))
    await assert.rejects(damaged.client.series('m', range), { code: 'INVALID_DATA' })
    assert.equal(damaged.asked.length, 1)
  })

  it('is not asked for while a server wants to be left alone', async () => {
    let now = 0
    const busy: RequestListener = (_, response) => response.writeHead(503, { 'retry-after': '20' }).end()
    const { client, asked } = await scene(busy, {}, { attempts: 1, monotonic: () => now })
    await assert.rejects(client.series('m', range), { code: 'UNAVAILABLE' })
    now = 10_500
    await assert.rejects(client.metricNames(range), { message: /to be left alone for 10 s more/ })
    assert.equal(asked.length, 1)
    now = 19_997
    await assert.rejects(client.metricNames(range), { message: /to be left alone for 1 s more/ })
    assert.equal(asked.length, 1)
    // A timer may end so early.
    now = 19_998
    await assert.rejects(client.metricNames(range), { message: /answered 503/ })
    assert.equal(asked.length, 2)
  })
})

describe('a server that is away', () => {
  it('is named by its address, without a slash at the end', async () => {
    const client = prometheusClient({ url: 'http://127.0.0.1:1/a/b/' }, { attempts: 1 })
    await assert.rejects(client.metricNames(range), {
      message: /^Prometheus at http:\/\/127\.0\.0\.1:1\/a\/b does not/,
    })
    await client.close()
  })
})

describe('an answer that is not as it should be', () => {
  it('is mended, which is told once for each kind', async () => {
    const { client, recovered } = await scene(says(matrixOf([120, '3'], [100, '1'], [100, '2'], [130, 'x'])))
    const [one] = await client.series('m', range)
    assert.deepEqual(
      [[...one!.timestamps], [...one!.values]],
      [
        [100, 120, 130],
        [2, 3, Number.NaN],
      ],
    )
    assert.deepEqual(recovered, [
      { metric: 'm', kind: 'out of order', count: 1 },
      { metric: 'm', kind: 'duplicate time', count: 1 },
      { metric: 'm', kind: 'not a number', count: 1 },
    ])
    const clean = await scene(says(matrixOf([100, '1'])))
    await clean.client.series('m', range)
    assert.deepEqual(clean.recovered, [])
  })

  it('is refused with a warning, or part of a whole, unless that is allowed', async () => {
    const warned = { ...matrixOf([100, '1']), warnings: ['a store is away'], infos: ['hm'] }
    const partial = { status: 'success', data: ['a'], isPartial: true }
    const strict = await scene(says(warned))
    await assert.rejects(strict.client.series('m', range), {
      field: 'PROM_ALLOW_PARTIAL',
      message: /"a store is away"/,
    })
    assert.equal(strict.asked.length, 2)
    assert.deepEqual(strict.notices.slice(0, 2), ['m: warnings a store is away', 'm: infos hm'])
    const lenient = await scene(says(warned), {}, { allowPartial: true })
    assert.equal((await lenient.client.series('m', range)).length, 1)
    const names = await scene(says(partial), {}, { allowPartial: true })
    assert.deepEqual(await names.client.metricNames(range), ['a'])
    assert.deepEqual(names.notices, ['undefined: warnings isPartial is true'])
    await assert.rejects((await scene(says(partial))).client.metricNames(range), { field: 'PROM_ALLOW_PARTIAL' })
    const whole = await scene(says({ ...partial, isPartial: false }))
    assert.deepEqual(await whole.client.metricNames(range), ['a'])
  })
})

describe('addressOf', () => {
  const headers = (server: Partial<PrometheusServer>) => {
    const address = addressOf({ url: 'http://u%40x:p%20w@host:9090/path', ...server })
    return address.credentialsFor(address.base)
  }
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`

  it('takes credentials out of the address, into a header', async () => {
    assert.equal(addressOf({ url: 'http://u:p@host:9090/path' }).base.href, 'http://host:9090/path')
    assert.deepEqual(await headers({}), { authorization: basic('u@x:p w') })
    assert.deepEqual(await headers({ username: 'me' }), { authorization: basic('me:p w') })
    assert.deepEqual(await headers({ username: 'me', password: 'mine' }), { authorization: basic('me:mine') })
    assert.deepEqual(await headers({ url: 'http://host', headers: { a: 'b' } }), { a: 'b' })
  })

  it('prefers a token, and a signature to all', async () => {
    assert.deepEqual(await headers({ bearerToken: 't' }), { authorization: 'Bearer t' })
    assert.deepEqual(await headers({ bearerToken: async () => 'u', headers: { a: 'b' } }), {
      a: 'b',
      authorization: 'Bearer u',
    })
    assert.deepEqual(await headers({ sign: async () => ({ s: 'x' }), headers: { a: 'b' }, url: 'http://h' }), {
      a: 'b',
      s: 'x',
    })
    const longest = 'x'.repeat(65_536)
    assert.deepEqual(await headers({ bearerToken: longest }), { authorization: `Bearer ${longest}` })
    for (const bearerToken of [`${longest}x`, 'a b', 'a\n', 'ü']) {
      await assert.rejects(headers({ bearerToken }), { code: 'INVALID_CONFIG', field: 'PROM_BEARER_TOKEN' })
    }
  })

  it('refuses what is no address of the web', () => {
    for (const url of ['', 'host:9090', 'ftp://host', 'file:///x']) {
      assert.throws(() => addressOf({ url }), { code: 'INVALID_CONFIG', field: 'PROM_SERVER' })
    }
  })
})
