import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { lineTrainingSet } from '../../test/support/line-training-set.js'
import { matrix } from '../numeric/matrix.js'
import type { ComponentModel } from '../predictor/power-model.js'
import { fitComponents, fitScaler, predictComponent } from './fit-components.js'

const numbers20 = Array.from({ length: 20 }, (_, i) => i)
const everyRow = Int32Array.from(numbers20)
/** What models say between the rows. */
const shown = (models: readonly ComponentModel[]) =>
  models.map((model) => [...predictComponent(model, matrix(numbers20.map((i) => [i + 0.3])))])

describe('a fit', () => {
  it('scales by the largest magnitude of its rows, and by 1 what never moves', () => {
    const x = matrix([
      [1, 0, -8],
      [-3, 0, 2],
      [9, 0, 4],
    ])
    const scaled = (rows?: Int32Array) => Array.from(fitScaler(x, rows).transform(matrix([[18, 5, 16]])).data)
    assert.deepEqual(scaled(), [2, 5, 2])
    assert.deepEqual(scaled(Int32Array.of(0, 1)), [6, 5, 2])
    assert.deepEqual(scaled(Int32Array.of(2)), [2, 5, 4])
  })

  it('has a model of each component, from the rows that it is given', () => {
    const set = lineTrainingSet(20, {
      targets: [
        { component: 'package', watts: Float64Array.from(numbers20, (i) => (i < 10 ? 5 + 2 * i : 999)) },
        { component: 'dram', watts: Float64Array.from(numbers20, (i) => 1 + i) },
      ],
    })
    for (const trainer of ['LinearRegressionTrainer', 'PolynomialRegressionTrainer'] as const) {
      const models = fitComponents(trainer, set, everyRow.slice(0, 10), fitScaler(set.x), 0)
      assert.deepEqual(
        models.map(({ component, features }) => [component, features]),
        [
          ['package', ['f']],
          ['dram', ['f']],
        ],
      )
      const [whole, dram] = models.map((model) => predictComponent(model, matrix([[4]]))[0]!)
      assert.ok(Math.abs(whole! - 13) < 1e-6 && Math.abs(dram! - 5) < 1e-6, `${trainer}: ${whole} ${dram}`)
      assert.equal(models[0]!.transformers.length, trainer === 'LinearRegressionTrainer' ? 1 : 2)
      assert.equal(models[0]!.transformers.at(-1), models[1]!.transformers.at(-1))
    }
  })

  it('looks at the main feature of each component', () => {
    const rows = numbers20.map((i) => [(i * 7) % 20, (i * 3) % 20])
    const set = lineTrainingSet(20, {
      ...{ features: ['cache_miss', 'cpu_instructions'], x: matrix(rows) },
      targets: [
        {
          component: 'package',
          watts: Float64Array.from(rows, ([, instructions]) => 10 + 30 * Math.log1p(instructions!)),
        },
        { component: 'dram', watts: Float64Array.from(rows, ([misses]) => 10 + 30 * Math.log1p(misses!)) },
      ],
    })
    const of = (features: readonly string[]) =>
      fitComponents('LogarithmicRegressionTrainer', { ...set, features }, everyRow, fitScaler(set.x), 0).map(
        (model) => {
          const at = (...row: number[]) => predictComponent(model, matrix([row]))[0]!
          return [at(19, 5) - at(5, 5), at(5, 19) - at(5, 5)].map((watts) => watts !== 0)
        },
      )
    assert.deepEqual(of(set.features), [
      [false, true],
      [true, false],
    ])
    // The first column where none is known.
    assert.deepEqual(of(['a', 'b'])[0], [true, false])
  })

  it('has rows in the order of time, of one time in their own, where that matters, and leaves the rows as they are', () => {
    const shuffled = Int32Array.from(numbers20, (i) => (i * 7) % 20)
    const noisy = lineTrainingSet(20, {
      targets: [{ component: 'platform', watts: Float64Array.from(numbers20, (i) => 5 + 2 * i + ((i * 13) % 7)) }],
    })
    const fit = (rows: Int32Array, timestamps = noisy.timestamps) =>
      fitComponents('QuantileForestRegressorTrainer', { ...noisy, timestamps }, rows, fitScaler(noisy.x), 0)
    const ordered = fit(everyRow)
    assert.deepEqual(shown(fit(shuffled)), shown(ordered))
    assert.deepEqual([...shuffled.slice(0, 4)], [0, 7, 14, 1])
    assert.deepEqual(shown(fit(shuffled, new Float64Array(20).fill(7))), shown(ordered))
    assert.notDeepEqual(
      shown(
        fit(
          everyRow,
          noisy.timestamps.map((time) => -time),
        ),
      ),
      shown(ordered),
    )
  })

  it('keeps the order of the rows where time does not matter', () => {
    const reversed = everyRow.slice().reverse()
    const set = lineTrainingSet(20)
    const [model] = fitComponents('KNeighborsRegressorTrainer', set, reversed, fitScaler(set.x), 0)
    assert.ok(model?.predictor.kind === 'kneighbors')
    assert.deepEqual([...model.predictor.targets], [...set.targets[0]!.watts].reverse())
  })

  it('of a fold is bounded as that of all rows', () => {
    const set = lineTrainingSet(20)
    const at = (wholeRows?: number) =>
      shown(fitComponents('SVRRegressorTrainer', set, everyRow, fitScaler(set.x), 0, wholeRows))
    assert.deepEqual(at(), at(20))
    assert.notDeepEqual(at(), at(100))
  })
})
