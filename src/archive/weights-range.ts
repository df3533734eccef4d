import { type Component, isComponent } from '../core/energy-source.js'
import { curveValue } from '../predictor/curve.js'
import { type ComponentWeights, curveOfWeights, type ModelWeights } from './weights.js'
import { mainFeature } from '../core/main-feature.js'

/** What is wrong with the weights of one component when Kepler evaluates them. */
export interface WeightsFlaw {
  readonly component: Component
  /** The least watts over the range of training, where that is negative. */
  readonly lowest?: number
  /** Features that have an effect and were 0 throughout training. */
  readonly unseen?: readonly string[]
}

/** Scalers give 1 to a feature that never was above 0. */
const unseenScale = 1
/** Less than a rounding of the numbers is not negative. */
const tolerance = 1e-9

/**
 * Looks for what Kepler cannot use: it turns watts into an unsigned integer, so negative watts become 1.8e19 mW; and a
 * weight of a feature that was never seen is a guess that live values of any size are multiplied by.
 *
 * The range of training is from 0, which Kepler sends for idle, to the scale of each feature.
 *
 * @param modelName says which curve is meant, as it does for Kepler
 */
export function weightsFlaws(weights: ModelWeights, modelName: string): readonly WeightsFlaw[] {
  return Object.entries(weights).flatMap(([component, own]): WeightsFlaw[] => {
    if (!own || !isComponent(component)) return []
    const unseen = unseenFeatures(component, own)
    const lowest = lowestWatts(own, modelName)
    const isNegative = !(lowest >= -tolerance)
    if (unseen.length === 0 && !isNegative) return []
    return [{ component, ...(isNegative && { lowest }), ...(unseen.length > 0 && { unseen }) }]
  })
}

/** The same weights without effects of unseen features, and with biases raised so that no component is negative. */
export function correctedWeights(weights: ModelWeights, modelName: string): ModelWeights {
  return Object.fromEntries(
    Object.entries(weights).map(([component, own]) => {
      if (!own || !isComponent(component)) return [component, own]
      const seen = withoutUnseen(component, own, modelName)
      const lowest = lowestWatts(seen, modelName)
      return [component, lowest < 0 ? raised(seen, modelName, microwatts(-lowest)) : seen]
    }),
  )
}

/** What is wrong, for people and headers: letters, digits and plain punctuation only. */
export function describeFlaws(flaws: readonly WeightsFlaw[]): string {
  return flaws
    .map(({ component, lowest, unseen }) =>
      [
        ...(lowest === undefined ? [] : [`${component} falls to ${lowest.toPrecision(3)} W in the range of training`]),
        ...(unseen ? [`${component} depends on ${unseen.join(' and ')}, never seen in training`] : []),
      ].join(' and '),
    )
    .join(', ')
}

function lowestWatts({ All_Weights: own }: ComponentWeights, modelName: string): number {
  const curve = own.CurveFit_Weights
  const shape = curveOfWeights(modelName)
  // All three curves are monotone, so the least is at one of the ends.
  if (curve && shape) return Math.min(curveValue(shape, curve, 0), curveValue(shape, curve, 1))
  return Object.values(own.Numerical_Variables).reduce(
    (sum, { weight = 0, scale }) => sum + (scale === unseenScale ? 0 : Math.min(0, weight)),
    own.Bias_Weight ?? 0,
  )
}

function unseenFeatures(component: Component, { All_Weights: own }: ComponentWeights): readonly string[] {
  const variables = Object.entries(own.Numerical_Variables)
  if (!own.CurveFit_Weights) {
    return variables.flatMap(([name, { scale, weight = 0 }]) => (scale === unseenScale && weight !== 0 ? [name] : []))
  }
  const names = variables.map(([name]) => name)
  const column = mainFeature(names, component)
  const main = column === undefined ? undefined : variables[column]
  return main && main[1].scale === unseenScale && !isFlat(own.CurveFit_Weights) ? [main[0]] : []
}

/** The first parameter of each curve is its height. */
function isFlat(parameters: readonly number[]): boolean {
  return parameters[0] === 0
}

function withoutUnseen(component: Component, weights: ComponentWeights, modelName: string): ComponentWeights {
  const unseen = new Set(unseenFeatures(component, weights))
  if (unseen.size === 0) return weights
  const { All_Weights: own } = weights
  const curve = own.CurveFit_Weights
  const shape = curveOfWeights(modelName)
  if (curve && shape) {
    const flat = [0, ...curve.slice(1, -1), curveValue(shape, curve, 0)]
    return { All_Weights: { ...own, CurveFit_Weights: flat } }
  }
  const variables = Object.entries(own.Numerical_Variables).map(([name, { scale, weight }]) => [
    name,
    { scale, weight: unseen.has(name) ? 0 : weight },
  ])
  return { All_Weights: { ...own, Numerical_Variables: Object.fromEntries(variables) } }
}

function raised({ All_Weights: own }: ComponentWeights, modelName: string, by: number): ComponentWeights {
  const curve = own.CurveFit_Weights
  if (curve && curveOfWeights(modelName)) {
    // The last parameter of each curve is its offset.
    return {
      All_Weights: { ...own, CurveFit_Weights: curve.map((value, i) => value + (i === curve.length - 1 ? by : 0)) },
    }
  }
  return { All_Weights: { ...own, Bias_Weight: (own.Bias_Weight ?? 0) + by } }
}

/** Rounded up, so that what was raised is not negative by a rounding. */
function microwatts(watts: number): number {
  return (Math.floor(watts * 1e6) + 1) / 1e6
}
