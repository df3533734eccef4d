import type { FittedPredictor } from '../predictor/kinds.js'
import type { PowerModel } from '../predictor/power-model.js'
import type { Transformer } from '../predictor/predictor.js'
import { writeNativePredictor, writeNativeTransformer } from './native-json.js'
import { writeXgboostJson } from './write-xgboost-json.js'
import { joinEntries, packEntry } from './zip/join-entries.js'

/** What `metadata.json` says besides what the model itself says: errors, trainer, node type, and any further keys. */
export type ArchiveMetadata = Readonly<Record<string, unknown>>

/** 2000-01-01 as zips have dates (DOS): a fixed time, so that the same model gives the same bytes. */
const epoch = ((2000 - 1980) << 25) | (1 << 21) | (1 << 16)

/** The files of a model archive by name, in the layout of the model database, without any pickle. */
export type ArchiveFiles = ReadonlyMap<string, string>

/**
 * The files of a model: `metadata.json`, `<model>.json`, one JSON a component and one a transformer.
 *
 * @throws ModelError `INVALID_DATA` for a predictor or transformer that the format does not know
 */
export function modelArchiveFiles(model: PowerModel, metadata: ArchiveMetadata): ArchiveFiles {
  const files = new Map<string, string>()
  const names = new Map<Transformer, string>()
  const modelFile = `${model.name}.json`
  const entries = model.components.map((component) => {
    const transformers = component.transformers.map((transformer) => {
      const name = names.get(transformer) ?? `${transformer.kind}_${names.size}.json`
      names.set(transformer, name)
      files.set(name, writeNativeTransformer(transformer))
      return name
    })
    files.set(`${component.component}.json`, predictorDocument(component.predictor))
    const entry = { model_file: `${component.component}.json`, features: component.features, fe_files: transformers }
    return [component.component, entry] as const
  })
  files.set(modelFile, JSON.stringify(Object.fromEntries(entries)))
  const document = {
    ...metadata,
    model_name: model.name,
    model_class: classOf(model),
    model_file: modelFile,
    features: model.features,
    fe_files: [],
  }
  files.set('metadata.json', JSON.stringify(document))
  return files
}

/** The zip of {@link modelArchiveFiles}; the same model and metadata give the same bytes. */
export async function writeModelArchive(model: PowerModel, metadata: ArchiveMetadata): Promise<Buffer> {
  return zipFiles(modelArchiveFiles(model, metadata))
}

/** Files in the order of the map, all with the same fixed time. Zips within are stored: there is nothing left to press. */
export function zipFiles(files: ReadonlyMap<string, string | Uint8Array>): Buffer {
  return joinEntries(
    [...files].map(([name, content]) =>
      packEntry(name, Buffer.from(content), { modified: epoch, level: 6, store: name.endsWith('.zip') }),
    ),
  )
}

function classOf({ components }: PowerModel): 'xgboost' | 'native' {
  return components.some(({ predictor }) => predictor.kind === 'xgboost') ? 'xgboost' : 'native'
}

function predictorDocument(predictor: FittedPredictor): string {
  return predictor.kind === 'xgboost' ? writeXgboostJson(predictor) : writeNativePredictor(predictor)
}
