import { append } from '../../core/multimap.js'
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

/** Inputs as the kernel reads them: divided by what they are compared in, feature after feature. */
export interface PreparedInputs {
  readonly rows: number
  /** Features divided by their lengths: `scaled[d][i]`. */
  readonly scaled: readonly Float64Array[]
  /** The features with a linear term, likewise. */
  readonly linear: readonly Float64Array[]
  /** The different years, as standardised: machines of a table have few of them. */
  readonly years: Float64Array
  /** Which of them each row has. */
  readonly yearOf: Int32Array
  readonly codes: Int32Array
  /** Rows that have each code of each category, ascending. */
  readonly members: readonly ReadonlyMap<number, readonly number[]>[]
}

export function prepareInputs(shape: KernelShape, parameters: KernelParameters, inputs: Inputs): PreparedInputs {
  const { rows, cols, data } = inputs.features
  const columnOf = (d: number, length: number) =>
    Float64Array.from({ length: rows }, (_, i) => data[i * cols + d]! / length)
  const years: number[] = []
  const yearAt = new Map<number, number>()
  const yearOf = new Int32Array(rows)
  for (let i = 0; i < rows; i++) {
    const year = data[i * cols + shape.year]!
    const known = yearAt.get(year)
    yearOf[i] = known ?? years.push(year) - 1
    if (known === undefined) yearAt.set(year, years.length - 1)
  }
  return {
    rows,
    scaled: Array.from(parameters.lengths, (length, d) => columnOf(d, length)),
    linear: shape.linear.map((d) => columnOf(d, 1)),
    years: Float64Array.from(years),
    yearOf,
    codes: inputs.codes,
    members: membersOf(shape.categories, inputs.codes),
  }
}

function membersOf(categories: number, codes: Int32Array): PreparedInputs['members'] {
  const members = Array.from({ length: categories }, () => new Map<number, number[]>())
  for (const [at, code] of codes.entries()) {
    if (code < 0) continue
    const own = members[at % categories]!
    const row = Math.floor(at / categories)
    append(own, code, row)
  }
  return members
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

/** Room for the sums of a row of covariances, used again for the next one. */
export interface KernelScratch {
  readonly distances: Float64Array
  readonly products: Float64Array
}

export function kernelScratch(rows: number): KernelScratch {
  return { distances: new Float64Array(rows), products: new Float64Array(rows) }
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
  kernel: Kernel,
  a: PreparedInputs,
  i: number,
  b: PreparedInputs,
  { distances, products }: KernelScratch,
  count = b.rows,
  parts?: KernelParts,
): void {
  const { parameters: p } = kernel
  const year = a.years[a.yearOf[i]!]!
  // Years are few: their exponentials are made once a row.
  const trend = fadingOf(b.years, year, p.trendLength)
  // One feature after another: each inner loop is a single expression over values that stand side by side.
  distances.fill(0, 0, count)
  products.fill(0, 0, count)
  for (let d = 0; d < b.scaled.length; d++) addSquares(distances, b.scaled[d]!, a.scaled[d]![i]!, count)
  for (let k = 0; k < b.linear.length; k++) addProducts(products, b.linear[k]!, a.linear[k]![i]!, count)
  for (let j = 0; j < count; j++) {
    const product = products[j]!
    const fading = trend[b.yearOf[j]!]!
    const distance = distances[j]!
    const smooth = distance > farthest ? 0 : p.smooth * Math.exp(-0.5 * distance)
    out[at + j] = constantVariance + p.linear * product + (p.trend + p.trendLinear * product) * fading + smooth
    if (parts) {
      parts.products[at + j] = product
      parts.fading[at + j] = fading
      parts.smooth[at + j] = smooth
    }
  }
  addCategories(out, at, kernel, a, i, b, count)
}

/** Beyond this squared distance the smooth part is less than the rounding of the constant. */
const farthest = 64

function addSquares(sums: Float64Array, column: Float64Array, own: number, count: number): void {
  for (let j = 0; j < count; j++) {
    const difference = own - column[j]!
    sums[j] = sums[j]! + difference * difference
  }
}

function addProducts(sums: Float64Array, column: Float64Array, own: number, count: number): void {
  for (let j = 0; j < count; j++) sums[j] = sums[j]! + own * column[j]!
}

function fadingOf(years: Float64Array, year: number, length: number): Float64Array {
  return years.map((other) => Math.exp((-0.5 * (year - other) ** 2) / (length * length)))
}

/** What rows share by their categories: few of them do. */
function addCategories(
  out: Float64Array,
  at: number,
  { shape, parameters: p }: Kernel,
  a: PreparedInputs,
  i: number,
  b: PreparedInputs,
  count: number,
): void {
  const { categories, fading } = shape
  const year = a.years[a.yearOf[i]!]!
  for (let c = 0; c < categories; c++) {
    const code = a.codes[i * categories + c]!
    const rows = code < 0 ? undefined : b.members[c]!.get(code)
    if (!rows) continue
    const k = fading.indexOf(c)
    const fades = k < 0 ? undefined : fadingOf(b.years, year, p.fadingLengths[k]!)
    for (const j of rows) {
      if (j >= count) break
      out[at + j] = out[at + j]! + p.categories[c]! + (fades ? p.fading[k]! * fades[b.yearOf[j]!]! : 0)
    }
  }
}

/** The variance of row `i`, without noise. What is not known of its categories varies as much as they do. */
export function priorVariance({ parameters: p }: Kernel, a: PreparedInputs, i: number): number {
  let square = 0
  for (const column of a.linear) square += column[i]! * column[i]!
  let categories = 0
  for (let c = 0; c < p.categories.length; c++) categories += p.categories[c]!
  for (let k = 0; k < p.fading.length; k++) categories += p.fading[k]!
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
  const scratch = kernelScratch(n)
  for (let i = 0; i < n; i++) {
    covariancesInto(matrix, i * n, kernel, inputs, i, inputs, scratch, i + 1, parts)
    matrix[i * n + i] = priorVariance(kernel, inputs, i) + kernel.parameters.noise * noiseWeights[i]!
  }
  return matrix
}
