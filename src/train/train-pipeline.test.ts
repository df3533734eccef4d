import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, it } from 'node:test'
import { dynamic, plan, set, tooSmall } from '../../test/support/small-training.js'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { type PipelineRequest, savePipeline, trainModels, trainPipeline } from './train-pipeline.js'

describe('a trained pipeline', () => {
  let parent: string
  beforeEach(() => {
    parent = join(root, String(folders++))
    mkdirSync(parent)
  })
  const root = temporaryFolder()
  let folders = 0
  const request = (more: Partial<PipelineRequest> = {}): PipelineRequest => ({
    ...{ name: 'std', parent, sets: [set, dynamic], preprocessed: [], isolator: 'min', extractor: 'default' },
    ...{ ...plan, threads: 0, clock: () => Date.parse('2026-01-02T03:04:05.678Z') },
    ...more,
  })
  const read = (name: string) => JSON.parse(readFileSync(join(parent, 'std', name), 'utf8'))

  it('says how it was made', async () => {
    const { seed: _, ...unseeded } = request()
    await savePipeline({ ...unseeded, arguments: { a: 1 }, description: { demo: true } }, [])
    assert.deepEqual(read('metadata.json'), {
      ...{ name: 'std', isolator: 'min', extractor: 'default', seed: 0, demo: true },
      ...{ abs_trainers: ['LinearRegressionTrainer'], dyn_trainers: ['SGDRegressorTrainer'] },
      ...{ init_time: '2026-01-02 03:04:05', last_update_time: '2026-01-02 03:04:05' },
    })
    assert.deepEqual(read('train_arguments.json'), { a: 1 })
    const nothing = { attrs: {}, members: [] }
    assert.deepEqual(read('node_type_index.json'), { '3': nothing, '4': nothing })
  })

  it('keeps when it was first made, its node types and their machines', async () => {
    const machine = (cores: number, ...members: string[]) => ({ spec: { processor: 'x', cores }, members })
    await savePipeline(request({ machines: new Map([[3, machine(8.4, 'a', 'b')]]) }), [])
    assert.deepEqual(read('train_arguments.json'), {})
    const later = { clock: () => Date.parse('2026-02-02T00:00:00Z'), seed: 7, sets: [set] }
    await savePipeline(request({ ...later, machines: new Map([[3, machine(9, 'b', 'c')]]) }), [])
    const { init_time, last_update_time, seed } = read('metadata.json')
    assert.deepEqual([init_time, last_update_time, seed], ['2026-01-02 03:04:05', '2026-02-02 00:00:00', 7])
    assert.deepEqual(read('node_type_index.json'), {
      '3': { attrs: { processor: 'x', cores: 9 }, members: ['a', 'b', 'c'] },
      '4': { attrs: {}, members: [] },
    })
    await savePipeline(request({ sets: [set] }), [])
    assert.deepEqual(read('node_type_index.json')['3'].members, ['a', 'b', 'c'])
  })

  it('is written anew over descriptions that cannot be read', async () => {
    for (const broken of ['{', '[]', 'null', '7', '"text"']) {
      mkdirSync(join(parent, 'std'), { recursive: true })
      for (const name of ['metadata.json', 'node_type_index.json']) writeFileSync(join(parent, 'std', name), broken)
      await savePipeline(request(), [])
      assert.equal(read('metadata.json').init_time, '2026-01-02 03:04:05', broken)
      assert.deepEqual(Object.keys(read('node_type_index.json')), ['3', '4'])
    }
    writeFileSync(join(parent, 'std', 'node_type_index.json'), '{"3": {"members": "x"}, "4": null}')
    const machines = new Map([3, 4].map((type) => [type, { spec: {}, members: ['a'] }]))
    await savePipeline(request({ machines }), [])
    const described = { attrs: {}, members: ['a'] }
    assert.deepEqual(read('node_type_index.json'), { '3': described, '4': described })
  })

  it('has its models, those that could not be trained, and what they learnt from', async () => {
    const trained = await trainPipeline(request({ sets: [set, tooSmall] }))
    assert.deepEqual([trained.name, trained.folder], ['std', join(parent, 'std')])
    assert.deepEqual(
      trained.models.map(({ folder, model }) => `${folder}/${model.name}`),
      ['rapl-sysfs/AbsPower/BPFOnly/LinearRegressionTrainer_3'],
    )
    assert.deepEqual(
      trained.failures.map(({ what }) => what),
      ['rapl-sysfs/AbsPower/BPFOnly/LinearRegressionTrainer_3'],
    )
    assert.ok(trained.failures[0]!.why.length > 5)
    const csv = readFileSync(join(parent, 'std', 'rapl-sysfs_AbsPower_model_metadata.csv'), 'utf8')
    assert.match(csv, /\nLinearRegressionTrainer_3,/)
    await assert.rejects(trainPipeline(request({ parent: join(parent, 'std', 'metadata.json') })), {
      code: 'INVALID_CONFIG',
      field: 'data-path',
    })
  })

  it('is cross-validated unless that is turned off', async () => {
    const { crossValidation: _, ...rest } = plan
    const { models } = await trainModels({ ...rest, sets: [set], threads: 0 })
    assert.ok('cv_mae' in models[0]!.model.metadata)
    // None of these machines is of its node type.
    const machines = new Map([[99, { spec: { cores: 4 }, members: [] }]])
    const { models: other } = await trainModels({ ...plan, sets: [set], threads: 0, machines })
    assert.equal('machine_spec' in other[0]!.model.metadata, false)
    const { models: fast } = await trainModels({ ...plan, sets: [set], threads: 0 })
    assert.equal('cv_mae' in fast[0]!.model.metadata, false)
  })
})
