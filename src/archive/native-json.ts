import { z } from 'zod'
import { ModelError, quote } from '../core/errors.js'
import type { Matrix } from '../numeric/matrix.js'
import { type CurvePredictor, curvePredictor, curveShapes } from '../predictor/curve.js'
import {
  type GradientBoostingPredictor,
  gradientBoostingPredictor,
  type RegressionTree,
} from '../predictor/gradient-boosting.js'
import { type KNeighborsPredictor, kNeighborsPredictor } from '../predictor/kneighbors.js'
import { type LinearPredictor, linearPredictor } from '../predictor/linear.js'
import { type PolynomialFeatures, polynomialFeatures } from '../predictor/polynomial.js'
import type { Predictor, Transformer } from '../predictor/predictor.js'
import {
  type MaxAbsScaler,
  type MinMaxScaler,
  maxAbsScaler,
  minMaxScaler,
  type StandardScaler,
  standardScaler,
} from '../predictor/scalers.js'
import { type SvrPredictor, svrPredictor } from '../predictor/svr.js'
import { parsePythonJson } from './python-json.js'
import { checkTree } from './sklearn/tree.js'

/**
 * Our own format, of one fitted model or transformer: a JSON object with `format`, `version`, `kind` and the numbers that
 * the arithmetic of that kind needs, at full precision. Tables are `{cols, data}`, row after row.
 */
const format = 'kepler-model'
const version = 1

const numbers = z.array(z.number()).transform((values) => Float64Array.from(values))
const integers = z.array(z.number().int()).transform((values) => Int32Array.from(values))
const count = z.number().int().min(1).max(1000)
const table = z
  .object({ cols: count, data: numbers })
  .transform(({ cols, data }): Matrix => ({ rows: Math.floor(data.length / cols), cols, data }))
const tree = z.object({ feature: integers, threshold: numbers, left: integers, right: integers, value: numbers })

const predictorSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('linear'), intercept: z.number(), coefficients: numbers }),
  z.object({
    kind: z.literal('curve'),
    shape: z.enum(curveShapes),
    parameters: numbers,
    featureIndex: z.number().int().min(0),
    featureCount: count,
  }),
  z.object({ kind: z.literal('kneighbors'), samples: table, targets: numbers, k: z.number().int().min(1) }),
  z.object({
    kind: z.literal('svr'),
    supportVectors: table,
    dualCoefficients: numbers,
    intercept: z.number(),
    gamma: z.number(),
  }),
  z.object({
    kind: z.literal('gradient-boosting'),
    constant: z.number(),
    learningRate: z.number(),
    featureCount: count,
    trees: z.array(tree).max(100_000),
  }),
])

const transformerSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('max-abs'), scale: numbers }),
  z.object({
    kind: z.literal('min-max'),
    scale: numbers,
    min: numbers,
    clip: z.tuple([z.number(), z.number()]).optional(),
  }),
  z.object({ kind: z.literal('standard'), mean: numbers, scale: numbers }),
  z.object({
    kind: z.literal('polynomial'),
    inputCount: count,
    degree: z.number().int().min(1).max(10),
    includeBias: z.boolean(),
    interactionOnly: z.boolean(),
  }),
])

/** The predictors that have a place in the format. XGBoost models are kept in XGBoost's own JSON. */
export type NativePredictor =
  | LinearPredictor
  | CurvePredictor
  | KNeighborsPredictor
  | SvrPredictor
  | GradientBoostingPredictor
export type NativeTransformer = MaxAbsScaler | MinMaxScaler | StandardScaler | PolynomialFeatures

