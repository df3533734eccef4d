import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readModelArchive } from '../archive/read-model-archive.js'
import { mainFeature } from '../core/main-feature.js'
import { matrix } from '../numeric/matrix.js'
import { trainModel } from './train-model.js'
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
