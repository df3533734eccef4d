import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, it } from 'node:test'
import { madeTrainingSet } from '../../test/support/made-training-set.js'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import type { Dataset } from '../extract/dataset.js'
import { matrix } from '../numeric/matrix.js'
import { modelFiles, modelMetadataCsv, modelRow, placeOf, preprocessedFiles } from './pipeline-files.js'
import { runTasks } from './run-tasks.js'
import { planTasks, type TaskPlan } from './tasks.js'
import type { TrainedModel } from './train-model.js'
import { type PipelineRequest, savePipeline, trainModels, trainPipeline } from './train-pipeline.js'

const set = madeTrainingSet('BPFOnly')
const dynamic = { ...madeTrainingSet('BPFOnly', 'DynPower'), nodeType: 4 }
/** Too few rows to learn from. */
const tooSmall = { ...set, x: matrix([]), targets: set.targets.map((one) => ({ ...one, watts: new Float64Array(0) })) }
const plan: TaskPlan = {
  ...{ absTrainers: ['LinearRegressionTrainer'], dynTrainers: ['SGDRegressorTrainer'], seed: 0 },
  crossValidation: false,
}

describe('training tasks', () => {
  it('give results in their order, tell what is done, and fail alone', async () => {
    const told: unknown[] = []
    const results = await runTasks(planTasks([set, tooSmall, dynamic], plan), {
      threads: 0,
      onProgress: (...of) => told.push(of),
    })
    assert.deepEqual(
      results.map((result) => ('model' in result ? result.model.name : typeof result.failure)),
      ['LinearRegressionTrainer_3', 'string', 'SGDRegressorTrainer_4'],
    )
    assert.deepEqual(told, [
      [1, 3, 'rapl-sysfs/AbsPower/BPFOnly/LinearRegressionTrainer_3'],
      [2, 3, 'rapl-sysfs/AbsPower/BPFOnly/LinearRegressionTrainer_3'],
      [3, 3, 'rapl-sysfs/DynPower/BPFOnly/SGDRegressorTrainer_4'],
    ])
  })

  it('give the same in threads', async () => {
    const tasks = planTasks([set, tooSmall], plan)
    const [here, there] = [await runTasks(tasks, { threads: 0 }), await runTasks(tasks, { threads: 2 })]
    const shown = (results: typeof here) =>
      results.map((result) => ('model' in result ? result.model.metadata : result.failure))
    assert.deepEqual(shown(there), shown(here))
    assert.deepEqual(await runTasks([], {}), [])
  })

  it('are stopped, before and while they run, here and in threads', async () => {
    for (const threads of [0, 1]) {
      const cancelled = { code: 'CANCELLED', message: /nothing was written/ }
      await assert.rejects(runTasks(planTasks([set], plan), { threads, signal: AbortSignal.abort() }), cancelled)
      const stop = new AbortController()
      const running = runTasks(planTasks([set, set, set], plan), {
        threads,
        signal: stop.signal,
        onProgress: () => stop.abort(),
      })
      await assert.rejects(running, cancelled)
    }
  })
})

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
    for (const broken of ['{', '[]', 'null', '7']) {
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
    const { models: fast } = await trainModels({ ...plan, sets: [set], threads: 0 })
    assert.equal('cv_mae' in fast[0]!.model.metadata, false)
  })
})

describe('files of a pipeline', () => {
  const model = (more: Partial<TrainedModel> = {}) => {
    const files = [['metadata.json', '{}']] as const
    const made = { name: 'M_0', trainer: 'SGDRegressorTrainer', metadata: {}, features: [], files, ...more } as const
    return { folder: placeOf(set), set, model: { ...made, zip: Buffer.from('zip') } }
  }

  it('are those of each model in a folder, its zip beside it, and weights where it has some', () => {
    const place = 'rapl-sysfs/AbsPower/BPFOnly/M_0'
    assert.deepEqual([...modelFiles([model()]).keys()], [`${place}/metadata.json`, `${place}.zip`])
    const files = modelFiles([model({ weights: '{"a":1}' })])
    assert.equal(files.get(`${place}/weight.json`), '{"a":1}')
    assert.equal(String(files.get(`${place}.zip`)), 'zip')
  })

  it('are a table of its models, the best first, with lists as Python prints them', () => {
    const common = { model_class: 'c', model_file: 'f', fe_files: [], output_type: 'AbsPower', mape: 1 }
    const components = { dram_mae: 5, package_mape: 7, package_mae: 6, cv_package_mae: 9, other: 1 }
    const rows = [
      modelRow({ ...common, model_name: 'worse', features: ['a', 'b'], mae: 10, trainer: null }, 'Basic'),
      modelRow({ ...common, model_name: 'better', features: ['a'], mae: 9, cv_mae: 3, ...components }, 'BPFOnly'),
    ]
    const [head, ...lines] = modelMetadataCsv(rows).trimEnd().split(/\r?\n/)
    assert.equal(
      head,
      'model_name,model_class,model_file,features,fe_files,output_type,mae,mape,dram_mae,package_mae,package_mape,' +
        'trainer,node_type,feature_group,cv_mae,cv_mape,workload_mae,workload_mape',
    )
    assert.deepEqual(lines, [
      "better,c,f,['a'],[],AbsPower,9,1,5,6,7,,,BPFOnly,3,,,",
      `worse,c,f,"['a', 'b']",[],AbsPower,10,1,,,,,,Basic,,,,`,
    ])
  })

  it('are the rows that models learnt from', () => {
    const one = Float64Array.of(1)
    const dataset = {
      ...{ source: 'acpi', outputType: 'AbsPower', rows: 1, timestamps: Float64Array.of(60), ratios: [] },
      ...{ nodeTypes: Int32Array.of(0), features: [{ name: 'f', values: one }] },
      powers: [{ component: 'platform', values: Float64Array.of(7) }],
    } as unknown as Dataset
    const [[name, text] = []] = [...preprocessedFiles([{ fileName: 'a.csv', dataset }])]
    assert.equal(name, 'preprocessed_data/a.csv')
    const [head = '', line = '', ...more] = String(text).trimEnd().split(/\r?\n/)
    assert.ok(head.split(',').includes('f') && line.split(',').includes('7'))
    assert.deepEqual(more, [])
  })
})
