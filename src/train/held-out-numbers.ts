import { isCounted } from '../core/energy-source.js'
import { mean } from '../numeric/matrix.js'
import { type TrainerName, trainers } from '../regression/trainers.js'
import { type PhysicsCheck, rangeOfWatts } from './physics.js'
import type { TrainingSet } from './training-set.js'

/** The errors of the folds of one way to hold rows out, in watts. */
export interface HeldOutFolds {
  /** Blocks of time, or windows that came after the training rows. */
  readonly time: readonly number[]
  /** Left-out workloads; none where the data does not tell them apart. */
  readonly workloads: readonly number[]
}

/**
 * The flat keys of `metadata.json` by which models are chosen; `selection/held-out-order.ts` reads them:
 *
 * - `held_out_mae`: watts, the mean of the folds by time and of those by workload, each with the same weight
 * - `held_out_se`: its standard error over the folds
 * - `time_fold_<n>`, `workload_fold_<n>`: the error of each fold in watts, so that two models can be compared pairwise
 * - `worst_fold_share`: the worst fold, as a share of the range of the measured watts
 * - `zero_load_share` (dynamic power), `double_range_rise`, `double_range_fall`: see `PhysicsCheck`
 * - `complexity`: the order in which models of equal error are preferred, the lowest first
 */
export function heldOutNumbers(
  trainer: TrainerName,
  set: TrainingSet,
  physics: PhysicsCheck,
  folds: HeldOutFolds | undefined,
): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries({
      complexity: trainers[trainer].complexity,
      double_range_rise: physics.doubleRangeRise,
      double_range_fall: physics.doubleRangeFall,
      ...(set.outputType === 'DynPower' && { zero_load_share: physics.zeroLoadShare }),
      ...(folds && folds.time.length + folds.workloads.length > 0 && foldNumbers(set, folds)),
    }).map(([key, value]) => [key, significant(value)]),
  )
}

function foldNumbers(set: TrainingSet, { time, workloads }: HeldOutFolds): Record<string, number> {
  const parts = [time, workloads].filter((errors) => errors.length > 0)
  const range = set.targets.reduce(
    (sum, { component, watts }) => sum + (isCounted(component) ? rangeOfWatts(watts).range : 0),
    0,
  )
  return {
    held_out_mae: mean(parts.map((errors) => mean(errors))),
    held_out_se: Math.sqrt(parts.reduce((sum, errors) => sum + squaredError(errors), 0)) / parts.length,
    ...(range > 0 && { worst_fold_share: Math.max(...time, ...workloads) / range }),
    ...numbered('time_fold', time),
    ...numbered('workload_fold', workloads),
  }
}

function numbered(prefix: string, errors: readonly number[]): Record<string, number> {
  return Object.fromEntries(errors.map((error, i) => [`${prefix}_${i + 1}`, error]))
}

/** The square of the standard error of the mean; a single fold says nothing of it. */
function squaredError(errors: readonly number[]): number {
  if (errors.length < 2) return 0
  const middle = mean(errors)
  const variance = errors.reduce((sum, error) => sum + (error - middle) ** 2, 0) / (errors.length - 1)
  return variance / errors.length
}

/** What JSON cannot write, infinity and not a number, becomes a number that no model of use has. */
const largest = 1e9

function significant(value: number): number {
  return Number.isFinite(value) ? Number(Math.min(value, largest).toPrecision(5)) : largest
}
