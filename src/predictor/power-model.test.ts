import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { curvePredictor } from './curve.js'
import type { FittedTransformer } from './kinds.js'
import { linearPredictor } from './linear.js'
import { type PowerModel, predictPower } from './power-model.js'
import { maxAbsScaler } from './scalers.js'

const scaler = maxAbsScaler(Float64Array.of(10, 100))
const model: PowerModel = {
  name: 'SGDRegressorTrainer_1',
  features: ['a', 'b'],
  components: [
    {
      component: 'package',
      features: ['a', 'b'],
      transformers: [scaler],
      predictor: linearPredictor(1, Float64Array.of(1, 1)),
    },
    {
      component: 'dram',
      features: ['b', 'a'],
      transformers: [],
      predictor: linearPredictor(0, Float64Array.of(1, -1)),
    },
  ],
}

describe('predictPower', () => {
  it('finds each component its columns by name', () => {
    const expected = { package: [3, 1], dram: [90, 0] }
    assert.deepEqual(
      predictPower(
        model,
        ['a', 'b'],
        [
          [10, 100],
          [0, 0],
        ],
      ),
      expected,
    )
    assert.deepEqual(
      predictPower(
        model,
        ['b', 'other', 'a'],
        [
          [100, 7, 10],
          [0, 7, 0],
        ],
      ),
      expected,
    )
  })

  it('makes negative watts 0', () => {
    assert.deepEqual(predictPower(model, ['a', 'b'], [[50, 0]]), { package: [6], dram: [0] })
  })

  it('has an answer for no rows', () => {
    assert.deepEqual(predictPower(model, ['a', 'b'], []), { package: [], dram: [] })
  })

  it('applies a transformer once for all components that share it', () => {
    let calls = 0
    const counting: FittedTransformer = {
      ...scaler,
      transform(x) {
        calls++
        return scaler.transform(x)
      },
    }
    const component = { ...model.components[0]!, transformers: [counting] }
    predictPower({ ...model, components: [component, { ...component, component: 'core' }] }, ['a', 'b'], [[1, 2]])
    assert.equal(calls, 1)
  })

  it('names what is wrong with a request', () => {
    for (const [metrics, row, field, message] of [
      [['a'], [1], 'metrics', /"b" is missing; SGDRegressorTrainer_1 needs a, b/],
      [['a', 'b', 'a'], [1, 2, 3], 'metrics', /"a" is listed twice/],
      [['a', 'b'], [1], 'values[0]', /row 0 has 1 values for 2 metrics/],
      [['a', 'b'], [1, Number.NaN], 'values[0][1]', /row 0, column 1 is not a finite number/],
    ] as const) {
      assert.throws(() => predictPower(model, metrics, [row]), { code: 'INVALID_REQUEST', field, message })
    }
  })

  const curved = (...parameters: number[]) => {
    const steep = curvePredictor('exponential', Float64Array.from(parameters), 0, 2)
    return { ...model, components: [{ ...model.components[0]!, predictor: steep }] }
  }

  it('gives a gigawatt where a curve overflows far outside its range, and nothing where it falls without end', () => {
    assert.deepEqual(predictPower(curved(1, 1, 0), ['a', 'b'], [[1e5, 0]]).package, [1e9])
    assert.deepEqual(predictPower(curved(-1, 1, 0), ['a', 'b'], [[1e5, 0]]).package, [0])
  })

  it('says so when a model gives no number', () => {
    assert.throws(() => predictPower(curved(Number.NaN, 1, 0), ['a', 'b'], [[1, 0]]), {
      code: 'INVALID_ARCHIVE',
      message: /gives NaN W of package for row 0/,
    })
  })
})
