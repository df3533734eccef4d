import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import { bpf, type FixtureModel, pipelineFiles, zipOf } from '../../test/support/pipeline-fixture.js'
import { recordedLog } from '../../test/support/recorded-log.js'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { loadPipeline } from '../registry/load-pipeline.js'
import { parseBestModelsQuery } from './best-models-query.js'
import { createModelSelector, type ModelSelectorOptions } from './create-model-selector.js'
import { explainPipeline } from './explain-pipeline.js'
import { parseModelRequest } from './model-request.js'
import { openModelSelector } from './open-model-selector.js'

const counters = ['cache_miss', 'cpu_cycles', 'cpu_instructions']
const preference = { defaults: {}, local: '' }
const folder = temporaryFolder()

async function pipeline(name: string, models: readonly FixtureModel[]) {
  const path = join(folder, `${name}.zip`)
  writeFileSync(path, zipOf(pipelineFiles(models)))
  return loadPipeline({ name, path, kind: 'zip' })
}
async function serve(models: readonly FixtureModel[], options: Partial<ModelSelectorOptions> = {}) {
  const selector = createModelSelector({ preference, ...options })
  selector.use([await pipeline('mine', models)])
  const find = (request: object = {}) =>
    selector.findModel(parseModelRequest({ metrics: bpf, output_type: 'AbsPower', ...request }))
  return { selector, find }
}

describe('a model that was chosen', () => {
  it('is said with all that it was chosen by', async () => {
    const { find } = await serve([{ name: 'SGDRegressorTrainer_10', mae: 4.5 }])
    assert.deepEqual(find({ node_type: 10 }).selection, {
      ...{ pipeline: 'mine', source: 'rapl-sysfs', outputType: 'AbsPower', featureGroup: 'BPFOnly' },
      ...{ modelName: 'SGDRegressorTrainer_10', trainer: 'SGDRegressorTrainer', nodeType: 10 },
      machineSpec: { processor: 'large', cores: 96, chips: 2, memory: 384, frequency: 3500 },
      ...{ errorKey: 'mae', error: 4.5 },
      match: { nodeType: 10, how: 'explicit', uncertainty: 0, looseness: 0 },
    })
  })

  it('is the same answer for the same request, and another after the pipelines changed', async () => {
    const { selector } = await serve([{ name: 'A_0', mae: 2 }])
    const request = parseModelRequest({ metrics: bpf, output_type: 'AbsPower' })
    const first = selector.findModel(request)
    assert.equal(selector.findModel(request), first)
    assert.equal(selector.findModel({ ...request }).body, first.body)
    selector.use([await pipeline('other', [{ name: 'B_0', mae: 1 }])])
    assert.equal(selector.findModel(request).selection.modelName, 'B_0')
  })

  it('is read again for each request where no bytes may be kept', async () => {
    const { selector } = await serve([{ name: 'A_0' }], { cacheBytes: 1 })
    const request = parseModelRequest({ metrics: bpf, output_type: 'AbsPower' })
    const first = selector.findModel(request)
    const second = selector.findModel({ ...request })
    assert.notEqual(second.body, first.body)
    assert.deepEqual(second.body, first.body)
  })

  it('is that of the largest node type where the wanted one has none, the best of those alone', async () => {
    const { find } = await serve([
      { name: 'A_0', mae: 1 },
      { name: 'B_10', mae: 9 },
      { name: 'A_10', mae: 8 },
    ])
    const { selection } = find({ node_type: 1 })
    assert.equal(selection.modelName, 'A_10')
    assert.deepEqual(selection.match, { how: 'fallback', nodeType: 10, wanted: 1 })
    assert.throws(() => find({ node_type: 1, filter: 'mae:5' }), { code: 'NO_MODEL' })
  })

  it('is of the trainer that was asked for', async () => {
    const { find } = await serve([
      { name: 'A_0', mae: 1 },
      { name: 'B_0', mae: 2 },
    ])
    assert.equal(find({ trainer_name: 'B' }).selection.modelName, 'B_0')
    assert.throws(() => find({ trainer_name: 'C' }), { code: 'NO_MODEL', message: /of trainer "C" for these metrics/ })
  })
})

describe('the best models', () => {
  it('are those of a node type where one is asked for, in groups that have it', async () => {
    const { selector } = await serve([
      { name: 'A_0', mae: 1 },
      { name: 'B_0', mae: 2 },
      { name: 'B_10', mae: 9 },
      { name: 'C_0', mae: 5, folder: 'rapl-sysfs/AbsPower/CounterOnly', features: counters },
    ])
    const best = (query: object) => selector.bestModels(parseBestModelsQuery({ 'output-type': 'AbsPower', ...query }))
    assert.deepEqual(best({}), { AbsPower: { BPFOnly: 'A_0', CounterOnly: 'C_0' } })
    assert.deepEqual(best({ 'node-type': '10' }), { AbsPower: { BPFOnly: 'B_10' } })
    assert.deepEqual(best({ 'node-type': '5' }), { AbsPower: {} })
    assert.deepEqual(best({ 'feature-group': 'CounterOnly' }), { AbsPower: { CounterOnly: 'C_0' } })
    assert.deepEqual(best({ filter: 'mae:1.5' }), { AbsPower: { BPFOnly: 'A_0' } })
    assert.throws(() => best({ 'energy-source': 'acpi' }), { code: 'NO_MODEL', field: 'energy-source' })
  })
})

