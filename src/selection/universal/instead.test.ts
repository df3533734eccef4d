import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { type FixtureModel, nodeTypes, pipelineFiles, zipOf } from '../../../test/support/pipeline-fixture.js'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { loadPipeline } from '../../registry/load-pipeline.js'
import { createMachinePowers } from '../../universal/machine-powers.js'
import { parseBestModelsQuery } from '../best-models-query.js'
import { createModelSelector } from '../create-model-selector.js'
import { parseModelRequest } from '../model-request.js'
import { createUniversalModels } from './universal-models.js'

const powers = createMachinePowers()
const folder = temporaryFolder()
let made = 0

async function pipeline(name: string, models: readonly FixtureModel[], index: object) {
  const path = join(folder, `${made++}.zip`)
  writeFileSync(path, zipOf(pipelineFiles(models, index)))
  return loadPipeline({ name, path, kind: 'zip' })
}

/** A server of pipelines with models of `acpi`, the first one the default. */
async function serve(
  pipelines: Readonly<Record<string, readonly string[]>>,
  { errorKey = 'mae', index = nodeTypes }: { readonly errorKey?: string; readonly index?: object } = {},
) {
  const own = { spec: { processor: 'amd_epyc_7763', cores: 256 }, question: { machine: { threads: 256 } } }
  const universal = createUniversalModels({ powers, own: () => own, errorKey, startedAt: 5 })
  const [first = ''] = Object.keys(pipelines)
  const preference = { defaults: { acpi: first, 'rapl-sysfs': first }, local: 'std' }
  const selector = createModelSelector({ preference, universal, errorKey })
  selector.use(
    await Promise.all(
      Object.entries(pipelines).map(([name, models]) =>
        pipeline(
          name,
          models.flatMap((model) =>
            ['acpi', 'rapl-sysfs'].map((source) => ({ name: model, folder: `${source}/AbsPower/BPFOnly` })),
          ),
          index,
        ),
      ),
    ),
  )
  const request = { metrics: ['bpf_cpu_time_ms', 'bpf_page_cache_hit'], output_type: 'AbsPower', source: 'acpi' }
  return {
    selector,
    find: (changes: object = {}) => {
      const { pipeline: name, modelName } = selector.findModel(parseModelRequest({ ...request, ...changes })).selection
      return `${name}/${modelName}`
    },
  }
}

const { '1': medium } = nodeTypes
const another = { processor: 'amd_epyc_9654', cores: 384 }
const universal = 'universal/UniversalTrainer_-1'

describe('the universal model among pipelines', () => {
  it('answers where there is no other', async () => {
    const { find, selector } = await serve({})
    for (const request of [
      {},
      { source: 'rapl-sysfs' },
      { node_type: 0 },
      { node_type: 7 },
      { output_type: 'DynPower' },
    ]) {
      assert.equal(find(request), universal, JSON.stringify(request))
    }
    assert.throws(() => find({ node_type: 7, loose_node_type: false }), { code: 'NO_MODEL' })
    assert.throws(() => find({ source: 'redfish' }), { code: 'NO_MODEL' })
    assert.throws(() => find({ metrics: ['cpu_cycles'] }), { code: 'NO_MODEL' })
    assert.throws(() => find({ filter: 'mae:0' }), { code: 'NO_MODEL' })
    const { pipelines, unreadable } = selector.status()
    assert.deepEqual(
      pipelines.map(({ name, sources }) => [name, sources]),
      [['universal', ['rapl-sysfs', 'acpi']]],
    )
    assert.equal(unreadable, undefined)
  })

  it('takes the place of the most similar other machine for the wall, not for RAPL', async () => {
    const { find } = await serve({ published: ['A_1'] })
    assert.equal(find({ machine_spec: another }), universal)
    assert.equal(find({ machine_spec: another, source: 'rapl-sysfs' }), 'published/A_1')
  })

  it('leaves alone what has the node type, or the processor, of the machine, or is asked for by name', async () => {
    const { find } = await serve({ published: ['A_1'] })
    for (const request of [
      { machine_spec: medium.attrs },
      { machine_spec: { ...medium.attrs, processor: 'MEDIUM', memory: 64 } },
      { machine_spec: { cores: 16 } },
      {},
      { node_type: 1 },
      { node_type: 3 },
      { machine_spec: another, pipeline_name: 'published' },
    ]) {
      assert.equal(find(request), 'published/A_1', JSON.stringify(request))
    }
    assert.equal(find({ pipeline_name: 'universal' }), universal)
  })

  it('leaves alone what does not say which machine it was trained on', async () => {
    const { find } = await serve({ trained: ['A_0'] }, { index: { '0': { attrs: {}, members: [] } } })
    assert.equal(find({ machine_spec: another }), 'trained/A_0')
  })

  it('leaves the request to a later pipeline that has the node type', async () => {
    const { find } = await serve({ published: ['A_10'], trained: ['B_1'] })
    // Of type 1, which only the later one has a model of: the first falls back to another type.
    assert.equal(find({ machine_spec: medium.attrs }), 'trained/B_1')
  })

  it('takes the place of a model that stands in for a node type without any', async () => {
    const { find } = await serve({ published: ['A_10'] })
    assert.equal(find({ machine_spec: medium.attrs }), universal)
  })

  it('answers metrics and filters that no pipeline has a model for', async () => {
    const { find } = await serve({ published: ['A_1'] })
    assert.equal(find({ metrics: ['cpu_time_ms'] }), universal)
    assert.equal(find({ metrics: ['bpf_cpu_time_ms'] }), universal)
    assert.equal(find({ filter: 'features:bpf_cpu_time_ms' }), universal)
  })

  it('leaves the most similar machine to a spec that no machine has', async () => {
    const { find } = await serve({ published: ['A_1'] })
    assert.equal(find({ machine_spec: { processor: 'x', cores: 2, chips: 9 } }), 'published/A_1')
    const alone = await serve({})
    assert.throws(() => alone.find({ machine_spec: { processor: 'x', cores: 2, chips: 9 } }), {
      code: 'INVALID_REQUEST',
      field: 'machine_spec.cores',
    })
  })

  it('is the best model of groups that a pipeline has none of', async () => {
    const { selector } = await serve({ published: ['A_1'] })
    const best = (query: object) => selector.bestModels(parseBestModelsQuery({ 'energy-source': 'acpi', ...query }))
    assert.deepEqual(best({ 'output-type': 'AbsPower' }), {
      AbsPower: { BPFOnly: 'A_1', CPUTimeOnly: 'UniversalTrainer_-1' },
    })
    assert.deepEqual(best({ 'output-type': 'AbsPower', filter: 'mae:2' }), { AbsPower: { BPFOnly: 'A_1' } })
    assert.deepEqual(best({ 'output-type': 'AbsPower', 'node-type': '1' }), { AbsPower: { BPFOnly: 'A_1' } })
    const alone = await serve({})
    assert.deepEqual(alone.selector.bestModels(parseBestModelsQuery({ 'feature-group': 'BPFOnly' })), {
      AbsPower: { BPFOnly: 'UniversalTrainer_-1' },
      DynPower: { BPFOnly: 'UniversalTrainer_-1' },
    })
  })
})
