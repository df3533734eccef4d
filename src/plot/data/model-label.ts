import { type ModelEntry, modelPath } from '../../registry/model-entry.js'
import type { Pipeline } from '../../registry/pipeline.js'

/** Which model a picture is of. */
export interface ModelLabel {
  readonly pipeline: string
  /** `<source>/<output type>/<feature group>/<Trainer>_<node type>` */
  readonly model: string
  readonly processor?: string
}

export function modelLabel(pipeline: Pipeline, entry: ModelEntry): ModelLabel {
  const processor = pipeline.specOf(entry.nodeType)?.processor
  return { pipeline: pipeline.name, model: modelPath(entry), ...(processor ? { processor } : {}) }
}
