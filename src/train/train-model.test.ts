import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { lineTrainingSet } from '../../test/support/line-training-set.js'
import { readModelArchive } from '../archive/read-model-archive.js'
import { uncertaintyFile } from '../archive/uncertainty-json.js'
import { mainFeature } from '../core/main-feature.js'
import { matrix } from '../numeric/matrix.js'
import type { TrainerName } from '../regression/trainers.js'
import { type TrainModelOptions, trainModel } from './train-model.js'
import type { TrainingSet } from './training-set.js'

/** 30 W and 2 W per million instructions; core is a half of it, uncore is not measured, dram is good for 10 W. */
const usage = Array.from({ length: 40 }, (_, i) => [i * 1e5, i * 1e6])
const of = (watts: (i: number) => number) => Float64Array.from(usage, (_, i) => watts(i))
const set: TrainingSet = {
  source: 'rapl-sysfs',
  outputType: 'DynPower',
  group: 'ThirdParty',
  nodeType: 12,
  features: ['cache_miss', 'cpu_instructions'],
  x: matrix(usage),
  targets: [
    { component: 'package', watts: of((i) => 30 + 2 * i) },
    { component: 'core', watts: of((i) => 15 + i) },
    { component: 'uncore', watts: of(() => 0) },
    { component: 'dram', watts: of((i) => 10 + (i % 2)) },
  ],
  timestamps: of((i) => i),
}
const dram = (watts: (i: number) => number) => ({ component: 'dram' as const, watts: of(watts) })
const options = { seed: 1, crossValidation: true }

describe('a trained model', () => {
  it('has the worst component as its figures, the original that of the last', async () => {
    const { metadata, name } = await trainModel(set, 'LinearRegressionTrainer', options)
    assert.equal(name, 'LinearRegressionTrainer_12')
    assert.deepEqual([metadata.package_mae, metadata.package_mape, metadata.uncore_mape], [0, 0, -1])
    assert.ok(Number(metadata.dram_mae) > 0)
    assert.equal(metadata.mae, metadata.dram_mae)
    assert.equal(metadata.mape, metadata.dram_mape)
  })

  it('tells what it saw, and what it says of no load', async () => {
    const { metadata } = await trainModel(set, 'LinearRegressionTrainer', options)
    assert.deepEqual(metadata.feature_range, { cache_miss: [0, 39e5], cpu_instructions: [0, 39e6] })
    assert.deepEqual([metadata.rows, metadata.abs_max_corr, metadata.parts_above_package], [40, 1, 0])
    const zeroLoad = metadata.zero_load
    assert.ok(typeof zeroLoad === 'object' && zeroLoad !== null && 'package' in zeroLoad)
    assert.equal(zeroLoad.package, 30)
  })

  it('says by how much its parts exceed the package', async () => {
    const [whole, core, ...rest] = set.targets
    const swapped = { ...set, targets: [{ ...whole!, watts: core!.watts }, { ...core!, watts: whole!.watts }, ...rest] }
    const { metadata } = await trainModel(swapped, 'LinearRegressionTrainer', options)
    assert.equal(metadata.parts_above_package, 54)
  })

  it('has figures of left-out time only when they are asked for, and its archive says the same', async () => {
    const { metadata, zip } = await trainModel(set, 'KNeighborsRegressorTrainer', options)
    assert.ok(Number(metadata.cv_mae) > Number(metadata.mae))
    assert.equal(readModelArchive(zip).metadata.cv_mae, metadata.cv_mae)
    const fast = await trainModel(set, 'KNeighborsRegressorTrainer', { ...options, crossValidation: false })
    assert.ok(!('cv_mae' in fast.metadata))
  })

  it('looks at the main feature of the component', () => {
    const all = ['bpf_cpu_time_ms', 'bpf_page_cache_hit', 'cache_miss', 'cpu_instructions']
    assert.deepEqual([mainFeature(all, 'package'), mainFeature(all, 'dram'), mainFeature(all, 'platform')], [3, 2, 3])
    assert.deepEqual([mainFeature(all.slice(0, 2), 'core'), mainFeature(all.slice(0, 2), 'dram')], [0, 1])
    assert.equal(mainFeature(['accelerator_intel_qat_bw_in'], 'dram'), undefined)
  })
})

