import assert from 'node:assert/strict'
import { utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import {
  bpf,
  type FixtureModel,
  metadataOf,
  pipelineFiles,
  unpackedFiles,
  writeFiles,
  zipOf,
} from '../../test/support/pipeline-fixture.js'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { parsePythonJson } from '../archive/python-json.js'
import { bufferSource } from '../archive/zip/byte-source.js'
import { openZip } from '../archive/zip/zip.js'
import { loadPipeline } from '../registry/load-pipeline.js'
import { parseBestModelsQuery } from './best-models-query.js'
import { createModelSelector, type ModelSelectorOptions } from './create-model-selector.js'
import { parseModelRequest } from './model-request.js'

const preference = { defaults: { 'rapl-sysfs': 'ec2', acpi: 'specpower' }, local: 'std' }
const counters = ['cache_miss', 'cpu_cycles', 'cpu_instructions']

describe('createModelSelector', () => {
  const folder = temporaryFolder()
  let made = 0

  async function pipeline(files: ReturnType<typeof pipelineFiles>, name = 'ec2') {
    const path = join(folder, `${made++}.zip`)
    writeFileSync(path, zipOf(files))
    utimesSync(path, made, made)
    return loadPipeline({ name, path, kind: 'zip' })
  }
  async function serve(models: readonly FixtureModel[], options: Partial<ModelSelectorOptions> = {}, index?: object) {
    const selector = createModelSelector({ preference, ...options })
    selector.use([await pipeline(pipelineFiles(models, index))])
    return (request: object = {}) =>
      selector.findModel(parseModelRequest({ metrics: bpf, output_type: 'AbsPower', ...request }))
  }

  it('serves a model of the same quantity under another name, its weights by the names that the client has', async () => {
    const find = await serve([{ name: 'SGDRegressorTrainer_0', features: ['bpf_cpu_time_ms'], weights: true }])
    const weights = (metrics: readonly string[]) => {
      const { package: unit } = JSON.parse(find({ metrics, weight: true }).body.toString())
      return Object.keys(unit.All_Weights.Numerical_Variables)
    }
    assert.deepEqual(weights(['cpu_time_ms']), ['cpu_time_ms'])
    assert.deepEqual(weights(['bpf_cpu_time_ms']), ['bpf_cpu_time_ms'])
    assert.deepEqual(weights(['cpu_time_ms', 'bpf_cpu_time_ms']), ['bpf_cpu_time_ms'])
    assert.equal(find({ metrics: ['cpu_time_ms'] }).selection.modelName, 'SGDRegressorTrainer_0')
    assert.throws(() => find({ metrics: ['cpu_cycles'] }), { code: 'NO_MODEL' })
  })

  it('takes the lowest error of all node types when none is wanted', async () => {
    const find = await serve([
      { name: 'A_0', mae: 3 },
      { name: 'B_1', mae: 2 },
      { name: 'C_10', mae: 4 },
    ])
    const { selection } = find()
    assert.equal(selection.modelName, 'B_1')
    assert.equal(selection.match, undefined)
  })

  describe('for the original', () => {
    const models = [
      { name: 'A_0', mae: 1, metadata: { model_class: 'native' } },
      { name: 'B_0', mae: 2, metadata: { cross_validation: { folds: 5 } } },
      { name: 'C_0', mae: 3, metadata: { machine_spec: { cores: 8 } } },
      { name: 'D_10', mae: 0.5, metadata: { model_class: 'native' } },
    ]
    const metadataIn = (body: Buffer) =>
      parsePythonJson(openZip(bufferSource(body)).read('metadata.json'), 'metadata') as Record<string, unknown>
    const findFor = async (request: object, options = models) => {
      const selector = createModelSelector({ preference })
      selector.use([await pipeline(pipelineFiles(options))])
      return selector.findModel(parseModelRequest({ metrics: bpf, output_type: 'AbsPower', ...request }, true))
    }

    it('takes models that its Python loads: none of our format, none with nested metadata', async () => {
      const found = await findFor({ machine_spec: { cores: 8 } })
      assert.equal(found.selection.modelName, 'C_0')
      assert.deepEqual(metadataIn(found.body).machine_spec, { cores: 8 })
    })

    it('counts a node type whose models it cannot load as empty', async () => {
      const { selection } = await findFor({ node_type: 10 })
      assert.equal(selection.modelName, 'C_0')
      assert.equal(selection.match?.how, 'fallback')
    })

    it('leaves the machine out for versions that do not know of it', async () => {
      assert.equal('machine_spec' in metadataIn((await findFor({ spec: { cores: 8 } })).body), false)
    })

    it('says so when it can load none', async () => {
      await assert.rejects(findFor({}, models.slice(0, 2)), {
        code: 'NO_MODEL',
        message: /no models that the original loads for these metrics/,
      })
    })
  })

  it('takes node type 1 for 1 alone, and not for 10 (the original matches 1 to 10, 19 and 109 too)', async () => {
    const find = await serve([
      { name: 'A_1', mae: 5 },
      { name: 'A_10', mae: 1 },
    ])
    assert.equal(find({ node_type: 1 }).selection.modelName, 'A_1')
    assert.equal(find({ node_type: 10 }).selection.modelName, 'A_10')
  })

  it('applies the filter (the original rejects every model)', async () => {
    const find = await serve([
      { name: 'A_0', mae: 1, metadata: { package_mae: 9 } },
      { name: 'B_0', mae: 2, metadata: { package_mae: 3 } },
    ])
    assert.equal(find({ filter: 'package_mae:5; mae:10' }).selection.modelName, 'B_0')
    assert.throws(() => find({ filter: 'mae:0.5' }), { code: 'NO_MODEL', message: /filter "mae:0.5" rejects/ })
  })

  it('lets the spec decide when node_type is 0, Go’s zero value', async () => {
    const find = await serve([
      { name: 'A_0', mae: 1 },
      { name: 'A_10', mae: 5 },
    ])
    const { selection } = find({ node_type: 0, machine_spec: { processor: 'large', cores: 96 } })
    assert.equal(selection.modelName, 'A_10')
    assert.equal(selection.match?.how, 'partial')
    assert.equal(find({ node_type: 0 }).selection.modelName, 'A_0')
  })

  it('falls back to the type with the most cores, unless that is forbidden', async () => {
    const find = await serve([
      { name: 'A_1', mae: 1 },
      { name: 'A_10', mae: 5 },
    ])
    const { selection } = find({ node_type: 0 })
    assert.equal(selection.modelName, 'A_10')
    assert.deepEqual(selection.match, { how: 'fallback', nodeType: 10, wanted: 0 })
    assert.throws(() => find({ node_type: 0, loose_node_type: false }), {
      code: 'NO_MODEL',
      message: /loose_node_type/,
    })
  })

  it('says that a node type which the pipeline does not have is answered by another one', async () => {
    const find = await serve([
      { name: 'A_1', mae: 1 },
      { name: 'A_10', mae: 5 },
    ])
    assert.deepEqual(find({ node_type: 999 }).selection.match, { how: 'fallback', nodeType: 10, wanted: 999 })
    assert.equal(find({ node_type: 1 }).selection.match?.how, 'explicit')
    // A spec whose type has no models is a fallback too: `similar` would claim a model of that type.
    const spec = { processor: 'small', cores: 32, chips: 2, memory: 128, frequency: 2300 }
    const wanted = find({ machine_spec: spec }).selection.match
    assert.deepEqual(wanted, { how: 'fallback', nodeType: 10, wanted: 0 })
  })

  it('falls back to all models when nothing is known of the node types', async () => {
    const find = await serve(
      [
        { name: 'A_1', mae: 1 },
        { name: 'A_10', mae: 5 },
      ],
      {},
      {},
    )
    assert.equal(find({ node_type: 0 }).selection.modelName, 'A_1')
  })

  it('prefers the wanted node type of any group to the lowest error of another', async () => {
    const find = await serve([
      { name: 'A_10', mae: 1, folder: 'rapl-sysfs/AbsPower/CounterOnly', features: counters },
      { name: 'A_0', mae: 9 },
    ])
    assert.equal(find({ node_type: 0, metrics: [...bpf, ...counters] }).selection.modelName, 'A_0')
    assert.equal(find({ metrics: [...bpf, ...counters] }).selection.modelName, 'A_10')
  })

  it('gives equal errors to the lower MAPE, then to the name that comes first', async () => {
    const find = await serve([
      { name: 'C_0', mae: 1 },
      { name: 'B_0', mae: 1 },
      { name: 'D_0', mae: 1, metadata: { mape: 0.5 } },
    ])
    assert.equal(find().selection.modelName, 'D_0')
    assert.equal(find({ filter: 'mape:2; features:bpf_cpu_time_ms,bpf_page_cache_hit' }).selection.modelName, 'D_0')
    const tied = await serve([{ name: 'C_0' }, { name: 'B_0' }])
    assert.equal(tied().selection.modelName, 'B_0')
  })

  it('ranks by the error that is configured and takes -1 for no data', async () => {
    const selector = createModelSelector({ preference, errorKey: 'mape' })
    const files = pipelineFiles([
      { name: 'A_0', mae: 1, metadata: { mape: -1 } },
      { name: 'B_0', mae: 9, metadata: { mape: 5 } },
    ])
    selector.use([await pipeline(files, 'ec2')])
    const { selection } = selector.findModel(parseModelRequest({ metrics: bpf, output_type: 'AbsPower' }))
    assert.deepEqual([selection.modelName, selection.errorKey, selection.error], ['B_0', 'mape', 5])
  })

  it('falls back like an empty type when a type has models but no weights (the original answers 400)', async () => {
    const find = await serve([
      { name: 'SGDRegressorTrainer_0', mae: 1 },
      { name: 'SGDRegressorTrainer_10', mae: 4, weights: true },
    ])
    const { selection } = find({ node_type: 0, weight: true })
    assert.equal(selection.modelName, 'SGDRegressorTrainer_10')
    assert.deepEqual(selection.match, { how: 'fallback', nodeType: 10, wanted: 0 })
  })

  it('answers weights with what Kepler needs to know of the model, its spec in whole numbers', async () => {
    const find = await serve([{ name: 'SGDRegressorTrainer_10', mae: 4.5, weights: true }])
    const { body, contentType } = find({ weight: 'true' })
    assert.equal(contentType, 'application/json')
    assert.deepEqual(JSON.parse(body.toString()), {
      package: {
        All_Weights: {
          Bias_Weight: 1,
          Categorical_Variables: {},
          Numerical_Variables: { bpf_cpu_time_ms: { scale: 10, weight: 22 } },
        },
      },
      model_name: 'SGDRegressorTrainer_10',
      machine_spec: { processor: 'large', cores: 96, chips: 2, memory: 384, frequency: 3500 },
      mae: 4.5,
    })
    assert.doesNotMatch(body.toString(), /\d\.0\b/)
  })

  it('adds trainer, node type and spec to the metadata of the archive it serves', async () => {
    const find = await serve([{ name: 'A_10', metadata: { extra: 'kept' } }])
    const { body, contentType, fileName } = find()
    assert.equal(contentType, 'application/zip')
    assert.equal(fileName, 'A_10.zip')
    const metadata = parsePythonJson(openZip(bufferSource(body)).read('metadata.json'), 'metadata.json')
    assert.ok(typeof metadata === 'object' && metadata !== null)
    const { trainer, node_type, machine_spec, extra } = { ...metadata } as Record<string, unknown>
    assert.deepEqual(
      { trainer, node_type, machine_spec, extra },
      {
        trainer: 'A',
        node_type: 10,
        machine_spec: { processor: 'large', cores: 96, chips: 2, memory: 384, frequency: 3500 },
        extra: 'kept',
      },
    )
  })

  it('packs a model that only has an unpacked folder', async () => {
    const path = join(folder, 'unpacked')
    const model = { name: 'SGDRegressorTrainer_0', weights: true }
    writeFiles(path, { ...pipelineFiles([]), ...unpackedFiles(model) })
    const selector = createModelSelector({ preference })
    selector.use([await loadPipeline({ name: 'std', path, kind: 'folder' })])
    const request = { metrics: bpf, output_type: 'AbsPower' }
    const archive = openZip(bufferSource(selector.findModel(parseModelRequest(request)).body))
    assert.deepEqual([...archive.entries.keys()].sort(), ['SGDRegressorTrainer_0.json', 'metadata.json'])
    const { body } = selector.findModel(parseModelRequest({ ...request, weight: true }))
    assert.equal(JSON.parse(body.toString()).model_name, model.name)
  })

  it('serves the next best model when the files of the best one are damaged', async () => {
    const files = {
      ...pipelineFiles([
        { name: 'SGDRegressorTrainer_0', mae: 1, weights: true },
        { name: 'SGDRegressorTrainer_1', mae: 2, weights: true },
      ]),
      'rapl-sysfs/AbsPower/BPFOnly/SGDRegressorTrainer_0.json': '{"package": {"All_Weights": "gone"}}',
    }
    const selector = createModelSelector({ preference })
    selector.use([await pipeline(files)])
    const request = parseModelRequest({ metrics: bpf, output_type: 'AbsPower', weight: true })
    for (let times = 0; times < 2; times++) {
      assert.equal(selector.findModel(request).selection.modelName, 'SGDRegressorTrainer_1')
    }
  })

  it('says which model is damaged where no other fits, as an error that is not the request', async () => {
    const weights = 'rapl-sysfs/AbsPower/BPFOnly/SGDRegressorTrainer_0.json'
    const files = {
      ...pipelineFiles([{ name: 'SGDRegressorTrainer_0', mae: 1, weights: true }]),
      [weights]: '{"package": {"All_Weights": "gone"}}',
    }
    const selector = createModelSelector({ preference })
    selector.use([await pipeline(files)])
    const request = { metrics: bpf, output_type: 'AbsPower', weight: true }
    for (const body of [request, { ...request, node_type: 0, loose_node_type: false }, request]) {
      assert.throws(() => selector.findModel(parseModelRequest(body)), {
        code: 'UNAVAILABLE',
        message: /SGDRegressorTrainer_0 of ec2: /,
      })
    }
  })

  it('skips and counts damaged models', async () => {
    const files = {
      ...pipelineFiles([{ name: 'A_0' }]),
      'rapl-sysfs/AbsPower/BPFOnly/B_0.zip': 'no zip',
      'rapl-sysfs/AbsPower/BPFOnly/C_0.zip': zipOf({ 'other.json': '' }),
      'rapl-sysfs/AbsPower/BPFOnly/D_0.zip': zipOf({ 'metadata.json': '{' }),
      'rapl-sysfs/AbsPower/BPFOnly/E!_0.zip': zipOf({ 'metadata.json': metadataOf({ name: 'E!_0' }) }),
      'rapl-sysfs/AbsPower/BPFOnly/checkpoint/f.json': '',
      'co al/AbsPower/BPFOnly/G_0.zip': 'no name of a source',
    }
    const selector = createModelSelector({ preference })
    selector.use([await pipeline(files)])
    const [status] = selector.status().pipelines
    assert.equal(status?.models, 1)
    assert.equal(status?.damaged, 4)
  })

  it('answers a source without a pipeline with NO_MODEL (the original answers 500)', async () => {
    const find = await serve([{ name: 'A_0' }])
    assert.throws(() => find({ source: 'redfish' }), { code: 'NO_MODEL', message: /redfish.*ec2 \(rapl-sysfs\)/ })
  })

  it('takes paths in request fields for names that do not exist', async () => {
    const find = await serve([{ name: 'A_0' }])
    for (const name of ['../../etc/passwd', '/etc/passwd', 'ec2/../ec2', '..', '\0']) {
      assert.throws(() => find({ pipeline_name: name }), { code: 'NO_MODEL', field: 'pipeline_name' })
      assert.throws(() => find({ trainer_name: name }), { code: 'NO_MODEL' })
    }
  })

  it('says which feature groups there are when the metrics feed none', async () => {
    const find = await serve([{ name: 'A_0' }])
    assert.throws(() => find({ metrics: ['nothing'] }), {
      code: 'NO_MODEL',
      message: /BPFOnly \(bpf_cpu_time_ms, bpf_page_cache_hit\)/,
    })
  })

  describe('with several pipelines', () => {
    const model = (name: string): readonly FixtureModel[] => [{ name, weights: true }]
    const request = { metrics: bpf, output_type: 'AbsPower' }
    async function names(options: Partial<ModelSelectorOptions>, pipelines: readonly string[], more = {}) {
      const selector = createModelSelector({ preference, ...options })
      selector.use(await Promise.all(pipelines.map((name) => pipeline(pipelineFiles(model('A_0')), name))))
      return selector.findModel(parseModelRequest({ ...request, ...more })).selection.pipeline
    }

    it('asks the default one of the source, then the local one, then the newest', async () => {
      assert.equal(await names({}, ['other', 'std', 'ec2']), 'ec2')
      assert.equal(await names({}, ['other', 'std']), 'std')
      assert.equal(await names({}, ['older', 'other']), 'other')
    })
    it('asks the named one', async () => {
      assert.equal(await names({}, ['other', 'std', 'ec2'], { pipeline_name: 'other' }), 'other')
    })
    it('asks the local one first where that is preferred', async () => {
      assert.equal(await names({ preference: { ...preference, preferLocal: true } }, ['std', 'ec2']), 'std')
    })
    it('asks one that the operator named before a default one that lies on the disk', async () => {
      const initial = new Set(['mine'])
      assert.equal(await names({ preference: { ...preference, initial } }, ['std', 'ec2', 'mine']), 'mine')
      assert.equal(
        await names({ preference: { ...preference, initial: new Set(['mine', 'ec2']) } }, ['mine', 'ec2']),
        'ec2',
      )
    })
    it('asks the demonstration where there is no other', async () => {
      assert.equal(
        await names({ preference: { ...preference, lastResort: new Set(['demo']) } }, ['demo', 'other']),
        'other',
      )
      assert.equal(await names({ preference: { ...preference, lastResort: new Set(['demo']) } }, ['demo']), 'demo')
    })
    it('never asks the demonstration because the real models do not pass', async () => {
      const filter = 'mae:0.0000001'
      await assert.rejects(
        names({ preference: { ...preference, lastResort: new Set(['demo']) } }, ['demo', 'other'], { filter }),
        (error: Error) => {
          assert.match(error.message, /of other that would do/)
          return !error.message.includes('demo')
        },
      )
    })
  })

  it('names the best models of each feature group', async () => {
    const selector = createModelSelector({ preference })
    const files = pipelineFiles([
      { name: 'A_0', mae: 3 },
      { name: 'A_10', mae: 2 },
      { name: 'B_0', folder: 'rapl-sysfs/DynPower/CounterOnly', features: counters },
    ])
    selector.use([await pipeline(files)])
    const best = (query: object) => selector.bestModels(parseBestModelsQuery(query))
    assert.deepEqual(best({}), { AbsPower: { BPFOnly: 'A_10' }, DynPower: { CounterOnly: 'B_0' } })
    assert.deepEqual(best({ 'output-type': 'AbsPower', 'node-type': '0' }), { AbsPower: { BPFOnly: 'A_0' } })
    // Strict, as in the original: another type's model is not named.
    assert.deepEqual(best({ 'output-type': 'AbsPower', 'node-type': '1' }), { AbsPower: {} })
    assert.deepEqual(best({ 'node-type': '10' }), { AbsPower: { BPFOnly: 'A_10' }, DynPower: {} })
    assert.deepEqual(best({ 'feature-group': 'BPFOnly', filter: 'mae:1' }), { AbsPower: {}, DynPower: {} })
    assert.throws(() => best({ 'energy-source': 'acpi' }), { code: 'NO_MODEL' })
    assert.throws(() => best({ 'output-type': 'x' }), { code: 'INVALID_REQUEST', field: 'output-type' })
    assert.throws(() => best({ source: '' }), {
      code: 'INVALID_REQUEST',
      field: 'source',
      message: /unknown query parameter "source", known are energy-source/,
    })
    assert.throws(() => best({ filter: 'x' }), { code: 'INVALID_REQUEST', field: 'filter' })
  })

  it('gives the weights and errors of the best weight models', async () => {
    const selector = createModelSelector({ preference })
    const files = pipelineFiles([
      { name: 'A_0', mae: 1 },
      { name: 'B_0', mae: 2, weights: true, metadata: { core_mape: -1 } },
      { name: 'C_0', mae: 3, weights: true },
    ])
    selector.use([await pipeline(files)])
    const [model, ...more] = selector.weightModels()
    assert.equal(more.length, 0)
    assert.equal(model?.modelName, 'B_0')
    assert.deepEqual(model?.errors, { mae: 2, mape: 2 })
    assert.equal(model?.weights.package?.All_Weights.Bias_Weight, 1)
  })
})
