import * as z from 'zod'
import { type Component, components, isComponent } from '../core/energy-source.js'
import { ModelError, quote } from '../core/errors.js'
import { mainFeature } from '../core/main-feature.js'
import { parseModelName } from '../core/model-name.js'
import { type CurveShape, curvePredictor } from '../predictor/curve.js'
import { linearPredictor } from '../predictor/linear.js'
import type { ComponentModel, PowerModel } from '../predictor/power-model.js'
import { maxAbsScaler } from '../predictor/scalers.js'
import { parsePythonJson } from './python-json.js'

/** One feature: power = bias + sum of weight * value / scale; curve fits have no weights. */
const featureSchema = z.object({ scale: z.number(), weight: z.number().optional() })

/** A model of one component that Kepler evaluates itself. */
const componentSchema = z.object({
  All_Weights: z.object({
    Bias_Weight: z.number().optional(),
    Categorical_Variables: z.record(z.string(), z.unknown()).optional(),
    Numerical_Variables: z.record(z.string(), featureSchema),
    CurveFit_Weights: z.array(z.number()).max(64).optional(),
  }),
})
const weightsSchema = z.object(Object.fromEntries(components.map((name) => [name, componentSchema.optional()])))

export type FeatureWeight = z.output<typeof featureSchema>
export type ComponentWeights = z.output<typeof componentSchema>
/** Weights JSON: `{component: {"All_Weights": {...}}}`. */
export type ModelWeights = Readonly<Partial<Record<Component, ComponentWeights>>>

/**
 * Reads weights JSON. Keys that are no components are left out, and so is what Kepler does not know.
 *
 * @throws ModelError `INVALID_ARCHIVE` naming `origin` and the first key that is wrong
 */
export function parseWeights(bytes: Uint8Array | string, origin: string): ModelWeights {
  const parsed = weightsSchema.safeParse(parsePythonJson(bytes, origin))
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!
    throw new ModelError('INVALID_ARCHIVE', `${origin}: ${path.map(String).join('.') || 'document'}: ${message}`)
  }
  const found = Object.entries(parsed.data).filter((pair) => pair[1] !== undefined)
  if (found.length === 0) throw new ModelError('INVALID_ARCHIVE', `${origin} has no weights of any component`)
  return Object.fromEntries(found)
}

/** Kepler tells a curve from a linear model by the trainer in the model's name. */
const curveOfTrainer: ReadonlyMap<string, CurveShape> = new Map([
  ['ExponentialRegressionTrainer', 'exponential'],
  ['LogarithmicRegressionTrainer', 'logarithmic'],
  ['LogisticRegressionTrainer', 'logistic'],
])

/** The curve of a weight model by its name; `undefined` for a linear one. */
export function curveOfWeights(modelName: string): CurveShape | undefined {
  return curveOfTrainer.get(parseModelName(modelName).trainer)
}

/**
 * The model behind weights JSON. `modelName` says which curve is meant, as it does for Kepler; a curve looks at the main
 * feature: `cpu_instructions` (for dram `cache_miss`) where it is there, else `bpf_cpu_time_ms` (`bpf_page_cache_hit`).
 *
 * @throws ModelError `INVALID_ARCHIVE` naming what is wrong
 */
export function readWeights(bytes: Uint8Array | string, modelName: string): PowerModel {
  const shape = curveOfWeights(modelName)
  const parsed = parseWeights(bytes, 'the weights')
  const components = Object.keys(parsed)
    .filter(isComponent)
    .flatMap((component): ComponentModel[] => {
      const weights = parsed[component]?.All_Weights
      if (weights === undefined) return []
      const variables = Object.entries(weights.Numerical_Variables)
      const features = variables.map(([feature]) => feature)
      const scaler = maxAbsScaler(Float64Array.from(variables, ([, { scale }]) => scale))
      const curve = weights.CurveFit_Weights
      if (curve && !shape) throw invalid(`${component} has CurveFit_Weights, but ${quote(modelName)} is no curve fit`)
      const predictor =
        curve && shape
          ? curvePredictor(shape, Float64Array.from(curve), curveColumn(component, features), features.length)
          : linearPredictor(
              weights.Bias_Weight ?? 0,
              Float64Array.from(variables, ([, { weight }]) => weight ?? 0),
            )
      return [{ component, features, transformers: [scaler], predictor }]
    })
  return { name: modelName, features: [...new Set(components.flatMap(({ features }) => features))], components }
}

/** Weights JSON of a model whose components are all a max-abs scaler and then linear or a curve; else `undefined`. */
export function toWeights(model: PowerModel): ModelWeights | undefined {
  const weights: Partial<Record<Component, ComponentWeights>> = {}
  for (const component of model.components) {
    const converted = componentWeights(component)
    if (!converted) return undefined
    weights[component.component] = converted
  }
  return weights
}

function componentWeights({ features, transformers, predictor }: ComponentModel): ComponentWeights | undefined {
  const [scaler, ...more] = transformers
  if (!scaler || more.length > 0 || scaler.kind !== 'max-abs') return undefined
  if (predictor.kind !== 'linear' && predictor.kind !== 'curve') return undefined
  const linear = predictor.kind === 'linear' ? predictor : undefined
  const variables = features.map((feature, j): [string, FeatureWeight] => {
    const scale = scaler.scale[j]! === 0 ? 1 : scaler.scale[j]!
    return [feature, linear ? { scale, weight: linear.coefficients[j]! } : { scale }]
  })
  return {
    All_Weights: {
      ...(linear && { Bias_Weight: linear.intercept }),
      Categorical_Variables: {},
      Numerical_Variables: Object.fromEntries(variables),
      ...(predictor.kind === 'curve' && { CurveFit_Weights: [...predictor.parameters] }),
    },
  }
}

function curveColumn(component: Component, features: readonly string[]): number {
  const column = mainFeature(features, component)
  if (column !== undefined) return column
  throw invalid(`the curve of ${component} has none of its features among ${features.join(', ')}`)
}

function invalid(why: string): ModelError {
  return new ModelError('INVALID_ARCHIVE', `the weights are not understood: ${why}`)
}
