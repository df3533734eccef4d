import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Matrix, matrix } from '../numeric/matrix.js'
import { type CurveShape, curveValue } from '../predictor/curve.js'
import { centre } from './centre.js'
import { fitConcaveBase, rangeOf } from './concave-base.js'
import { curveRegressor } from './curve.js'
import { fillResiduals } from './curve-shapes.js'
import { gradientBoostingRegressor } from './gradient-boosting.js'
import { kNeighborsRegressor } from './k-neighbors.js'
import { linearRegressor } from './linear.js'
import { presort, rowRanges } from './presorted.js'
import { quantileForestRegressor } from './quantile-forest.js'
import { regressor, regressorOf } from './regressor-by-name.js'
import { growRegressionTree } from './regression-tree.js'
import { expectTrainable } from './regressor.js'
import { trainers } from './trainers.js'

const numbers = (...values: number[]) => Float64Array.from(values)
const column = (...values: number[]) => matrix(values.map((value) => [value]))

describe('centred data', () => {
  it('has the means taken away, exactly where a column or the targets never move', () => {
    const third = 0.1 + 0.2
    const centred = centre(
      matrix([
        [1, third, 5],
        [2, third, 5],
        [6, third, 8],
      ]),
      numbers(10, 20, 60),
    )
    assert.deepEqual([...centred.x.data], [-2, 0, -1, -1, 0, -1, 3, 0, 2])
    assert.deepEqual([...centred.y], [-20, -10, 30])
    assert.equal(centred.intercept(numbers(2, 0, 1)), 30 - 6 - 6)
    // Three times 0.1 has a mean that is not 0.1.
    assert.deepEqual([...centre(column(1, 2, 3), numbers(0.1, 0.1, 0.1)).y], [0, 0, 0])
    // A column whose first value alone differs moves.
    assert.deepEqual([...centre(column(0, 3, 3), numbers(1, 2, 3)).x.data], [-2, 1, 1])
  })
})

describe('what can be learnt from', () => {
  const refused = (x: Matrix, y: Float64Array, error: object) => assert.throws(() => expectTrainable(x, y), error)

  it('has rows, columns, and a target for each row', () => {
    refused(matrix([], 2), numbers(), { code: 'INVALID_DATA', field: 'x', message: 'no rows to learn from' })
    refused({ rows: 2, cols: 0, data: numbers() }, numbers(1, 2), {
      code: 'INVALID_DATA',
      field: 'x',
      message: 'no features to learn from',
    })
    refused(column(1, 2), numbers(1), { code: 'SHAPE_MISMATCH', message: /targets/ })
    refused({ rows: 2, cols: 2, data: numbers(1, 2, 3) }, numbers(1, 2), { code: 'SHAPE_MISMATCH' })
    refused(
      matrix([
        [1, 2],
        [3, Number.NaN],
      ]),
      numbers(1, 2),
      { message: /^feature value NaN in row 1, column 1 is not/ },
    )
    refused(column(1, 2), numbers(1, Number.NEGATIVE_INFINITY), {
      field: 'y[1]',
      message: /^target -Infinity in row 1 /,
    })
    expectTrainable(column(1, 2), numbers(1, 2))
  })
})

describe('residuals of a curve', () => {
  it('are its values less the targets, row by row', () => {
    const [x, y] = [numbers(0, 0.5, 2), numbers(3, 4, 5)]
    const parameters: Readonly<Record<CurveShape, number[]>> = {
      exponential: [2, 0.5, 1],
      logarithmic: [2, 0.5, 1],
      logistic: [2, 0.5, 3, 1],
    }
    for (const shape of ['exponential', 'logarithmic', 'logistic'] as const) {
      const out = new Float64Array(3)
      fillResiduals(shape, x, y)(numbers(...parameters[shape]), out)
      out.forEach((value, i) => {
        const expected = curveValue(shape, parameters[shape], x[i]!) - y[i]!
        assert.ok(Math.abs(value - expected) < 1e-12, `${shape} ${i}`)
      })
    }
  })

  it('see the main feature alone, and leave out rows below the idle bound', () => {
    const rows = matrix(Array.from({ length: 30 }, (_, i) => [7 - i, i / 29, i < 10 ? 0.2 : 0.3]))
    const y = Float64Array.from({ length: 30 }, (_, i) => (i < 10 ? 500 : 35 * Math.log((9 * i) / 29 + 1) + 30))
    const slope = (options: object) =>
      curveRegressor({ shape: 'logarithmic', mainFeature: 1, ...options }).fit(rows, y).parameters[0]!
    assert.ok(Math.abs(slope({ idleFeature: 2, idleBelow: 0.3 }) - 35) < 1e-2)
    assert.ok(Math.abs(slope({ idleFeature: 2, idleBelow: 0.2 }) - 35) > 1)
    assert.ok(Math.abs(slope({ idleFeature: 2 }) - 35) > 1)
    const model = curveRegressor({ shape: 'logarithmic', mainFeature: 1 }).fit(rows, y)
    assert.deepEqual([model.featureIndex, model.featureCount], [1, 3])
    const wrong = (options: object, field: string) =>
      assert.throws(() => curveRegressor({ shape: 'logistic', ...options }).fit(rows, y), {
        code: 'SHAPE_MISMATCH',
        field,
      })
    for (const outside of [-1, 3, 0.5]) {
      wrong({ mainFeature: outside }, 'mainFeature')
      wrong({ idleFeature: outside }, 'idleFeature')
    }
  })

  it('are flat at the mean where the curve has no numbers', () => {
    const x = column(1e300, -1e300)
    const flat = (shape: CurveShape) => [...curveRegressor({ shape }).fit(x, numbers(10, 30)).predict(column(0, 1))]
    for (const shape of ['exponential', 'logarithmic', 'logistic'] as const)
      assert.ok(flat(shape).every(Number.isFinite), shape)
  })
})

