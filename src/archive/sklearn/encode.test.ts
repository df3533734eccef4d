import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { matrix } from '../../numeric/matrix.js'
import { curvePredictor } from '../../predictor/curve.js'
import { gradientBoostingPredictor } from '../../predictor/gradient-boosting.js'
import type { FittedPredictor, FittedTransformer } from '../../predictor/kinds.js'
import { kNeighborsPredictor } from '../../predictor/kneighbors.js'
import { linearPredictor } from '../../predictor/linear.js'
import { polynomialFeatures } from '../../predictor/polynomial.js'
import { maxAbsScaler, minMaxScaler, standardScaler } from '../../predictor/scalers.js'
import { svrPredictor } from '../../predictor/svr.js'
import { pickle } from '../pickle/pickle.js'
import { unpickle } from '../pickle/unpickle.js'
import { encodePredictor, encodeTransformer } from './encode.js'
import { decodeRegressor } from './regressors.js'
import { decodeTransformer } from './transformers.js'

const numbers = (...values: number[]) => Float64Array.from(values)
const rows = matrix([
  [0, 3],
  [2, 1],
  [-1, 0.5],
])
const samples = matrix([
  [0, 0],
  [1, 1],
  [4, 2],
])

function encoded(predictor: FittedPredictor) {
  const found = encodePredictor(predictor)
  assert.ok(found, predictor.kind)
  const { state } = found.object
  return { ...found, state, again: decodeRegressor(unpickle(pickle(found.object)), predictor.featureCount) }
}

describe('a predictor as an object of scikit-learn', () => {
  const predictors: readonly FittedPredictor[] = [
    linearPredictor(1, numbers(2, -3)),
    kNeighborsPredictor(samples, numbers(1, 10, 100), 2),
    svrPredictor({ supportVectors: samples, dualCoefficients: numbers(1, -2, 3), intercept: 4, gamma: 0.5 }),
    ...(['exponential', 'logarithmic', 'logistic'] as const).map((shape) =>
      curvePredictor(shape, numbers(...[1, 0.5, 2, 3].slice(0, shape === 'logistic' ? 4 : 3)), 1, 2),
    ),
  ]
  for (const predictor of predictors) {
    it(`gives the watts of a ${'shape' in predictor ? predictor.shape : predictor.kind} predictor again`, () => {
      const { again, modelClass } = encoded(predictor)
      assert.deepEqual(again.predictor.predict(rows), predictor.predict(rows))
      assert.deepEqual(again.transformers, [])
      assert.equal(modelClass, predictor.kind === 'curve' ? 'curvefit' : 'scikit')
    })
  }

  it('has the settings that scikit-learn needs for them', () => {
    const { state: line } = encoded(linearPredictor(1, numbers(2, -3)))
    assert.deepEqual(
      [line.fit_intercept, line.copy_X, line.positive, line.n_features_in_, line._sklearn_version],
      [true, true, false, 2n, '1.5.2'],
    )
    const { state: neighbours } = encoded(kNeighborsPredictor(samples, numbers(1, 10, 100), 7))
    assert.deepEqual([neighbours.n_neighbors, neighbours.n_samples_fit_], [3n, 3n], 'no more than there are')
    const { state: vectors } = encoded(
      svrPredictor({ supportVectors: samples, dualCoefficients: numbers(1, -2, 3), intercept: 4, gamma: 0.5 }),
    )
    assert.deepEqual(
      [vectors.shrinking, vectors.probability, vectors.verbose, vectors._sparse],
      [true, false, false, false],
    )
    assert.deepEqual(vectors.support_, Int32Array.of(0, 1, 2))
    assert.deepEqual(vectors._n_support, Int32Array.of(3, 0))
    assert.deepEqual(vectors.shape_fit_, [3n, 2n])
    for (const name of ['dual_coef_', '_dual_coef_']) {
      assert.deepEqual(vectors[name], { rows: 1, cols: 3, data: numbers(1, -2, 3) })
    }
  })

  it('is none for trees, whose classes are compiled', () => {
    const trees = gradientBoostingPredictor({ constant: 1, learningRate: 1, trees: [], featureCount: 2 })
    assert.equal(encodePredictor(trees), undefined)
  })
})

describe('a transformer as an object of scikit-learn', () => {
  const again = (transformer: FittedTransformer) => decodeTransformer(unpickle(pickle(encodeTransformer(transformer))))
  const transformers: readonly FittedTransformer[] = [
    maxAbsScaler(numbers(2, 0)),
    minMaxScaler(numbers(2, 3), numbers(1, -1)),
    minMaxScaler(numbers(2, 3), numbers(1, -1), [0, 2]),
    standardScaler(numbers(2, 1), numbers(4, 0)),
    ...[true, false].flatMap((includeBias) =>
      [true, false].map((interactionOnly) =>
        polynomialFeatures({ inputCount: 2, degree: 3, includeBias, interactionOnly }),
      ),
    ),
  ]
  for (const transformer of transformers) {
    it(`gives the columns of ${transformer.kind} again, ${transformer.outputCount} of them`, () => {
      const read = again(transformer)
      assert.deepEqual(read.transform(rows), transformer.transform(rows))
      assert.deepEqual([read.kind, read.inputCount, read.outputCount], [transformer.kind, 2, transformer.outputCount])
    })
  }

  it('has a scale of 1 where a feature never moved, and its range', () => {
    const { state: largest } = encodeTransformer(maxAbsScaler(numbers(2, 0)))
    assert.deepEqual([largest.max_abs_, largest.scale_, largest.copy], [numbers(2, 1), numbers(2, 1), true])
    const { state: standard } = encodeTransformer(standardScaler(numbers(2, 1), numbers(4, 0)))
    assert.deepEqual([standard.scale_, standard.with_mean, standard.with_std], [numbers(4, 1), true, true])
    const range = (clip?: readonly [number, number]) => {
      const { state } = encodeTransformer(minMaxScaler(numbers(2), numbers(1), clip))
      return [state.feature_range, state.clip, state.copy]
    }
    assert.deepEqual(
      [range(), range([0, 2])],
      [
        [[0n, 1n], false, true],
        [[0, 2], true, true],
      ],
    )
  })

  it('says how many columns a polynomial has with and without its ones', () => {
    const columns = (includeBias: boolean) => {
      const { state } = encodeTransformer(polynomialFeatures({ inputCount: 2, degree: 2, includeBias }))
      return [state.n_output_features_, state._n_out_full, state._max_degree]
    }
    assert.deepEqual(
      [columns(true), columns(false)],
      [
        [6n, 6n, 2n],
        [5n, 6n, 2n],
      ],
    )
  })
})
