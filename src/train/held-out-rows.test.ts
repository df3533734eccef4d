import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { lineTrainingSet } from '../../test/support/line-training-set.js'
import type { Component } from '../core/energy-source.js'
import { matrix } from '../numeric/matrix.js'
import { linearPredictor } from '../predictor/linear.js'
import type { ComponentModel } from '../predictor/power-model.js'
import { maxAbsScaler } from '../predictor/scalers.js'
import { trainers } from '../regression/trainers.js'
import type { CrossValidation } from './cross-validate.js'
import { timeBlocks, workloadFolds } from './folds.js'
import { heldOutIntervals } from './held-out-intervals.js'
import { heldOutNumbers } from './held-out-numbers.js'
import type { PhysicsCheck } from './physics.js'
import type { TrainingSet } from './training-set.js'
import { testedRows, trainingUncertainty } from './training-uncertainty.js'

const close = (actual: number, expected: number) =>
  assert.ok(Math.abs(actual - expected) < 1e-9 * Math.max(1, Math.abs(expected)), `${actual}, not ${expected}`)
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i)
const line = (component: Component, idle: number, slope: number): ComponentModel => ({
  ...{ component, features: ['f'], transformers: [maxAbsScaler(Float64Array.of(1))] },
  predictor: linearPredictor(idle, Float64Array.of(slope)),
})
const heldOut = (predicted: number[], actual: number[], fold = predicted.map(() => 0)) => ({
  ...{ predicted: Float64Array.from(predicted), actual: Float64Array.from(actual), fold: Int32Array.from(fold) },
})

describe('folds at their bounds', () => {
  it('of time have five rows at least, and there are two at least', () => {
    assert.equal(timeBlocks(new Float64Array(9), 5).length, 0)
    assert.equal(timeBlocks(new Float64Array(10), 5).length, 2)
    assert.equal(timeBlocks(new Float64Array(24), 5).length, 4)
    assert.equal(timeBlocks(new Float64Array(100), 5).length, 5)
    assert.equal(timeBlocks(new Float64Array(100), 1).length, 0)
    // Rows of one time keep their order.
    assert.deepEqual([...timeBlocks(new Float64Array(10), 2)[0]!.test], [0, 1, 2, 3, 4])
  })

  it('of workloads have five rows at least, and as many must be left to learn from', () => {
    const folds = (text: string, count = 4) =>
      workloadFolds({ names: ['a', 'b', 'c'], ofRow: Int32Array.from([...text], (c) => 'abc'.indexOf(c)) }, count)
    assert.equal(folds('aaaaabbbbb').length, 2)
    assert.equal(folds('aaaaabbbb').length, 0)
    assert.deepEqual(
      folds('aaaaabbbbbcccc').map(({ test, train }) => [test.length, train.length]),
      [
        [5, 9],
        [5, 9],
      ],
    )
    // With all in one fold nothing is left.
    assert.equal(folds('aaaaabbbbb', 1).length, 0)
    const [first] = folds('ababababab')
    assert.deepEqual(
      [[...first!.test], [...first!.train]],
      [
        [0, 2, 4, 6, 8],
        [1, 3, 5, 7, 9],
      ],
    )
  })
})

describe('the numbers of held-out rows', () => {
  const physics: PhysicsCheck = {
    ...{ zeroLoad: {}, zeroLoadShare: 0.123456, partsAbovePackage: 0, doubleRangeRise: 2, doubleRangeFall: 0.5 },
  }
  const of = (folds?: { time: number[]; workloads: number[] }, more: Partial<TrainingSet> = {}) =>
    heldOutNumbers('LinearRegressionTrainer', lineTrainingSet(11, more), physics, folds)
  const always = {
    complexity: trainers.LinearRegressionTrainer.complexity,
    double_range_rise: 2,
    double_range_fall: 0.5,
  }

  it('weigh folds by time and by workload alike', () => {
    // Means of 2 and 6; squared standard errors of ((1 + 1) / 1) / 2 = 1 and 0; 20 W were measured.
    assert.deepEqual(of({ time: [1, 3], workloads: [6] }), {
      ...always,
      ...{ held_out_mae: 4, held_out_se: 0.5, worst_fold_share: 0.3 },
      ...{ time_fold_1: 1, time_fold_2: 3, workload_fold_1: 6 },
    })
    assert.deepEqual(of({ time: [1, 2, 3], workloads: [] }), {
      ...always,
      // The standard error of 1, 2, 3 is the root of 1 / 3.
      ...{ held_out_mae: 2, held_out_se: 0.57735, worst_fold_share: 0.15 },
      ...{ time_fold_1: 1, time_fold_2: 2, time_fold_3: 3 },
    })
  })

  it('are only those of the model where nothing was held out, and zero load only of dynamic power', () => {
    assert.deepEqual(of(), always)
    assert.deepEqual(of({ time: [], workloads: [] }), always)
    assert.deepEqual(of(undefined, { outputType: 'DynPower' }), { ...always, zero_load_share: 0.12346 })
  })

  it('are numbers that JSON can write, and have no share of nothing', () => {
    const flat = { targets: [{ component: 'platform' as const, watts: new Float64Array(11).fill(7) }] }
    const numbers = of({ time: [Number.NaN], workloads: [2e9] }, flat)
    assert.deepEqual([numbers.time_fold_1, numbers.workload_fold_1, numbers.held_out_mae], [1e9, 1e9, 1e9])
    assert.equal('worst_fold_share' in numbers, false)
    const parts = { targets: [{ component: 'core' as const, watts: Float64Array.from({ length: 11 }, (_, i) => i) }] }
    assert.equal('worst_fold_share' in of({ time: [1], workloads: [] }, parts), false)
  })
})

