import { type ModelArchive, readModelArchive } from '../archive/read-model-archive.js'
import type { EnergySource } from '../core/energy-source.js'
import type { FeatureGroup } from '../core/feature-group.js'
import type { OutputType } from '../core/output-type.js'
import type { TrainerName } from '../regression/trainers.js'
import type { TrainedModel } from '../train/train-model.js'
import type { TrainingSet } from '../train/training-set.js'

/** A model that was trained here, and what was measured of its errors on rows that it had not seen. */
export interface TrainedPowerModel {
  /** `<Trainer>_<node type>` */
  readonly name: string
  readonly trainer: TrainerName
  readonly source: EnergySource
  readonly outputType: OutputType
  readonly featureGroup: FeatureGroup
  readonly nodeType: number
  readonly features: readonly string[]
  /** Errors and what else its archive says: `mae`, `mape`, `cv_mae`, `cross_validation`, … */
  readonly metadata: Readonly<Record<string, unknown>>
  /** The bytes of its archive, as the model server gives them. */
  readonly zip: Uint8Array
  /** Weights that Kepler evaluates itself, of trainers that give them; JSON. */
  readonly weights?: string
  /** The model as anybody reads it from the archive: what is saved is what predicts. */
  readonly archive: () => ModelArchive
}

export function trainedPowerModel(
  { source, outputType, group, nodeType }: Pick<TrainingSet, 'source' | 'outputType' | 'group' | 'nodeType'>,
  { name, trainer, features, metadata, zip, weights }: TrainedModel,
): TrainedPowerModel {
  return {
    name,
    trainer,
    source,
    outputType,
    featureGroup: group,
    nodeType,
    features,
    metadata,
    zip,
    ...(weights !== undefined && { weights }),
    archive: () => readModelArchive(zip),
  }
}
