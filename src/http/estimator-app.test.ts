import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ModelError } from '../core/errors.js'
import { type Logger, silentLogger } from '../runtime/ports.js'
import type { Estimate, Estimator } from '../estimate/estimator.js'
import type { ModelCache, CachedModelStatus } from '../estimate/model-cache.js'
import type { Provenance } from '../estimate/model-source.js'
import { addModelCacheMetrics, estimateMetrics, timed } from '../metrics/estimate-metrics.js'
import { assertDescribed, checkedOpenApi } from '../../test/support/openapi.js'
import { createEstimatorApp } from './estimator-app.js'
import { createRequestMetrics } from '../metrics/request-metrics.js'

const provenance: Provenance = {
  pipeline: 'test-0.1',
  feature_group: 'BPFOnly',
  model_name: 'SGDRegressorTrainer_0',
  trainer: 'SGDRegressorTrainer',
  node_type: 0,
  features: ['bpf_cpu_time_ms'],
  mae: 1.5,
  mape: 3,
  machine_spec: null,
  match: { how: 'exact', uncertainty: 0, looseness: 0 },
  loaded_from: 'this process',
  loaded_at: '2026-11-23T00:00:00.000Z',
}
const interval = {
  coverage: 0.9,
  method: 'held-out blocks',
  powers: { package: { lower: [35], upper: [45] } },
} as const
const outside = { row: 0, feature: 'bpf_cpu_time_ms', value: -1, lower: 0, upper: 10, by: 0.1, clampedTo: 0 }
const estimate: Estimate = { powers: { package: [40.0625] }, coreRatio: 2, provenance, interval, outside: [outside] }
const cached: CachedModelStatus = {
  source: 'rapl-sysfs',
  output_type: 'AbsPower',
  metrics: ['bpf_cpu_time_ms'],
  trainer_name: '',
  filter: '',
  state: 'ready',
  hits: 1,
  refreshes: 0,
  failures: 0,
  model: provenance,
  uncertainty: null,
  error: null,
  next_try: null,
}
const request = { metrics: ['bpf_cpu_time_ms'], values: [[1]], output_type: 'AbsPower' }

function serve(
  estimateNow: Estimator['estimate'] = () => estimate,
  status: readonly CachedModelStatus[] = [cached],
  logger: Logger = silentLogger,
) {
  const metrics = createRequestMetrics('kepler_estimator_')
  const models: ModelCache = {
    get: () => Promise.reject(new Error('not asked')),
    status: () => status,
    close() {},
  }
  addModelCacheMetrics(metrics.metricsRegistry, models)
  const observer = estimateMetrics(metrics.metricsRegistry)
  const estimator: Estimator = {
    estimate: estimateNow,
    answer: timed(metrics.metricsRegistry, () => '{}'),
    refuse: () => '{}',
  }
  const app = createEstimatorApp({
    estimator,
    modelCache: models,
    metrics,
    about: {
      version: '1.2.3',
      machine_spec: { cores: 8 },
      machine_spec_from: 'discovered',
      sockets: ['/tmp/a.sock'],
      model_sources: ['this process'],
    },
    logger,
    limits: { maxBodyBytes: 65_536, requestTimeout: 10, idleTimeout: 10, maxConnections: 100 },
  })
  return { app, observer, estimator }
}

