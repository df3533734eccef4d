import type { ModelEntry } from '../registry/model-entry.js'
import { modelPath } from '../registry/model-entry.js'
import type { Logger } from '../runtime/ports.js'
import type { ModelFilter } from './filter.js'
import type { ModelAnswers } from './model-answers.js'
import type { ServedModel } from './model-selector.js'
import type { RankedPipeline } from './ranked-pipeline.js'
import { type Choice, selectModel, type Wanted } from './select-model.js'

/** A request with its filter, as a search through several pipelines needs it. */
export interface Search {
  readonly wanted: Omit<Wanted, 'accepts'> & {
    /** What the client measures, by its own names alone. */
    readonly measured: readonly string[]
  }
  readonly filter: ModelFilter
  /** Models that cannot be read; added to while the search goes on. */
  readonly unreadable: Set<ModelEntry>
}

/**
 * The best model of a pipeline that can be read.
 *
 * Weights that Kepler could not use (negative watts, an unseen feature) are passed over while another model of the same
 * pipeline and node type fits; where none does, those of the best are served with their faults corrected.
 */
export function findModel(
  ranked: RankedPipeline,
  { wanted, filter, unreadable }: Search,
  answers: ModelAnswers,
  logger: Logger,
): ServedModel | undefined {
  const passedOver: { readonly choice: Choice; readonly why: string }[] = []
  const accepts = (model: ModelEntry) =>
    filter(model) &&
    answers.damageOf(model) === undefined &&
    !unreadable.has(model) &&
    !passedOver.some(({ choice }) => choice.entry === model)

  // Each round either ends or excludes a model, so this ends.
  for (;;) {
    const choice = selectModel(ranked, { ...wanted, accepts })
    const [first] = passedOver
    // A corrected model of the wanted node type is better than one of another machine.
    if (!choice || (first && isFallback(choice) && !isFallback(first.choice))) break
    const why = wanted.weight ? answers.judge(ranked, choice.entry)?.flaws : undefined
    if (why !== undefined) {
      passedOver.push({ choice, why })
      continue
    }
    const model = wanted.weight
      ? answers.weights(ranked, choice, wanted.measured)
      : answers.archive(ranked, choice, wanted)
    if (model) return withNote(model, passedOver, logger)
    unreadable.add(choice.entry)
  }
  const [best] = passedOver
  const corrected = best && answers.weights(ranked, best.choice, wanted.measured)
  if (!corrected) return undefined
  logger.warn(
    { pipeline: ranked.pipeline.name, model: modelPath(best.choice.entry), reason: best.why },
    'no other weights fit: these are served with their faults corrected',
  )
  return corrected
}

function withNote(
  model: ServedModel,
  passedOver: readonly { readonly choice: Choice; readonly why: string }[],
  logger: Logger,
): ServedModel {
  if (passedOver.length === 0) return model
  const notes = passedOver.map(({ choice, why }) => `${choice.entry.folder.featureGroup}/${choice.entry.name}: ${why}`)
  logger.warn(
    { pipeline: model.selection.pipeline, model: model.selection.modelName, passedOver: notes },
    'weights that Kepler could not use were passed over',
  )
  return { ...model, passedOver: notes }
}

function isFallback({ match }: Choice): boolean {
  return match?.how === 'fallback'
}
