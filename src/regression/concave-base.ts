import { gramNonNegativeLeastSquares } from '../numeric/gram-nnls.js'
import { type Matrix, mean } from '../numeric/matrix.js'
import { quantile } from '../numeric/quantile.js'
import { type ConcaveSum, concaveTerm, type FeatureRange } from '../predictor/concave-sum.js'

/** Where a saturating term bends, as shares of the largest magnitude of its feature. */
const bends = [0.1, 0.3, 1] as const
/** Huber's constant: 95 % efficient for normal errors (Huber and Ronchetti, Robust Statistics). */
const huberConstant = 1.345
/** The median of |z| of a standard normal z. */
const normalMedian = 0.6745
const reweightings = 12
/** Further rows would not move a fit of so few parameters. */
const mostRows = 8192

/**
 * A concave sum that never falls, by non-negative least squares with Huber weights (iteratively reweighted): power and
 * counters are sampled out of step, and a squared error would follow the rows that jump.
 *
 * @param rows which rows of `x` to learn from, not none
 */
export function fitConcaveBase(x: Matrix, y: Float64Array, rows: Int32Array): ConcaveSum {
  const used = thinned(rows)
  const terms = termsOf(x, used)
  const size = terms.weight.length + 1
  const design = designOf(x, used, terms, size)
  const weights = new Float64Array(used.length).fill(1)
  const errors = new Float64Array(used.length)
  let solution: Float64Array = new Float64Array(size)
  for (let round = 0; round < reweightings; round++) {
    solution = weightedFit(design, size, y, used, weights, solution)
    for (let r = 0; r < used.length; r++) {
      let sum = 0
      for (let t = 0; t < size; t++) sum += solution[t]! * design[r * size + t]!
      errors[r] = Math.abs(y[used[r]!]! - sum)
    }
    if (huberWeights(errors, weights) < 1e-3) break
  }
  return positiveTerms(terms, solution)
}

function thinned(rows: Int32Array): Int32Array {
  if (rows.length <= mostRows) return rows
  return Int32Array.from({ length: mostRows }, (_, i) => rows[Math.floor((i * rows.length) / mostRows)]!)
}

/** A straight and some saturating terms for each feature that moves, without weights yet. */
function termsOf(x: Matrix, rows: Int32Array): ConcaveSum {
  const { lower, upper } = rangeOf(x, rows)
  const terms: { feature: number; saturates: number; scale: number }[] = []
  for (let feature = 0; feature < x.cols; feature++) {
    const largest = Math.max(Math.abs(lower[feature]!), Math.abs(upper[feature]!))
    if (!(upper[feature]! - lower[feature]! > 1e-12 * largest)) continue
    terms.push({ feature, saturates: 0, scale: largest })
    for (const bend of bends) terms.push({ feature, saturates: 1, scale: bend * largest })
  }
  return {
    intercept: 0,
    feature: Int32Array.from(terms, ({ feature }) => feature),
    saturates: Uint8Array.from(terms, ({ saturates }) => saturates),
    scale: Float64Array.from(terms, ({ scale }) => scale),
    weight: new Float64Array(terms.length),
  }
}

/** One row per used row: the terms, then 1 for the intercept. */
function designOf(x: Matrix, rows: Int32Array, { feature, saturates, scale }: ConcaveSum, size: number): Float64Array {
  const design = new Float64Array(rows.length * size)
  for (let r = 0; r < rows.length; r++) {
    const from = rows[r]! * x.cols
    const at = r * size
    for (let t = 0; t < size - 1; t++) {
      design[at + t] = concaveTerm(x.data[from + feature[t]!]!, saturates[t]!, scale[t]!)
    }
    design[at + size - 1] = 1
  }
  return design
}

function weightedFit(
  design: Float64Array,
  size: number,
  y: Float64Array,
  rows: Int32Array,
  weights: Float64Array,
  start: Float64Array,
): Float64Array {
  const gram = new Float64Array(size * size)
  const moment = new Float64Array(size)
  for (let r = 0; r < rows.length; r++) {
    const at = r * size
    const target = y[rows[r]!]!
    for (let i = 0; i < size; i++) {
      const weighted = design[at + i]! * weights[r]!
      moment[i]! += weighted * target
      for (let k = 0; k <= i; k++) gram[i * size + k]! += weighted * design[at + k]!
    }
  }
  for (let i = 0; i < size; i++) for (let k = 0; k < i; k++) gram[k * size + i] = gram[i * size + k]!
  return gramNonNegativeLeastSquares(gram, moment, start)
}

/** Writes the weights of the next round; the largest change. */
function huberWeights(errors: Float64Array, weights: Float64Array): number {
  // Where more than half of the rows are met exactly, the median is no scale.
  const scale = Math.max(quantile(errors, 0.5), 1e-6 * mean(errors))
  const limit = (huberConstant * scale) / normalMedian
  let change = 0
  for (let r = 0; r < errors.length; r++) {
    const weight = errors[r]! <= limit ? 1 : limit / errors[r]!
    change = Math.max(change, Math.abs(weight - weights[r]!))
    weights[r] = weight
  }
  return change
}

function positiveTerms(terms: ConcaveSum, solution: Float64Array): ConcaveSum {
  const kept = (_: number, t: number) => solution[t]! > 0
  return {
    intercept: solution[solution.length - 1]!,
    feature: terms.feature.filter(kept),
    saturates: terms.saturates.filter(kept),
    scale: terms.scale.filter(kept),
    weight: solution.slice(0, -1).filter(kept),
  }
}

export function rangeOf(x: Matrix, rows: Int32Array): FeatureRange {
  const lower = new Float64Array(x.cols).fill(Number.POSITIVE_INFINITY)
  const upper = new Float64Array(x.cols).fill(Number.NEGATIVE_INFINITY)
  for (const row of rows) {
    for (let j = 0; j < x.cols; j++) {
      const value = x.data[row * x.cols + j]!
      if (value < lower[j]!) lower[j] = value
      if (value > upper[j]!) upper[j] = value
    }
  }
  return { lower, upper }
}
