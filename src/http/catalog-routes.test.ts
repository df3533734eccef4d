import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { bpf, nodeTypes, pipelineFiles, zipOf } from '../../test/support/pipeline-fixture.js'
import { fakeModelSelector } from '../../test/support/model-selector.js'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { testArchive } from '../../test/support/test-model.js'
import { groupFeatures } from '../core/feature-group.js'
import { loadPipeline } from '../registry/load-pipeline.js'
import { silentLogger } from '../runtime/ports.js'
import { createModelSelector } from '../selection/create-model-selector.js'
import type { ModelSelector } from '../selection/model-selector.js'
import { createModelServerApp, type ModelServerAppOptions } from './model-server-app.js'

const limits = { maxBodyBytes: 262_144, requestTimeout: 10, idleTimeout: 10, maxConnections: 100 }
const path = 'rapl-sysfs/AbsPower/BPFOnly/LinearRegressionTrainer_1'
let selector: ModelSelector

before(async () => {
  const file = join(temporaryFolder(), 'mine.zip')
  const files = {
    ...pipelineFiles([{ name: 'SGDRegressorTrainer_0', mae: 3 }], nodeTypes),
    [`${path}.zip`]: await testArchive({ features: bpf }),
  }
  writeFileSync(file, zipOf(files))
  const served = createModelSelector({ preference: { defaults: {}, local: 'mine' } })
  served.use([await loadPipeline({ name: 'mine', path: file, kind: 'zip' })])
  selector = served
})

const serve = (more: Partial<ModelServerAppOptions> = {}) =>
  createModelServerApp({ selector, logger: silentLogger, limits, version: '1.2.3', ...more })

describe('GET /api/v1/overview', () => {
  it('says what the server has and can do', async () => {
    const overview = (await serve().inject('/api/v1/overview')).json()
    const [{ origin: _, loaded_at: __, ...pipeline }] = overview.pipelines
    assert.deepEqual(pipeline, {
      ...{ name: 'mine', sources: ['rapl-sysfs'], models: 2, damaged: 0, node_types: 3 },
      is_made: false,
    })
    assert.deepEqual(
      { ...overview, pipelines: [] },
      {
        ...{ version: '1.2.3', pipelines: [], errors: [], downloads: [], machine: null },
        ...{ feature_groups: groupFeatures, error_key: 'mae' },
        ...{ has_curve: false, has_online: false, has_live: false },
      },
    )
  })

  it('tells a pipeline whose models are made for each machine, errors without their time, and downloads', async () => {
    const { pipelines } = fakeModelSelector().status()
    const errors = [{ origin: 'http://db', message: 'timeout', at: 5 }]
    const made = fakeModelSelector({ status: () => ({ pipelines, models: 0, errors, unreadable: undefined }) })
    const downloads = () => [{ url: 'http://db/x.zip', bytes: 1, total: 2 }]
    const live = { latest: () => Promise.reject(new Error('not asked')) }
    const overview = (await serve({ selector: made, downloads, live }).inject('/api/v1/overview')).json()
    assert.equal(overview.pipelines[0].is_made, true)
    assert.equal(overview.pipelines[0].loaded_at, '1970-01-01T00:00:01.000Z')
    assert.deepEqual(overview.errors, [{ origin: 'http://db', message: 'timeout' }])
    assert.deepEqual(overview.downloads, downloads())
    assert.deepEqual([overview.error_key, overview.has_live], ['mae', true])
  })

  it('looks at the machine once', async () => {
    let looks = 0
    const app = serve({
      thisMachine: () => {
        looks++
        return { processor: 'X', cores: 4 }
      },
    })
    assert.equal(looks, 0)
    for (let i = 0; i < 2; i++) {
      assert.deepEqual((await app.inject('/api/v1/overview')).json().machine, { processor: 'X', cores: 4 })
    }
    assert.equal(looks, 1)
  })
})

describe('the routes of the catalog', () => {
  const post = (url: string, payload: object) =>
    serve().inject({ method: 'POST', url, payload: JSON.stringify(payload) })
  const wanted = { metrics: bpf, output_type: 'AbsPower' }

  it('list models and node types, and show one', async () => {
    const models = (await serve().inject('/api/v1/models?sort=mae&limit=1')).json()
    assert.deepEqual([models.total, models.rows.length], [2, 1])
    assert.equal((await serve().inject('/api/v1/node-types')).json().total, 3)
    assert.equal((await serve().inject('/api/v1/node-types?limit=0')).json().error.field, 'limit')
    const one = await serve().inject(`/api/v1/model?pipeline=mine&path=${encodeURIComponent(path)}`)
    assert.equal(one.statusCode, 200)
    assert.equal((await serve().inject('/api/v1/model?pipeline=mine')).json().error.field, 'path')
    assert.equal((await serve().inject('/api/v1/models?colour=1')).json().error.field, 'colour')
  })

  it('explain the choice, and estimate by it', async () => {
    const choice = await post('/api/v1/choice', wanted)
    assert.equal(choice.statusCode, 200, choice.body)
    assert.equal(choice.json().model.row?.pipeline ?? choice.json().model.pipeline, 'mine')
    const model = { pipeline_name: 'mine', model: path }
    const estimate = await post('/api/v1/estimate', { ...wanted, ...model, values: [bpf.map(() => 1)] })
    assert.equal(estimate.statusCode, 200, estimate.body)
    assert.equal(Object.values<number[]>(estimate.json().powers)[0]?.length, 1)
  })

  it('take no parameters where they read a body', async () => {
    for (const url of ['/api/v1/choice', '/api/v1/estimate']) {
      assert.equal((await post(`${url}?x=1`, wanted)).json().error.field, 'x')
    }
    for (const url of ['/api/v1/overview', '/api/v1/live', '/page/x']) {
      const live = { latest: () => Promise.reject(new Error('not asked')) }
      assert.equal((await serve({ live }).inject(`${url}?x=1`)).json().error.field, 'x', url)
    }
  })
})
