import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { matrix } from '../numeric/matrix.js'
import { crossValidate } from './cross-validate.js'
import { timeBlocks, workloadFolds } from './folds.js'
import type { TrainingSet } from './training-set.js'

describe('folds', () => {
  it('of time are contiguous, and leave each row out once', () => {
    const times = Float64Array.from({ length: 23 }, (_, i) => (i * 7) % 23)
    const folds = timeBlocks(times, 4)
    assert.equal(folds.length, 4)
    assert.deepEqual(
      folds.flatMap(({ test }) => [...test].map((row) => times[row])),
      [...times].sort((a, b) => a - b),
    )
    for (const { train, test } of folds) {
      assert.deepEqual(
        [...train, ...test].sort((a, b) => a - b),
        [...times.keys()],
      )
    }
  })

  it('of time need rows enough', () => {
    assert.deepEqual(timeBlocks(Float64Array.of(1, 2, 3), 5), [])
  })

  it('of workloads leave workloads out whole, and nobody else', () => {
    const ofRow = Int32Array.from([...'aaaaaabbbbbbbcccccccc..ddddd.e'], (name) => 'abcde'.indexOf(name))
    const folds = workloadFolds({ names: [...'abcde'], ofRow }, 2)
    assert.equal(folds.length, 2)
    for (const { train, test } of folds) {
      const left = new Set([...test].map((row) => ofRow[row]))
      assert.ok([...train].every((row) => !left.has(ofRow[row])))
      // No workload, and one with too few rows, are learnt from always.
      assert.ok(!left.has(-1) && !left.has(4))
      assert.equal(train.length + test.length, ofRow.length)
    }
  })

  it('of workloads are of even size, the largest first: later ones fill up', () => {
    const sizes = [5, 30, 6, 20, 9, 10]
    const ofRow = Int32Array.from(sizes.flatMap((size, workload) => new Array<number>(size).fill(workload)))
    const folds = workloadFolds({ names: [...'abcdef'], ofRow }, 3)
    assert.deepEqual(
      folds.map(({ test }) => test.length).sort((a, b) => a - b),
      [25, 25, 30],
    )
    for (const { test } of folds)
      assert.deepEqual(
        [...test],
        [...test].sort((a, b) => a - b),
      )
  })

  it('of workloads are none where there is one workload only', () => {
    assert.deepEqual(workloadFolds({ names: ['a'], ofRow: new Int32Array(20) }, 4), [])
  })
})

describe('cross-validation', () => {
  /** Rows come in groups of neighbours that are alike, and each group has its own watts. */
  const x = Array.from({ length: 60 }, (_, i) => [Math.floor(i / 12) + (i % 12) * 1e-6])
  const watts = Float64Array.from([3, 90, 20, 70, 40].flatMap((level) => new Array<number>(12).fill(level)))
  const set: TrainingSet = {
    source: 'acpi',
    outputType: 'AbsPower',
    group: 'ThirdParty',
    nodeType: 0,
    features: ['usage'],
    x: matrix(x),
    targets: [{ component: 'platform', watts }],
    timestamps: Float64Array.from(watts.keys()),
  }

  it('sees that a model which remembers its neighbours has learnt nothing', () => {
    const shuffled = Array.from({ length: 5 }, (_, fold) => {
      const rows = [...watts.keys()]
      return {
        train: Int32Array.from(rows.filter((row) => row % 5 !== fold)),
        test: Int32Array.from(rows.filter((row) => row % 5 === fold)),
      }
    })
    const flattering = crossValidate('KNeighborsRegressorTrainer', set, shuffled, 0)!.components[0]!
    const honest = crossValidate('KNeighborsRegressorTrainer', set, timeBlocks(set.timestamps, 5), 0)!.components[0]!
    assert.ok(flattering.mae < 1e-9 && flattering.r2 > 0.999)
    assert.ok(honest.mae > 20 && honest.r2 < 0.3)
    assert.ok(honest.interval90 >= honest.mae)
    // The block of least usage is the one with 3 W: what is told for it is another block's watts.
    assert.ok(honest.idleBias > 20)
  })

  it('says how far off it is at idle, also where the least usage is one value', () => {
    const idle = new Array<number>(20).fill(0)
    const busy = Array.from({ length: 20 }, (_, i) => 10 + i)
    const usage = [...idle, ...busy].map((value) => [value])
    const told = Float64Array.from([...idle.map(() => 40), ...busy.map((value) => 60 + value)])
    const own = { ...set, x: matrix(usage), targets: [{ component: 'platform', watts: told } as const] }
    const splits = [{ train: Int32Array.from(told.keys()), test: Int32Array.from(told.keys()) }]
    const [errors] = crossValidate('LinearRegressionTrainer', own, splits, 0)!.components
    assert.ok(Number.isFinite(errors!.idleBias))
    // The line through both lies above what is drawn at idle.
    assert.ok(errors!.idleBias > 0 && errors!.idleBias < 20, `${errors!.idleBias} W`)
  })

  it('gives nothing without folds', () => {
    assert.equal(crossValidate('LinearRegressionTrainer', set, [], 0), undefined)
  })
})
