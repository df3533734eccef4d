import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { matrix } from '../numeric/matrix.js'
import { curvePredictor } from './curve.js'
import { gradientBoostingPredictor } from './gradient-boosting.js'
import { kNeighborsPredictor } from './kneighbors.js'
import { linearPredictor } from './linear.js'
import { polynomialFeatures } from './polynomial.js'
import type { Predictor, Transformer } from './predictor.js'
import { maxAbsScaler, minMaxScaler, standardScaler } from './scalers.js'
import { svrPredictor } from './svr.js'
import { type XgboostTree, xgboostPredictor } from './xgboost.js'

const predict = (predictor: Predictor, ...rows: number[][]) => [...predictor.predict(matrix(rows))]
const transform = (transformer: Transformer, ...rows: number[][]) => [...transformer.transform(matrix(rows)).data]
const leaf = -1

describe('predictors', () => {
  it('adds weighted features to the intercept', () => {
    assert.deepEqual(predict(linearPredictor(1, Float64Array.of(2, -3)), [10, 1], [0, 0]), [18, 1])
  })

  it('draws curves over one feature', () => {
    const at = (shape: 'exponential' | 'logarithmic' | 'logistic', ...p: number[]) =>
      predict(curvePredictor(shape, Float64Array.from(p), 1, 2), [99, 0.5])[0]
    assert.equal(at('exponential', 2, 3, 4), 2 * Math.exp(1.5) + 4)
    assert.equal(at('logarithmic', 2, 3, 4), 2 * Math.log(2.5) + 4)
    assert.equal(at('logistic', 2, 0.5, 7, 4), 5)
    assert.throws(() => curvePredictor('logistic', new Float64Array(3), 0, 1), { code: 'SHAPE_MISMATCH' })
  })

  it('weighs support vectors by their distance', () => {
    const supportVectors = matrix([
      [0, 0],
      [3, 4],
    ])
    const model = { supportVectors, dualCoefficients: Float64Array.of(2, -1), intercept: 10, gamma: 0.1 }
    assert.deepEqual(predict(svrPredictor(model), [0, 0]), [10 + 2 - Math.exp(-2.5)])
  })

  it('refuses rows of another width', () => {
    assert.throws(() => predict(linearPredictor(0, Float64Array.of(1)), [1, 2]), { code: 'SHAPE_MISMATCH' })
  })
})

describe('kNeighborsPredictor', () => {
  const samples = matrix([[0], [2], [4], [2], [100]])
  const targets = Float64Array.of(1, 10, 100, 1000, 10_000)

  it('takes the mean of the nearest', () => {
    assert.deepEqual(predict(kNeighborsPredictor(samples, targets, 2), [2.1], [90]), [505, 5050])
  })

  it('prefers the lowest row of those equally far', () => {
    assert.deepEqual(predict(kNeighborsPredictor(samples, targets, 1), [2], [1]), [10, 1])
  })

  it('takes all samples where there are fewer than k', () => {
    assert.deepEqual(predict(kNeighborsPredictor(samples, targets, 6), [0]), [2222.2])
  })

  it('answers the same after a row that is too far to measure', () => {
    const model = kNeighborsPredictor(samples, targets, 2)
    assert.deepEqual(predict(model, [90], [1e300]), [5050, 5.5])
    assert.deepEqual(predict(model, [1e300]), [5.5])
  })
})

describe('gradientBoostingPredictor', () => {
  const tree = {
    feature: Int32Array.of(0, -2, -2),
    threshold: Float64Array.of(0.1, -2, -2),
    left: Int32Array.of(1, leaf, leaf),
    right: Int32Array.of(2, leaf, leaf),
    value: Float64Array.of(0, 5, 7),
  }
  const model = gradientBoostingPredictor({ constant: 40, learningRate: 0.5, trees: [tree, tree], featureCount: 1 })

  it('adds the leaves of all trees', () => {
    assert.deepEqual(predict(model, [0], [1]), [45, 47])
  })

  it('rounds the feature, not the threshold: 0.1 as a 32-bit float is more than 0.1', () => {
    assert.deepEqual(predict(model, [0.1], [Math.fround(0.1) - 1e-7]), [47, 45])
  })
})

describe('xgboostPredictor', () => {
  const tree: XgboostTree = {
    feature: Int32Array.of(0, 0, 0),
    split: Float32Array.of(0.1, 0, 0),
    left: Int32Array.of(1, leaf, leaf),
    right: Int32Array.of(2, leaf, leaf),
    defaultLeft: Uint8Array.of(1, 0, 0),
    leaf: Float32Array.of(0, 0.1, 1e8),
    gain: new Float32Array(3),
    cover: new Float32Array(3),
  }
  const of = (trees: readonly XgboostTree[]) => xgboostPredictor({ baseScore: 0.5, trees, featureCount: 1 })

  it('goes left below the split, not at it', () => {
    assert.deepEqual(predict(of([tree]), [0.0999], [0.1]), [Math.fround(0.5 + Math.fround(0.1)), 1e8])
  })

  it('adds in 32-bit floats, tree by tree', () => {
    // Each 0.1 is lost beside 1e8; added up first, ten of them would not be.
    const other = { ...tree, defaultLeft: Uint8Array.of(0, 0, 0), left: Int32Array.of(2, leaf, leaf) }
    const small = { ...tree, right: Int32Array.of(1, leaf, leaf) }
    assert.deepEqual(predict(of([other, ...Array<XgboostTree>(100).fill(small)]), [1]), [1e8])
  })

  it('sends what is missing where the tree says', () => {
    const right = { ...tree, defaultLeft: Uint8Array.of(0, 0, 0) }
    assert.ok(predict(of([tree]), [Number.NaN])[0]! < 1)
    assert.ok(predict(of([right]), [Number.NaN])[0]! > 1e7)
  })
})

describe('transformers', () => {
  it('scale columns; a scale of 0 counts as 1', () => {
    assert.deepEqual(transform(maxAbsScaler(Float64Array.of(4, 0)), [2, 3]), [0.5, 3])
    assert.deepEqual(transform(standardScaler(Float64Array.of(1, 1), Float64Array.of(2, 0)), [5, 3]), [2, 2])
    const [scale, min] = [Float64Array.of(0.5), Float64Array.of(0.25)]
    assert.deepEqual(transform(minMaxScaler(scale, min), [1], [9]), [0.75, 4.75])
    assert.deepEqual(transform(minMaxScaler(scale, min, [0, 1]), [1], [9], [-9]), [0.75, 1, 0])
  })

  it('expand to monomials in the order of scikit-learn', () => {
    const powers = (degree: number, options = {}) =>
      transform(polynomialFeatures({ inputCount: 2, degree, ...options }), [2, 3])
    assert.deepEqual(powers(2), [1, 2, 3, 4, 6, 9])
    assert.deepEqual(powers(3, { includeBias: false }), [2, 3, 4, 6, 9, 8, 12, 18, 27])
    assert.deepEqual(powers(2, { interactionOnly: true }), [1, 2, 3, 6])
    assert.throws(() => polynomialFeatures({ inputCount: 1000, degree: 5 }), { code: 'LIMIT_EXCEEDED' })
  })
})