describe('a model that is judged by rows of its own', () => {
  /** Watts that are 4 W above what the model of `set` says, of dram 1 W. */
  const validation = (rows: number): TrainingSet => ({
    ...lineTrainingSet(rows, { features: set.features, x: matrix(usage.slice(0, rows)) }),
    targets: (
      [
        ['package', 34, 2],
        ['core', 15, 1],
        ['uncore', 0, 0],
        ['dram', 11.5, 0],
      ] as const
    ).map(([component, idle, slope]) => ({
      component,
      watts: Float64Array.from({ length: rows }, (_, i) => idle + slope * i),
    })),
  })
  const exact = { ...set, targets: set.targets.map((one) => (one.component === 'dram' ? dram(() => 10.5) : one)) }
  const train = (rows: number, more: Partial<TrainModelOptions> = {}) =>
    trainModel(exact, 'LinearRegressionTrainer', {
      ...{ seed: 1, crossValidation: false, validation: validation(rows), ...more },
    })

  it('learns from every row, and has the errors of the others', async () => {
    const { metadata, files } = await train(30)
    const { mae, package_mae, core_mae, uncore_mae, dram_mae, rows } = metadata
    assert.deepEqual([mae, package_mae, core_mae, uncore_mae, dram_mae, rows], [4, 4, 0, 0, 1, 40])
    const { method, components } = JSON.parse(String(new Map(files).get(uncertaintyFile)))
    assert.equal(method, 'held-out rows')
    assert.ok(Math.abs(components.package.upper[0] - 4) < 1e-6)
    // All but the last row lie on a line: with a tenth left out, that row would be among them with some seeds.
    const bent = { ...exact, targets: [{ component: 'package' as const, watts: of((i) => (i === 39 ? 999 : 30)) }] }
    const whole = await Promise.all(
      [1, 2, 3, 4, 5, 6].map((seed) =>
        trainModel(bent, 'LinearRegressionTrainer', { seed, crossValidation: false, validation: bent }),
      ),
    )
    assert.equal(new Set(whole.map(({ metadata: { mae: of } }) => of)).size, 1)
  })

  it('has folds of time of these rows: five rows each, five at most', async () => {
    const folds = async (rows: number) =>
      Object.entries((await train(rows)).metadata).filter(([key]) => key.startsWith('time_fold_'))
    // Package and dram: 4 + 1 W.
    assert.deepEqual(await folds(14), [
      ['time_fold_1', 5],
      ['time_fold_2', 5],
    ])
    assert.equal((await folds(40)).length, 5)
    assert.deepEqual(await folds(9), [['time_fold_1', 5]])
  })

  it('is judged by blocks of time where it is cross-validated', async () => {
    const { metadata, files } = await train(14, { crossValidation: true })
    assert.ok(Number(metadata.time_fold_5) < 1e-9)
    assert.equal(metadata.mae, 4)
    assert.equal(JSON.parse(String(new Map(files).get(uncertaintyFile))).method, 'held-out blocks')
  })

  it('has no held-out folds of a shuffled tenth', async () => {
    const { metadata } = await trainModel(exact, 'LinearRegressionTrainer', { seed: 1, crossValidation: false })
    assert.deepEqual(
      Object.keys(metadata).filter((key) => /fold|held_out/.test(key)),
      [],
    )
  })
})

describe('the metadata of a model', () => {
  const noisy = lineTrainingSet(40, {
    workloads: { names: ['a', 'b'], ofRow: Int32Array.from({ length: 40 }, (_, i) => (i < 15 ? 0 : i < 30 ? 1 : -1)) },
    targets: [{ component: 'platform', watts: of((i) => 50 + i + ((i * 7) % 5)) }],
  })
  const train = async (crossValidation: boolean, more: Partial<TrainModelOptions> = {}, from = noisy) =>
    (await trainModel(from, 'LinearRegressionTrainer', { seed: 1, crossValidation, ...more })).metadata

  it('has errors of left-out time and of left-out workloads, each in its details too', async () => {
    const { cv_mae, cv_mape, workload_mae, workload_mape, cross_validation, left_out_workloads, ...metadata } =
      await train(true)
    const details = (value: unknown) => value as { folds: number; components: Record<string, Record<string, number>> }
    const [time, workload] = [details(cross_validation), details(left_out_workloads)]
    assert.deepEqual([time.folds, workload.folds], [5, 2])
    const { platform } = time.components
    assert.deepEqual(Object.keys(platform!), ['mae', 'mape', 'rmse', 'r2', 'idle_bias', 'interval_90'])
    assert.deepEqual([platform!.mae, platform!.mape], [cv_mae, cv_mape])
    const { mae, mape } = workload.components.platform!
    assert.deepEqual([mae, mape], [workload_mae, workload_mape])
    assert.ok(Number(workload_mae) > 0 && workload_mae !== cv_mae)
    assert.ok('workload_fold_2' in metadata && 'time_fold_5' in metadata && !('workload_fold_3' in metadata))
  })

  it('has none of either unless it is asked for, and none of workloads that are not known', async () => {
    const validated = (metadata: object) =>
      Object.keys(metadata).filter((key) => /^(cv|workload|cross|left)_/.test(key))
    assert.deepEqual(validated(await train(false)), [])
    const { workloads: _, ...unlabelled } = noisy
    assert.deepEqual(validated(await train(true, {}, unlabelled)), ['cv_mae', 'cv_mape', 'cross_validation'])
  })

  it('has the worst errors of any component', async () => {
    const worse = { component: 'package' as const, watts: of((i) => 50 + i + 3 * ((i * 7) % 5)) }
    const two = { ...noisy, targets: [...noisy.targets, worse] }
    const { mae, platform_mae, package_mae, cv_mae } = await train(true, {}, two)
    assert.equal(mae, package_mae)
    assert.ok(Number(package_mae) > 2 * Number(platform_mae))
    assert.ok(Number(cv_mae) > Number((await train(true)).cv_mae))
  })

  it('has the strongest correlation, whichever its sign', async () => {
    const x = matrix(Array.from({ length: 40 }, (_, i) => [(i * 17) % 40, i]))
    const falling = { ...noisy, features: ['f', 'g'], x, targets: [{ ...noisy.targets[0]!, watts: of((i) => 90 - i) }] }
    assert.equal((await train(false, {}, falling)).abs_max_corr, 1)
  })

  it('has the spec of the machine and further notes where there are any', async () => {
    const plain = await train(false)
    assert.ok(!('machine_spec' in plain))
    const told = await train(false, { machineSpec: { cores: 4 }, notes: { days: 3 } })
    assert.deepEqual(told, { ...plain, machine_spec: { cores: 4 }, days: 3 })
  })

  it('comes with weights where Kepler evaluates the model itself', async () => {
    const weights = async (trainer: TrainerName) =>
      (await trainModel(noisy, trainer, { seed: 1, crossValidation: false })).weights
    assert.equal(await weights('LinearRegressionTrainer'), undefined)
    const { platform } = JSON.parse((await weights('SGDRegressorTrainer')) ?? '')
    assert.deepEqual(Object.keys(platform.All_Weights.Numerical_Variables), ['f'])
  })
})