describe('trainers', () => {
  it('are as complex as what they learn', () => {
    const complexity = Object.fromEntries(
      Object.entries(trainers).map(([name, trainer]) => [name.replace(/Trainer$/, ''), trainer.complexity]),
    )
    assert.deepEqual(complexity, {
      ...{
        LinearRegression: 1,
        SGDRegressor: 1,
        LogarithmicRegression: 1,
        LogisticRegression: 1,
        ExponentialRegression: 1,
      },
      ...{ PolynomialRegression: 2, KNeighborsRegressor: 3, SVRRegressor: 3 },
      ...{ GradientBoostingRegressor: 4, XgboostFit: 4, QuantileForestRegressor: 4 },
    })
  })

  it('have as many trees as they say, and go on from those of a model', () => {
    const trees = (name: string, options = {}) => {
      const model = regressorOf(name, options).fit(column(1, 2), numbers(1, 2))
      return model.kind === 'xgboost' ? model.trees.length : 0
    }
    assert.deepEqual([trees('XgboostFitTrainer'), trees('XGBoostTrainer')], [100, 1000])
    const first = regressorOf('XgboostFitTrainer').fit(column(1, 2), numbers(1, 2))
    assert.ok(first.kind === 'xgboost')
    assert.equal(trees('XgboostFitTrainer', { continueFrom: first }), 200)
    assert.equal(trees('XGBoostTrainer', { continueFrom: first }), 1100)
  })

  it('take plain rows, also none to predict, and refuse options that do not exist', () => {
    const model = regressor('LinearRegressionTrainer').fit([[0], [1]], [10, 30])
    assert.deepEqual([...model.predict([[0.5]]), ...model.predict([])].map(Math.round), [20])
    assert.ok(!('predictInterval' in model))
    assert.equal(regressor('LinearRegressionTrainer').kind, 'linear')
    assert.throws(() => regressorOf('Nobody'), {
      code: 'INVALID_REQUEST',
      field: 'name',
      message: /^no regressor "Nobody"; there are Polynomial/,
    })
    const wrong = { seed: 1, seeds: 1 }
    assert.throws(() => regressor('LinearRegressionTrainer', wrong), { message: /seeds/ })
    const forest = regressor('QuantileForestRegressorTrainer').fit([[0], [1]], [10, 30])
    assert.equal(forest.predictInterval([]).lower.length, 0)
    assert.throws(() => forest.predictInterval([[0]], 2), { code: 'INVALID_DATA' })
  })
})

describe('small fits', () => {
  it('keep nothing of what they were given', () => {
    const x = column(0, 1, 2)
    const model = kNeighborsRegressor({ k: 1 }).fit(x, numbers(5, 6, 7))
    x.data.fill(0)
    assert.equal(model.predict(column(2))[0], 7)
    assert.equal(
      kNeighborsRegressor({ k: 2 })
        .fit(column(0, 1, 2), numbers(5, 6, 9))
        .predict(column(2.4))[0],
      7.5,
    )
  })

  it('give a line of one row at its value', () => {
    const { coefficients, intercept } = linearRegressor().fit(matrix([[3, 4]]), numbers(7))
    assert.deepEqual([[...coefficients], intercept], [[0, 0], 7])
  })

  it('boost by as many trees, levels and so large a step as they are told', () => {
    const x = column(1, 2, 3, 4)
    const y = numbers(0, 0, 8, 16)
    const fit = (options: object) => [...gradientBoostingRegressor(options).fit(x, y).predict(x)]
    assert.deepEqual(fit({ trees: 0 }), [6, 6, 6, 6])
    assert.deepEqual(fit({ trees: 1, depth: 1, learningRate: 1 }), [0, 0, 12, 12])
    assert.deepEqual(fit({ trees: 1, depth: 2, learningRate: 0.5 }), [3, 3, 7, 11])
    assert.deepEqual(fit({ trees: 2, depth: 2, learningRate: 0.5 }), [1.5, 1.5, 7.5, 13.5])
    const model = gradientBoostingRegressor().fit(x, y)
    assert.deepEqual([model.trees.length, model.learningRate], [100, 0.1])
    assert.deepEqual(
      model.predict(x),
      gradientBoostingRegressor({ trees: 100, depth: 3, learningRate: 0.1 }).fit(x, y).predict(x),
    )
  })

  it('grow a tree that has each row in its leaf, by whichever columns', () => {
    const rows = Array.from({ length: 24 }, (_, i) => [(5 * i) % 24, (11 * i) % 4, (7 * i) % 24])
    const y = rows.map(([a, b, c]) => a! * 10 + b! * 3 + c!)
    const columns = presort(matrix(rows))
    const leaves: number[][] = []
    const tree = growRegressionTree(
      columns,
      rowRanges(columns),
      Float64Array.from(y),
      24,
      (members, from, to, value) => {
        leaves.push([to - from, members[from]!, value])
      },
    )
    assert.equal(leaves.length, 24)
    for (const [count, row, value] of leaves) assert.deepEqual([count, value], [1, y[row!]])
    assert.equal(tree.feature.length, 47)
    tree.left.forEach((left, node) => {
      if (left < 0) assert.deepEqual([tree.right[node], tree.feature[node]], [-1, -1])
      else assert.ok(left === node + 1 && tree.right[node]! > left)
    })
  })
})

