import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { matrix } from '../../numeric/matrix.js'
import { seededRandom } from '../../numeric/random.js'
import { fitKernel, gaussianProcess, type Measurements, robustGaussianProcess } from './gaussian-process.js'
import { type KernelShape, parameterCount } from './kernel.js'
import { negativeLogPosterior } from './marginal-likelihood.js'
import { priorOf } from './prior.js'

const shape: KernelShape = { features: 2, categories: 2, linear: [0, 1], fading: [1], year: 1 }

/** A line, a bump and an effect of the first category, with a little noise. */
function measurements(n: number, seed = 1): Measurements {
  const random = seededRandom(seed)
  const rows = Array.from({ length: n }, () => [random.normal(), random.normal()])
  const codes = Int32Array.from({ length: 2 * n }, (_, k) => (k % 2 === 0 ? random.below(4) : random.below(3) - 1))
  const targets = Float64Array.from(
    rows,
    ([a = 0, b = 0], i) => 0.5 * a + 0.3 * Math.sin(2 * b) + 0.2 * codes[2 * i]! + 0.02 * random.normal(),
  )
  return { shape, inputs: { features: matrix(rows), codes }, targets }
}

describe('gaussianProcess', () => {
  it('has the gradient of its likelihood', () => {
    const { inputs, targets } = measurements(12)
    const objective = negativeLogPosterior(shape, inputs, targets)
    const theta = Float64Array.from({ length: parameterCount(shape) }, (_, i) => -0.5 - 0.1 * i)
    const { gradient } = objective(theta)
    gradient.forEach((slope, i) => {
      const step = 1e-5
      const at = (change: number) => objective(theta.map((value, k) => (k === i ? value + change : value))).value
      const measured = (at(step) - at(-step)) / (2 * step)
      assert.ok(
        Math.abs(slope - measured) < 1e-4 * Math.max(1, Math.abs(measured)),
        `${i}: ${slope} is not ${measured}`,
      )
    })
  })

  it('learns, and says how far off it is', () => {
    const all = measurements(120)
    const process = gaussianProcess(all, fitKernel(all, 40))
    const fresh = measurements(200, 2)
    const errors = process
      .predict(fresh.inputs)
      .map(({ mean, variance }, i) => Math.abs(mean - fresh.targets[i]!) / Math.sqrt(variance))
    const within = errors.filter((error) => error < 1.645).length / errors.length
    assert.ok(within > 0.8 && within < 0.98, `${within} of the errors are inside the 90 % interval`)
  })

  it('leaves groups out as a process without them would', () => {
    const all = measurements(20)
    const theta = priorOf(shape).mean
    const groups = Array.from({ length: 20 }, (_, i) => i % 5)
    const left = gaussianProcess(all, theta).leaveGroupsOut(groups)
    const kept = Array.from(groups.keys()).filter((i) => groups[i] !== 2)
    // The closed form keeps the mean of all targets: so do these, by adding it.
    const mean = all.targets.reduce((sum, value) => sum + value, 0) / 20
    const rest: Measurements = {
      shape,
      inputs: {
        features: matrix(kept.map((i) => Array.from(all.inputs.features.data.subarray(2 * i, 2 * i + 2)))),
        codes: Int32Array.from(kept.flatMap((i) => Array.from(all.inputs.codes.subarray(2 * i, 2 * i + 2)))),
      },
      targets: Float64Array.from(kept, (i) => all.targets[i]!),
    }
    const without = gaussianProcess(rest, theta).predict(all.inputs)
    const shift = Math.abs(mean - rest.targets.reduce((sum, value) => sum + value, 0) / kept.length)
    for (let i = 2; i < 20; i += 5) {
      assert.ok(Math.abs(left[i]!.mean - without[i]!.mean) < 1e-3 + shift * 0.1)
      assert.ok(Math.abs(left[i]!.variance - without[i]!.variance) < 1e-5)
    }
  })

  it('is hardly moved by a row that is far off', () => {
    const all = measurements(60)
    const theta = fitKernel(all, 40)
    const spoilt = { ...all, targets: all.targets.map((value, i) => (i === 7 ? value + 3 : value)) }
    const at = {
      features: matrix([Array.from(all.inputs.features.data.subarray(14, 16))]),
      codes: all.inputs.codes.slice(14, 16),
    }
    const off = (process: ReturnType<typeof gaussianProcess>) =>
      Math.abs(process.predict(at)[0]!.mean - all.targets[7]!)
    assert.ok(off(robustGaussianProcess(spoilt, theta)) < 0.5 * off(gaussianProcess(spoilt, theta)))
  })
})
