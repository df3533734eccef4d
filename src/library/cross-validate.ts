import { ModelError } from '../core/errors.js'
import { expectKnownOptions } from '../core/known-options.js'
import type { Dataset } from '../extract/dataset.js'
import type { TrainerName } from '../regression/trainers.js'
import { type CrossValidation, crossValidate as validate } from '../train/cross-validate.js'
import { timeBlocks, workloadFolds } from '../train/folds.js'
import type { WorkloadAt } from '../train/training-set.js'
import { trainingSetOf } from './training-set-of.js'

export interface CrossValidateOptions {
  /** What is left out in turn: blocks of time, or whole workloads (with `workloadAt`). @default 'time' */
  readonly by?: 'time' | 'workload'
  /** How many parts at most. @default 5 */
  readonly folds?: number
  /** The workload at a time, see {@link workloadsIn}. */
  readonly workloadAt?: WorkloadAt
  /** @default 0 */
  readonly seed?: number
  /** Needed where the dataset has rows of several node types. */
  readonly nodeType?: number
}

const names = ['by', 'folds', 'workloadAt', 'seed', 'nodeType'] as const

/**
 * The errors of a trainer on rows that its models had not seen: each part of the dataset is left out in turn, and predicted
 * by models of the rest. Never shuffled: neighbouring seconds are nearly equal, so a shuffled split flatters.
 *
 * @throws ModelError `INVALID_DATA` when there are too few rows or workloads, or the trainer cannot learn from them;
 *   `INVALID_REQUEST` for wrong options
 */
export function crossValidate(
  dataset: Dataset,
  trainer: TrainerName,
  options: CrossValidateOptions = {},
): CrossValidation {
  expectKnownOptions('crossValidate', options, names)
  const { by = 'time', folds = 5, workloadAt, seed = 0, nodeType } = options
  if (!(Number.isInteger(folds) && folds >= 2)) {
    throw new ModelError('INVALID_REQUEST', `folds is a whole number from 2, got ${folds}`, { field: 'folds' })
  }
  if (by === 'workload' && workloadAt === undefined) {
    throw new ModelError('INVALID_REQUEST', 'leaving workloads out needs workloadAt: workloadsIn finds it', {
      field: 'workloadAt',
    })
  }
  const set = trainingSetOf(dataset, nodeType, workloadAt)
  const splits = by === 'time' ? timeBlocks(set.timestamps, folds) : workloadFolds(set.workloads ?? none, folds)
  const result = validate(trainer, set, splits, seed)
  if (result !== undefined) return result
  const few = by === 'time' ? `${set.x.rows} rows are too few` : 'fewer than two workloads have enough rows'
  throw new ModelError('INVALID_DATA', `cannot cross-validate: ${few}`, { field: 'dataset' })
}

const none = { names: [], ofRow: new Int32Array() }
