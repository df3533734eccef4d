import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { matrix } from '../../numeric/matrix.js'
import { makeDtype } from '../pickle/numpy.js'
import type { NdArray, PickleRecord, PickleValue } from '../pickle/value.js'
import { attributesOf } from './attributes.js'
import { decodeRegressor } from './regressors.js'
import { decodeTransformer } from './transformers.js'

const record = (name: string, state: Readonly<Record<string, PickleValue>>): PickleRecord => ({
  ...{ kind: 'record', type: { kind: 'global', module: 'sklearn', name }, args: [] },
  state: new Map(Object.entries(state)),
})
const floats = (...values: number[]): NdArray => table([values.length], values)
const table = (shape: number[], values: number[]): NdArray => ({
  ...{ kind: 'ndarray', shape, dtype: makeDtype('f8'), fortranOrder: false },
  data: new Uint8Array(Float64Array.from(values).buffer),
})
const invalid = (message: RegExp) => ({ code: 'INVALID_ARCHIVE', message })
const at = (value: PickleValue, ...row: number[]) =>
  decodeRegressor(value, row.length).predictor.predict(matrix([row]))[0]

describe('attributes of an object', () => {
  const attributes = attributesOf(record('T', { one: 1, none: null, list: floats(1, 2), flag: true }))

  it('are read with a type, and named where they are others', () => {
    assert.deepEqual([attributes.type, attributes.number('one'), attributes.number('flag')], ['T', 1, 1])
    assert.deepEqual([...attributes.floats('list'), ...attributes.floats('one')], [1, 2, 1])
    assert.deepEqual(['one', 'none', 'other'].map(attributes.has), [true, false, false])
    assert.throws(() => attributes.number('list'), invalid(/T\.list is a numpy ndarray, not a number/))
    assert.throws(() => attributes.floats('other'), invalid(/T\.other is None, not a number/))
    assert.throws(() => attributes.matrix('list'), invalid(/T\.list is not a table/))
    assert.throws(() => attributesOf('x'), invalid(/an object of scikit-learn was expected, not the string x/))
    const empty = attributesOf(record('T', { m: table([0, 3], []), n: table([2, 1], [7, 8]) }))
    assert.deepEqual([empty.matrix('m').rows, empty.matrix('m').cols, [...empty.matrix('n').data]], [0, 3, [7, 8]])
    assert.equal(attributesOf({ ...record('T', {}), state: 7 }).has('x'), false)
  })

  it('may have to be one of some values, where they are there', () => {
    attributes.expect('one', 2, 1)
    attributes.expect('other', 2)
    assert.throws(
      () => attributes.expect('one', 'a', 'b'),
      invalid(/T\.one is the number 1; only "a or b" is supported/),
    )
  })
})

