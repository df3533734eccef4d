import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checkedOpenApi } from '../../test/support/openapi.js'
import { fakeModelSelector } from '../../test/support/model-selector.js'
import { silentLogger } from '../runtime/ports.js'
import type { ModelSelector } from '../selection/model-selector.js'
import { createModelServerApp } from './model-server-app.js'

const limits = { maxBodyBytes: 262_144, requestTimeout: 10, idleTimeout: 10, maxConnections: 100 }
const request = { metrics: ['bpf_cpu_time_ms', 'bpf_page_cache_hit'], output_type: 'AbsPower' }

function serve(selector: ModelSelector = fakeModelSelector()) {
  return createModelServerApp({ selector, logger: silentLogger, limits, version: '1.2.3' })
}

function post(body: unknown, headers: Record<string, string> = { 'content-type': 'application/json' }, app = serve()) {
  const payload = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body)
  return app.inject({ method: 'POST', url: '/model', headers, payload })
}

describe('the model server', () => {
  it('lists the best models', async () => {
    const answer = await serve().inject('/best-models?energy-source=rapl-sysfs&output-type=AbsPower')
    assert.deepEqual(answer.json(), { AbsPower: { BPFOnly: 'SGDRegressorTrainer_0' } })
    const wrong = await serve().inject('/best-models?energy-source=st%20eam')
    assert.equal(wrong.statusCode, 400)
    assert.equal(wrong.json().error.field, 'energy-source')
    const unknown = await serve().inject('/best-models?source=acpi')
    assert.equal(unknown.statusCode, 400)
    assert.equal(unknown.json().error.field, 'source')
    assert.match(unknown.json().error.message, /unknown query parameter "source", known are energy-source, /)
  })

  it('refuses a query parameter given twice', async () => {
    const answer = await serve().inject('/best-models?node-type=1&node-type=2')
    assert.equal(answer.statusCode, 400)
    assert.equal(answer.json().error.field, 'node-type')
  })

  it('is alive before it is ready', async () => {
    const empty = serve(
      fakeModelSelector({
        status: () => ({
          pipelines: [],
          models: 0,
          errors: [{ origin: 'http://db', message: 'timeout', at: 0 }],
          unreadable: undefined,
        }),
      }),
    )
    assert.deepEqual((await empty.inject('/healthz')).json(), { status: 'ok' })
    const ready = await empty.inject('/readyz')
    assert.equal(ready.statusCode, 503)
    assert.deepEqual(ready.json().reasons, ['no pipeline is loaded', 'http://db: timeout'])
    assert.equal((await serve().inject('/readyz')).statusCode, 200)
  })

  it('shows downloads that run, and waits for one rather than for nothing', async () => {
    const downloads = () => [{ url: 'http://db/std.zip', bytes: 3, total: null }]
    const nothing = fakeModelSelector({
      status: () => ({ pipelines: [], models: 0, errors: [], unreadable: undefined }),
    })
    for (const [selector, status] of [
      [nothing, 503],
      [fakeModelSelector(), 200],
    ] as const) {
      const app = createModelServerApp({ selector, downloads, logger: silentLogger, limits, version: '1' })
      const answer = await app.inject('/readyz')
      assert.equal(answer.statusCode, status)
      assert.deepEqual(answer.json().downloads, downloads())
      if (status === 503) assert.match(answer.json().reasons[0], /being downloaded/)
    }
  })

  it('logs the first of a thousand refused requests', async () => {
    const lines: object[] = []
    const logger = { ...silentLogger, info: (fields: object) => lines.push(fields) }
    const app = createModelServerApp({ selector: fakeModelSelector(), logger, limits, version: '1' })
    for (let i = 0; i < 1000; i++) assert.equal((await post('no JSON', {}, app)).statusCode, 400)
    await post({ ...request, output_type: 'Horsepower' }, {}, app)
    assert.equal(lines.length, 2)
  })

  it('publishes weights, scales, errors and its own requests as metrics', async () => {
    const app = serve()
    await post(request, {}, app)
    await app.inject('/no/such/path')
    const { body, headers } = await app.inject('/metrics')
    const model =
      'pipeline="test-0.1",source="rapl-sysfs",output_type="AbsPower",feature_group="BPFOnly",model_name="SGDRegressorTrainer_0"'
    assert.match(String(headers['content-type']), /^text\/plain; version=0\.0\.4/)
    for (const line of [
      `kepler_model_server_model_weight_watts{${model},component="package",feature="bpf_cpu_time_ms"} 60`,
      `kepler_model_server_model_scale{${model},component="package",feature="bpf_cpu_time_ms"} 5000`,
      `kepler_model_server_model_bias_watts{${model},component="package"} 40`,
      `kepler_model_server_model_curve_fit_coefficient{${model},component="dram",position="2"} 3`,
      `kepler_model_server_model_error{${model},error="package_mae"} 1.5`,
      'kepler_model_server_pipeline_models{pipeline="test-0.1"} 1',
      'kepler_model_server_http_requests_total{route="/model",method="POST",status="200"} 1',
      'kepler_model_server_http_requests_total{route="none",method="GET",status="404"} 1',
      'kepler_model_server_http_requests_in_flight 1',
    ]) {
      assert.ok(body.includes(`${line}\n`), line)
    }
  })

  it('forgets the metrics of a model that is gone', async () => {
    let models = [...fakeModelSelector().weightModels()]
    const app = serve(fakeModelSelector({ weightModels: () => models }))
    assert.match((await app.inject('/metrics')).body, /model_scale\{/)
    models = []
    assert.doesNotMatch((await app.inject('/metrics')).body, /model_scale\{/)
  })

  it('keeps two servers in one process apart', async () => {
    const [a, b] = [serve(), serve()]
    await a.inject('/healthz')
    assert.doesNotMatch((await b.inject('/metrics')).body, /route="\/healthz"/)
  })

  it('says what it serves, as text or as a page', async () => {
    const app = serve()
    const text = await app.inject({ url: '/', headers: { host: 'example:8100' } })
    assert.match(text.body, /test-0\.1: 1 model of 1 node type for rapl-sysfs/)
    assert.match(text.body, /curl -s http:\/\/example:8100\/model -d '\{/)
    const page = await app.inject({ url: '/', headers: { accept: 'text/html', host: '<script>' } })
    assert.match(String(page.headers['content-type']), /text\/html/)
    assert.ok(!page.body.includes('<script>'))
  })

  it('answers 405 to another method, and says which it takes', async () => {
    const answer = await serve().inject({ method: 'GET', url: '/model?x=1' })
    assert.equal(answer.statusCode, 405)
    assert.equal(answer.headers.allow, 'POST')
    assert.match(answer.body, /GET is not possible here: this takes POST/)
  })

  it('answers 404 for what it does not have', async () => {
    const answer = await serve().inject('/models')
    assert.equal(answer.statusCode, 404)
    assert.match(answer.json().error.message, /there is no GET \/models/)
  })

  it('describes every route in its OpenAPI document, and no other', async () => {
    const { info, paths } = await checkedOpenApi(serve())
    assert.equal(info.version, '1.2.3')
    assert.equal(paths['/model']?.post?.operationId, 'findModel')
  })

  it('has a page to try it whose assets it serves itself', async () => {
    const app = serve()
    assert.match((await app.inject('/docs')).body, /swagger-ui/)
    assert.equal((await app.inject('/docs/static/swagger-ui-bundle.js')).statusCode, 200)
    assert.deepEqual((await app.inject('/docs/json')).json(), (await app.inject('/openapi.json')).json())
    await app.close()
  })
})
