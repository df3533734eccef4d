import { conformalRadius, quantile } from '../numeric/quantile.js'
import { type IntervalTable, intervalTable, offsetsAt } from '../predictor/interval-table.js'

/** Predictions of rows that were held out, with what was measured. */
export interface HeldOutRows {
  readonly predicted: Float64Array
  readonly actual: Float64Array
  /** The fold of each row: 0, 1, ... */
  readonly fold: Int32Array
}

/** Rows that a level must have for its own quantiles to mean something. */
const minRowsPerLevel = 25
const maxLevels = 12
/**
 * Bands of other folds are made from fewer rows than those that are served, so they are less exact: a little less than
 * the coverage wanted is enough. 0.97 was found on held-out blocks (docs/accuracy.md).
 */
const levelShare = 0.97
/** Share of the range of watts that is the least half width: a level at which every row was met is no certainty. */
const leastShare = 0.002

/**
 * The interval that contains a measurement with probability `coverage`, from held-out rows.
 *
 * Rows are grouped by the level of their prediction; each level has the quantiles of its own errors. These bands are then
 * widened or narrowed together by a conformal score (Lei and others, 2018): how far rows of one fold lie outside bands
 * that were made from the other folds, in half widths of the band, so that shifts between folds count.
 */
export function heldOutIntervals(rows: HeldOutRows, coverage: number): IntervalTable {
  const all = Int32Array.from(rows.predicted.keys())
  const least = leastHalfWidth(rows.actual)
  const bands = bandsOf(rows, all, coverage)
  const folds = [...new Set(rows.fold)]
  const scores = folds.flatMap((fold) => {
    const others = all.filter((row) => rows.fold[row] !== fold)
    if (others.length < 2) return []
    const made = bandsOf(rows, others, coverage)
    return [...all].filter((row) => rows.fold[row] === fold).map((row) => scoreOf(rows, row, made, least))
  })
  const score =
    scores.length > 0
      ? conformalRadius(scores, coverage * levelShare)
      : conformalRadius(
          [...all].map((row) => scoreOf(rows, row, bands, least)),
          coverage,
        )
  return intervalTable({
    levels: bands.levels,
    lower: bands.lower.map((value, i) => Math.min(0, value - score * halfWidth(bands, i, least))),
    upper: bands.upper.map((value, i) => Math.max(0, value + score * halfWidth(bands, i, least))),
  })
}

function halfWidth({ lower, upper }: IntervalTable, i: number, least: number): number {
  return (upper[i]! - lower[i]!) / 2 + least
}

function leastHalfWidth(actual: Float64Array): number {
  const range = actual.reduce((a, b) => Math.max(a, b)) - actual.reduce((a, b) => Math.min(a, b))
  return Math.max(leastShare * range, 1e-6)
}

function scoreOf({ predicted, actual }: HeldOutRows, row: number, bands: IntervalTable, least: number): number {
  const { lower, upper } = offsetsAt(bands, predicted[row]!)
  const error = actual[row]! - predicted[row]!
  return Math.max(lower - error, error - upper) / ((upper - lower) / 2 + least)
}

function bandsOf({ predicted, actual }: HeldOutRows, rows: Int32Array, coverage: number): IntervalTable {
  const sorted = rows.slice().sort((a, b) => predicted[a]! - predicted[b]! || a - b)
  const count = Math.max(1, Math.min(maxLevels, Math.floor(sorted.length / minRowsPerLevel)))
  const tail = (1 - coverage) / 2
  const levels: number[] = []
  const lower: number[] = []
  const upper: number[] = []
  for (let level = 0; level < count; level++) {
    const own = sorted.subarray(
      Math.floor((level * sorted.length) / count),
      Math.floor(((level + 1) * sorted.length) / count),
    )
    const middle = own.reduce((sum, row) => sum + predicted[row]!, 0) / own.length
    // Equal predictions may fill several groups; a table has each level once.
    if (levels.length > 0 && middle <= levels.at(-1)!) continue
    const errors = Float64Array.from(own, (row) => actual[row]! - predicted[row]!)
    levels.push(middle)
    lower.push(quantile(errors, tail))
    upper.push(quantile(errors, 1 - tail))
  }
  return { levels, lower, upper }
}
