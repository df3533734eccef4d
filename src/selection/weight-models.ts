import { messageOf } from '../core/errors.js'
import { outputTypes } from '../core/output-type.js'
import { metadataRecord } from '../registry/metadata-numbers.js'
import type { ModelEntry } from '../registry/model-entry.js'
import { readWeights } from '../registry/model-files.js'
import type { Pipeline } from '../registry/pipeline.js'
import type { Logger } from '../runtime/ports.js'
import type { WeightModel } from './model-selector.js'
import type { RankedPipeline } from './ranked-pipeline.js'

/** The best weight model of each source, output type and feature group whose file can be read. */
export function weightModelsOf(ranked: RankedPipeline, logger: Logger): readonly WeightModel[] {
  const { pipeline } = ranked
  return pipeline.sources.flatMap((source) =>
    outputTypes.flatMap((outputType) =>
      ranked.groups(source, outputType).flatMap(({ weights }) => {
        const model = firstReadable(pipeline, weights.get('')?.all ?? [], logger)
        return model === undefined ? [] : [model]
      }),
    ),
  )
}

function firstReadable(pipeline: Pipeline, models: readonly ModelEntry[], logger: Logger): WeightModel | undefined {
  for (const entry of models) {
    try {
      return weightModel(pipeline, entry)
    } catch (error) {
      logger.warn({ pipeline: pipeline.name, model: entry.name, reason: messageOf(error) }, 'weights cannot be read')
    }
  }
  return undefined
}

function weightModel(pipeline: Pipeline, entry: ModelEntry): WeightModel {
  const { name: modelName, trainer, nodeType, numbers, folder } = entry
  return {
    pipeline: pipeline.name,
    source: folder.source,
    outputType: folder.outputType,
    featureGroup: folder.featureGroup,
    modelName,
    trainer,
    nodeType,
    weights: readWeights(pipeline.store, entry),
    errors: metadataRecord(numbers),
  }
}
