import { append } from '../../core/multimap.js'
import { minimiseBounded } from '../../numeric/bounded-minimum.js'
import { choleskyInPlace, inverseFromCholesky, solveLowerInPlace, solveUpperInPlace } from '../../numeric/cholesky.js'
import { dot } from '../../numeric/matrix.js'
import { packLower, solvePackedLowerInPlace } from '../../numeric/packed-lower.js'
import { ModelError } from '../../core/errors.js'
import {
  constantVariance,
  covarianceMatrix,
  covariancesInto,
  type Inputs,
  type Kernel,
  type KernelShape,
  kernelParameters,
  type PreparedInputs,
  parameterCount,
  prepareInputs,
  kernelScratch,
  priorVariance,
} from './kernel.js'
import { negativeLogPosterior } from './marginal-likelihood.js'
import { priorOf } from './prior.js'

/** What a process says of one machine, on the scale of its targets. */
export interface Gaussian {
  readonly mean: number
  /** Of a new measurement: noise included. */
  readonly variance: number
}

/** A Gaussian process conditioned on measurements. */
export interface GaussianProcess {
  readonly theta: Float64Array
  readonly noiseWeights: Float64Array
  /** One value a row of `inputs`. `withVariance` false saves the larger part of the time; variances are then 0. */
  predict(inputs: Inputs, withVariance?: boolean): readonly Gaussian[]
  /** The correlation of row 0 of `inputs` with each measured row, beyond the constant that all share. */
  correlations(inputs: Inputs): Float64Array
  /**
   * What the process would say of each of its rows without the rows of the same group, in closed form: with A the
   * block of K⁻¹ of a group, residuals A⁻¹ α and variances diag A⁻¹ (Rasmussen and Williams, 5.12, for groups).
   */
  leaveGroupsOut(groups: readonly (string | number)[]): readonly Gaussian[]
}

export interface Measurements {
  readonly shape: KernelShape
  readonly inputs: Inputs
  readonly targets: Float64Array
}

/**
 * The most probable parameters of the kernel for these measurements.
 *
 * @param start logarithms to begin from; the prior's mean when absent
 */
export function fitKernel({ shape, inputs, targets }: Measurements, maxIterations: number, start?: Float64Array) {
  const { mean, lower, upper } = priorOf(shape)
  const centred = centre(targets, new Float64Array(targets.length).fill(1)).values
  const objective = negativeLogPosterior(shape, inputs, centred)
  return minimiseBounded(objective, start ?? mean, { lower, upper, maxIterations, tolerance: 1e-6 }).x
}

/**
 * Conditions a process on measurements.
 *
 * @param noiseWeights how many times the noise of an ordinary row each has; a row far off gets a larger one
 * @throws ModelError `INVALID_DATA` when the parameters give no covariance
 */
export function gaussianProcess(
  { shape, inputs, targets }: Measurements,
  theta: Float64Array,
  noiseWeights: Float64Array = new Float64Array(targets.length).fill(1),
): GaussianProcess {
  if (theta.length !== parameterCount(shape)) {
    throw new ModelError('SHAPE_MISMATCH', `expected ${parameterCount(shape)} kernel parameters, got ${theta.length}`)
  }
  const n = targets.length
  const kernel: Kernel = { shape, parameters: kernelParameters(shape, theta) }
  const prepared = prepareInputs(shape, kernel.parameters, inputs)
  const factorise = () => {
    const covariance = covarianceMatrix(kernel, prepared, noiseWeights)
    if (choleskyInPlace(covariance, n)) return covariance
    throw new ModelError('INVALID_DATA', 'the kernel parameters give no covariance')
  }
  const factor = factorise()
  const { mean, values } = centre(targets, noiseWeights)
  const alpha = solveUpperInPlace(factor, n, solveLowerInPlace(factor, n, values.slice()))
  // All that predictions need of the factor; the factor itself, several times as large, is not kept.
  const packed = packLower(factor, n)

  /** K⁻¹, once somebody asks for it. */
  let inverse: Float64Array | undefined

  const scratch = kernelScratch(n)
  const row = new Float64Array(n)

  const gaussianAt = (at: PreparedInputs, i: number, withVariance: boolean): Gaussian => {
    covariancesInto(row, 0, kernel, at, i, prepared, scratch)
    const expected = mean + dot(row, alpha)
    if (!withVariance) return { mean: expected, variance: 0 }
    const explained = solvePackedLowerInPlace(packed, row)
    const variance = Math.max(1e-9, priorVariance(kernel, at, i) - dot(explained, explained))
    return { mean: expected, variance: variance + kernel.parameters.noise }
  }

  return {
    theta,
    noiseWeights,
    predict(at, withVariance = true) {
      const scaled = prepareInputs(shape, kernel.parameters, at)
      return Array.from({ length: scaled.rows }, (_, i) => gaussianAt(scaled, i, withVariance))
    },
    correlations(at) {
      const own = prepareInputs(shape, kernel.parameters, at)
      covariancesInto(row, 0, kernel, own, 0, prepared, scratch)
      const variance = priorVariance(kernel, own, 0) - constantVariance
      return row.map((covariance, i) => {
        const others = priorVariance(kernel, prepared, i) - constantVariance
        return (covariance - constantVariance) / Math.sqrt(variance * others)
      })
    },
    leaveGroupsOut(groups) {
      inverse ??= inverseFromCholesky(factorise(), n)
      const precision = inverse
      const result = new Array<Gaussian>(n)
      for (const members of rowsByGroup(groups)) {
        const m = members.length
        const own = Float64Array.from(members.flatMap((i) => members.map((j) => precision[i * n + j]!)))
        if (!choleskyInPlace(own, m)) throw new ModelError('INVALID_DATA', 'the kernel parameters give no covariance')
        const block = inverseFromCholesky(own, m)
        members.forEach((i, r) => {
          const residual = dot(
            block.subarray(r * m, (r + 1) * m),
            members.map((j) => alpha[j]!),
          )
          // A new machine has ordinary noise, whatever the row that was left out has.
          const extra = kernel.parameters.noise * (noiseWeights[i]! - 1)
          result[i] = { mean: targets[i]! - residual, variance: Math.max(1e-9, block[r * m + r]! - extra) }
        })
      }
      return result
    },
  }
}

/**
 * A process on which no row weighs for more than it should: rows far from what the others say of them get more noise
 * (one step of iteratively reweighted least squares with weights of Student's t, four degrees of freedom).
 */
export function robustGaussianProcess(measurements: Measurements, theta: Float64Array): GaussianProcess {
  const { targets } = measurements
  const alone = gaussianProcess(measurements, theta).leaveGroupsOut(Array.from(targets.keys()))
  const weights = Float64Array.from(alone, ({ mean, variance }, i) => {
    const away = (targets[i]! - mean) ** 2 / variance
    return Math.min(20, Math.max(1, (away + 4) / 5))
  })
  return gaussianProcess(measurements, theta, weights)
}

function centre(targets: Float64Array, noiseWeights: Float64Array) {
  let sum = 0
  let weights = 0
  targets.forEach((target, i) => {
    sum += target / noiseWeights[i]!
    weights += 1 / noiseWeights[i]!
  })
  const mean = sum / weights
  return { mean, values: targets.map((target) => target - mean) }
}

function rowsByGroup(groups: readonly (string | number)[]): Iterable<number[]> {
  const members = new Map<string | number, number[]>()
  groups.forEach((group, i) => {
    append(members, group, i)
  })
  return members.values()
}
