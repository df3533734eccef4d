import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { correctedWeights, describeFlaws, weightsFlaws } from './weights-range.js'

const linear = (bias: number, ...variables: readonly (readonly [name: string, scale: number, weight: number])[]) => ({
  package: {
    All_Weights: {
      Bias_Weight: bias,
      Categorical_Variables: {},
      Numerical_Variables: Object.fromEntries(variables.map(([name, scale, weight]) => [name, { scale, weight }])),
    },
  },
})
const curve = (parameters: readonly number[], scale = 4000) => ({
  package: {
    All_Weights: {
      Categorical_Variables: {},
      Numerical_Variables: { bpf_cpu_time_ms: { scale } },
      CurveFit_Weights: [...parameters],
    },
  },
})
const sgd = 'SGDRegressorTrainer_0'

describe('weights over the range of training', () => {
  it('are left alone where nothing is negative', () => {
    assert.deepEqual(weightsFlaws(linear(5, ['a', 10, 30], ['b', 10, -5]), sgd), [])
    assert.deepEqual(weightsFlaws(curve([10, 1, 2]), 'LogarithmicRegressionTrainer_0'), [])
  })

  it('are negative at idle, or where a feature with a negative weight is at its largest', () => {
    assert.deepEqual(weightsFlaws(linear(-0.98, ['a', 10, 30]), sgd), [{ component: 'package', lowest: -0.98 }])
    assert.deepEqual(weightsFlaws(linear(5, ['a', 10, 30], ['b', 10, -8]), sgd), [{ component: 'package', lowest: -3 }])
  })

  for (const [name, parameters, lowest] of [
    // a e^(bx) + c, a ln(bx + 1) + c and A / (1 + e^(-k (x - x0))) + off
    ['ExponentialRegressionTrainer_0', [10, 1, -15], -5],
    ['LogarithmicRegressionTrainer_0', [10, 3, -2], -2],
    ['LogisticRegressionTrainer_0', [10, 0.5, 0, -7], -2],
  ] as const) {
    it(`are negative in a ${name.replace(/Reg.*/, '').toLowerCase()} curve`, () => {
      const [flaw] = weightsFlaws(curve(parameters), name)
      assert.ok(Math.abs(flaw!.lowest! - lowest) < 1e-9, String(flaw?.lowest))
      const raised = correctedWeights(curve(parameters), name)
      assert.deepEqual(weightsFlaws(raised, name), [])
    })
  }

  it('use a feature that was never above 0 in training', () => {
    const weights = linear(5, ['a', 10, 30], ['bpf_net_tx_irq', 1, -11.7], ['c', 1, 0])
    const flaws = weightsFlaws(weights, 'SGDRegressorTrainer_2')
    assert.deepEqual(flaws, [{ component: 'package', unseen: ['bpf_net_tx_irq'] }])
    assert.equal(describeFlaws(flaws), 'package depends on bpf_net_tx_irq, never seen in training')
    const { package: own } = correctedWeights(weights, 'SGDRegressorTrainer_2')
    assert.equal(own?.All_Weights.Numerical_Variables.bpf_net_tx_irq?.weight, 0)
    assert.equal(own?.All_Weights.Numerical_Variables.a?.weight, 30)
    assert.equal(own?.All_Weights.Bias_Weight, 5)
  })

  it('of a curve on such a feature become its value at 0', () => {
    const name = 'ExponentialRegressionTrainer_0'
    const weights = curve([10, 1, 5], 1)
    assert.deepEqual(weightsFlaws(weights, name), [{ component: 'package', unseen: ['bpf_cpu_time_ms'] }])
    assert.deepEqual(correctedWeights(weights, name).package?.All_Weights.CurveFit_Weights, [0, 1, 15])
  })

  it('are raised by as much as the least watts are below 0, never less', () => {
    for (const bias of [-0.98, -1e-6, -123.456789123]) {
      const weights = correctedWeights(linear(bias, ['a', 10, 30], ['b', 10, -0.1]), sgd)
      const { Bias_Weight: raised = Number.NaN } = weights.package?.All_Weights ?? {}
      assert.ok(raised - 0.1 >= 0 && raised - 0.1 < 2e-6, String(raised))
      assert.equal(weights.package?.All_Weights.Numerical_Variables.a?.weight, 30)
    }
  })
})
