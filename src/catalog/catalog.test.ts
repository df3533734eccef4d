import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { bpf, nodeTypes, pipelineFiles, weightsOf, zipOf } from '../../test/support/pipeline-fixture.js'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { testArchive } from '../../test/support/test-model.js'
import { loadPipeline } from '../registry/load-pipeline.js'
import { createModelSelector, type ModelSelectorOptions } from '../selection/create-model-selector.js'
import { parseModelRequest } from '../selection/model-request.js'
import { createUniversalModels } from '../selection/universal/universal-models.js'
import { createMachinePowers } from '../universal/machine-powers.js'
import { createCatalog } from './catalog.js'
import { parseEstimateRequest } from './estimate-request.js'
import { modelQuerySchema, modelsQuerySchema, nodeTypesQuerySchema, parseListQuery } from './list-query.js'

const folder = 'rapl-sysfs/AbsPower/BPFOnly'
const hostile = '<img src=x onerror=alert(1)>'

async function catalog(options: Partial<ModelSelectorOptions> = {}, more: Readonly<Record<string, string>> = {}) {
  const selector = createModelSelector({ preference: { defaults: {}, local: 'mine' }, ...options })
  selector.use([await pipelineOf(more)])
  return createCatalog(selector)
}

async function pipelineOf(more: Readonly<Record<string, string>>) {
  const path = join(temporaryFolder(), 'mine.zip')
  const models = [
    { name: 'SGDRegressorTrainer_0', mae: 3, weights: true },
    { name: 'GradientBoostingRegressorTrainer_0', mae: 2 },
    { name: 'XgboostFitTrainer_10', mae: 9 },
    { name: 'SVRRegressorTrainer_1', mae: -1, folder: `acpi/DynPower/${hostile}` },
  ]
  const files = {
    ...pipelineFiles(models, nodeTypes),
    [`${folder}/LinearRegressionTrainer_1.zip`]: await testArchive({ features: bpf }),
    [`${folder}/LinearRegressionTrainer_1.json`]: weightsOf('LinearRegressionTrainer_1'),
    ...more,
  }
  writeFileSync(path, zipOf(files))
  return loadPipeline({ name: 'mine', path, kind: 'zip' })
}

const names = (list: { readonly rows: readonly { readonly model_name: string }[] }) =>
  list.rows.map((row) => row.model_name)
const models = (query: object) => parseListQuery(modelsQuerySchema, query)

describe('lists', () => {
  it('sort by what is known, and put what is not known last either way', async () => {
    const { models: list } = await catalog()
    const byError = [
      'LinearRegressionTrainer_1',
      'GradientBoostingRegressorTrainer_0',
      'SGDRegressorTrainer_0',
      'XgboostFitTrainer_10',
    ]
    assert.deepEqual(names(list(models({}))), [...byError, 'SVRRegressorTrainer_1'])
    assert.deepEqual(names(list(models({ order: 'descending' }))), [...byError.toReversed(), 'SVRRegressorTrainer_1'])
    assert.deepEqual(names(list(models({ sort: 'node_type', order: 'descending', limit: '1' }))), [
      'XgboostFitTrainer_10',
    ])
  })

  it('filter by each column, and say how many rows are left', async () => {
    const { models: list } = await catalog()
    const total = (query: object) => list(models(query)).total
    assert.equal(total({ source: 'acpi' }), 1)
    assert.equal(total({ 'output-type': 'AbsPower' }), 4)
    assert.equal(total({ 'feature-group': hostile }), 1)
    assert.equal(total({ trainer: 'SGDRegressorTrainer' }), 1)
    assert.equal(total({ 'node-type': '10' }), 1)
    assert.equal(total({ weights: 'true' }), 2)
    assert.equal(total({ search: ' LARGE ' }), 1)
    assert.equal(total({ pipeline: 'other' }), 0)
    assert.deepEqual(list(models({ offset: '4', limit: '50' })).rows.length, 1)
    assert.deepEqual(list(models({ source: 'acpi' })).values.source, ['acpi', 'rapl-sysfs'])
  })

  it('refuse what they do not know, and name it', () => {
    const wrong = [
      [{ colour: 'red' }, 'colour'],
      [{ limit: '0' }, 'limit'],
      [{ limit: '1001' }, 'limit'],
      [{ offset: '-1' }, 'offset'],
      [{ order: 'up' }, 'order'],
      [{ 'node-type': 'x' }, 'node-type'],
      [{ search: ['a', 'b'] }, 'search'],
    ] as const
    for (const [query, field] of wrong) assert.throws(() => models(query), { code: 'INVALID_REQUEST', field })
    assert.throws(() => parseListQuery(modelQuerySchema, { pipeline: 'mine' }), { field: 'path' })
  })

  it('refuse to sort by what rows do not have', async () => {
    const { models: list } = await catalog()
    assert.throws(() => list(models({ sort: '__proto__' })), { code: 'INVALID_REQUEST', field: 'sort' })
  })

  it('show node types with their machines and models', async () => {
    const { nodeTypes: list } = await catalog()
    const query = (given: object) => list(parseListQuery(nodeTypesQuerySchema, given))
    assert.deepEqual(query({ search: 'large' }).rows, [
      {
        pipeline: 'mine',
        node_type: 10,
        machine: { processor: 'large', cores: 96, chips: 2, memory: 384, frequency: 3500 },
        members: 2,
        models: 1,
      },
    ])
    assert.deepEqual(
      query({ sort: 'cores', order: 'descending' }).rows.map(({ node_type }) => node_type),
      [10, 1, 0],
    )
  })
})

