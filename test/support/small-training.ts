import { matrix } from '../../src/numeric/matrix.js'
import type { TaskPlan } from '../../src/train/tasks.js'
import { madeTrainingSet } from './made-training-set.js'

/** A node's power, and power above idle of another node type. */
export const set = madeTrainingSet('BPFOnly')
export const dynamic = { ...madeTrainingSet('BPFOnly', 'DynPower'), nodeType: 4 }

/** Too few rows to learn from. */
export const tooSmall = {
  ...set,
  x: matrix([]),
  targets: set.targets.map((one) => ({ ...one, watts: new Float64Array(0) })),
}

/** One trainer for each kind of power. */
export const plan: TaskPlan = {
  ...{ absTrainers: ['LinearRegressionTrainer'], dynTrainers: ['SGDRegressorTrainer'], seed: 0 },
  crossValidation: false,
}