describe('intervals of held-out rows, by hand', () => {
  it('of one level are the error itself where all err alike', () => {
    const { levels, lower, upper } = heldOutIntervals(heldOut([10, 20, 30, 40], [12, 18, 32, 38]), 0.9)
    assert.deepEqual(levels, [25])
    close(upper[0]!, 2)
    close(lower[0]!, -2)
  })

  it('have a level for each 25 rows; one that errs little is drawn towards all', () => {
    const actual = numbers(50).map((i) => (i === 49 ? 103 : i < 25 ? 11 : 23))
    const predicted = numbers(50).map((i) => (i === 49 ? 100 : i < 25 ? 10 : 20))
    const { levels, upper } = heldOutIntervals(heldOut(predicted, actual), 0.9)
    assert.deepEqual(levels, [10, (24 * 20 + 100) / 25])
    // Least half width: 0.2 % of 11 to 103 W. Usual errors (25 * 1 + 50 * 3) / 75 and 3.
    const least = 0.002 * 92
    // The row of the rank is one at 20 W, where the usual error lies between those of 10 W and 23.2 W.
    const [low, high] = [175 / 75 + least, 3 + least]
    close(upper[0]!, (3 / (low + (10 / 13.2) * (high - low))) * low)
    assert.equal(heldOutIntervals(heldOut(predicted.slice(1), actual.slice(1)), 0.9).levels.length, 1)
  })

  it('have each level once, however many rows are predicted alike', () => {
    assert.deepEqual(heldOutIntervals(heldOut(new Array(100).fill(7), numbers(100)), 0.9).levels, [7])
    const many = numbers(1000)
    assert.equal(heldOutIntervals(heldOut(many, many), 0.9).levels.length, 12)
  })
})

describe('rows that a model was tested on', () => {
  it('are in the order of time, in five parts, fewer where there are few rows, never below 0 W', () => {
    const folds = (rows: number) => testedRows([line('platform', 0, 1)], lineTrainingSet(rows))[0]!.fold
    assert.deepEqual(
      [Math.max(...folds(25)), Math.max(...folds(24)), Math.max(...folds(9)), Math.max(...folds(50))],
      [4, 3, 0, 4],
    )
    assert.deepEqual([...folds(10)], [0, 0, 0, 0, 0, 1, 1, 1, 1, 1])
    const back = lineTrainingSet(4, { timestamps: Float64Array.of(3, 2, 1, 1) })
    const [{ predicted, actual } = heldOut([], [])] = testedRows([line('platform', -2, 1)], back)
    assert.deepEqual(
      [[...predicted], [...actual]],
      [
        [0, 1, 0, 0],
        [9, 11, 7, 5],
      ],
    )
    assert.deepEqual(
      [...testedRows([line('platform', 0, 1)], lineTrainingSet(9), Int32Array.of(5, 3))[0]!.predicted],
      [3, 5],
    )
  })

  const rows = heldOut([10, 20], [12, 18])
  const validation = {
    folds: 1,
    foldErrors: [],
    components: [{ component: 'platform', rows }],
  } as unknown as CrossValidation
  const nothing = { blocks: undefined, workloads: undefined }

  it('say how sure it is: blocks first; workloads for what an operating system tells', () => {
    const set = lineTrainingSet(3)
    const method = (
      given: Partial<typeof nothing | Record<'blocks' | 'workloads', typeof validation>>,
      group = set.group,
    ) => trainingUncertainty({ ...set, group }, { ...nothing, ...given }, [rows]).method
    assert.equal(method({}), 'held-out rows')
    assert.equal(method({ blocks: validation, workloads: validation }), 'held-out blocks')
    assert.equal(method({ blocks: validation, workloads: validation }, 'NodeOS'), 'held-out workloads')
    assert.equal(method({ blocks: validation }, 'NodeOS'), 'held-out blocks')
    const { components, coverage } = trainingUncertainty(set, nothing, [rows])
    assert.deepEqual([coverage, components.platform?.range], [0.9, 4])
    close(components.platform!.table.upper[0]!, 2)
    assert.deepEqual(trainingUncertainty(set, nothing, undefined).components, {})
    assert.deepEqual(trainingUncertainty(set, nothing, [heldOut([], [])]).components, {})
  })

  it('have the range of each feature, from 0 on for dynamic power', () => {
    const set = lineTrainingSet(3, { x: matrix([[4], [2], [7]]) })
    assert.deepEqual(trainingUncertainty(set, nothing, [rows]).features, { f: [2, 7] })
    assert.deepEqual(trainingUncertainty({ ...set, outputType: 'DynPower' }, nothing, [rows]).features, { f: [0, 7] })
  })
})