describe('a model', () => {
  const path = `${folder}/LinearRegressionTrainer_1`

  it('is shown with its metadata, ranges, weights and competitors', async () => {
    const { model } = await catalog()
    const details = model({ pipeline: 'mine', path })
    assert.equal(details.fault, null)
    assert.deepEqual(details.components, ['package', 'dram'])
    assert.equal(details.uncertainty?.inputs.bpf_cpu_time_ms?.upper, 2 ** 20)
    assert.equal(details.weights?.package?.All_Weights.Bias_Weight, 1)
    assert.equal(details.metadata?.model_name, 'LinearRegressionTrainer_1')
    assert.deepEqual(details.machine?.processor, 'medium')
    const two = model({ pipeline: 'mine', path: `${folder}/SGDRegressorTrainer_0` })
    assert.deepEqual(
      two.competitors.map(({ rank, model_name }) => `${rank} ${model_name}`),
      ['1 GradientBoostingRegressorTrainer_0', '2 SGDRegressorTrainer_0'],
    )
    assert.equal(two.competitors[1]!.path, `${folder}/SGDRegressorTrainer_0`)
    assert.match(two.competitors[1]!.why, /GradientBoostingRegressorTrainer_0/)
  })

  it('is shown with what is wrong where its archive is damaged', async () => {
    const { model } = await catalog()
    const details = model({ pipeline: 'mine', path: `${folder}/SGDRegressorTrainer_0` })
    assert.match(details.fault ?? '', /SGDRegressorTrainer_0\.json/)
    assert.equal(details.metadata, null)
    assert.equal(details.weights?.package?.All_Weights.Bias_Weight, 1)
  })

  it('competes with those of its node type and group alone', async () => {
    const { model } = await catalog()
    assert.deepEqual(
      model({ pipeline: 'mine', path }).competitors.map(({ model_name, rank }) => [model_name, rank]),
      [['LinearRegressionTrainer_1', 1]],
    )
  })

  it('without weights has none, and nothing is wrong with them', async () => {
    const { model } = await catalog()
    const { weights, weights_fault, is_made } = model({ pipeline: 'mine', path: `${folder}/XgboostFitTrainer_10` })
    assert.deepEqual([weights, weights_fault, is_made], [null, null, false])
  })

  it('says what Kepler could not use of its weights, and nothing where all is well', async () => {
    const weights = { package: { All_Weights: { Bias_Weight: -5, Numerical_Variables: {} } } }
    const { model } = await catalog({}, { [`${path}.json`]: JSON.stringify(weights) })
    assert.match(String(model({ pipeline: 'mine', path }).weights_fault), /^package falls to -5\.00 W/)
    assert.equal(model({ pipeline: 'mine', path: `${folder}/SGDRegressorTrainer_0` }).weights_fault, null)
  })

  it('says what is wrong with its weights', async () => {
    const { model } = await catalog({}, { [`${path}.json`]: '{"package": 7}' })
    const { weights, weights_fault, fault } = model({ pipeline: 'mine', path })
    assert.deepEqual([weights, fault], [null, null])
    assert.match(String(weights_fault), /package|weights/)
  })

  it('that is not there is named in the error', async () => {
    const { model } = await catalog()
    assert.throws(() => model({ pipeline: 'no', path }), { code: 'NO_MODEL', field: 'pipeline', message: /"no"/ })
    assert.throws(() => model({ pipeline: 'mine', path: '../../etc/passwd' }), { code: 'NO_MODEL', field: 'path' })
  })
})

describe('a choice', () => {
  const request = (more: object) => parseModelRequest({ metrics: bpf, output_type: 'AbsPower', weight: true, ...more })

  it('is that of POST /model, with how the machine was matched and its nearest', async () => {
    const { choice } = await catalog()
    const { model, match, nearest } = choice(request({ machine_spec: { processor: 'medium', cores: 16 } }))
    assert.equal(model.model_name, 'LinearRegressionTrainer_1')
    assert.deepEqual(match, { how: 'partial', node_type: 1, uncertainty: 0, looseness: 0 })
    assert.deepEqual(
      nearest.map(({ node_type }) => node_type),
      [1, 0, 10],
    )
    assert.ok(nearest[0]!.similarity > nearest[1]!.similarity)
  })

  it('has no match and no nearest where nothing is said of the machine', async () => {
    const { choice } = await catalog()
    const { match, nearest } = choice(request({}))
    assert.deepEqual([match, nearest], [null, []])
  })

  it('says which type was wanted where it has no model', async () => {
    const { choice } = await catalog()
    const { match, nearest } = choice(request({ node_type: 10 }))
    assert.deepEqual(match, { how: 'fallback', node_type: 1, wanted: 10 })
    assert.equal(nearest[0]?.node_type, 10)
  })
})

