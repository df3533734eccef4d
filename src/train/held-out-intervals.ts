import { conformalRadius, quantile } from '../numeric/quantile.js'
import { type IntervalTable, intervalTable, offsetsAt } from '../predictor/interval-table.js'

/** Predictions of rows that were held out, with what was measured. */
export interface HeldOutRows {
  readonly predicted: Float64Array
  readonly actual: Float64Array
  /** The fold of each row: 0, 1, ... */
  readonly fold: Int32Array
}

/** Rows that a level must have for its own errors to mean something. */
const minRowsPerLevel = 25
const maxLevels = 12
/** The error of a level counts as much as that of all rows when it has so many: few rows are no certainty. */
const priorRows = 50
/** Share of the range of watts that is the least half width: a level at which every row was met is no certainty. */
const leastShare = 0.002

/**
 * The interval that contains a measurement with probability `coverage`, from held-out rows: normalised split-conformal
 * prediction (Lei and others, 2018). Rows are grouped by the level of their prediction. The usual error of a level is the
 * quantile of its absolute errors, drawn towards that of all rows where the level has few. The half width is this error
 * times one factor for all levels: the conformal quantile, of rank ceil((n + 1) coverage), of each row's error as a
 * multiple of its level's.
 */
export function heldOutIntervals({ predicted, actual }: HeldOutRows, coverage: number): IntervalTable {
  const errors = predicted.map((watts, row) => Math.abs(actual[row]! - watts))
  const usual = usualErrors(predicted, errors, leastHalfWidth(actual), coverage)
  const multiples = errors.map((error, row) => error / offsetsAt(usual, predicted[row]!).upper)
  const factor = conformalRadius(multiples, coverage)
  return intervalTable({
    levels: usual.levels,
    lower: usual.lower.map((watts) => factor * watts),
    upper: usual.upper.map((watts) => factor * watts),
  })
}

function leastHalfWidth(actual: Float64Array): number {
  const range = actual.reduce((a, b) => Math.max(a, b)) - actual.reduce((a, b) => Math.min(a, b))
  return Math.max(leastShare * range, 1e-6)
}

/** The usual error of each level, to both sides. */
function usualErrors(predicted: Float64Array, errors: Float64Array, least: number, coverage: number): IntervalTable {
  const sorted = Int32Array.from(predicted.keys()).sort((a, b) => predicted[a]! - predicted[b]! || a - b)
  const count = Math.max(1, Math.min(maxLevels, Math.floor(sorted.length / minRowsPerLevel)))
  const ofAll = quantile(errors, coverage)
  const levels: number[] = []
  const usual: number[] = []
  for (let level = 0; level < count; level++) {
    const own = sorted.subarray(
      Math.floor((level * sorted.length) / count),
      Math.floor(((level + 1) * sorted.length) / count),
    )
    const middle = own.reduce((sum, row) => sum + predicted[row]!, 0) / own.length
    // Equal predictions may fill several groups; a table has each level once.
    if (levels.length > 0 && middle <= levels.at(-1)!) continue
    const ofLevel = quantile(
      Float64Array.from(own, (row) => errors[row]!),
      coverage,
    )
    levels.push(middle)
    usual.push(least + (own.length * ofLevel + priorRows * ofAll) / (own.length + priorRows))
  }
  return { levels, lower: usual.map((watts) => -watts), upper: usual }
}
