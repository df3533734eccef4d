import { messageOf } from '../core/errors.js'
import { archiveFault } from '../archive/archive-sanity.js'
import type { ModelEntry } from '../registry/model-entry.js'
import { readArchive } from '../registry/model-files.js'
import type { Pipeline } from '../registry/pipeline.js'
import { type ExplainedModel, explainChoice } from './explain-choice.js'
import { createModelOrder } from './model-order.js'

/** A model of a pipeline with its place among those that compete with it, and why. */
export type ExplainedEntry = ExplainedModel<ModelEntry>

/**
 * Why each model is chosen or not among those of its source, output type, feature group and node type: as a model server
 * with `errorKey` does. The archives of pipelines that were trained here are read and judged too.
 */
export function explainPipeline(
  pipeline: Pipeline,
  models: readonly ModelEntry[],
  errorKey: string,
): readonly ExplainedEntry[] {
  const order = createModelOrder<ModelEntry>(errorKey)
  const isOurs = pipeline.entries.some((entry) => Number.isFinite(order.heldOut(entry).complexity))
  const groups = new Map<string, ModelEntry[]>()
  for (const model of models) {
    const key = `${model.folder.path} ${model.nodeType}`
    groups.set(key, [...(groups.get(key) ?? []), model])
  }
  return [...groups.values()].flatMap((competing) => {
    const faults = new Map(competing.map((model) => [model, isOurs ? faultOf(pipeline, model) : undefined]))
    const sound = competing.filter((model) => faults.get(model) === undefined)
    const explained = explainChoice(order, sound, ({ name }) => name)
    const faulty = competing.filter((model) => faults.get(model) !== undefined)
    return [
      ...explained,
      ...faulty.map((model, i) => ({ model, rank: sound.length + i + 1, why: `never chosen: ${faults.get(model)}` })),
    ]
  })
}

function faultOf(pipeline: Pipeline, model: ModelEntry): string | undefined {
  try {
    return archiveFault(readArchive(pipeline.store, model, pipeline.specOf(model.nodeType)))
  } catch (error) {
    return `its archive cannot be read: ${messageOf(error)}`
  }
}
