import { ModelError } from '../../core/errors.js'
import type { FittedTransformer } from '../../predictor/kinds.js'
import { polynomialFeatures } from '../../predictor/polynomial.js'
import { maxAbsScaler, minMaxScaler, standardScaler } from '../../predictor/scalers.js'
import type { PickleValue } from '../pickle/value.js'
import { type Attributes, attributesOf } from './attributes.js'

const decoders: ReadonlyMap<string, (attributes: Attributes) => FittedTransformer> = new Map([
  ['MaxAbsScaler', maxAbs],
  ['MinMaxScaler', minMax],
  ['StandardScaler', standard],
  ['PolynomialFeatures', polynomial],
])

/** @throws ModelError `INVALID_ARCHIVE` for another class or damaged numbers */
export function decodeTransformer(value: PickleValue): FittedTransformer {
  const attributes = attributesOf(value)
  const decode = decoders.get(attributes.type)
  if (!decode) throw new ModelError('INVALID_ARCHIVE', `${attributes.type} is not a transformer that is known here`)
  return decode(attributes)
}

function maxAbs(attributes: Attributes): FittedTransformer {
  return maxAbsScaler(attributes.floats('scale_'))
}

function minMax(attributes: Attributes): FittedTransformer {
  const range = attributes.get('feature_range')
  const [low, high] = Array.isArray(range) ? range : []
  const clips = attributes.get('clip') === true && typeof low === 'number' && typeof high === 'number'
  return minMaxScaler(attributes.floats('scale_'), attributes.floats('min_'), clips ? [low, high] : undefined)
}

/** `with_mean=False` leaves `mean_` unused, `with_std=False` leaves `scale_` None. */
function standard(attributes: Attributes): FittedTransformer {
  const count = attributes.has('n_features_in_')
    ? attributes.number('n_features_in_')
    : attributes.floats('mean_').length
  const centred = attributes.get('with_mean') !== false && attributes.has('mean_')
  const scaled = attributes.get('with_std') !== false && attributes.has('scale_')
  expectWidth(attributes, count)
  return standardScaler(
    centred ? attributes.floats('mean_') : new Float64Array(count),
    scaled ? attributes.floats('scale_') : new Float64Array(count).fill(1),
  )
}

function polynomial(attributes: Attributes): FittedTransformer {
  const degree = attributes.get('degree')
  if (typeof degree !== 'number' || !Number.isInteger(degree) || degree < 1 || degree > 10) {
    throw new ModelError('INVALID_ARCHIVE', 'PolynomialFeatures.degree is not a whole number from 1 to 10')
  }
  const width = ['n_features_in_', 'n_input_features_', '_n_features_in'].find((name) => attributes.has(name))
  if (!width) throw new ModelError('INVALID_ARCHIVE', 'PolynomialFeatures does not say how many features it takes')
  const inputCount = attributes.number(width)
  expectWidth(attributes, inputCount)
  return polynomialFeatures({
    inputCount,
    degree,
    includeBias: attributes.get('include_bias') !== false,
    interactionOnly: attributes.get('interaction_only') === true,
  })
}

function expectWidth(attributes: Attributes, count: number): void {
  if (Number.isInteger(count) && count >= 1 && count <= 1000) return
  throw new ModelError('INVALID_ARCHIVE', `${attributes.type} claims ${count} features`)
}
