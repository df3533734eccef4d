import type { Matrix } from '../../numeric/matrix.js'

/** Machines as a process sees them: standardised features, and the codes of categories, -1 where not known. */
export interface Inputs {
  readonly features: Matrix
  /** Row-major, `categories` codes a row. */
  readonly codes: Int32Array
}

/** What the parameters of a kernel are of. */
export interface KernelShape {
  readonly features: number
  readonly categories: number
  /** Categories whose members are alike the more the nearer their years are. */
  readonly fading: readonly number[]
  /** Features with a linear term. */
  readonly linear: readonly number[]
  /** The feature along which trends fade: the year of the processor's family. */
  readonly year: number
}

/** Variances and lengths, all positive. */
export interface KernelParameters {
  readonly linear: number
  readonly smooth: number
  readonly noise: number
  readonly lengths: Float64Array
  readonly categories: Float64Array
  readonly trend: number
  readonly trendLinear: number
  readonly trendLength: number
  readonly fading: Float64Array
  readonly fadingLengths: Float64Array
}

/** Variance of the constant, wide: the mean of the targets is taken off before. */
export const constantVariance = 25

/** A kernel with its parameters. */
export interface Kernel {
  readonly shape: KernelShape
  readonly parameters: KernelParameters
}

/** Parameters are searched as logarithms, in the order of `KernelParameters`: 3, a length a feature, a category, 3, 2 a fading one. */
export function parameterCount({ features, categories, fading }: KernelShape): number {
  return 3 + features + categories + 3 + 2 * fading.length
}

/** @param theta logarithms of deviations and lengths, `parameterCount` of them */
export function kernelParameters(shape: KernelShape, theta: ArrayLike<number>): KernelParameters {
  const variance = (at: number) => Math.exp(2 * theta[at]!)
  const lengthsFrom = 3
  const categoriesFrom = lengthsFrom + shape.features
  const trendFrom = categoriesFrom + shape.categories
  const fadingFrom = trendFrom + 3
  return {
    linear: variance(0),
    smooth: variance(1),
    noise: variance(2),
    lengths: Float64Array.from({ length: shape.features }, (_, d) => Math.exp(theta[lengthsFrom + d]!)),
    categories: Float64Array.from({ length: shape.categories }, (_, c) => variance(categoriesFrom + c)),
    trend: variance(trendFrom),
    trendLinear: variance(trendFrom + 1),
    trendLength: Math.exp(theta[trendFrom + 2]!),
    fading: Float64Array.from(shape.fading, (_, k) => variance(fadingFrom + k)),
    fadingLengths: Float64Array.from(shape.fading, (_, k) => Math.exp(theta[fadingFrom + shape.fading.length + k]!)),
  }
}

/** Inputs as the kernel reads them: divided by what they are compared in. */
export interface PreparedInputs {
  readonly rows: number
  /** Features divided by their lengths. */
  readonly scaled: Float64Array
  /** The features with a linear term. */
  readonly linear: Float64Array
  /** The year, as standardised. */
  readonly years: Float64Array
  readonly codes: Int32Array
}

export function prepareInputs(shape: KernelShape, parameters: KernelParameters, inputs: Inputs): PreparedInputs {
  const { rows, cols, data } = inputs.features
  const width = shape.linear.length
  const scaled = new Float64Array(rows * cols)
  const linear = new Float64Array(rows * width)
  const years = new Float64Array(rows)
  for (let i = 0; i < rows; i++) {
    for (let d = 0; d < cols; d++) scaled[i * cols + d] = data[i * cols + d]! / parameters.lengths[d]!
    for (let k = 0; k < width; k++) linear[i * width + k] = data[i * cols + shape.linear[k]!]!
    years[i] = data[i * cols + shape.year]!
  }
  return { rows, scaled, linear, years, codes: inputs.codes }
}

/** The parts of a row of covariances that the gradient needs one by one. */
export interface KernelParts {
  /** a·b over the linear features. */
  readonly products: Float64Array
  /** exp(-(y_a - y_b)² / 2 λ²) */
  readonly fading: Float64Array
  /** σ_r² exp(-Σ (a_d - b_d)² / 2 ℓ_d²) */
  readonly smooth: Float64Array
}

