import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { linearPowerModel } from '../../test/support/test-model.js'
import { predictPower } from '../predictor/power-model.js'
import { standardScaler } from '../predictor/scalers.js'
import { curveOfWeights, parseWeights, readWeights, toWeights } from './weights.js'
import { correctedWeights, describeFlaws, weightsFlaws } from './weights-range.js'

const own = (more: object = {}) => ({
  All_Weights: {
    Bias_Weight: 5,
    Categorical_Variables: {},
    Numerical_Variables: { bpf_cpu_time_ms: { scale: 10, weight: 20 } },
    ...more,
  },
})
const curve = (parameters: readonly number[], variables: object = { bpf_cpu_time_ms: { scale: 10 } }) => ({
  All_Weights: { Numerical_Variables: variables, CurveFit_Weights: [...parameters] },
})
const text = (value: object) => JSON.stringify(value)
const exponential = 'ExponentialRegressionTrainer_0'
const invalid = (message: RegExp) => ({ code: 'INVALID_ARCHIVE', message })

describe('weights', () => {
  it('are a line of scaled features', () => {
    const model = readWeights(
      text({ package: own(), dram: own({ Bias_Weight: undefined }), model_name: 'x' }),
      'SGDRegressorTrainer_0',
    )
    assert.deepEqual(predictPower(model, ['bpf_cpu_time_ms'], [[0], [10], [5]]), {
      package: [5, 25, 15],
      dram: [0, 20, 10],
    })
    assert.deepEqual([model.name, model.features], ['SGDRegressorTrainer_0', ['bpf_cpu_time_ms']])
    const without = own({ Numerical_Variables: { bpf_cpu_time_ms: { scale: 10 } } })
    assert.deepEqual(predictPower(readWeights(text({ package: without }), 'T_0'), ['bpf_cpu_time_ms'], [[7]]), {
      package: [5],
    })
  })

  it('are a curve of the main feature, which the name of the model says', () => {
    const variables = { bpf_page_cache_hit: { scale: 4 }, bpf_cpu_time_ms: { scale: 10 } }
    const model = readWeights(text({ package: curve([2, 3, 4], variables) }), 'LogarithmicRegressionTrainer_1')
    const [watts] = predictPower(model, ['bpf_cpu_time_ms', 'bpf_page_cache_hit'], [[10, 99]]).package!
    assert.ok(Math.abs(watts! - (2 * Math.log(4) + 4)) < 1e-12)
    assert.deepEqual(
      [exponential, 'LogisticRegressionTrainer_0', 'LogarithmicRegressionTrainer_1', 'SGDRegressorTrainer_0'].map(
        curveOfWeights,
      ),
      ['exponential', 'logistic', 'logarithmic', undefined],
    )
    const noCurve = invalid(/package has CurveFit_Weights, but "T_0" is no curve fit/)
    assert.throws(() => readWeights(text({ package: curve([1, 2, 3]) }), 'T_0'), noCurve)
    const strange = text({ package: curve([1, 2, 3], { other: { scale: 1 } }) })
    assert.throws(
      () => readWeights(strange, exponential),
      invalid(/the curve of package has none of its features among other/),
    )
    // A curve's name with weights of a line is a line.
    assert.deepEqual(predictPower(readWeights(text({ package: own() }), exponential), ['bpf_cpu_time_ms'], [[10]]), {
      package: [25],
    })
  })

  it('that are wrong are named by their key', () => {
    assert.deepEqual(parseWeights(text({ package: own(), other: 7 }), 'w'), { package: own() })
    assert.throws(() => parseWeights('{}', 'w'), invalid(/^w has no weights of any component$/))
    assert.throws(() => parseWeights('[]', 'w'), invalid(/^w: document: /))
    assert.throws(() => parseWeights(text({ package: 7 }), 'w'), invalid(/^w: package: /))
    const scale = own({ Numerical_Variables: { a: { scale: 'x' } } })
    assert.throws(
      () => parseWeights(text({ package: scale }), 'w'),
      invalid(/^w: package\.All_Weights\.Numerical_Variables\.a\.scale: /),
    )
    const long = curve(new Array(65).fill(1))
    assert.throws(() => parseWeights(text({ package: long }), 'w'), invalid(/CurveFit_Weights/))
    assert.ok(parseWeights(text({ package: curve(new Array(64).fill(1)) }), 'w'))
  })

  it('are made of a model that Kepler can evaluate, and of no other', () => {
    const model = linearPowerModel({ components: ['package'], idle: 3, slope: 2, largest: 8 })
    const weights = toWeights(model)
    assert.deepEqual(weights, {
      package: {
        All_Weights: {
          Bias_Weight: 3,
          Categorical_Variables: {},
          Numerical_Variables: { bpf_cpu_time_ms: { scale: 8, weight: 16 } },
        },
      },
    })
    assert.deepEqual(predictPower(readWeights(text(weights!), 'T_0'), ['bpf_cpu_time_ms'], [[4]]), { package: [11] })
    const [component] = model.components
    const of = (more: object) => toWeights({ ...model, components: [{ ...component!, ...more }] })
    assert.equal(of({ transformers: [] }), undefined)
    assert.equal(of({ transformers: [...component!.transformers, ...component!.transformers] }), undefined)
    const standard = standardScaler(Float64Array.of(0), Float64Array.of(1))
    assert.equal(of({ transformers: [standard] }), undefined)
    assert.equal(of({ predictor: { ...component!.predictor, kind: 'svr' } }), undefined)
    const still = linearPowerModel({ components: ['package'], largest: 0 })
    assert.equal(toWeights(still)?.package?.All_Weights.Numerical_Variables.bpf_cpu_time_ms?.scale, 1)
  })

  it('of a curve have no bias, and are read as they were written', () => {
    const read = readWeights(text({ package: curve([2, 3, 4]) }), exponential)
    assert.deepEqual(toWeights(read), {
      package: {
        All_Weights: {
          Categorical_Variables: {},
          Numerical_Variables: { bpf_cpu_time_ms: { scale: 10 } },
          CurveFit_Weights: [2, 3, 4],
        },
      },
    })
  })
})

