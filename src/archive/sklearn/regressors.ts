import { ModelError, quote } from '../../core/errors.js'
import { type CurveShape, curvePredictor } from '../../predictor/curve.js'
import { gradientBoostingPredictor } from '../../predictor/gradient-boosting.js'
import { kNeighborsPredictor } from '../../predictor/kneighbors.js'
import { linearPredictor } from '../../predictor/linear.js'
import type { Predictor } from '../../predictor/predictor.js'
import { svrPredictor } from '../../predictor/svr.js'
import { describe, isGlobal, isNdArray, type PickleValue } from '../pickle/value.js'
import { type Attributes, attributesOf } from './attributes.js'
import { decodeTree } from './tree.js'

type Decoder = (attributes: Attributes, featureCount: number) => Predictor

/** Nodes of all trees together. The largest published model has 1,500. */
const maxNodes = 5_000_000

const decoders: ReadonlyMap<string, Decoder> = new Map<string, Decoder>([
  ['LinearRegression', linear],
  ['SGDRegressor', linear],
  ['SVR', supportVectors],
  ['KNeighborsRegressor', neighbors],
  ['GradientBoostingRegressor', gradientBoosting],
  ['CurveFitModel', curve],
  ['Pipeline', lastOfPipeline],
])

/**
 * The predictor of a pickled regressor. `featureCount` is the number of columns that its transformers give.
 *
 * @throws ModelError `INVALID_ARCHIVE` for another class, another setting than the trainers use, or damaged numbers
 */
export function decodeRegressor(value: PickleValue, featureCount: number): Predictor {
  const attributes = attributesOf(value)
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

function linear(attributes: Attributes): Predictor {
  return linearPredictor(attributes.floats('intercept_')[0] ?? 0, attributes.floats('coef_'))
}

function supportVectors(attributes: Attributes): Predictor {
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

function neighbors(attributes: Attributes): Predictor {
  attributes.expect('weights', 'uniform')
  attributes.expect('effective_metric_', 'euclidean')
  const k = attributes.number('n_neighbors')
  const samples = attributes.matrix('_fit_X')
  if (!Number.isInteger(k) || k < 1 || samples.rows === 0) {
    throw new ModelError('INVALID_ARCHIVE', `a mean of ${k} neighbours among ${samples.rows} is not defined`)
  }
  return kNeighborsPredictor(samples, attributes.floats('_y'), k)
}

function gradientBoosting(attributes: Attributes, featureCount: number): Predictor {
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

function curve(attributes: Attributes, featureCount: number): Predictor {
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

/** v0.6 wrapped its SVR: `Pipeline([('nonetype', None), ('svr', SVR)])`. */
function lastOfPipeline(attributes: Attributes, featureCount: number): Predictor {
  const steps = attributes.get('steps')
  const objects = Array.isArray(steps) ? steps.map((step) => (Array.isArray(step) ? step[1] : undefined)) : []
  const last = objects.pop()
  if (last === undefined || objects.some((object) => object !== null && object !== 'passthrough')) {
    throw new ModelError('INVALID_ARCHIVE', 'a Pipeline holds more than one step; put its scalers into fe_files')
  }
  if (attributesOf(last).type === 'Pipeline') throw new ModelError('INVALID_ARCHIVE', 'a Pipeline holds a Pipeline')
  return decodeRegressor(last, featureCount)
}

function first(attributes: Attributes, ...names: readonly string[]): string {
  const found = names.find((name) => attributes.has(name))
  if (!found) throw new ModelError('INVALID_ARCHIVE', `${attributes.type} has no ${quote(names[0])}`)
  return found
}