describe('a feature group with several lists of features', () => {
  it('has the best model of all of them', async () => {
    const { selector } = await serve([
      { name: 'A_0', mae: 1 },
      { name: 'B_0', mae: 3, features: ['bpf_cpu_time_ms'] },
      { name: 'C_0', mae: 2, features: ['bpf_page_cache_hit'] },
    ])
    const best = (query: object) => selector.bestModels(parseBestModelsQuery({ 'output-type': 'AbsPower', ...query }))
    assert.deepEqual(best({}), { AbsPower: { BPFOnly: 'A_0' } })
    assert.deepEqual(best({ filter: 'features:bpf_cpu_time_ms' }), { AbsPower: { BPFOnly: 'B_0' } })
  })
})

describe('why no model fits', () => {
  const models: readonly FixtureModel[] = [
    { name: 'A_0' },
    { name: 'A_0', folder: 'rapl-sysfs/AbsPower/CounterOnly', features: counters },
  ]
  const why = async (request: object) => {
    const { find } = await serve(models)
    try {
      find(request)
    } catch (error) {
      return error instanceof Error ? error.message : ''
    }
    return 'one fits'
  }

  it('is the first condition that leaves none', async () => {
    assert.equal(await why({ output_type: 'DynPower' }), 'no model fits: mine has no DynPower models for rapl-sysfs')
    const none = await why({ metrics: ['other'] })
    assert.match(none, /feed no feature group of mine, which has .*BPFOnly \(bpf_cpu_time_ms, bpf_page_cache_hit\)/)
    assert.match(none, /CounterOnly \(cache_miss, cpu_cycles, cpu_instructions\)/)
    assert.equal(await why({ weight: true }), 'no model fits: mine has no weight models for these metrics')
    assert.match(
      await why({ node_type: 1, loose_node_type: false }),
      /no models of this node type, and loose_node_type/,
    )
    assert.match(await why({ filter: 'mae:0.1' }), /filter "mae:0\.1" rejects every one of the models of mine/)
    assert.match(await why({ pipeline_name: 'yours' }), /no pipeline "yours"; loaded are mine \(rapl-sysfs\)/)
    assert.match(await why({ source: 'acpi' }), /no pipeline has models for source acpi; loaded are mine/)
  })

  it('is that nothing is loaded', () => {
    const selector = createModelSelector({ preference })
    const request = parseModelRequest({ metrics: bpf, output_type: 'AbsPower' })
    assert.throws(() => selector.findModel(request), { code: 'NO_MODEL', message: /no pipeline is loaded/ })
  })
})

describe('the status of a selector', () => {
  it('counts the models of all pipelines', async () => {
    const selector = createModelSelector({ preference })
    selector.use([
      await pipeline('one', [{ name: 'A_0' }, { name: 'B_0' }]),
      await pipeline('two', [{ name: 'A_0' }, { name: 'A_1' }, { name: 'A_10' }]),
    ])
    const { pipelines, models, errors, unreadable } = selector.status()
    assert.deepEqual(
      pipelines.map(({ name, models, nodeTypes, sources }) => [name, models, nodeTypes, sources]),
      [
        ['one', 2, 3, ['rapl-sysfs']],
        ['two', 3, 3, ['rapl-sysfs']],
      ],
    )
    assert.deepEqual([models, errors, unreadable], [5, [], undefined])
  })

  const broken = { origin: '/models/mine.zip', message: 'no zip', code: 'INVALID_ARCHIVE', at: 0 } as const
  it('names the pipeline on disk that cannot be read where a stand-in alone is loaded, which then does not answer', async () => {
    const lastResort = new Set(['demo'])
    const selector = createModelSelector({
      preference: { ...preference, lastResort },
      errors: () => [{ ...broken, origin: 'https://x/mine.zip' }, { ...broken, origin: 'http://x/mine.zip' }, broken],
    })
    selector.use([await pipeline('demo', [{ name: 'A_0' }])])
    assert.equal(selector.status().unreadable, broken)
    const request = parseModelRequest({ metrics: bpf, output_type: 'AbsPower' })
    assert.throws(() => selector.findModel(request), { code: 'UNAVAILABLE', message: /mine\.zip: no zip/ })
    assert.equal(selector.findModel({ ...request, pipelineName: 'demo' }).selection.modelName, 'A_0')
    selector.use([await pipeline('real', [{ name: 'B_0' }])])
    assert.equal(selector.status().unreadable, undefined)
  })

  it('goes with a line in the log when no model has the error that ranks', async () => {
    const logger = recordedLog()
    const { selector } = await serve([{ name: 'A_0' }], { logger, errorKey: 'cv_mae' })
    const [line] = logger.lines.filter(({ level }) => level === 'error')
    assert.match(String(line?.fields.reason), /ERROR_KEY "cv_mae": no model has it; they have mae, mape/)
    selector.use([])
    assert.equal(logger.lines.filter(({ level }) => level === 'error').length, 1)
  })

  it('says once why models of a pipeline that was trained here are unfit', async () => {
    const logger = recordedLog()
    const measured = { complexity: 1, held_out_mae: 2, held_out_se: 0.1 }
    const { selector } = await serve(
      [
        { name: 'A_0', metadata: measured },
        { name: 'B_0', metadata: { ...measured, worst_fold_share: 3 } },
        { name: 'C_0' },
      ],
      { logger },
    )
    const warnings = () => logger.lines.filter(({ level }) => level === 'warn')
    const { fields } = warnings()[0]!
    assert.deepEqual([fields.pipeline, fields.models], ['mine', 2])
    assert.match(String(fields.reasons), /B_0: on one left-out fold .*C_0: its error was not measured/)
    const before = selector.served()
    selector.use(before.map((ranked) => ranked.pipeline))
    assert.equal(warnings().length, 1)
    assert.equal(selector.served()[0], before[0], 'what is the same is not sorted again')
  })
})

