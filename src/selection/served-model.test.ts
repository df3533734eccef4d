import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import {
  bpf,
  metadataOf,
  pipelineFiles,
  unpackedFiles,
  writeFiles,
  zipOf,
} from '../../test/support/pipeline-fixture.js'
import { parsePythonJson } from '../archive/python-json.js'
import { bufferSource } from '../archive/zip/byte-source.js'
import { openZip } from '../archive/zip/zip.js'
import { loadPipeline } from '../registry/load-pipeline.js'
import { parseBestModelsQuery } from './best-models-query.js'
import { createModelSelector } from './create-model-selector.js'
import { parseModelRequest } from './model-request.js'

import { preference, selectorScene } from '../../test/support/selector-scene.js'

const counters = ['cache_miss', 'cpu_cycles', 'cpu_instructions']

describe('the model that is served', () => {
  const { folder, pipeline, serve } = selectorScene()

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
