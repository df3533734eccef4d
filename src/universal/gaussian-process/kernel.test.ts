import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { matrix } from '../../numeric/matrix.js'
import { fitKernel, gaussianProcess, type Measurements, robustGaussianProcess } from './gaussian-process.js'
import {
  covarianceMatrix,
  covariancesInto,
  type Inputs,
  kernelParameters,
  kernelScratch,
  type KernelShape,
  parameterCount,
  prepareInputs,
  priorVariance,
} from './kernel.js'
import { priorOf } from './prior.js'

/** Three features of which two are linear and the last is the year; two categories, the second fading. */
const shape: KernelShape = { features: 3, categories: 2, linear: [0, 2], fading: [1], year: 2 }
const theta = Float64Array.from({ length: parameterCount(shape) }, (_, i) => 0.09 * (i + 1) - 0.6)
const parameters = kernelParameters(shape, theta)
const kernel = { shape, parameters }
const rows = [
  [0.5, -1, 0.2],
  [1.5, 0.3, 0.2],
  [-0.7, 2, 1.1],
  [40, 0, 0.2],
]
const codes = [
  [0, 1],
  [0, -1],
  [1, 1],
  [-1, 1],
]
const inputs: Inputs = { features: matrix(rows), codes: Int32Array.from(codes.flat()) }
const prepared = prepareInputs(shape, parameters, inputs)
const close = (a: number | undefined, b: number) =>
  assert.ok(Math.abs((a ?? Number.NaN) - b) < 1e-12 * Math.abs(b), `${a} is not ${b}`)

/** The formula of the documentation, term by term. */
function covariance(i: number, j: number): number {
  const [a, b] = [rows[i]!, rows[j]!]
  const p = parameters
  const product = a[0]! * b[0]! + a[2]! * b[2]!
  const years = (a[2]! - b[2]!) ** 2
  const distance = a.reduce((sum, value, d) => sum + ((value - b[d]!) / p.lengths[d]!) ** 2, 0)
  const shared = (c: number) => codes[i]![c]! >= 0 && codes[i]![c] === codes[j]![c]
  return (
    25 +
    p.linear * product +
    (p.trend + p.trendLinear * product) * Math.exp(-years / (2 * p.trendLength ** 2)) +
    (distance > 64 ? 0 : p.smooth * Math.exp(-distance / 2)) +
    (shared(0) ? p.categories[0]! : 0) +
    (shared(1) ? p.categories[1]! + p.fading[0]! * Math.exp(-years / (2 * p.fadingLengths[0]! ** 2)) : 0)
  )
}

describe('the kernel', () => {
  it('has its parameters as logarithms, in their order', () => {
    assert.equal(parameterCount(shape), 3 + 3 + 2 + 3 + 2)
    const variances = [0, 1, 2, 6, 7, 8, 9, 11].map((at) => Math.exp(2 * theta[at]!))
    const { linear, smooth, noise, categories, trend, trendLinear, fading } = parameters
    assert.deepEqual([linear, smooth, noise, ...categories, trend, trendLinear, ...fading], variances)
    const lengths = [3, 4, 5, 10, 12].map((at) => Math.exp(theta[at]!))
    assert.deepEqual([...parameters.lengths, parameters.trendLength, ...parameters.fadingLengths], lengths)
  })

  it('is the sum of a line, trends, a smooth part and what is shared', () => {
    const out = new Float64Array(6)
    for (let i = 0; i < rows.length; i++) {
      covariancesInto(out, 1, kernel, prepared, i, prepared, kernelScratch(4))
      for (let j = 0; j < rows.length; j++) close(out[1 + j], covariance(i, j))
    }
    assert.deepEqual([out[0], out[5]], [0, 0])
    covariancesInto(out, 0, kernel, prepared, 3, prepared, kernelScratch(4), 2)
    close(out[0], covariance(3, 0))
    close(out[2], covariance(3, 1))
  })

  it('has the variance of a row for its own, as if all its categories were known', () => {
    const all = parameters.categories[0]! + parameters.categories[1]! + parameters.fading[0]!
    rows.forEach((row, i) => {
      const square = row[0]! ** 2 + row[2]! ** 2
      const { linear, trend, trendLinear, smooth } = parameters
      close(priorVariance(kernel, prepared, i), 25 + linear * square + trend + trendLinear * square + smooth + all)
    })
    close(priorVariance(kernel, prepared, 0), covariance(0, 0))
  })

  it('has a matrix with the noise of each row', () => {
    const noise = Float64Array.of(1, 2, 1, 3)
    const all = covarianceMatrix(kernel, prepared, noise)
    for (let i = 0; i < 4; i++) {
      for (let j = 0; j < i; j++) close(all[4 * i + j], covariance(i, j))
      close(all[4 * i + i], priorVariance(kernel, prepared, i) + parameters.noise * noise[i]!)
    }
  })
})