describe('regressors of scikit-learn', () => {
  it('are lines', () => {
    assert.equal(at(record('LinearRegression', { intercept_: 5, coef_: floats(2, 3) }), 10, 100), 325)
    assert.equal(at(record('SGDRegressor', { intercept_: floats(5), coef_: floats(2) }), 10), 25)
    const wide = record('LinearRegression', { intercept_: 5, coef_: floats(2, 3) })
    assert.throws(() => decodeRegressor(wide, 3), invalid(/LinearRegression was trained on 2 columns, but gets 3/))
    assert.throws(() => decodeRegressor(record('Ridge', {}), 1), invalid(/Ridge is not a regressor that is known/))
  })

  it('are means of neighbours', () => {
    const state = { n_neighbors: 2, _fit_X: table([3, 1], [0, 1, 10]), _y: floats(4, 6, 90) }
    const whole = { ...state, weights: 'uniform', effective_metric_: 'euclidean' }
    assert.equal(at(record('KNeighborsRegressor', whole), 0.4), 5)
    assert.equal(at(record('KNeighborsRegressor', { ...state, n_neighbors: 1 }), 9), 90)
    for (const n_neighbors of [0, 1.5, -1]) {
      assert.throws(
        () => at(record('KNeighborsRegressor', { ...state, n_neighbors }), 0),
        invalid(/a mean of -?[\d.]+ neighbours among 3/),
      )
    }
    const empty = { ...state, _fit_X: table([0, 1], []) }
    assert.throws(() => at(record('KNeighborsRegressor', empty), 0), invalid(/among 0 is not defined/))
    for (const [name, value] of [
      ['weights', 'distance'],
      ['effective_metric_', 'manhattan'],
    ] as const) {
      assert.throws(
        () => at(record('KNeighborsRegressor', { ...whole, [name]: value }), 0),
        invalid(/only .* is supported/),
      )
    }
  })

  it('are sums of kernels, also of none', () => {
    const state = { kernel: 'rbf', _gamma: 0.5, support_vectors_: table([1, 1], [3]), _sparse: false }
    const own = { ...state, _dual_coef_: table([1, 1], [4]), _intercept_: floats(10) }
    assert.equal(at(record('SVR', own), 3), 14)
    assert.ok(Math.abs(at(record('SVR', own), 5)! - (10 + 4 * Math.exp(-2))) < 1e-12)
    // Older versions call them otherwise, and what is their own comes first.
    const old = { ...state, dual_coef_: table([1, 1], [4]), intercept_: floats(20) }
    assert.equal(at(record('SVR', old), 3), 24)
    assert.equal(at(record('SVR', { ...old, ...own }), 3), 14)
    const none = { ...state, support_vectors_: table([0, 1], []), _intercept_: floats(7) }
    assert.equal(at(record('SVR', none), 3), 7)
    assert.throws(() => at(record('SVR', state), 3), invalid(/SVR has no "_dual_coef_"/))
    assert.throws(() => at(record('SVR', { ...own, kernel: 'linear' }), 3), invalid(/SVR\.kernel is the string linear/))
    assert.throws(() => at(record('SVR', { ...own, _sparse: true }), 3), invalid(/SVR\._sparse/))
  })

  it('are curves of one feature', () => {
    const curve = (more: Readonly<Record<string, PickleValue>> = {}) =>
      record('CurveFitModel', {
        fit_func: { kind: 'global', module: 'x', name: 'log_func' },
        ...{ popt: floats(10, 3, 2), feature_index: 1 },
        ...more,
      })
    assert.ok(Math.abs(at(curve(), 9, 1)! - (10 * Math.log(4) + 2)) < 1e-12)
    assert.ok(Math.abs(at(curve({ fit_func: 'expo_func' }), 9, 1)! - (10 * Math.exp(3) + 2)) < 1e-9)
    const logistic = at(curve({ fit_func: 'logi_func', popt: floats(10, 0.5, 4, 2) }), 9, 0.5)!
    assert.ok(Math.abs(logistic - 7) < 1e-12)
    for (const fit_func of ['p0_func', null, 7])
      assert.throws(() => at(curve({ fit_func }), 9, 1), invalid(/not a known curve/))
    for (const feature_index of [-1, 2, 0.5]) {
      assert.throws(
        () => at(curve({ feature_index }), 9, 1),
        invalid(/feature_index -?[\d.]+ is not one of 2 features/),
      )
    }
  })

  it('are sums of trees over a constant', () => {
    const boosted = (more: Readonly<Record<string, PickleValue>>) =>
      record('GradientBoostingRegressor', {
        ...{ loss: 'squared_error', learning_rate: 0.5 },
        estimators_: { ...floats(), shape: [0, 1], dtype: makeDtype('O8'), data: [] },
        init_: record('DummyRegressor', { constant_: table([1, 1], [7]) }),
        ...more,
      })
    assert.equal(at(boosted({}), 1), 7)
    assert.equal(at(boosted({ init_: 'zero', loss: 'ls' }), 1), 0)
    assert.throws(() => at(boosted({ loss: 'huber' }), 1), invalid(/loss is the string huber/))
    assert.throws(
      () => at(boosted({ init_: record('DummyRegressor', { constant_: floats() }) }), 1),
      invalid(/constant_ is empty/),
    )
    for (const estimators_ of [floats(1), 'x']) {
      assert.throws(() => at(boosted({ estimators_ }), 1), invalid(/GradientBoostingRegressor\.estimators_ is/))
    }
    const tree = (tree_: PickleValue) => ({
      ...floats(),
      dtype: makeDtype('O8'),
      data: [record('DecisionTreeRegressor', { tree_ })],
    })
    const damaged = boosted({ estimators_: tree(record('Tree', { nodes: 7 })) })
    assert.throws(() => at(damaged, 1), invalid(/a tree is damaged: it has no nodes/))
    assert.throws(
      () => at(boosted({ estimators_: tree(record('Tree', { nodes: floats(1) })) }), 1),
      invalid(/its nodes have no feature/),
    )
  })

  it('may come with their transformers, in a pipeline', () => {
    const line = record('LinearRegression', { intercept_: 1, coef_: floats(2) })
    const scaler = record('MaxAbsScaler', { scale_: floats(10) })
    const pipeline = (...steps: PickleValue[]) => record('Pipeline', { steps: steps.map((step) => ['name', step]) })
    const { transformers, predictor } = decodeRegressor(pipeline(null, 'passthrough', scaler, line), 1)
    assert.deepEqual([transformers.length, predictor.kind], [1, 'linear'])
    assert.equal(decodeRegressor(pipeline(line), 1).transformers.length, 0)
    const many = new Array<PickleValue>(19).fill(null)
    assert.ok(decodeRegressor(pipeline(...many, line), 1))
    const list = invalid(/Pipeline\.steps is not a list of 1 to 20/)
    for (const steps of [[], 'x', null, [...many, null, line]]) {
      assert.throws(() => decodeRegressor(record('Pipeline', { steps }), 1), list)
    }
    const squares = record('PolynomialFeatures', { degree: 2, n_features_in_: 1 })
    const wide = record('LinearRegression', { intercept_: 1, coef_: floats(0, 0, 2) })
    assert.equal(decodeRegressor(pipeline(squares, wide), 1).predictor.featureCount, 3)
    assert.throws(() => decodeRegressor(record('Pipeline', { steps: ['x'] }), 1), invalid(/was expected, not None/))
  })
})

