import { choleskyInPlace, solvePositiveDefinite } from '../numeric/cholesky.js'
import type { Random } from '../numeric/random.js'
import { featureAt, featureNames } from './features.js'

/**
 * The space of standardised features: means and deviations of the table's machines, and how features go together,
 * which tells what a missing one may be.
 */
export interface FeatureSpace {
  readonly means: Float64Array
  readonly deviations: Float64Array
  /** NaN stays NaN; year and process are held within what the table has. */
  standardise(values: Float64Array): Float64Array
  /** A value back in the units of its feature. */
  unstandardise(feature: number, standardised: number): number
  /** The expected values of what is missing, given what is there. */
  complete(standardised: Float64Array): Float64Array
  /** Values of what is missing as they may be, `count` of them: the same seed gives the same. */
  draw(standardised: Float64Array, count: number, random: Random): readonly Float64Array[]
}

const size = featureNames.length
/** A step of one in these is a step of two deviations, however rare it is in the table. */
const binary: ReadonlySet<number> = new Set([featureAt.threadsPerCore, featureAt.enclosure])
/** Keeps the covariance away from singular where two features hardly differ. */
const ridge = 0.01

/** @param rows raw features of the table's machines, NaN where not known */
export function featureSpace(rows: readonly Float64Array[]): FeatureSpace {
  const latest = Math.max(...known(rows, featureAt.familyYear))
  const finest = Math.min(...known(rows, featureAt.nanometres))
  const clamped = rows.map((row) => clamp(row, latest, finest))
  const means = new Float64Array(size)
  const deviations = new Float64Array(size)
  for (let d = 0; d < size; d++) {
    const values = known(clamped, d)
    means[d] = values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
    const spread = values.reduce((sum, value) => sum + (value - means[d]!) ** 2, 0) / Math.max(1, values.length)
    deviations[d] = binary.has(d) ? 0.5 : Math.sqrt(spread) + 1e-6
  }
  const standardise = (values: Float64Array) =>
    clamp(values, latest, finest).map((value, d) => (value - means[d]!) / deviations[d]!)
  const conditionalOf = conditionals(covarianceOf(clamped.map(standardise)))

  return {
    means,
    deviations,
    standardise,
    unstandardise: (feature, value) => value * deviations[feature]! + means[feature]!,
    complete(standardised) {
      const given = conditionalOf(standardised)
      const { missing } = given
      const expected = expectedOf(given, standardised)
      const result = standardised.slice()
      missing.forEach((d, k) => {
        result[d] = expected[k]!
      })
      return result
    },
    draw(standardised, count, random) {
      const given = conditionalOf(standardised)
      const { missing, spread } = given
      const expected = expectedOf(given, standardised)
      const m = missing.length
      // Draws in pairs on either side of what is expected: their mean is exact.
      const normals = Array.from({ length: Math.ceil(count / 2) }, () =>
        Float64Array.from({ length: m }, random.normal),
      )
      return Array.from({ length: count }, (_, k) => {
        const result = standardised.slice()
        const sign = k % 2 === 0 ? 1 : -1
        missing.forEach((d, r) => {
          let away = 0
          for (let c = 0; c <= r; c++) away += spread[r * m + c]! * normals[k >> 1]![c]!
          result[d] = expected[r]! + sign * away
        })
        return result
      })
    },
  }
}

function known(rows: readonly Float64Array[], feature: number): number[] {
  return rows.map((row) => row[feature]!).filter((value) => Number.isFinite(value))
}

function clamp(values: Float64Array, latest: number, finest: number): Float64Array {
  const result = values.slice()
  result[featureAt.familyYear] = Math.min(result[featureAt.familyYear]!, latest)
  result[featureAt.nanometres] = Math.max(result[featureAt.nanometres]!, finest)
  return result
}

/** Over pairs of rows in which both features are known, shrunk enough to stay positive definite. */
function covarianceOf(rows: readonly Float64Array[]): Float64Array {
  const complete = rows.filter((row) => row.every((value) => Number.isFinite(value)))
  const means = new Float64Array(size)
  for (const row of complete) for (let d = 0; d < size; d++) means[d]! += row[d]! / complete.length
  const result = new Float64Array(size * size)
  for (let a = 0; a < size; a++) {
    for (let b = 0; b < size; b++) {
      let sum = 0
      for (const row of complete) sum += (row[a]! - means[a]!) * (row[b]! - means[b]!)
      result[a * size + b] = sum / Math.max(1, complete.length - 1) + (a === b ? ridge : 0)
    }
  }
  return result
}

/** How missing features follow from given ones: the same for all machines of which the same are known. */
interface Conditional {
  readonly missing: readonly number[]
  readonly given: readonly number[]
  /** Of each missing feature, a weight a given one. */
  readonly weights: readonly Float64Array[]
  /** Lower Cholesky factor of the covariance of what is missing, given the rest. */
  readonly spread: Float64Array
}

function conditionals(covariance: Float64Array): (standardised: Float64Array) => Conditional {
  const known = new Map<string, Conditional>()
  return (standardised) => {
    const pattern = Array.from(standardised, (value) => (Number.isNaN(value) ? '0' : '1')).join('')
    const found = known.get(pattern) ?? conditional(covariance, pattern)
    known.set(pattern, found)
    return found
  }
}

function conditional(covariance: Float64Array, pattern: string): Conditional {
  const indices = Array.from({ length: size }, (_, d) => d)
  const missing = indices.filter((d) => pattern[d] === '0')
  const given = indices.filter((d) => pattern[d] === '1')
  const m = missing.length
  const among = Float64Array.from(given.flatMap((a) => given.map((b) => covariance[a * size + b]!)))
  const slopes = missing.map((d) => {
    const across = Float64Array.from(given, (a) => covariance[d * size + a]!)
    return { across, weights: solvePositiveDefinite(among, given.length, across) ?? across.map(() => 0) }
  })
  const spread = new Float64Array(m * m)
  missing.forEach((a, r) => {
    missing.forEach((b, c) => {
      const explained = slopes[r]!.weights.reduce((sum, weight, k) => sum + weight * slopes[c]!.across[k]!, 0)
      spread[r * m + c] = covariance[a * size + b]! - explained + (a === b ? 1e-9 : 0)
    })
  })
  if (!choleskyInPlace(spread, m)) spread.fill(0)
  return { missing, given, weights: slopes.map(({ weights }) => weights), spread }
}

/** The expected value of each missing feature. */
function expectedOf({ given, weights }: Conditional, standardised: Float64Array): readonly number[] {
  return weights.map((own) => given.reduce((sum, a, k) => sum + own[k]! * standardised[a]!, 0))
}