describe('openModelSelector', () => {
  it('refuses an error by which no model can be ranked', async () => {
    const modelPath = temporaryFolder()
    writeFileSync(join(modelPath, 'mine.zip'), zipOf(pipelineFiles([{ name: 'A_0' }])))
    const open = (errorKey?: string) => openModelSelector({ modelPath, preference, errorKey, pollInterval: 0 })
    await assert.rejects(open('cv_mae'), { code: 'INVALID_CONFIG', field: 'ERROR_KEY' })
    const selector = await open()
    assert.deepEqual(
      selector.status().pipelines.map(({ name }) => name),
      ['mine'],
    )
    await selector.close()
    assert.deepEqual(selector.status().pipelines, [])
  })
})

describe('the pipelines of an open selector', () => {
  it('are asked in the order that its options give them', async () => {
    const [modelPath, elsewhere] = [temporaryFolder(), temporaryFolder()]
    const zip = zipOf(pipelineFiles([{ name: 'A_0' }]))
    for (const path of [join(modelPath, 'ec2.zip'), join(elsewhere, 'named.zip'), join(elsewhere, 'demo.zip')]) {
      writeFileSync(path, zip)
    }
    const asked = async (options: Partial<Parameters<typeof openModelSelector>[0]>) => {
      const selector = await openModelSelector({
        ...{ modelPath, preference: { defaults: { 'rapl-sysfs': 'ec2' }, local: '' }, pollInterval: 0 },
        ...options,
      })
      const { selection } = selector.findModel(parseModelRequest({ metrics: bpf, output_type: 'AbsPower' }))
      const { errors } = selector.status()
      await selector.close()
      return [selection.pipeline, errors.length]
    }
    const urls = [pathToFileURL(join(elsewhere, 'named.zip')).href]
    const lastResort = [{ name: 'demo', path: join(elsewhere, 'demo.zip') }]
    assert.deepEqual(await asked({}), ['ec2', 0])
    assert.deepEqual(await asked({ urls }), ['named', 0])
    assert.deepEqual(await asked({ lastResort, modelPath: join(elsewhere, 'none') }), ['demo', 0])
    const gone = [pathToFileURL(join(elsewhere, 'gone.zip')).href]
    assert.deepEqual(await asked({ urls: gone }), ['ec2', 1])
  })
})

describe('explainPipeline', () => {
  it('ranks models among those of the same folder and node type, with the reason', async () => {
    const mine = await pipeline('explained', [
      { name: 'A_0', mae: 2 },
      { name: 'B_0', mae: 1 },
      { name: 'A_1', mae: 9 },
      { name: 'A_0', mae: 5, folder: 'acpi/AbsPower/BPFOnly' },
    ])
    const lines = explainPipeline(mine, mine.entries, 'mae').map(
      ({ model, rank, why }) => `${model.folder.source} ${model.name} ${rank} ${why}`,
    )
    assert.deepEqual(lines.sort(), [
      'acpi A_0 1 chosen: it is the only one',
      'rapl-sysfs A_0 2 larger mae than B_0',
      'rapl-sysfs A_1 1 chosen: it is the only one',
      'rapl-sysfs B_0 1 chosen: least mae of its metadata',
    ])
  })
})