/** @throws ModelError `INVALID_ARCHIVE` naming what is wrong */
export function readNativePredictor(bytes: Uint8Array, file: string): Predictor {
  const model = parse(predictorSchema, bytes, file)
  switch (model.kind) {
    case 'linear':
      return linearPredictor(model.intercept, model.coefficients)
    case 'curve':
      if (model.featureIndex >= model.featureCount)
        throw invalid(file, `featureIndex ${model.featureIndex} is no column`)
      return curvePredictor(model.shape, model.parameters, model.featureIndex, model.featureCount)
    case 'kneighbors':
      if (model.samples.rows === 0) throw invalid(file, 'it has no samples')
      return kNeighborsPredictor(model.samples, model.targets, model.k)
    case 'svr':
      return svrPredictor(model)
    case 'gradient-boosting':
      for (const one of model.trees) checkTree(one, model.featureCount)
      return gradientBoostingPredictor(model)
  }
}

/** @throws ModelError `INVALID_ARCHIVE` naming what is wrong */
export function readNativeTransformer(bytes: Uint8Array, file: string): Transformer {
  const model = parse(transformerSchema, bytes, file)
  switch (model.kind) {
    case 'max-abs':
      return maxAbsScaler(model.scale)
    case 'min-max':
      return minMaxScaler(model.scale, model.min, model.clip)
    case 'standard':
      return standardScaler(model.mean, model.scale)
    case 'polynomial':
      return polynomialFeatures(model)
  }
}

export function writeNativePredictor(predictor: NativePredictor): string {
  switch (predictor.kind) {
    case 'linear':
      return document({ kind: 'linear', intercept: predictor.intercept, coefficients: [...predictor.coefficients] })
    case 'curve': {
      const { kind, shape, parameters, featureIndex, featureCount } = predictor
      return document({ kind, shape, parameters: [...parameters], featureIndex, featureCount })
    }
    case 'kneighbors': {
      const { kind, samples, targets, k } = predictor
      return document({ kind, samples: tableOf(samples), targets: [...targets], k })
    }
    case 'svr': {
      const { kind, supportVectors, dualCoefficients, intercept, gamma } = predictor
      const vectors = tableOf(supportVectors)
      return document({ kind, supportVectors: vectors, dualCoefficients: [...dualCoefficients], intercept, gamma })
    }
    case 'gradient-boosting': {
      const { kind, constant, learningRate, featureCount, trees } = predictor
      return document({ kind, constant, learningRate, featureCount, trees: trees.map(treeOf) })
    }
  }
}

export function writeNativeTransformer(transformer: NativeTransformer): string {
  switch (transformer.kind) {
    case 'max-abs':
      return document({ kind: 'max-abs', scale: [...transformer.scale] })
    case 'min-max': {
      const { kind, scale, min, clip } = transformer
      return document({ kind, scale: [...scale], min: [...min], clip })
    }
    case 'standard':
      return document({ kind: 'standard', mean: [...transformer.mean], scale: [...transformer.scale] })
    case 'polynomial': {
      const { kind, inputCount, degree, includeBias, interactionOnly } = transformer
      return document({ kind, inputCount, degree, includeBias, interactionOnly })
    }
  }
}

function parse<S extends z.ZodType>(schema: S, bytes: Uint8Array, file: string): z.output<S> {
  const value = parsePythonJson(bytes, file)
  const head = z.object({ format: z.literal(format), version: z.literal(version) }).safeParse(value)
  if (!head.success) throw invalid(file, `it is not a ${format} document of version ${version}`)
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const { path, message } = result.error.issues[0]!
  throw invalid(file, `${path.map(String).join('.') || 'document'}: ${message}`)
}

function document(body: object): string {
  return JSON.stringify({ format, version, ...body })
}

function tableOf({ cols, data }: Matrix): object {
  return { cols, data: [...data] }
}

function treeOf({ feature, threshold, left, right, value }: RegressionTree): object {
  return { feature: [...feature], threshold: [...threshold], left: [...left], right: [...right], value: [...value] }
}

function invalid(file: string, why: string): ModelError {
  return new ModelError('INVALID_ARCHIVE', `${quote(file)} is not understood: ${why}`)
}
