import { featuresOf, groupFeatures, isFeatureGroup } from '../core/feature-group.js'
import { type CurvePredictor, curvePredictor } from '../predictor/curve.js'
import type { FittedTransformer } from '../predictor/kinds.js'
import type { ComponentModel } from '../predictor/power-model.js'
import { type MaxAbsScaler, maxAbsScaler } from '../predictor/scalers.js'

/**
 * Curve fits with their features in an order in which the original finds the one that counts. When it loads a curve fit
 * it takes the first feature group that the features cover, and the place of the main feature in *that* group's list, for
 * the column to look at; so the features of that group come first, as in its list.
 *
 * Models whose scalers are no max-abs scalers are left as they are: the original has none of them.
 */
export function forOriginalLookup(components: readonly ComponentModel[]): readonly ComponentModel[] {
  const scalers = new Map<FittedTransformer, MaxAbsScaler>()
  return components.map((model) => {
    const { features, transformers, predictor } = model
    if (predictor.kind !== 'curve' || !transformers.every(({ kind }) => kind === 'max-abs')) return model
    const order = lookupOrder(features)
    if (order.every((column, place) => column === place)) return model
    return {
      ...model,
      features: order.map((column) => features[column]!),
      transformers: transformers.map((transformer) => {
        if (transformer.kind !== 'max-abs') return transformer
        const known =
          scalers.get(transformer) ?? maxAbsScaler(Float64Array.from(order, (column) => transformer.scale[column]!))
        scalers.set(transformer, known)
        return known
      }),
      predictor: moved(predictor, order),
    }
  })
}

/** Columns of `features` in the new order. */
function lookupOrder(features: readonly string[]): readonly number[] {
  const group = Object.keys(groupFeatures)
    .filter(isFeatureGroup)
    .find((name) => featuresOf(name).every((feature) => features.includes(feature)))
  const first = group === undefined ? [] : featuresOf(group)
  const rest = features.filter((feature) => !first.includes(feature))
  return [...first, ...rest].map((feature) => features.indexOf(feature))
}

function moved(
  { shape, parameters, featureIndex, featureCount }: CurvePredictor,
  order: readonly number[],
): CurvePredictor {
  return curvePredictor(shape, parameters, order.indexOf(featureIndex), featureCount)
}