describe('a process', () => {
  const targets = Float64Array.of(1, 2, 4, 3)
  const measurements: Measurements = { shape, inputs, targets }

  it('needs the parameters of its kernel, and such as give a covariance', () => {
    assert.throws(() => gaussianProcess(measurements, theta.slice(1)), {
      code: 'SHAPE_MISMATCH',
      message: /^expected 13 kernel parameters, got 12$/,
    })
    const none = theta.map(() => Number.NaN)
    assert.throws(() => gaussianProcess(measurements, none), { code: 'INVALID_DATA', message: /no covariance/ })
  })

  it('predicts means alone in less time, and never less than its noise', () => {
    const process = gaussianProcess(measurements, theta)
    const [whole, means] = [process.predict(inputs), process.predict(inputs, false)]
    whole.forEach(({ mean, variance }, i) => {
      assert.deepEqual(means[i], { mean, variance: 0 })
      assert.ok(variance > parameters.noise)
    })
  })

  it('has correlations without the constant', () => {
    const at: Inputs = { features: matrix([rows[0]!]), codes: Int32Array.from(codes[0]!) }
    const found = gaussianProcess(measurements, theta).correlations(at)
    const own = (i: number) => priorVariance(kernel, prepared, i) - 25
    assert.equal(found.length, 4)
    for (const [j, value] of found.entries()) close(value, (covariance(0, j) - 25) / Math.sqrt(own(0) * own(j)))
  })

  it('gives rows that are far off up to twenty times the noise, by the weights of a t distribution', () => {
    const alone = gaussianProcess(measurements, theta).leaveGroupsOut([0, 1, 2, 3])
    const away = alone.map(({ mean, variance }, i) => (targets[i]! - mean) ** 2 / variance)
    robustGaussianProcess(measurements, theta).noiseWeights.forEach((weight, i) => {
      close(weight, Math.min(20, Math.max(1, (away[i]! + 4) / 5)))
    })
    const far = { ...measurements, targets: Float64Array.of(1, 1e6, 4, 3) }
    assert.equal(Math.max(...robustGaussianProcess(far, theta).noiseWeights), 20)
  })
})

describe('the beliefs about parameters', () => {
  it('are one for each, within their bounds', () => {
    const { mean, deviation, lower, upper } = priorOf(shape)
    for (const list of [mean, deviation, lower, upper]) assert.equal(list.length, parameterCount(shape))
    for (const [i, value] of mean.entries()) assert.ok(lower[i]! < value && value < upper[i]! && deviation[i]! > 0)
    const { noise, lengths, fading, fadingLengths } = kernelParameters(shape, mean)
    close(noise, 0.01)
    assert.ok(lengths.every((length) => Math.abs(length - 2) < 1e-12))
    assert.ok(Math.abs(fading[0]! - 0.01) < 1e-12 && Math.abs(fadingLengths[0]! - 0.5) < 1e-12)
  })

  it('are where the search begins unless it is told, and it stays within their bounds', () => {
    const measurements: Measurements = { shape, inputs, targets: Float64Array.of(1, 2, 4, 3) }
    assert.deepEqual(fitKernel(measurements, 0), priorOf(shape).mean)
    assert.deepEqual(fitKernel(measurements, 0, theta), theta)
    const { lower, upper } = priorOf(shape)
    const found = fitKernel(measurements, 30, theta)
    assert.ok(found.every((value, i) => value >= lower[i]! && value <= upper[i]!))
    assert.notDeepEqual(found, theta)
  })
})
