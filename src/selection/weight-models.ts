import { outputTypes } from '../core/output-type.js'
import { metadataRecord } from '../registry/metadata-numbers.js'
import type { ModelEntry } from '../registry/model-entry.js'
import type { JudgedWeights, ModelAnswers } from './model-answers.js'
import type { WeightModel } from './model-selector.js'
import type { RankedPipeline } from './ranked-pipeline.js'

/** The weight model that is served of each source, output type and feature group. */
export function weightModelsOf(ranked: RankedPipeline, answers: ModelAnswers): readonly WeightModel[] {
  return ranked.pipeline.sources.flatMap((source) =>
    outputTypes.flatMap((outputType) =>
      ranked.groups(source, outputType).flatMap(({ weights }) => {
        const model = servedWeights(ranked, weights.get('')?.all ?? [], answers)
        return model === undefined ? [] : [model]
      }),
    ),
  )
}

/** The first whose weights need no correction, else the first that can be read. */
function servedWeights(
  ranked: RankedPipeline,
  models: readonly ModelEntry[],
  answers: ModelAnswers,
): WeightModel | undefined {
  let first: WeightModel | undefined
  for (const entry of models) {
    const judged = answers.judge(ranked, entry)
    if (!judged) continue
    if (judged.flaws === undefined) return weightModel(ranked, entry, judged)
    first ??= weightModel(ranked, entry, judged)
  }
  return first
}

function weightModel({ pipeline }: RankedPipeline, entry: ModelEntry, { weights }: JudgedWeights): WeightModel {
  const { name: modelName, trainer, nodeType, numbers, folder } = entry
  return {
    pipeline: pipeline.name,
    source: folder.source,
    outputType: folder.outputType,
    featureGroup: folder.featureGroup,
    modelName,
    trainer,
    nodeType,
    weights,
    errors: metadataRecord(numbers),
  }
}
