import { ModelError, quote } from '../../core/errors.js'
import { type CurveShape, curvePredictor } from '../../predictor/curve.js'
import { gradientBoostingPredictor } from '../../predictor/gradient-boosting.js'
import type { FittedPredictor, FittedTransformer } from '../../predictor/kinds.js'
import { kNeighborsPredictor } from '../../predictor/kneighbors.js'
import { linearPredictor } from '../../predictor/linear.js'
import { svrPredictor } from '../../predictor/svr.js'
import { describe, isGlobal, isNdArray, type PickleValue } from '../pickle/value.js'
import { chainWidth } from '../transformer-chain.js'
import { type Attributes, attributesOf } from './attributes.js'
import { decodeTransformer } from './transformers.js'
import { decodeTree } from './tree.js'

type Decoder = (attributes: Attributes, featureCount: number) => FittedPredictor

/** Nodes of all trees together. The largest published model has 1,500. */
const maxNodes = 5_000_000
const maxSteps = 20

const decoders: ReadonlyMap<string, Decoder> = new Map<string, Decoder>([
  ['LinearRegression', linear],
  ['SGDRegressor', linear],
  ['SVR', supportVectors],
  ['KNeighborsRegressor', neighbors],
  ['GradientBoostingRegressor', gradientBoosting],
  ['CurveFitModel', curve],
])

/** A regressor, and the transformers that it brings along. */
export interface DecodedRegressor {
  readonly transformers: readonly FittedTransformer[]
  readonly predictor: FittedPredictor
}

/**
 * The predictor of a pickled regressor, or of a `Pipeline` that ends in one. `featureCount` is the number of columns that
 * it gets.
 *
 * @throws ModelError `INVALID_ARCHIVE` for another class, another setting than the trainers use, or damaged numbers
 */
export function decodeRegressor(value: PickleValue, featureCount: number): DecodedRegressor {
  const attributes = attributesOf(value)
  if (attributes.type !== 'Pipeline') return { transformers: [], predictor: decodeLast(attributes, featureCount) }
  const steps = stepsOf(attributes)
  const transformers = steps
    .slice(0, -1)
    .filter((step) => step !== null && step !== 'passthrough')
    .map((step) => decodeTransformer(step))
  const width = chainWidth(transformers, featureCount)
  return { transformers, predictor: decodeLast(attributesOf(steps.at(-1)), width) }
}

function decodeLast(attributes: Attributes, featureCount: number): FittedPredictor {
  const decode = decoders.get(attributes.type)
  if (!decode) throw new ModelError('INVALID_ARCHIVE', `${attributes.type} is not a regressor that is known here`)
  const predictor = decode(attributes, featureCount)
  if (predictor.featureCount !== featureCount) {
    throw new ModelError(
      'INVALID_ARCHIVE',
      `${attributes.type} was trained on ${predictor.featureCount} columns, but gets ${featureCount}`,
    )
  }
  return predictor
}

function linear(attributes: Attributes): FittedPredictor {
  return linearPredictor(attributes.floats('intercept_')[0] ?? 0, attributes.floats('coef_'))
}

function supportVectors(attributes: Attributes): FittedPredictor {
  attributes.expect('kernel', 'rbf')
  attributes.expect('_sparse', false)
  const { rows, ...vectors } = attributes.matrix('support_vectors_')
  return svrPredictor({
    supportVectors: { rows, ...vectors },
    dualCoefficients:
      rows === 0 ? new Float64Array(0) : attributes.floats(first(attributes, '_dual_coef_', 'dual_coef_')),
    intercept: attributes.floats(first(attributes, '_intercept_', 'intercept_'))[0] ?? 0,
    gamma: attributes.number('_gamma'),
  })
}

function neighbors(attributes: Attributes): FittedPredictor {
  attributes.expect('weights', 'uniform')
  attributes.expect('effective_metric_', 'euclidean')
  const k = attributes.number('n_neighbors')
  const samples = attributes.matrix('_fit_X')
  if (!Number.isInteger(k) || k < 1 || samples.rows === 0) {
    throw new ModelError('INVALID_ARCHIVE', `a mean of ${k} neighbours among ${samples.rows} is not defined`)
  }
  return kNeighborsPredictor(samples, attributes.floats('_y'), k)
}

function gradientBoosting(attributes: Attributes, featureCount: number): FittedPredictor {
  attributes.expect('loss', 'squared_error', 'ls')
  const estimators = attributes.get('estimators_')
  if (!isNdArray(estimators) || estimators.data instanceof Uint8Array) {
    throw new ModelError('INVALID_ARCHIVE', `GradientBoostingRegressor.estimators_ is ${describe(estimators)}`)
  }
  let nodes = 0
  const trees = estimators.data.map((estimator) => {
    const tree = decodeTree(estimator, featureCount)
    nodes += tree.feature.length
    if (nodes > maxNodes) throw new ModelError('LIMIT_EXCEEDED', `the trees have more than ${maxNodes} nodes`)
    return tree
  })
  const init = attributes.get('init_')
  const constant = init === 'zero' ? 0 : attributesOf(init).floats('constant_')[0]
  if (constant === undefined) throw new ModelError('INVALID_ARCHIVE', 'DummyRegressor.constant_ is empty')
  return gradientBoostingPredictor({ constant, learningRate: attributes.number('learning_rate'), trees, featureCount })
}

const curveFunctions: ReadonlyMap<string, CurveShape> = new Map([
  ['expo_func', 'exponential'],
  ['log_func', 'logarithmic'],
  ['logi_func', 'logistic'],
])

function curve(attributes: Attributes, featureCount: number): FittedPredictor {
  const reference = attributes.get('fit_func')
  const name = isGlobal(reference) ? reference.name : reference
  const shape = typeof name === 'string' ? curveFunctions.get(name) : undefined
  if (!shape)
    throw new ModelError('INVALID_ARCHIVE', `CurveFitModel.fit_func is ${describe(reference)}, not a known curve`)
  const featureIndex = attributes.number('feature_index')
  if (!Number.isInteger(featureIndex) || featureIndex < 0 || featureIndex >= featureCount) {
    throw new ModelError(
      'INVALID_ARCHIVE',
      `CurveFitModel.feature_index ${featureIndex} is not one of ${featureCount} features`,
    )
  }
  return curvePredictor(shape, attributes.floats('popt'), featureIndex, featureCount)
}

/** v0.6 wrapped its SVR: `Pipeline([('nonetype', None), ('svr', SVR)])`; a step may also be a scaler. */
function stepsOf(pipeline: Attributes): readonly PickleValue[] {
  const steps = pipeline.get('steps')
  if (!Array.isArray(steps) || steps.length === 0 || steps.length > maxSteps) {
    throw new ModelError('INVALID_ARCHIVE', `Pipeline.steps is not a list of 1 to ${maxSteps}`)
  }
  return steps.map((step) => (Array.isArray(step) ? (step[1] ?? null) : null))
}

function first(attributes: Attributes, ...names: readonly string[]): string {
  const found = names.find((name) => attributes.has(name))
  if (!found) throw new ModelError('INVALID_ARCHIVE', `${attributes.type} has no ${quote(names[0])}`)
  return found
}
