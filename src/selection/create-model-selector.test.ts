import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { bpf, pipelineFiles } from '../../test/support/pipeline-fixture.js'
import { createModelSelector } from './create-model-selector.js'
import { parseModelRequest } from './model-request.js'

import { preference, selectorScene } from '../../test/support/selector-scene.js'

const counters = ['cache_miss', 'cpu_cycles', 'cpu_instructions']

describe('the model that is chosen', () => {
  const { pipeline, serve } = selectorScene()

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

  it('is, in Kepler’s weights, of no machine where the pipeline does not know it', async () => {
    const find = await serve([{ name: 'A_7', weights: true }], {}, {})
    assert.equal('machine_spec' in JSON.parse(find({ weight: true }).body.toString()), false)
  })

  it('says which feature groups there are when the metrics feed none', async () => {
    const find = await serve([{ name: 'A_0' }])
    assert.throws(() => find({ metrics: ['nothing'] }), {
      code: 'NO_MODEL',
      message: /BPFOnly \(bpf_cpu_time_ms, bpf_page_cache_hit\)/,
    })
  })
})
