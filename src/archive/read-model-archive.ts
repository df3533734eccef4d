import * as z from 'zod'
import type { Component } from '../core/energy-source.js'
import { ModelError, messageOf, quote } from '../core/errors.js'
import type { FittedPredictor, FittedTransformer } from '../predictor/kinds.js'
import { checkInputs, distancesOutside, type OutsideInput } from '../predictor/input-range.js'
import {
  type ComponentModel,
  type PowerModel,
  type Powers,
  predictIntervals,
  predictPower,
} from '../predictor/power-model.js'
import { intervalAround, type IntervalMethod, type PowerInterval, type Uncertainty } from '../predictor/uncertainty.js'
import { xgboostPredictor } from '../predictor/xgboost.js'
import { detailsFile, type ModelMetadata, parseModelMetadata } from './metadata.js'
import { type ComponentFiles, type ModelFiles, openModelFiles, readComponentFiles } from './model-files.js'
import { readNativePredictor, readNativeTransformer } from './native-json.js'
import { readJoblib } from './pickle/joblib-file.js'
import { type DecodedRegressor, decodeRegressor } from './sklearn/regressors.js'
import { parsePythonJson } from './python-json.js'
import { decodeTransformer } from './sklearn/transformers.js'
import { uncertaintyOf } from './model-uncertainty.js'
import { chainWidth } from './transformer-chain.js'
import { readUncertainty, type UncertaintyDocument, uncertaintyFile } from './uncertainty-json.js'
import { readXgboostJson } from './xgboost-json.js'
import type { ZipLimits } from './zip/limits.js'

const detailsSchema = z.record(z.string(), z.unknown())

/** A model as it came out of its zip: what is said of it, and what it computes. */
export interface ModelArchive {
  readonly metadata: ModelMetadata
  /** The components that it predicts. */
  readonly components: readonly Component[]
  readonly model: PowerModel
  /** What the archive tells about the model's errors, and the range of inputs that it was trained on. */
  readonly uncertainty: Uncertainty
  /**
   * Watts per component, one per row of raw inputs; scaling is included, columns are found by name and negative watts are
   * 0. The bare arithmetic of the model, whatever the inputs; `estimate` tells when they are outside its range.
   *
   * @throws ModelError `INVALID_REQUEST`, see {@link predictPower}
   */
  predict(metrics: readonly string[], rows: readonly (readonly number[])[]): Powers
  /**
   * Watts, and how sure they are: intervals, and which inputs lie outside what was seen in training. Inputs that cannot
   * be (below 0, or more than the machine could do) count as the nearest that can.
   *
   * @throws ModelError `INVALID_REQUEST`, see {@link predictPower}
   */
  estimate(metrics: readonly string[], rows: readonly (readonly number[])[], options?: EstimateOptions): PowerEstimate
}

export interface EstimateOptions {
  /** Without intervals, which cost as much as the watts of some models. @default true */
  readonly intervals?: boolean
}

/** Watts with their uncertainty. */
export interface PowerEstimate {
  readonly powers: Powers
  /** Watts between which a measurement lies with probability `coverage`; a component whose error is not known has none. */
  readonly intervals: Readonly<Partial<Record<Component, PowerInterval>>>
  readonly coverage: number
  readonly method: IntervalMethod
  /** Inputs outside the range of training, by row. */
  readonly outside: readonly OutsideInput[]
}

/**
 * Reads a model of the Kepler model database, of any generation: joblib pickles of scikit-learn and of curve fits, XGBoost
 * JSON, or our own JSON. The bytes are data: nothing that is in them can run.
 *
 * @throws ModelError `INVALID_ARCHIVE` naming what was met, `LIMIT_EXCEEDED` past a bound
 */
export function readModelArchive(zip: Uint8Array, limits?: ZipLimits): ModelArchive {
  const files = openModelFiles(zip, limits)
  const metadata = readMetadata(files)
  const transformers = new Map<string, FittedTransformer>()
  const components = readComponentFiles(files, metadata).map((entry) =>
    readComponent(files, metadata, entry, transformers),
  )
  const model: PowerModel = {
    name: metadata.model_name,
    features: [...new Set(components.flatMap(({ features }) => features))],
    components,
  }
  const hasOwn = files.names.some((name) => name.endsWith(uncertaintyFile))
  return modelArchive(model, metadata, hasOwn ? readUncertainty(files.read(uncertaintyFile)) : undefined)
}

/** An archive of parts that were read already. */
export function modelArchive(model: PowerModel, metadata: ModelMetadata, document?: UncertaintyDocument): ModelArchive {
  const uncertainty = uncertaintyOf(model, metadata, document)
  return {
    metadata,
    components: model.components.map(({ component }) => component),
    model,
    uncertainty,
    predict: (metrics, rows) => predictPower(model, metrics, rows),
    estimate: (metrics, rows, options) => estimatePower(model, uncertainty, metrics, rows, options),
  }
}

function estimatePower(
  model: PowerModel,
  uncertainty: Uncertainty,
  metrics: readonly string[],
  given: readonly (readonly number[])[],
  { intervals: wanted = true }: EstimateOptions = {},
): PowerEstimate {
  const { coverage, method, inputs, components } = uncertainty
  const { rows, outside } = checkInputs(inputs, metrics, given)
  const powers = predictPower(model, metrics, rows)
  if (!wanted) return { powers, intervals: {}, coverage, method, outside }
  const distances = distancesOutside(rows.length, outside)
  // A forest's own intervals know other times, not other workloads.
  const intervals: Partial<Record<Component, PowerInterval>> =
    method === 'held-out workloads' ? {} : predictIntervals(model, metrics, rows, coverage)
  for (const { component } of model.components) {
    const known = components[component]
    const watts = powers[component]
    if (known && watts) intervals[component] ??= intervalAround(watts, known, distances)
  }
  return { powers, intervals, coverage, method, outside }
}

/** With what stands beside it because it is nested. */
function readMetadata(files: ModelFiles): ModelMetadata {
  const metadata = parseModelMetadata(files.read('metadata.json'))
  if (!files.names.some((name) => name === detailsFile || name.endsWith(`/${detailsFile}`))) return metadata
  const details = detailsSchema.safeParse(parsePythonJson(files.read(detailsFile), detailsFile))
  if (!details.success) throw new ModelError('INVALID_ARCHIVE', `${detailsFile} holds no object`)
  return { ...details.data, ...metadata }
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
