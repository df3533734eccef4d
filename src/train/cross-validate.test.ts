import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { lineTrainingSet } from '../../test/support/line-training-set.js'
import { matrix } from '../numeric/matrix.js'
import { crossValidate, foldErrors } from './cross-validate.js'
import { timeBlocks } from './folds.js'
import type { TrainingSet } from './training-set.js'

const close = (actual: number, expected: number) =>
  assert.ok(Math.abs(actual - expected) < 1e-9 * Math.max(1, Math.abs(expected)), `${actual}, not ${expected}`)
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i)
const heldOut = (predicted: number[], actual: number[], fold: number[]) => ({
  ...{ predicted: Float64Array.from(predicted), actual: Float64Array.from(actual), fold: Int32Array.from(fold) },
})

describe('errors of folds', () => {
  it('are means of each fold, added up over what is not part of something else', () => {
    const targets = (['package', 'core', 'dram'] as const).map((component) => ({
      component,
      watts: new Float64Array(0),
    }))
    const fold = [0, 0, 2]
    const rows = [
      heldOut([1, 2, 3], [2, 5, 3], fold),
      heldOut([0, 0, 0], [9, 9, 9], fold),
      heldOut([0, 0, 0], [1, 1, 4], fold),
    ]
    // Package errs by 1, 3, 0, and dram by 1, 1, 4; core is part of the package. Fold 1 has no rows.
    assert.deepEqual(foldErrors({ targets }, rows, 3), [3, 0, 4])
    assert.deepEqual(foldErrors({ targets: [] }, [], 2), [0, 0])
  })

  it('of an exact model are none, with the bias where its main feature is lowest', () => {
    const noise = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3, 8, 4]
    const set = lineTrainingSet(20, {
      features: ['cache_miss', 'cpu_instructions'],
      x: matrix(noise.map((one, i) => [one, i])),
      targets: [{ component: 'package', watts: Float64Array.from(noise, (_, i) => 5 + 2 * i) }],
    })
    const found = crossValidate('LinearRegressionTrainer', set, timeBlocks(set.timestamps, 4), 0)!
    assert.equal(found.folds, 4)
    assert.ok(found.foldErrors.every((error) => error < 1e-6) && found.foldErrors.length === 4)
    assert.deepEqual(
      [...found.components[0]!.rows.fold],
      numbers(20).map((i) => Math.floor(i / 5)),
    )
    assert.deepEqual([...found.components[0]!.rows.actual], [...set.targets[0]!.watts])
    assert.ok(Math.abs(found.components[0]!.idleBias) < 1e-6)
    // 10 W too much in the two rows of the least instructions, whatever the misses: a tenth of the rows.
    const high = Float64Array.from(set.targets[0]!.watts, (watts, i) => (i < 2 ? watts - 10 : watts))
    const shifted = { ...set, targets: [{ component: 'package' as const, watts: high }] }
    const split = { train: Int32Array.from(numbers(20).slice(2)), test: Int32Array.from(numbers(20)) }
    const { idleBias, mae, interval90 } = crossValidate('LinearRegressionTrainer', shifted, [split], 0)!.components[0]!
    close(idleBias, 10)
    assert.ok(Math.abs(mae - 1) < 1e-6 && Math.abs(interval90 - 10) < 1e-6)
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

  it('takes what is predicted below 0 W for 0 W, as it is served', () => {
    const steep = lineTrainingSet(10, {
      targets: [{ component: 'platform', watts: Float64Array.from(numbers(10), (i) => (i < 5 ? 1 : 100 * i - 500)) }],
    })
    const split = { train: Int32Array.of(5, 6, 7, 8, 9), test: Int32Array.of(0, 9) }
    const { rows } = crossValidate('LinearRegressionTrainer', steep, [split], 0)!.components[0]!
    assert.equal(rows.predicted[0], 0)
    assert.ok(rows.predicted[1]! > 300)
  })

  it('gives nothing without folds', () => {
    assert.equal(crossValidate('LinearRegressionTrainer', set, [], 0), undefined)
  })
})
