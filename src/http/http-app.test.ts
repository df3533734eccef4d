import assert from 'node:assert/strict'
import { type AddressInfo, connect } from 'node:net'
import { describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { metricValues } from '../../test/support/metric-values.js'
import { exchange } from '../../test/support/raw-client.js'
import { until } from '../../test/support/until.js'
import { ModelError } from '../core/errors.js'
import { createRequestMetrics } from '../metrics/request-metrics.js'
import { type Logger, silentLogger } from '../runtime/ports.js'
import { bodyOf, createHttpApp } from './http-app.js'

const limits = { maxBodyBytes: 1000, requestTimeout: 10, idleTimeout: 10, maxConnections: 100 }

function serve(given: Partial<typeof limits> = {}, logger: Logger = silentLogger) {
  const metrics = createRequestMetrics('test_')
  const app = createHttpApp({ logger, limits: { ...limits, ...given }, metrics })
  app.get('/healthz', () => 'ok')
  app.get('/thing', { config: { parameters: ['a', 'b'] } }, ({ query }) => ({ query }))
  app.get('/free', ({ query }) => ({ query }))
  app.post('/thing', (request) => ({ bytes: bodyOf(request).length }))
  app.delete('/thing', (_request, reply) => reply.code(204).send())
  app.post('/other', { config: { parameters: [] } }, () => ({}))
  /** The value of a metric, with its labels; `undefined` when there is none. */
  const values = async () => {
    const lines = await metricValues(metrics.metricsRegistry, 'test_')
    const known = new Map(lines.map((line) => [line.replace(/ \S+$/, ''), Number(/\S+$/.exec(line)?.[0])]))
    return (metric: string) => known.get(metric)
  }
  return { app, values }
}

describe('every HTTP server here', () => {
  it('refuses parameters that a route does not read, and names those that it does', async () => {
    const { app } = serve()
    assert.deepEqual((await app.inject('/thing?a=1&b=2')).json(), { query: { a: '1', b: '2' } })
    const refused = await app.inject('/thing?b=1&c=2&d=3')
    assert.deepEqual(
      [refused.statusCode, refused.json().error],
      [400, { code: 'INVALID_REQUEST', field: 'c', message: 'unknown query parameter "c", known are a, b' }],
    )
    const none = await app.inject({ method: 'POST', url: '/other?x' })
    assert.equal(none.json().error.message, 'unknown query parameter "x", this route takes none')
    assert.equal((await app.inject('/free?anything=1')).statusCode, 200)
    assert.equal((await app.inject('/nowhere?a=1')).statusCode, 404)
  })

  it('says which methods a path takes, and that there is no such path', async () => {
    const { app } = serve()
    const put = await app.inject({ method: 'PUT', url: '/thing?x=1' })
    assert.deepEqual([put.statusCode, put.headers.allow], [405, 'GET, POST, DELETE'])
    assert.deepEqual(put.json().error, {
      code: 'INVALID_REQUEST',
      message: 'PUT is not possible here: this takes GET or POST or DELETE',
    })
    const nowhere = await app.inject(`/${'x'.repeat(200)}`)
    assert.equal(nowhere.statusCode, 404)
    assert.match(nowhere.json().error.message, /^there is no GET \/x{79};/)
    assert.equal((await app.inject({ method: 'HEAD', url: '/thing' })).statusCode, 200)
  })

  it('answers a path that cannot be read as it answers any other mistake', async () => {
    const { app } = serve()
    const answer = await app.inject('/%zz')
    assert.equal(answer.statusCode, 400)
    assert.equal(answer.json().error.code, 'INVALID_REQUEST')
    assert.match(answer.json().error.message, /%zz/)
  })

  it('gives handlers the bytes of a body, none where there is none, and no more than the limit', async () => {
    const { app } = serve()
    const post = async (payload?: string) =>
      (await app.inject({ method: 'POST', url: '/thing', ...(payload !== undefined && { payload }) })).json()
    assert.deepEqual(await post('x'.repeat(1000)), { bytes: 1000 })
    assert.deepEqual(await post(), { bytes: 0 })
    assert.equal((await post('x'.repeat(1001))).error.message, 'the body is larger than 1000 bytes')
  })

  it('gives each refusal the id under which it is logged', async () => {
    const lines: object[] = []
    const { app } = serve({}, { ...silentLogger, info: (fields: object) => lines.push(fields) })
    const refused = await app.inject({
      url: '/thing?c=1',
      headers: { 'request-id': 'theirs', 'x-request-id': 'theirs' },
    })
    assert.notEqual(refused.headers['x-request-id'], 'theirs')
    assert.deepEqual(lines, [
      {
        request: refused.headers['x-request-id'],
        method: 'GET',
        route: '/thing',
        status: 400,
        code: 'INVALID_REQUEST',
        field: 'c',
        message: 'unknown query parameter "c", known are a, b',
        more: 0,
      },
    ])
  })

  it('logs failures of its own as errors with their cause, and refusals of no kind twice', async () => {
    const errors: { cause?: unknown }[] = []
    const infos: object[] = []
    const logger = {
      ...silentLogger,
      error: (fields: object) => errors.push(fields),
      info: (fields: object) => infos.push(fields),
    }
    const { app } = serve({}, logger)
    const failures: Readonly<Record<string, Error>> = {
      '500': new Error('inner'),
      '503': new ModelError('UNAVAILABLE', 'later'),
      '400': new ModelError('INVALID_REQUEST', 'wrong'),
    }
    app.get<{ Params: { of: string } }>('/fail/:of', ({ params }) => {
      throw failures[params.of]
    })
    for (const of of ['500', '500', '503', '400', '400']) {
      assert.equal((await app.inject(`/fail/${of}`)).statusCode, Number(of))
    }
    assert.deepEqual(
      errors.map(({ cause }) => cause),
      [failures['500'], failures['503']],
    )
    assert.equal(infos.length, 1)
  })

  it('counts requests, what they sent, and how long they took', async () => {
    const debugged: object[] = []
    const { app, values } = serve({}, { ...silentLogger, debug: (fields: object) => debugged.push(fields) })
    await app.inject({ method: 'POST', url: '/thing', payload: 'x'.repeat(30) })
    await app.inject('/thing')
    const after = await values()
    assert.equal(after('test_http_requests_total{route="/thing",method="POST",status="200"}'), 1)
    assert.equal(after('test_http_requests_total{route="/thing",method="GET",status="200"}'), 1)
    assert.equal(after('test_http_request_body_bytes_total'), 30)
    assert.equal(after('test_http_requests_in_flight'), 0)
    assert.equal(after('test_http_request_duration_seconds_count{route="/thing"}'), 2)
    await app.inject('/nowhere')
    assert.equal((await values())('test_http_requests_total{route="none",method="GET",status="404"}'), 1)
    const { seconds, request, ...line } = debugged[0] as { seconds: number; request: string }
    assert.deepEqual(line, { method: 'POST', route: '/thing', status: 200 })
    assert.ok(typeof request === 'string' && seconds >= 0 && seconds < 60)
  })
})

describe('on a socket, every HTTP server here', () => {
  const listening = async (given: Partial<typeof limits> = {}) => {
    const served = serve(given)
    served.app.get('/slow', () => new Promise(() => {}))
    await served.app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = served.app.server.address() as AddressInfo
    return { ...served, port }
  }

  it('answers probes alone when all connections have a request', async () => {
    const { app, port, values } = await listening({ maxConnections: 1 })
    const slow = [0, 1].map(() => connect(port, '127.0.0.1'))
    for (const socket of slow) socket.write('GET /slow HTTP/1.1\r\nHost: x\r\n\r\n')
    await until('both requests run', async () => (await values())('test_http_requests_in_flight') === 2)
    const get = async (url: string) =>
      (await exchange(port, [`GET ${url} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`])).answer
    assert.match(await get('/healthz'), /^HTTP\/1\.1 200 /)
    const refused = (await exchange(port, ['GET /thing HTTP/1.1\r\nHost: x\r\n\r\n'])).answer
    assert.match(refused, /^HTTP\/1\.1 503 /)
    assert.match(refused, /connection: close/i)
    assert.match(refused, /all 1 connections have a request/)
    for (const socket of slow) socket.destroy()
    await until('they are counted as left', async () => (await values())('test_http_requests_aborted_total') === 2)
    const left = await values()
    assert.equal(left('test_http_requests_in_flight'), 0)
    assert.equal(left('test_http_requests_total{route="/slow",method="GET",status="200"}'), undefined)
    assert.match(await get('/thing'), /^HTTP\/1\.1 200 /)
    await app.close()
  })

  it('answers what is no request with what is wrong with it', async () => {
    const { app, port } = await listening()
    const noHttp = (await exchange(port, ['nonsense\r\n\r\n'])).answer
    const [head = '', body = ''] = noHttp.split('\r\n\r\n')
    assert.match(head, /^HTTP\/1\.1 400 Bad Request\r\n/)
    assert.match(head, new RegExp(`Content-Length: ${body.length}\r\n`))
    assert.deepEqual(JSON.parse(body), {
      error: { code: 'INVALID_REQUEST', message: 'this is not an HTTP request' },
    })
    const long = (await exchange(port, [`GET /thing HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`])).answer
    assert.match(long, /^HTTP\/1\.1 431 [\s\S]*larger than 16384 bytes/)
    await app.close()
  })

  it('waits for a head no longer than half the time of a request', async () => {
    const { app, port } = await listening({ requestTimeout: 1, idleTimeout: 100 })
    const slow = async function* () {
      yield 'GET /thing HTTP/1.1\r\n'
      for (let i = 0; i < 600; i++) {
        await pause(100)
        yield 'X'
      }
    }
    const { answer } = await exchange(port, slow())
    assert.match(answer, /^HTTP\/1\.1 408 [\s\S]*did not arrive in time/)
    assert.deepEqual([app.server.headersTimeout, app.server.requestTimeout], [500, 1000])
    assert.deepEqual([app.server.keepAliveTimeout, app.server.timeout], [100_000, 100_000])
    await app.close()
    assert.equal(serve({ requestTimeout: 300 }).app.server.headersTimeout, 10_000)
  })
})
