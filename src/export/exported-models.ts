import { openModelFiles } from '../archive/model-files.js'
import { parseModelMetadata } from '../archive/metadata.js'
import { type ModelEntry, modelPath } from '../registry/model-entry.js'
import { readArchive, readWeights, withoutMachineSpec } from '../registry/model-files.js'
import type { Pipeline } from '../registry/pipeline.js'
import { isPipelineName } from '../registry/pipeline-name.js'
import { type ModelRow, modelMetadataCsv, modelRow } from '../train/pipeline-files.js'
import { whyUnpublishable } from './publishable.js'

/** A model that is left out of an export, and why. */
export interface LeftOut {
  /** `<source>/<output type>/<feature group>/<model>` */
  readonly model: string
  readonly why: string
}

export interface ChosenModels {
  readonly models: readonly ModelEntry[]
  readonly leftOut: readonly LeftOut[]
}

/** The models of a pipeline that pass the gate, in the order of their folders and names. */
export function publishableModels({ entries }: Pipeline, onlyForOriginal: boolean): ChosenModels {
  const leftOut: LeftOut[] = []
  const models = [...entries].sort(byPath).filter((entry) => {
    const why = whyLeftOut(entry, onlyForOriginal)
    if (why !== undefined) leftOut.push({ model: modelPath(entry), why })
    return why === undefined
  })
  return { models, leftOut }
}

function whyLeftOut(entry: ModelEntry, onlyForOriginal: boolean): string | undefined {
  if (!isPipelineName(entry.folder.featureGroup)) return 'its feature group is no name of a folder'
  if (onlyForOriginal && !entry.loadableByOriginal) return "the original's Python has no class for it"
  return whyUnpublishable(entry.numbers)
}

/** A model's files by their paths in the pipeline, and its line in the table of models. */
export interface ModelExport {
  readonly files: ReadonlyMap<string, string | Uint8Array>
  readonly row: ModelRow
}

/**
 * The archive, and the weights where it has them. The spec of its machine stands in `node_type_index.json` alone: originals
 * up to 0.7.11 take it for a model.
 *
 * @throws ModelError when the archive or the weights cannot be read
 */
export function exportModel({ store }: Pipeline, entry: ModelEntry): ModelExport {
  const zip = withoutMachineSpec(readArchive(store, entry, undefined))
  const path = modelPath(entry)
  const files = new Map<string, string | Uint8Array>([[`${path}.zip`, zip]])
  if (entry.weights !== undefined) files.set(`${path}.json`, JSON.stringify(readWeights(store, entry)))
  const metadata = parseModelMetadata(openModelFiles(zip).read('metadata.json'))
  return { files, row: modelRow(metadata, entry.folder.featureGroup) }
}

/** `<source>_<output type>_model_metadata.csv` of the models that were exported. */
export function modelTables(rows: ReadonlyMap<ModelEntry, ModelRow>): ReadonlyMap<string, string> {
  const tables = new Map<string, ModelRow[]>()
  for (const [{ folder }, row] of rows) {
    const name = `${folder.source}_${folder.outputType}_model_metadata.csv`
    tables.set(name, [...(tables.get(name) ?? []), row])
  }
  return new Map([...tables].map(([name, list]) => [name, modelMetadataCsv(list)]))
}

function byPath(a: ModelEntry, b: ModelEntry): number {
  return modelPath(a) < modelPath(b) ? -1 : 1
}