describe('flaws of weights', () => {
  const line = (bias: number | undefined, weight: number, scale = 10) => ({
    package: own({ Bias_Weight: bias, Numerical_Variables: { a: { scale, weight } } }),
  })

  it('are watts below 0 by more than a rounding', () => {
    assert.deepEqual(weightsFlaws(line(-1e-9, 1) as never, 'T_0'), [])
    assert.deepEqual(weightsFlaws(line(-2e-9, 1) as never, 'T_0'), [{ component: 'package', lowest: -2e-9 }])
    assert.deepEqual(weightsFlaws(line(undefined, -2) as never, 'T_0'), [{ component: 'package', lowest: -2 }])
    const [nan] = weightsFlaws(line(Number.NaN, 1) as never, 'T_0')
    assert.ok(Number.isNaN(nan?.lowest))
  })

  it('are unseen features with an effect, of which the watts are not told', () => {
    assert.deepEqual(weightsFlaws(line(5, -9, 1) as never, 'T_0'), [{ component: 'package', unseen: ['a'] }])
    assert.deepEqual(weightsFlaws(line(5, 0, 1) as never, 'T_0'), [])
    const seen = { bpf_page_cache_hit: { scale: 1 }, bpf_cpu_time_ms: { scale: 9 } }
    assert.deepEqual(weightsFlaws({ package: curve([1, 1, 1], seen) } as never, exponential), [])
    const unseen = { bpf_cpu_time_ms: { scale: 1 } }
    assert.deepEqual(weightsFlaws({ package: curve([0, 1, 1], unseen) } as never, exponential), [])
    assert.deepEqual(weightsFlaws({ package: curve([1, 1, 1], { other: { scale: 1 } }) } as never, exponential), [])
    assert.deepEqual(weightsFlaws({ other: own(), package: undefined } as never, 'T_0'), [])
  })

  it('are described with all that is wrong', () => {
    assert.equal(
      describeFlaws([
        { component: 'package', lowest: -1.23456, unseen: ['a', 'b'] },
        { component: 'dram', lowest: -2 },
      ]),
      'package falls to -1.23 W in the range of training and package depends on a and b, never seen in training, dram falls to -2.00 W in the range of training',
    )
  })

  it('are corrected: nothing else changes', () => {
    const fine = { package: own(), note: 'x' }
    assert.deepEqual(correctedWeights(fine as never, 'T_0'), fine)
    const corrected = correctedWeights(line(undefined, -2) as never, 'T_0').package?.All_Weights
    assert.equal(corrected?.Bias_Weight, 2.000001)
    const raised = correctedWeights({ package: curve([2, 1, -5]) } as never, exponential).package?.All_Weights
    assert.deepEqual(raised?.CurveFit_Weights, [2, 1, -5 + 3.000001])
    assert.equal(raised?.Bias_Weight, undefined)
  })
})
