import type { FittedPredictor, FittedTransformer } from '../predictor/kinds.js'
import type { ComponentModel, PowerModel } from '../predictor/power-model.js'
import type { Transformer } from '../predictor/predictor.js'
import { forOriginalLookup } from './curve-features.js'
import { detailsFile, splitMetadata } from './metadata.js'
import { writeNativePredictor, writeNativeTransformer } from './native-json.js'
import { pickle } from './pickle/pickle.js'
import { encodePredictor, encodeTransformer } from './sklearn/encode.js'
import { writeXgboostJson } from './write-xgboost-json.js'
import { joinEntries, packEntry } from './zip/join-entries.js'

/** What `metadata.json` says besides what the model itself says: errors, trainer, node type, and any further keys. */
export type ArchiveMetadata = Readonly<Record<string, unknown>>

/** 2000-01-01 as zips have dates (DOS): a fixed time, so that the same model gives the same bytes. */
const epoch = ((2000 - 1980) << 25) | (1 << 21) | (1 << 16)

/** The files of a model archive by name, in the layout of the model database. */
export type ArchiveFiles = ReadonlyMap<string, string | Uint8Array>

/**
 * The files of a model: `metadata.json`, `<model>.json`, a file a component and one a transformer. They are those of the
 * original where its Python has a class for the model (scikit-learn and curve fits as pickles, XGBoost's JSON beside a
 * pickled scaler), else our own JSON. What is nested in `metadata` stands in a file of its own, since the original takes
 * every object in `metadata.json` for a model.
 *
 * @throws ModelError `INVALID_DATA` for a predictor or transformer that no format knows
 */
export function modelArchiveFiles(model: PowerModel, metadata: ArchiveMetadata): ArchiveFiles {
  const format = formatOf(model)
  const files = new Map<string, string | Uint8Array>()
  const names = new Map<Transformer, string>()
  const nameOf = (transformer: FittedTransformer): string => {
    const known = names.get(transformer)
    if (known !== undefined) return known
    const name = format.transformerName(transformer, names.size)
    names.set(transformer, name)
    files.set(name, format.transformer(transformer))
    return name
  }
  const modelFile = `${model.name}.json`
  const components = format.modelClass === 'curvefit' ? forOriginalLookup(model.components) : model.components
  const entries = components.map(({ component, features, transformers, predictor }) => {
    const transformerFiles = transformers.map(nameOf)
    const file = `${component}.${format.ending}`
    files.set(file, format.predictor(predictor))
    return [component, { model_file: file, features, fe_files: transformerFiles }] as const
  })
  files.set(modelFile, JSON.stringify(Object.fromEntries(entries)))
  const { flat, nested } = splitMetadata(metadata)
  const document = {
    ...flat,
    model_name: model.name,
    model_class: format.modelClass,
    model_file: modelFile,
    features: model.features,
    fe_files: [],
  }
  files.set('metadata.json', JSON.stringify(document))
  if (Object.keys(nested).length > 0) files.set(detailsFile, JSON.stringify(nested))
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

/** How the parts of a model become files. */
interface ArchiveFormat {
  readonly modelClass: 'scikit' | 'curvefit' | 'xgboost' | 'native'
  /** Of the files of predictors. */
  readonly ending: 'json' | 'pkl'
  predictor(predictor: FittedPredictor): string | Uint8Array
  transformer(transformer: FittedTransformer): string | Uint8Array
  /** `index`: how many transformers have a name already. */
  transformerName(transformer: FittedTransformer, index: number): string
}

/** The original has one class for all components of a model; where their predictors have several, our own format serves. */
function formatOf({ components }: PowerModel): ArchiveFormat {
  const classes = new Set(components.map(classOf))
  const [only] = classes
  if (classes.size !== 1 || only === undefined || only === 'native') return nativeFormat
  if (only === 'xgboost') return { ...pickledFormat, modelClass: only, ending: 'json', predictor: xgboostDocument }
  return { ...pickledFormat, modelClass: only }
}

function classOf({ predictor }: ComponentModel): ArchiveFormat['modelClass'] {
  return predictor.kind === 'xgboost' ? 'xgboost' : (encodePredictor(predictor)?.modelClass ?? 'native')
}

const nativeFormat: ArchiveFormat = {
  modelClass: 'native',
  ending: 'json',
  predictor: writeNativePredictor,
  transformer: writeNativeTransformer,
  transformerName: ({ kind }, index) => `${kind}_${index}.json`,
}

const pickledFormat: ArchiveFormat = {
  modelClass: 'scikit',
  ending: 'pkl',
  predictor(predictor) {
    const encoded = encodePredictor(predictor)
    return encoded ? pickle(encoded.object) : writeNativePredictor(predictor)
  },
  transformer: (transformer) => pickle(encodeTransformer(transformer)),
  // The original's own names: a scaler, and behind it the polynomial features.
  transformerName({ kind }, index) {
    const name = kind === 'polynomial' ? 'poly_scaler' : 'scaler'
    return index === 0 || (index === 1 && kind === 'polynomial') ? `${name}.pkl` : `${name}_${index}.pkl`
  },
}

function xgboostDocument(predictor: FittedPredictor): string {
  return predictor.kind === 'xgboost' ? writeXgboostJson(predictor) : writeNativePredictor(predictor)
}
