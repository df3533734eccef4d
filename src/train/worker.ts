import { messageOf } from '../core/errors.js'
import type { TrainTask } from './tasks.js'
import { type TrainedModel, trainModel } from './train-model.js'

/** What comes back from a thread; errors lose their class when they are cloned, so their message goes. */
export type WorkerAnswer = { readonly model: TrainedModel } | { readonly failure: string }

/** What a worker thread runs, see `run-tasks.ts`. */
export default async function train({ set, trainer, options }: TrainTask): Promise<WorkerAnswer> {
  try {
    return { model: await trainModel(set, trainer, options) }
  } catch (error) {
    return { failure: messageOf(error) }
  }
}
