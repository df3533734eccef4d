import {
  choleskyInPlace,
  inverseFromCholesky,
  logDeterminant,
  solveLowerInPlace,
  solveUpperInPlace,
} from '../../numeric/cholesky.js'
import { dot } from '../../numeric/matrix.js'
import type { Objective } from '../../numeric/bounded-minimum.js'
import {
  covarianceMatrix,
  type Inputs,
  type KernelParts,
  type KernelShape,
  kernelParameters,
  prepareInputs,
} from './kernel.js'
import { priorOf } from './prior.js'

/**
 * Minus the logarithm of the posterior density of a kernel's parameters, with its gradient:
 * ½ yᵀK⁻¹y + ½ ln|K| - ln prior; ∂/∂θ = -½ tr((αᵀα - K⁻¹) ∂K/∂θ) (Rasmussen and Williams, 5.9).
 *
 * @param targets with their mean taken off
 */
export function negativeLogPosterior(shape: KernelShape, inputs: Inputs, targets: Float64Array): Objective {
  const n = targets.length
  const ones = new Float64Array(n).fill(1)
  const prior = priorOf(shape)
  const entries = () => new Float64Array(n * n)
  const parts: KernelParts = { products: entries(), fading: entries(), smooth: entries() }
  return (theta) => {
    const parameters = kernelParameters(shape, theta)
    const prepared = prepareInputs(shape, parameters, inputs)
    const factor = covarianceMatrix({ shape, parameters }, prepared, ones, parts)
    if (!choleskyInPlace(factor, n))
      return { value: Number.POSITIVE_INFINITY, gradient: new Float64Array(theta.length) }
    const alpha = solveUpperInPlace(factor, n, solveLowerInPlace(factor, n, targets.slice()))
    let value = 0.5 * dot(targets, alpha) + 0.5 * logDeterminant(factor, n)
    const gradient = likelihoodGradient({
      shape,
      parameters,
      inputs,
      parts,
      alpha,
      inverse: inverseFromCholesky(factor, n),
    })
    theta.forEach((at, i) => {
      const away = (at - prior.mean[i]!) / prior.deviation[i]!
      value += 0.5 * away * away
      gradient[i]! += away / prior.deviation[i]!
    })
    return { value, gradient }
  }
}

interface GradientInputs {
  readonly shape: KernelShape
  readonly parameters: ReturnType<typeof kernelParameters>
  readonly inputs: Inputs
  readonly parts: KernelParts
  readonly alpha: Float64Array
  readonly inverse: Float64Array
}

function likelihoodGradient({ shape, parameters: p, inputs, parts, alpha, inverse }: GradientInputs): Float64Array {
  const { features, categories } = shape
  const n = alpha.length
  const x = inputs.features.data
  const codes = inputs.codes
  let linear = 0
  let smooth = 0
  let noise = 0
  let trend = 0
  let trendLinear = 0
  let trendLength = 0
  const lengths = new Float64Array(features)
  const shared = new Float64Array(categories)
  const faded = new Float64Array(shape.fading.length)
  const fadedLengths = new Float64Array(shape.fading.length)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const at = i * n + j
      // Both triangles at once.
      const g = (i === j ? 1 : 2) * (alpha[i]! * alpha[j]! - inverse[at]!)
      const product = parts.products[at]!
      const fading = parts.fading[at]!
      linear += g * product
      trend += g * fading
      trendLinear += g * fading * product
      if (i === j) {
        smooth += g * p.smooth
        noise += g
        for (let c = 0; c < categories; c++) shared[c]! += g
        for (let k = 0; k < faded.length; k++) faded[k]! += g * p.fading[k]!
        continue
      }
      const weighted = g * parts.smooth[at]!
      smooth += weighted
      for (let d = 0; d < features; d++) {
        const difference = x[i * features + d]! - x[j * features + d]!
        lengths[d]! += weighted * difference * difference
      }
      const years = x[i * features + shape.year]! - x[j * features + shape.year]!
      trendLength += g * (p.trend + p.trendLinear * product) * fading * years * years
      for (let c = 0; c < categories; c++) {
        const code = codes[i * categories + c]!
        if (code >= 0 && code === codes[j * categories + c]) shared[c]! += g
      }
      for (let k = 0; k < faded.length; k++) {
        const code = codes[i * categories + shape.fading[k]!]!
        if (code < 0 || code !== codes[j * categories + shape.fading[k]!]) continue
        const weighted =
          g * p.fading[k]! * Math.exp(((-0.5 * years) / p.fadingLengths[k]!) * (years / p.fadingLengths[k]!))
        faded[k]! += weighted
        fadedLengths[k]! += weighted * years * years
      }
    }
  }
  // d/dθ of exp(2θ) is twice the variance, of exp(θ) the length: the halves cancel.
  return Float64Array.from([
    -linear * p.linear,
    -smooth,
    -noise * p.noise,
    ...lengths.map((sum, d) => (-0.5 * sum) / p.lengths[d]! ** 2),
    ...shared.map((sum, c) => -sum * p.categories[c]!),
    -trend * p.trend,
    -trendLinear * p.trendLinear,
    (-0.5 * trendLength) / p.trendLength ** 2,
    ...faded.map((sum) => -sum),
    ...fadedLengths.map((sum, k) => (-0.5 * sum) / p.fadingLengths[k]! ** 2),
  ])
}
