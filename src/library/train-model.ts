import { expectKnownOptions } from '../core/known-options.js'
import type { MachineSpec } from '../core/machine-spec.js'
import type { Dataset } from '../extract/dataset.js'
import type { TrainerName } from '../regression/trainers.js'
import { trainModel as train } from '../train/train-model.js'
import type { WorkloadAt } from '../train/training-set.js'
import { type TrainedPowerModel, trainedPowerModel } from './trained-power-model.js'
import { trainingSetOf } from './training-set-of.js'

export interface TrainModelOptions {
  /** Decides the split and all else that is random. @default 0 */
  readonly seed?: number
  /** Also cross-validate over blocks of time and, with `workloadAt`, over workloads: several fits. @default true */
  readonly crossValidation?: boolean
  /** Needed where the dataset has rows of several node types. */
  readonly nodeType?: number
  /** The workload at a time, see {@link workloadsIn}. */
  readonly workloadAt?: WorkloadAt
  /** Of the machine that was measured. */
  readonly machineSpec?: MachineSpec
}

const names = ['seed', 'crossValidation', 'nodeType', 'workloadAt', 'machineSpec'] as const

/**
 * Trains one model per component of a dataset and measures its errors: `mae` and `mape` on a shuffled tenth of the rows, as
 * the field reports them, and by cross-validation.
 *
 * @throws ModelError `INVALID_DATA` when the trainer cannot learn from the rows, `INVALID_REQUEST` for wrong options
 */
export async function trainModel(
  dataset: Dataset,
  trainer: TrainerName,
  options: TrainModelOptions = {},
): Promise<TrainedPowerModel> {
  expectKnownOptions('trainModel', options, names)
  const { seed = 0, crossValidation = true, nodeType, workloadAt, machineSpec } = options
  const set = trainingSetOf(dataset, nodeType, workloadAt)
  const model = await train(set, trainer, { seed, crossValidation, ...(machineSpec && { machineSpec }) })
  return trainedPowerModel(set, model)
}
