import type { MachineSpec } from '../core/machine-spec.js'
import type { TrainerName } from '../regression/trainers.js'
import type { TrainedModel, TrainModelOptions } from './train-model.js'
import type { TrainingSet } from './training-set.js'

/** One model to train: what a worker thread is given. */
export interface TrainTask {
  readonly set: TrainingSet
  readonly trainer: TrainerName
  readonly options: TrainModelOptions
}

export type TaskResult = { readonly task: TrainTask } & (
  | { readonly model: TrainedModel }
  | { readonly failure: string }
)

export interface TaskPlan {
  readonly absTrainers: readonly TrainerName[]
  readonly dynTrainers: readonly TrainerName[]
  readonly seed: number
  readonly crossValidation: boolean
  readonly specOf?: (nodeType: number) => MachineSpec | undefined
}

/** Every training set by every trainer of its output type, in the order in which results are listed. */
export function planTasks(sets: readonly TrainingSet[], plan: TaskPlan): readonly TrainTask[] {
  const { absTrainers, dynTrainers, seed, crossValidation, specOf } = plan
  return sets.flatMap((set) =>
    (set.outputType === 'AbsPower' ? absTrainers : dynTrainers).map((trainer) => {
      const machineSpec = specOf?.(set.nodeType)
      return { set, trainer, options: { seed, crossValidation, ...(machineSpec && { machineSpec }) } }
    }),
  )
}

/** How a task is called in progress and messages. */
export function nameOfTask({ set, trainer }: TrainTask): string {
  return `${set.source}/${set.outputType}/${set.group}/${trainer}_${set.nodeType}`
}
