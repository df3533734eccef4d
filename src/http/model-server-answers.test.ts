import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fakeModelSelector } from '../../test/support/model-selector.js'
import { fakeOnlineStatus } from '../../test/support/online-status.js'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { pipelineVersions } from '../online/versions/versions.js'
import { silentLogger } from '../runtime/ports.js'
import { parseModelRequest } from '../selection/model-request.js'
import type { ModelSelector, ServedModel } from '../selection/model-selector.js'
import { createModelServerApp, type ModelServerAppOptions } from './model-server-app.js'

const limits = { maxBodyBytes: 262_144, requestTimeout: 10, idleTimeout: 10, maxConnections: 100 }
const request = { metrics: ['bpf_cpu_time_ms'], output_type: 'AbsPower' }
const found = fakeModelSelector().findModel(parseModelRequest(request))

const serve = (selector: ModelSelector, more: Partial<ModelServerAppOptions> = {}) =>
  createModelServerApp({ selector, logger: silentLogger, limits, version: '1', ...more })
const post = (served: ServedModel, more: Partial<ModelServerAppOptions> = {}) =>
  serve(fakeModelSelector({ findModel: () => served }), more).inject({
    method: 'POST',
    url: '/model',
    payload: JSON.stringify(request),
  })

describe('the headers of a model', () => {
  it('are its type, length, path and file; none of what did not happen', async () => {
    const { headers } = await post(found)
    assert.deepEqual(
      [headers['content-type'], headers['content-length'], headers['content-disposition']],
      ['application/zip', '2', 'attachment; filename="SGDRegressorTrainer_0.zip"'],
    )
    for (const name of ['match', 'corrected', 'passed-over']) assert.equal(`x-kepler-${name}` in headers, false)
  })

  it('of weights name no file', async () => {
    const body = Buffer.from('{"a":"é"}')
    const answer = await post({ ...found, body, contentType: 'application/json' })
    assert.equal(answer.body, '{"a":"é"}')
    assert.equal(answer.headers['content-length'], String(body.length))
    assert.equal('content-disposition' in answer.headers, false)
  })

  it('say what was corrected, and what was passed over, in characters that a header may hold', async () => {
    const passedOver = ['a: no\nwatts', `b: ${'x'.repeat(2000)}`]
    const { headers } = await post({ ...found, corrected: 'bias é raised\r\nx: y', passedOver })
    assert.equal(headers['x-kepler-corrected'], 'bias _ raised__x: y')
    const value = String(headers['x-kepler-passed-over'])
    assert.match(value, /^a: no_watts; b: x+$/)
    assert.equal(value.length, 1000)
  })

  it('name what was chosen without characters that could end a header', async () => {
    const selection = { ...found.selection, pipeline: 'a b\r\nc', modelName: 'm-1.0/ü' }
    const { headers } = await post({ ...found, selection })
    assert.equal(headers['x-kepler-model'], 'a_b__c/rapl-sysfs/AbsPower/BPFOnly/m-1.0/_')
  })

  it('belong to the model that is answered, asked again or not', async () => {
    const other = { ...found, selection: { ...found.selection, modelName: 'Other' } }
    const answers = [found, other, found]
    const app = serve(fakeModelSelector({ findModel: () => answers.shift()! }))
    const names: unknown[] = []
    for (let i = 0; i < 3; i++) {
      const { headers } = await app.inject({ method: 'POST', url: '/model', payload: JSON.stringify(request) })
      names.push(String(headers['x-kepler-model']).split('/').at(-1))
    }
    assert.deepEqual(names, ['SGDRegressorTrainer_0', 'Other', 'SGDRegressorTrainer_0'])
  })

  it('are logged with what was chosen', async () => {
    const lines: object[] = []
    const logger = { ...silentLogger, debug: (fields: object) => lines.push(fields) }
    await post(found, { logger })
    assert.ok(lines.some((line) => 'selection' in line && line.selection === found.selection && 'request' in line))
  })
})

describe('GET /readyz of the model server', () => {
  const status = fakeModelSelector().status()
  const error = { origin: 'http://db', message: 'timeout', at: 0 }
  const ready = async (more: Partial<typeof status>) => {
    const answer = await serve(fakeModelSelector({ status: () => ({ ...status, ...more }) })).inject('/readyz')
    return [answer.statusCode, answer.json()]
  }

  it('names the pipelines, and what is wrong besides', async () => {
    const served = { ready: true, pipelines: ['test-0.1'], reasons: [], downloads: [] }
    assert.deepEqual(await ready({}), [200, served])
    assert.deepEqual(await ready({ errors: [error] }), [200, { ...served, reasons: ['http://db: timeout'] }])
  })

  it('is no when nothing but a stand-in could answer', async () => {
    const unreadable = { ready: false, reasons: ['http://db: timeout'], downloads: [] }
    assert.deepEqual(await ready({ errors: [error], unreadable: error }), [503, unreadable])
    const none = { ready: false, reasons: ['no pipeline is loaded'], downloads: [] }
    assert.deepEqual(await ready({ pipelines: [] }), [503, none])
  })

  it('says that a pipeline is on its way', async () => {
    const running = [{ url: 'http://db/x.zip', bytes: 5, total: null }]
    const selector = fakeModelSelector({ status: () => ({ ...status, pipelines: [], errors: [error] }) })
    const answer = await serve(selector, { downloads: () => running }).inject('/readyz')
    assert.deepEqual(answer.json(), {
      ready: false,
      reasons: ['no pipeline is loaded yet: one is being downloaded', 'http://db: timeout'],
      downloads: running,
    })
  })
})

describe('a model server with an online trainer', () => {
  const online = {
    status: () => fakeOnlineStatus({ pipeline: 'std' }),
    metrics: async () => 'online_rounds 3\n',
    versions: pipelineVersions(temporaryFolder(), 'std', 5),
  }
  const app = serve(fakeModelSelector(), { online, token: 'x' })

  it('answers its metrics with its own', async () => {
    const { body } = await app.inject('/metrics')
    assert.match(body, /^online_rounds 3$/m)
    assert.match(body, /^kepler_model_server_pipeline_models/m)
    assert.doesNotMatch((await serve(fakeModelSelector()).inject('/metrics')).body, /online_rounds|undefined/)
  })

  it('says so, and that versions may be changed by who has the token', async () => {
    assert.equal((await app.inject('/api/v1/overview')).json().has_online, true)
    const { components, paths } = (await app.inject('/openapi.json')).json()
    assert.deepEqual(Object.keys(components.securitySchemes), ['token'])
    assert.deepEqual(paths['/api/v1/online/rollback'].post.security, [{ token: [] }])
    assert.ok('/status' in paths)
    const { paths: without } = (await serve(fakeModelSelector()).inject('/openapi.json')).json()
    for (const path of ['/status', '/curve', '/api/v1/live', '/api/v1/online']) assert.equal(path in without, false)
  })

  it('answers /status, and 404 without one', async () => {
    assert.equal((await app.inject('/status')).json().pipeline, 'std')
    assert.equal((await serve(fakeModelSelector()).inject('/status')).statusCode, 404)
  })
})