describe('transformers of scikit-learn', () => {
  const of = (name: string, state: Readonly<Record<string, PickleValue>>, ...row: number[]) =>
    Array.from(decodeTransformer(record(name, state)).transform(matrix([row])).data)

  it('scale by the largest, or between least and largest', () => {
    assert.deepEqual(of('MaxAbsScaler', { scale_: floats(10, 4) }, 5, 8), [0.5, 2])
    const range = { scale_: floats(0.5), min_: floats(-1) }
    assert.deepEqual(of('MinMaxScaler', range, 8), [3])
    assert.deepEqual(of('MinMaxScaler', { ...range, clip: true, feature_range: [0, 1] }, 8), [1])
    assert.deepEqual(of('MinMaxScaler', { ...range, clip: false, feature_range: [0, 1] }, 8), [3])
    assert.deepEqual(of('MinMaxScaler', { ...range, clip: true, feature_range: [0, 'x'] }, 8), [3])
    assert.deepEqual(of('MinMaxScaler', { ...range, clip: true, feature_range: ['x', 1] }, 8), [3])
    assert.deepEqual(of('MinMaxScaler', { ...range, clip: true }, 8), [3])
  })

  it('centre and scale, or one of both', () => {
    const both = { mean_: floats(2), scale_: floats(4), n_features_in_: 1 }
    assert.deepEqual(of('StandardScaler', both, 10), [2])
    assert.deepEqual(of('StandardScaler', { mean_: floats(2), scale_: floats(4) }, 10), [2])
    assert.deepEqual(of('StandardScaler', { ...both, with_mean: false }, 10), [2.5])
    assert.deepEqual(of('StandardScaler', { ...both, with_std: false }, 10), [8])
    assert.deepEqual(of('StandardScaler', { ...both, scale_: null }, 10), [8])
    assert.deepEqual(of('StandardScaler', { ...both, mean_: null }, 10), [2.5])
    for (const n_features_in_ of [0, 1001, 1.5]) {
      assert.throws(
        () => of('StandardScaler', { ...both, n_features_in_ }, 1),
        invalid(/StandardScaler claims [\d.]+ features/),
      )
    }
  })

  it('multiply features', () => {
    assert.deepEqual(of('PolynomialFeatures', { degree: 2, n_features_in_: 2 }, 3, 5), [1, 3, 5, 9, 15, 25])
    const more = { degree: 2, _n_features_in: 2, include_bias: false }
    assert.deepEqual(of('PolynomialFeatures', more, 3, 5), [3, 5, 9, 15, 25])
    const interactions = { degree: 2, n_input_features_: 2, interaction_only: true }
    assert.deepEqual(of('PolynomialFeatures', interactions, 3, 5), [1, 3, 5, 15])
    assert.equal(of('PolynomialFeatures', { degree: 10, n_features_in_: 1 }, 1).length, 11)
    assert.equal(of('PolynomialFeatures', { degree: 1, n_features_in_: 1 }, 1).length, 2)
    for (const degree of [0, 11, 1.5, 'x']) {
      const message = invalid(/degree is not a whole number from 1 to 10/)
      assert.throws(() => of('PolynomialFeatures', { degree, n_features_in_: 1 }, 1), message)
    }
    assert.throws(() => of('PolynomialFeatures', { degree: 2 }, 1), invalid(/does not say how many features/))
    assert.throws(() => of('PolynomialFeatures', { degree: 2, n_features_in_: 0 }, 1), invalid(/claims 0 features/))
    assert.throws(() => of('Normalizer', {}, 1), invalid(/Normalizer is not a transformer that is known/))
  })
})
