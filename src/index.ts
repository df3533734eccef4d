export type { ModelMetadata } from './archive/metadata.js'
export { type ModelArchive, readModelArchive } from './archive/read-model-archive.js'
export { type ArchiveMetadata, writeModelArchive } from './archive/write-model-archive.js'
export { type ModelWeights, readWeights } from './archive/weights.js'
export { ModelError } from './core/errors.js'
export type { Matrix } from './numeric/matrix.js'
export type { ComponentModel, PowerModel } from './predictor/power-model.js'
export type { Predictor } from './predictor/predictor.js'
export type { PredictedInterval } from './predictor/quantile-forest.js'
export {
  type LibraryInterval,
  type LibraryPredictor,
  type LibraryRegressor,
  type LibraryRows,
  type RegressorName,
  regressor,
} from './regression/regressor-by-name.js'
export type { TrainerName, TrainerOptions } from './regression/trainers.js'