/**
 * The covariances of row `i` of `a` with the first `count` rows of `b`, without noise, into `out` from `at` on:
 *
 *     k(a, b) = 25 + σ_l² a·b + (σ_t² + σ_v² a·b) exp(-(y_a - y_b)² / 2 λ²) + σ_r² exp(-Σ (a_d - b_d)² / 2 ℓ_d²)
 *               + Σ_c σ_c² [same category c] + Σ_f σ_f² [same category f] exp(-(y_a - y_b)² / 2 λ_f²)
 *
 * a constant, a line, a line whose slope and height drift with the year, a smooth function of all features, and what
 * machines of one family, processor, line or vendor share, of a line or vendor also in its time (Rasmussen and Williams, Gaussian Processes for Machine
 * Learning, 4.2). A category that is not known is shared with no other.
 */
export function covariancesInto(
  out: Float64Array,
  at: number,
  { shape, parameters: p }: Kernel,
  a: PreparedInputs,
  i: number,
  b: PreparedInputs,
  count = b.rows,
  parts?: KernelParts,
): void {
  const { features, categories } = shape
  const width = shape.linear.length
  const year = a.years[i]!
  const { scaled, linear, years, codes } = b
  // Products instead of powers, and no reads of `a` in the inner loops: this is most of the time of a prediction.
  const own = a.scaled.subarray(i * features, (i + 1) * features)
  const ownLinear = a.linear.subarray(i * width, (i + 1) * width)
  const ownCodes = a.codes.subarray(i * categories, (i + 1) * categories)
  const decay = -0.5 / (p.trendLength * p.trendLength)
  const fadingDecays = p.fadingLengths.map((length) => -0.5 / (length * length))
  const shared = p.categories
  for (let j = 0; j < count; j++) {
    let distance = 0
    for (let d = 0, y = j * features; d < features; d++) {
      const difference = own[d]! - scaled[y + d]!
      distance += difference * difference
    }
    let product = 0
    for (let k = 0, y = j * width; k < width; k++) product += ownLinear[k]! * linear[y + k]!
    const apart = (year - years[j]!) * (year - years[j]!)
    const fading = Math.exp(decay * apart)
    const smooth = p.smooth * Math.exp(-0.5 * distance)
    let sum = constantVariance + p.linear * product + (p.trend + p.trendLinear * product) * fading + smooth
    for (let c = 0, y = j * categories; c < categories; c++) {
      if (ownCodes[c]! >= 0 && ownCodes[c] === codes[y + c]) sum += shared[c]!
    }
    for (let k = 0; k < fadingDecays.length; k++) {
      const c = shape.fading[k]!
      if (ownCodes[c]! >= 0 && ownCodes[c] === codes[j * categories + c]) {
        sum += p.fading[k]! * Math.exp(fadingDecays[k]! * apart)
      }
    }
    out[at + j] = sum
    if (parts) {
      parts.products[at + j] = product
      parts.fading[at + j] = fading
      parts.smooth[at + j] = smooth
    }
  }
}

/** The variance of row `i`, without noise. What is not known of its categories varies as much as they do. */
export function priorVariance({ shape, parameters: p }: Kernel, a: PreparedInputs, i: number): number {
  const width = shape.linear.length
  let square = 0
  for (let k = i * width; k < (i + 1) * width; k++) square += a.linear[k]! * a.linear[k]!
  const categories = [...p.categories, ...p.fading].reduce((sum, variance) => sum + variance, 0)
  return constantVariance + p.linear * square + p.trend + p.trendLinear * square + p.smooth + categories
}

/** The matrix of covariances of inputs with each other, noise on its diagonal, lower triangle only. */
export function covarianceMatrix(
  kernel: Kernel,
  inputs: PreparedInputs,
  noiseWeights: Float64Array,
  parts?: KernelParts,
): Float64Array {
  const n = inputs.rows
  const matrix = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    covariancesInto(matrix, i * n, kernel, inputs, i, inputs, i + 1, parts)
    matrix[i * n + i] = priorVariance(kernel, inputs, i) + kernel.parameters.noise * noiseWeights[i]!
  }
  return matrix
}
