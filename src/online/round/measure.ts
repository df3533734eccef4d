import { readModelArchive } from '../../archive/read-model-archive.js'
import { isCounted } from '../../core/energy-source.js'
import type { Dataset } from '../../extract/dataset.js'
import { mean, rowOf } from '../../numeric/matrix.js'
import { quantile } from '../../numeric/quantile.js'
import type { TrainingSet } from '../../train/training-set.js'

/** The error of a model. Core and uncore are parts of the package, so they are not added. */
export interface Measured {
  readonly rows: number
  /** Mean absolute error in watts, added up over package and dram, or of the platform. */
  readonly watts: number
  /** The same as a share of the mean power, in percent. (A mean of percentages would be dominated by idle rows.) */
  readonly percent: number
  /** Skill score: 1 is perfect, 0 no better than predicting the median of the measurements. */
  readonly skill: number
  /** Absolute error of each row in watts. */
  readonly perRow: Float64Array
}

/**
 * A model's watts for the rows of a training set, computed from its archive as a client would.
 *
 * @throws ModelError `INVALID_ARCHIVE`, or `INVALID_REQUEST` when it needs features that the rows lack
 */
export function predictedWatts(zip: Uint8Array, set: TrainingSet): ReadonlyMap<string, readonly number[]> {
  const rows = Array.from({ length: set.x.rows }, (_, i) => Array.from(rowOf(set.x, i)))
  return new Map(Object.entries(readModelArchive(zip).predict(set.features, rows)))
}

/** Absolute error of each row in watts, summed over `countedComponents`. A component that the model lacks counts as 0 W. */
export function rowErrors(set: TrainingSet, predicted: ReadonlyMap<string, readonly number[]>): Float64Array {
  const errors = new Float64Array(set.x.rows)
  for (const { component, watts } of set.targets) {
    if (!isCounted(component)) continue
    const own = predicted.get(component)
    for (const i of errors.keys()) errors[i]! += Math.abs((own?.[i] ?? 0) - watts[i]!)
  }
  return errors
}

/** Mean watts, summed over `countedComponents`. */
export function meanPower({ targets }: TrainingSet): number {
  return targets.reduce((sum, { component, watts }) => sum + (isCounted(component) ? mean(watts) : 0), 0)
}

/** Watts between the 5th and the 95th percentile of the sum over `countedComponents`, as a share of its mean. */
export function powerSpread({ rows, powers }: Pick<Dataset, 'rows' | 'powers'>): number {
  const sum = new Float64Array(rows)
  for (const { component, values } of powers) {
    if (isCounted(component)) for (const i of sum.keys()) sum[i]! += values[i]!
  }
  const power = mean(sum)
  return power > 0 ? (quantile(sum, 0.95) - quantile(sum, 0.05)) / power : 0
}

/** @throws ModelError as `quantile`, without rows */
export function measured(set: TrainingSet, predicted: ReadonlyMap<string, readonly number[]>): Measured {
  const counted = set.targets.filter(({ component }) => isCounted(component))
  const power = meanPower(set)
  const perRow = rowErrors(set, predicted)
  const error = mean(perRow)
  const guess = counted.reduce((sum, { watts }) => {
    const median = quantile(watts, 0.5)
    return sum + mean(watts.map((value) => Math.abs(value - median)))
  }, 0)
  return {
    rows: set.x.rows,
    watts: error,
    percent: power > 0 ? (100 * error) / power : Number.POSITIVE_INFINITY,
    skill: guess > 0 ? 1 - error / guess : 0,
    perRow,
  }
}
