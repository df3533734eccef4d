import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { madeTrainingSet } from '../../test/support/made-training-set.js'
import { trainers } from '../regression/trainers.js'
import { heldOutNumbers } from './held-out-numbers.js'
import type { PhysicsCheck } from './physics.js'
import type { TrainingSet } from './training-set.js'

const physics: PhysicsCheck = {
  ...{ zeroLoad: {}, zeroLoadShare: 0.25, partsAbovePackage: 0, doubleRangeRise: 1.5, doubleRangeFall: 0.5 },
}
/** Watts from 10 to 30 of the package, from 0 to 5 of its cores, and from 1 to 6 of memory: a range of 25 W that counts. */
const set: TrainingSet = {
  ...madeTrainingSet('BPFOnly'),
  targets: [
    { component: 'package', watts: Float64Array.of(10, 30) },
    { component: 'core', watts: Float64Array.of(0, 5) },
    { component: 'dram', watts: Float64Array.of(6, 1) },
  ],
}
const numbers = (folds?: { time: number[]; workloads: number[] }, of = set, check = physics) =>
  heldOutNumbers('SGDRegressorTrainer', of, check, folds)
const always = { complexity: trainers.SGDRegressorTrainer.complexity, double_range_rise: 1.5, double_range_fall: 0.5 }

describe('numbers by which models are chosen', () => {
  it('are of the model alone where nothing was held out', () => {
    assert.deepEqual(numbers(), always)
    assert.deepEqual(numbers({ time: [], workloads: [] }), always)
    assert.deepEqual(numbers(undefined, { ...set, outputType: 'DynPower' }), { ...always, zero_load_share: 0.25 })
  })

  it('weigh folds by time and by workload alike', () => {
    // Means of 2 and 5; squared standard errors of 2 / 2 and 0.
    assert.deepEqual(numbers({ time: [1, 3], workloads: [5] }), {
      ...always,
      ...{ held_out_mae: 3.5, held_out_se: 0.5, worst_fold_share: 0.2 },
      ...{ time_fold_1: 1, time_fold_2: 3, workload_fold_1: 5 },
    })
    assert.deepEqual(numbers({ time: [], workloads: [5, 10, 15] }), {
      ...always,
      // A variance of 25 over 3 folds.
      ...{ held_out_mae: 10, held_out_se: Number(Math.sqrt(25 / 3).toPrecision(5)), worst_fold_share: 0.6 },
      ...{ workload_fold_1: 5, workload_fold_2: 10, workload_fold_3: 15 },
    })
  })

  it('have no share of a range of nothing', () => {
    const flat = { ...set, targets: [{ component: 'package' as const, watts: Float64Array.of(5, 5) }] }
    assert.ok(!('worst_fold_share' in numbers({ time: [1], workloads: [] }, flat)))
  })

  it('are numbers of five digits, also where an error is none', () => {
    const wild = numbers({ time: [Number.POSITIVE_INFINITY], workloads: [] }, set, {
      ...physics,
      doubleRangeRise: Number.NaN,
    })
    assert.deepEqual([wild.time_fold_1, wild.held_out_mae, wild.double_range_rise], [1e9, 1e9, 1e9])
    assert.equal(numbers({ time: [1 / 3], workloads: [] }).time_fold_1, 0.33333)
    assert.equal(numbers({ time: [5e12], workloads: [] }).time_fold_1, 1e9)
  })
})
