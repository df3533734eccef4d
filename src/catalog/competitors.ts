import type { RankedModel } from '../api/answers.js'
import { modelPath } from '../registry/model-entry.js'
import { explainChoice } from '../selection/explain-choice.js'
import type { FoundEntry } from './find-entry.js'

/** The models of the same source, output type, feature group and node type, in the order in which they are chosen. */
export function competitorsOf({ ranked, entry }: FoundEntry): readonly RankedModel[] {
  const { entries } = ranked.pipeline
  const competing = entries.filter(
    ({ folder, nodeType }) => folder.path === entry.folder.path && nodeType === entry.nodeType,
  )
  return explainChoice(ranked.order, competing, ({ name }) => name).map(({ model, rank, why }) => ({
    path: modelPath(model),
    model_name: model.name,
    rank,
    why,
  }))
}