describe('the HTTP port of the estimator', () => {
  it('answers watts with the model that made them', async () => {
    const answer = await serve().app.inject({ method: 'POST', url: '/estimate', payload: request })
    assert.equal(answer.statusCode, 200)
    const { clampedTo, ...input } = outside
    assert.deepEqual(answer.json(), {
      powers: { package: [40.0625] },
      msg: '',
      core_ratio: 2,
      provenance,
      interval,
      outside: [{ ...input, clamped_to: clampedTo }],
    })
  })

  it('passes on whether inputs that cannot be are to be refused', async () => {
    const asked: (boolean | undefined)[] = []
    const { app } = serve((_request, options) => {
      asked.push(options?.strict)
      return estimate
    })
    const post = (query: string) => app.inject({ method: 'POST', url: `/estimate${query}`, payload: request })
    for (const query of ['', '?strict=true', '?strict', '?strict=false'])
      assert.equal((await post(query)).statusCode, 200)
    assert.deepEqual(asked, [false, true, true, false])
    for (const query of ['?strict=perhaps', '?strikt=true']) {
      const refused = await post(query)
      assert.equal(refused.statusCode, 400)
      assert.match(refused.body, /stri/)
    }
  })

  it('answers a failure as the socket does, with its code and field', async () => {
    const { app } = serve(() => Promise.reject(new ModelError('NO_MODEL', 'no AbsPower model for acpi')))
    const none = await app.inject({ method: 'POST', url: '/estimate', payload: request })
    assert.equal(none.statusCode, 400)
    assert.deepEqual(none.json(), {
      powers: [],
      msg: 'no AbsPower model for acpi',
      error: { code: 'NO_MODEL', message: 'no AbsPower model for acpi' },
    })
    const wrong = await app.inject({ method: 'POST', url: '/estimate', payload: { ...request, values: [['many']] } })
    assert.equal(wrong.statusCode, 400)
    assert.equal(wrong.json().error.field, 'values[0][0]')
  })

  it('says which model is in use and where it came from', async () => {
    const { app } = serve()
    const info = (await app.inject('/info')).json()
    assert.equal(info.models[0].model.loaded_from, 'this process')
    assert.equal(info.machine_spec.cores, 8)
    assert.match(
      (await app.inject('/metrics')).body,
      /kepler_estimator_model_info\{[^}]*SGDRegressorTrainer_0[^}]*\} 1\n/,
    )
  })

  it('counts estimates, rows, failures and answers that are too long', async () => {
    const { app, observer, estimator } = serve()
    observer.estimated(estimate, 7)
    observer.failed(new ModelError('NO_MODEL', ''))
    observer.oversized(5000)
    await estimator.answer('{}')
    const { body } = await app.inject('/metrics')
    for (const line of [
      'kepler_estimator_estimates_total{pipeline="test-0.1",model_name="SGDRegressorTrainer_0",feature_group="BPFOnly"} 1',
      'kepler_estimator_rows_total 7',
      'kepler_estimator_rows_outside_range_total{pipeline="test-0.1",model_name="SGDRegressorTrainer_0",feature="bpf_cpu_time_ms",kind="impossible"} 1',
      'kepler_estimator_failures_total{code="NO_MODEL"} 1',
      'kepler_estimator_oversized_answers_total 1',
      'kepler_estimator_answer_duration_seconds_count 1',
    ]) {
      assert.ok(body.includes(`${line}\n`), line)
    }
  })

  it('is ready before its first request, and not when every model failed to load', async () => {
    assert.equal((await serve(undefined, []).app.inject('/readyz')).statusCode, 200)
    const failed = { ...cached, state: 'failed' as const, model: null, error: 'cannot be reached' }
    const answer = await serve(undefined, [failed]).app.inject('/readyz')
    assert.equal(answer.statusCode, 503)
    assert.deepEqual(answer.json().reasons, ['cannot be reached'])
    assert.equal((await serve(undefined, [failed, cached]).app.inject('/readyz')).statusCode, 200)
  })

  it('describes its routes and what they answer', async () => {
    const { app } = serve()
    const document = await checkedOpenApi(app)
    assert.equal(document.info.version, '1.2.3')
    assertDescribed(document, 'GET /info', (await app.inject('/info')).json())
    const estimated = await app.inject({ method: 'POST', url: '/estimate', payload: request })
    assertDescribed(document, 'POST /estimate', estimated.json())
    const body = document.paths['/estimate']?.post?.requestBody?.content['application/json']
    assert.deepEqual(body?.schema.required, ['output_type'])
  })

  it('logs a refusal once a minute, and answers its own failures without details', async () => {
    const refused: object[] = []
    const failed: object[] = []
    const logger = {
      ...silentLogger,
      info: (fields: object) => refused.push(fields),
      error: (fields: object) => failed.push(fields),
    }
    const post = (thrown: Error) =>
      serve(() => Promise.reject(thrown), [], logger).app.inject({ method: 'POST', url: '/estimate', payload: request })
    const { app } = serve(undefined, [], logger)
    for (let i = 0; i < 3; i++) await app.inject({ method: 'POST', url: '/estimate', payload: {} })
    const [line, ...more] = refused
    assert.deepEqual(more, [])
    assert.ok(line && 'code' in line && line.code === 'INVALID_REQUEST' && 'field' in line && 'request' in line)
    const inner = await post(new TypeError('secret'))
    assert.deepEqual([inner.statusCode, inner.json().error.code], [500, 'INTERNAL'])
    assert.doesNotMatch(inner.body, /secret/)
    assert.equal(failed.length, 1)
    assert.equal((await post(new ModelError('UNAVAILABLE', 'later'))).json().msg, 'later')
  })

  it('is alive, and says what there is', async () => {
    const { app } = serve()
    assert.deepEqual((await app.inject('/healthz')).json(), { status: 'ok' })
    const index = await app.inject('/')
    assert.equal(index.headers['content-type'], 'text/plain; charset=utf-8')
    assert.match(index.body, /^Kepler estimator 1\.2\.3\n\nPOST \/estimate\n/)
    assert.match(String((await app.inject('/metrics')).headers['content-type']), /^text\/plain; version=0\.0\.4/)
    assert.deepEqual((await app.inject('/readyz')).json(), { ready: true, reasons: [] })
    const waiting = { ...cached, state: 'failed' as const, error: null }
    assert.deepEqual((await serve(undefined, [waiting]).app.inject('/readyz')).json(), { ready: false, reasons: [] })
  })
})