describe('a concave base', () => {
  it('learns from 8192 rows evenly spread where there are more', () => {
    const count = 16_384
    const x = matrix(Array.from({ length: count }, (_, i) => [(i % 128) / 127]))
    const rows = Int32Array.from({ length: count }, (_, i) => i)
    const line = Float64Array.from(x.data, (value) => 10 + 40 * value)
    // Every second row is left out, so what stands there says nothing.
    const fit = (y: Float64Array) => fitConcaveBase(x, y, rows)
    const spoilt = line.map((watts, i) => (i % 2 === 1 ? 9999 : watts))
    const lines = line.map((watts, i) => (i % 2 === 1 ? -9999 : watts))
    assert.deepEqual(fit(spoilt), fit(lines))
    const half = rows.subarray(0, 8192)
    assert.notDeepEqual(fitConcaveBase(x, spoilt, half), fitConcaveBase(x, lines, half))
  })

  it('has a straight term and three that saturate for each feature that moves', () => {
    const x = matrix([
      [1, -4, 5],
      [1, 2, 9],
    ])
    assert.deepEqual(rangeOf(x, Int32Array.of(0, 1)), { lower: numbers(1, -4, 5), upper: numbers(1, 2, 9) })
    assert.deepEqual(rangeOf(x, Int32Array.of(1)), { lower: numbers(1, 2, 9), upper: numbers(1, 2, 9) })
    const base = fitConcaveBase(x, numbers(10, 20), Int32Array.of(0, 1))
    assert.ok(base.feature.every((feature) => feature > 0))
    assert.ok(base.weight.length > 0 && base.weight.every((weight) => weight > 0))
    const scales = new Map([
      [1, 4],
      [2, 9],
    ])
    base.scale.forEach((scale, t) => {
      const share = scale / scales.get(base.feature[t]!)!
      const shares = base.saturates[t] === 1 ? [0.1, 0.3, 1] : [1]
      assert.ok(
        shares.some((one) => Math.abs(one - share) < 1e-12),
        `${share}`,
      )
    })
  })
})

describe('a quantile forest', () => {
  const model = (rows: number, options = {}) => {
    const x = matrix(Array.from({ length: rows }, (_, i) => [i]))
    return quantileForestRegressor(options).fit(
      x,
      Float64Array.from({ length: rows }, (_, i) => 10 + 2 * i + (i % 3)),
    )
  }

  it('has twelve trees a block, of blocks of at least five rows and of five blocks at most', () => {
    const trees = (rows: number, options = {}) => model(rows, options).trees.onResiduals.length
    assert.deepEqual(
      [2, 9, 14, 15, 24, 25, 100].map((rows) => trees(rows) / 12),
      [2, 2, 2, 3, 4, 5, 5],
    )
    assert.equal(trees(100, { treesPerBlock: 4 }), 20)
    assert.deepEqual([...model(100, { treesPerBlock: 4 }).trees.onResiduals.subarray(0, 5)], [0, 1, 0, 1, 0])
    const still = quantileForestRegressor().fit(column(1, 2, 3), numbers(5, 5, 5))
    assert.equal(still.trees.onResiduals.length, 2)
  })

  it('knows the span of its targets, its range and the least width of a band', () => {
    const { span, range, leastHalfWidth, fallsToZero, featureCount, scores } = model(101)
    assert.deepEqual(
      [span, range.lower[0], range.upper[0], featureCount, fallsToZero],
      [200 + (100 % 3), 0, 100, 1, false],
    )
    assert.ok(Math.abs(leastHalfWidth - 1.8) < 0.05, `${leastHalfWidth}`)
    assert.equal(scores.length, 101)
    assert.ok(scores.every((score, i) => i === 0 || score >= scores[i - 1]!))
    assert.equal(model(30, { outputType: 'DynPower' }).fallsToZero, true)
  })
})
