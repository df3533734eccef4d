import type { Component } from '../core/energy-source.js'
import { ModelError, messageOf, quote } from '../core/errors.js'
import type { FittedPredictor, FittedTransformer } from '../predictor/kinds.js'
import { type ComponentModel, type PowerModel, type Powers, predictPower } from '../predictor/power-model.js'
import { xgboostPredictor } from '../predictor/xgboost.js'
import { type ModelMetadata, parseModelMetadata } from './metadata.js'
import { type ComponentFiles, type ModelFiles, openModelFiles, readComponentFiles } from './model-files.js'
import { readNativePredictor, readNativeTransformer } from './native-json.js'
import { readJoblib } from './pickle/joblib-file.js'
import { type DecodedRegressor, decodeRegressor } from './sklearn/regressors.js'
import { decodeTransformer } from './sklearn/transformers.js'
import { chainWidth } from './transformer-chain.js'
import { readXgboostJson } from './xgboost-json.js'
import type { ZipLimits } from './zip/limits.js'

/** A model as it came out of its zip: what is said of it, and what it computes. */
export interface ModelArchive {
  readonly metadata: ModelMetadata
  /** The components that it predicts. */
  readonly components: readonly Component[]
  readonly model: PowerModel
  /**
   * Watts per component, one per row of raw inputs; scaling is included, columns are found by name and negative watts are 0.
   *
   * @throws ModelError `INVALID_REQUEST`, see {@link predictPower}
   */
  predict(metrics: readonly string[], rows: readonly (readonly number[])[]): Powers
}

/**
 * Reads a model of the Kepler model database, of any generation: joblib pickles of scikit-learn and of curve fits, XGBoost
 * JSON, or our own JSON. The bytes are data: nothing that is in them can run.
 *
 * @throws ModelError `INVALID_ARCHIVE` naming what was met, `LIMIT_EXCEEDED` past a bound
 */
export function readModelArchive(zip: Uint8Array, limits?: ZipLimits): ModelArchive {
  const files = openModelFiles(zip, limits)
  const metadata = parseModelMetadata(files.read('metadata.json'))
  const transformers = new Map<string, FittedTransformer>()
  const components = readComponentFiles(files, metadata).map((entry) =>
    readComponent(files, metadata, entry, transformers),
  )
  const model: PowerModel = {
    name: metadata.model_name,
    features: [...new Set(components.flatMap(({ features }) => features))],
    components,
  }
  return {
    metadata,
    components: components.map(({ component }) => component),
    model,
    predict: (metrics, rows) => predictPower(model, metrics, rows),
  }
}

function readComponent(
  files: ModelFiles,
  metadata: ModelMetadata,
  { component, modelFile, features, transformerFiles }: ComponentFiles,
  shared: Map<string, FittedTransformer>,
): ComponentModel {
  const transformers = transformerFiles.map((file) => {
    const known = shared.get(file) ?? within(file, () => readTransformer(file, files.read(file)))
    shared.set(file, known)
    return known
  })
  const width = within(component, () => chainWidth(transformers, features.length))
  const fitted = within(modelFile, () => readRegressor(metadata, modelFile, files.read(modelFile), width))
  return {
    component,
    features,
    transformers: [...transformers, ...fitted.transformers],
    predictor: fitted.predictor,
  }
}

/** Archives of the original keep transformers as pickles, ours as JSON. */
function readTransformer(file: string, bytes: Uint8Array): FittedTransformer {
  return file.endsWith('.json') ? readNativeTransformer(bytes, file) : decodeTransformer(readJoblib(bytes))
}

function readRegressor(metadata: ModelMetadata, file: string, bytes: Uint8Array, width: number): DecodedRegressor {
  switch (metadata.model_class) {
    case 'scikit':
    case 'curvefit':
      return decodeRegressor(readJoblib(bytes), width)
    case 'xgboost':
      return alone(xgboostPredictor(readXgboostJson(bytes)), width)
    case 'native':
      return alone(readNativePredictor(bytes, file), width)
    default:
      throw new ModelError('INVALID_ARCHIVE', `model class ${quote(metadata.model_class)} is not supported`)
  }
}

function alone(predictor: FittedPredictor, width: number): DecodedRegressor {
  if (predictor.featureCount === width) return { transformers: [], predictor }
  throw new ModelError('INVALID_ARCHIVE', `it was trained on ${predictor.featureCount} columns, but gets ${width}`)
}

/** Names the file in an error that comes from inside it. */
function within<T>(file: string, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    const code = cause instanceof ModelError ? cause.code : 'INVALID_ARCHIVE'
    throw new ModelError(code, `${file}: ${messageOf(cause)}`, { cause })
  }
}