describe('a model that is made for a machine', () => {
  const spec = { processor: 'amd_epyc_9654', cores: 384, chips: 2, memory: 768 }
  const universal = createUniversalModels({
    powers: createMachinePowers(),
    own: () => ({ spec, question: { machine: { processor: 'AMD EPYC 9654', threads: 384, chips: 2 } } }),
    errorKey: 'mae',
    startedAt: 0,
  })
  const body = { metrics: bpf, output_type: 'AbsPower', source: 'acpi', machine_spec: spec }

  it('is shown like others, though no pipeline holds it', async () => {
    const { choice } = await catalog({ universal })
    for (const weight of [false, true]) {
      const { model, match, nearest } = choice(parseModelRequest({ ...body, weight }))
      assert.deepEqual([model.pipeline, model.is_made, model.fault], ['universal', true, null])
      assert.deepEqual(match, { how: 'universal', node_type: -1, known: 'processor', machine: 'this machine' })
      assert.ok((model.weights?.platform?.All_Weights.Bias_Weight ?? 0) > 0)
      assert.ok(model.uncertainty!.inputs.bpf_cpu_time_ms!.upper > 0)
      // What it could have been matched to, had there been nothing better.
      assert.deepEqual(nearest.map(({ pipeline }) => pipeline).slice(0, 1), ['mine'])
    }
  })

  it('is compared with no machine where the request says nothing of one', async () => {
    const { choice } = await catalog({ universal })
    const { machine_spec: _, ...unsaid } = body
    const { model, nearest } = choice(parseModelRequest({ ...unsaid, pipeline_name: 'universal', node_type: 10 }))
    assert.deepEqual([model.pipeline, nearest], ['universal', []])
  })

  it('is compared with the machines of pipelines that have models of its source', async () => {
    const selector = createModelSelector({ preference: { defaults: {}, local: 'mine' }, universal })
    const path = join(temporaryFolder(), 'other.zip')
    writeFileSync(path, zipOf(pipelineFiles([{ name: 'SGDRegressorTrainer_0', mae: 3 }], nodeTypes)))
    selector.use([await pipelineOf({}), await loadPipeline({ name: 'other', path, kind: 'zip' })])
    const { nearest } = createCatalog(selector).choice(parseModelRequest(body))
    assert.deepEqual([...new Set(nearest.map(({ pipeline }) => pipeline))], ['mine'])
  })

  it('estimates for the machine of the request', async () => {
    const { estimate } = await catalog({ universal })
    const asked = { ...body, pipeline_name: 'universal', values: [[100_000, 0]] }
    const { powers, model } = estimate(parseEstimateRequest(asked))
    assert.equal(model.path, 'acpi/AbsPower/BPFOnly/UniversalTrainer_-1')
    assert.ok(powers.platform![0]! > 100)
  })
})

describe('an estimate', () => {
  const body = { metrics: bpf, values: [[10, 5]], output_type: 'AbsPower' }

  it('is by exactly the model that is named', async () => {
    const { estimate } = await catalog()
    const path = `${folder}/LinearRegressionTrainer_1`
    const { powers, interval, model } = estimate(parseEstimateRequest({ ...body, pipeline_name: 'mine', model: path }))
    assert.deepEqual(powers, { package: [40], dram: [40] })
    assert.deepEqual(model, { pipeline: 'mine', path })
    assert.ok(interval.powers.package!.lower[0]! < 40)
  })

  it('is by the chosen one where none is named', async () => {
    const { estimate } = await catalog()
    const { model } = estimate(parseEstimateRequest({ ...body, machine_spec: { processor: 'medium' } }))
    assert.equal(model.path, `${folder}/LinearRegressionTrainer_1`)
  })

  it('tells inputs that were not seen in training', async () => {
    const { estimate } = await catalog()
    const values = [[2 ** 21, 5]]
    const path = `${folder}/LinearRegressionTrainer_1`
    const { outside } = estimate(parseEstimateRequest({ ...body, values, pipeline_name: 'mine', model: path }))
    assert.equal(outside[0]?.feature, 'bpf_cpu_time_ms')
  })

  it('refuses too many rows, and metrics that are missing', async () => {
    const { estimate } = await catalog()
    const rows = Array.from({ length: 1001 }, () => [1, 2])
    assert.throws(() => parseEstimateRequest({ ...body, values: rows }), { code: 'LIMIT_EXCEEDED', field: 'values' })
    assert.throws(() => parseEstimateRequest({ ...body, model: 7 }), { code: 'INVALID_REQUEST', field: 'model' })
    const path = `${folder}/LinearRegressionTrainer_1`
    const one = { metrics: ['cpu_cycles'], values: [[1]], output_type: 'AbsPower', pipeline_name: 'mine', model: path }
    assert.throws(() => estimate(parseEstimateRequest(one)), { code: 'INVALID_REQUEST', message: /bpf_cpu_time_ms/ })
  })
})
