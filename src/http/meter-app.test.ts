import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { assertDescribed, checkedOpenApi } from '../../test/support/openapi.js'
import { createRequestMetrics } from '../metrics/request-metrics.js'
import { silentLogger } from '../runtime/ports.js'
import { createMeterApp } from './meter-app.js'

const limits = { maxBodyBytes: 65_536, requestTimeout: 10, idleTimeout: 10, maxConnections: 100 }

describe('createMeterApp', () => {
  let why: string | undefined
  const app = createMeterApp({
    version: '1.2.3',
    exposition: (text) => text.text('kepler_node_cpu_watts 7\n'),
    reading: () => ({ zones: [], count: 0 }),
    notReady: () => why,
    metrics: createRequestMetrics('kepler_meter_'),
    logger: silentLogger,
    limits,
  })

  it('describes its routes and what they answer', async () => {
    const document = await checkedOpenApi(app)
    assert.equal(document.info.version, '1.2.3')
    for (const path of ['/reading', '/healthz', '/readyz']) {
      assertDescribed(document, `GET ${path}`, (await app.inject(path)).json())
    }
  })

  it("has the meter's metrics first, each time anew", async () => {
    for (let round = 0; round < 3; round++) {
      const { body } = await app.inject('/metrics')
      assert.equal(body.indexOf('kepler_node_cpu_watts 7\n'), 0)
      assert.match(body, /^kepler_meter_http_requests_total/m)
      assert.equal(body.match(/kepler_node_cpu_watts/g)?.length, 1)
    }
  })

  it('says why it is not ready', async () => {
    why = 'no reading yet'
    const answer = await app.inject('/readyz')
    assert.equal(answer.statusCode, 503)
    assert.deepEqual(answer.json(), { ready: false, reasons: ['no reading yet'] })
  })

  it('is ready with nothing to say, alive, and says what there is', async () => {
    why = undefined
    const ready = await app.inject('/readyz')
    assert.deepEqual([ready.statusCode, ready.json()], [200, { ready: true, reasons: [] }])
    assert.deepEqual((await app.inject('/healthz')).json(), { status: 'ok' })
    assert.deepEqual((await app.inject('/reading')).json(), { zones: [], count: 0 })
    const index = await app.inject('/')
    assert.equal(index.headers['content-type'], 'text/plain; charset=utf-8')
    assert.match(index.body, /^Kepler power meter 1\.2\.3\n\nGET {2}\/metrics, \/reading/)
    assert.match(String((await app.inject('/metrics')).headers['content-type']), /^text\/plain; version=0\.0\.4/)
  })
})
