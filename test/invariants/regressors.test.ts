import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { leastSquares } from '../../src/numeric/least-squares.js'
import { dot, type Matrix, matrix, rowOf } from '../../src/numeric/matrix.js'
import { nonNegativeLeastSquares } from '../../src/numeric/non-negative-least-squares.js'
import { sumOfSquaredErrors } from '../../src/numeric/metrics.js'
import { type CurveShape, curvePredictor, curveShapes } from '../../src/predictor/curve.js'
import { curveRegressor } from '../../src/regression/curve.js'
import { curveStart } from '../../src/regression/curve-shapes.js'
import { gradientBoostingRegressor } from '../../src/regression/gradient-boosting.js'
import { kNeighborsRegressor } from '../../src/regression/k-neighbors.js'
import { withKernelRows } from '../../src/regression/kernel-rows.js'
import { linearRegressor } from '../../src/regression/linear.js'
import { regressorOf } from '../../src/regression/regressor-by-name.js'
import { scaleGamma } from '../../src/regression/svr.js'
import { solveSvr } from '../../src/regression/svr-solver.js'
import { xgboostRegressor } from '../../src/regression/xgboost.js'

interface Data {
  readonly x: Matrix
  readonly y: Float64Array
}

/** Scaled features with many equal values, and watts. */
function data(maxRows = 40, maxCols = 5): fc.Arbitrary<Data> {
  const feature = fc.oneof(
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.integer({ min: 0, max: 4 }).map((step) => step / 4),
  )
  const watts = fc.oneof(fc.double({ min: -50, max: 400, noNaN: true }), fc.integer({ min: 0, max: 5 }))
  return fc
    .tuple(fc.integer({ min: 1, max: maxRows }), fc.integer({ min: 1, max: maxCols }))
    .chain(([rows, cols]) =>
      fc.tuple(
        fc.array(fc.array(feature, { minLength: cols, maxLength: cols }), { minLength: rows, maxLength: rows }),
        fc.array(watts, { minLength: rows, maxLength: rows }),
      ),
    )
    .map(([rows, y]) => ({ x: matrix(rows), y: Float64Array.from(y) }))
}

const runs = { numRuns: 60, seed: 20261123 }

/** x'(y - x w): how much the error falls as each weight rises. */
function gradient({ x, y }: Data, weights: Float64Array): Float64Array {
  const result = new Float64Array(x.cols)
  for (let i = 0; i < x.rows; i++) {
    const row = rowOf(x, i)
    const residual = y[i]! - dot(row, weights)
    for (let j = 0; j < x.cols; j++) result[j]! += residual * row[j]!
  }
  return result
}

describe('invariants of regressors', () => {
  it('least squares leave a residual at right angles to every column', () => {
    fc.assert(
      fc.property(data(), ({ x, y }) => {
        const size = 1 + Math.sqrt(dot(y, y)) * Math.sqrt(dot(x.data, x.data))
        for (const slope of gradient({ x, y }, leastSquares(x, y))) assert.ok(Math.abs(slope) <= 1e-9 * size)
      }),
      runs,
    )
  })

  it('non-negative least squares meet the conditions of an optimum', () => {
    fc.assert(
      fc.property(data(), ({ x, y }) => {
        const weights = nonNegativeLeastSquares(x, y)
        const slopes = gradient({ x, y }, weights)
        const size = 1 + Math.sqrt(dot(y, y)) * Math.sqrt(dot(x.data, x.data))
        weights.forEach((weight, j) => {
          assert.ok(weight >= 0)
          assert.ok(slopes[j]! <= 1e-9 * size, 'a weight at zero would help if it rose')
          if (weight > 0) assert.ok(Math.abs(slopes[j]!) <= 1e-9 * size, 'a positive weight could still move')
        })
      }),
      runs,
    )
  })

  it('a linear model never takes less power for more work, and is right on average', () => {
    fc.assert(
      fc.property(data(), ({ x, y }) => {
        const model = linearRegressor().fit(x, y)
        assert.ok(model.coefficients.every((weight) => weight >= 0))
        const bias = model.predict(x).reduce((sum, watts, i) => sum + watts - y[i]!, 0) / x.rows
        assert.ok(Math.abs(bias) < 1e-6)
      }),
      runs,
    )
  })

  it('neighbours never predict more than the most or less than the least that was measured', () => {
    fc.assert(
      fc.property(data(), data(10, 1), (train, other) => {
        const at = { ...train.x, data: train.x.data.map((value, k) => value + other.y[k % other.y.length]!) }
        expectWithin(kNeighborsRegressor().fit(train.x, train.y).predict(at), train.y, 1e-9)
      }),
      runs,
    )
  })

  it('boosted trees never leave the range of the targets by more than their shrinkage allows', () => {
    fc.assert(
      fc.property(data(), ({ x, y }) => {
        // A tree predicts means of residuals; residuals shrink, so sums stay near the range that was measured.
        const slack = 0.25 * (Math.max(...y) - Math.min(...y)) + 1e-6
        expectWithin(gradientBoostingRegressor().fit(x, y).predict(x), y, slack)
        expectWithin(xgboostRegressor().fit(x, y).predict(x), Float64Array.from([...y, 0.5]), slack)
      }),
      runs,
    )
  })

  it('another tree never makes boosting worse on the rows it learns from', () => {
    fc.assert(
      fc.property(data(30, 3), ({ x, y }) => {
        let last = Number.POSITIVE_INFINITY
        for (const trees of [0, 1, 5, 20]) {
          const error = sumOfSquaredErrors(y, gradientBoostingRegressor({ trees }).fit(x, y).predict(x))
          assert.ok(error <= last * (1 + 1e-12) + 1e-12)
          last = error
        }
      }),
      runs,
    )
  })

  it('a curve is never worse than where its search starts', () => {
    fc.assert(
      fc.property(data(30, 1), fc.constantFrom<CurveShape>(...curveShapes), ({ x, y }, shape) => {
        const fitted = curveRegressor({ shape }).fit(x, y)
        const start = curvePredictor(shape, curveStart(shape, y), 0, 1)
        const error = sumOfSquaredErrors(y, fitted.predict(x))
        assert.ok(Number.isFinite(error))
        assert.ok(error <= sumOfSquaredErrors(y, start.predict(x)) * (1 + 1e-9) + 1e-9)
      }),
      runs,
    )
  })

  it('support vector regression meets the conditions of an optimum', () => {
    fc.assert(
      fc.property(data(30, 3), ({ x, y }) => {
        const problem = { cost: 1, epsilon: 0.2, tolerance: 1e-6 }
        withKernelRows(x, scaleGamma(x), (kernel) => {
          const { coefficients, intercept } = solveSvr(kernel, y, problem)
          assert.ok(Math.abs(coefficients.reduce((sum, value) => sum + value, 0)) < 1e-9)
          coefficients.forEach((coefficient, i) => {
            assert.ok(Math.abs(coefficient) <= 1)
            const error = y[i]! - dot(kernel.row(i), coefficients) - intercept
            // Inside the tube: no say. Above it: all the say that one sample may have, and on its edge anything between.
            if (coefficient === 0) assert.ok(Math.abs(error) <= 0.2 + 1e-5)
            if (coefficient > 0) assert.ok(error >= 0.2 - 1e-5)
            if (coefficient < 0) assert.ok(error <= -0.2 + 1e-5)
            if (coefficient > 0 && coefficient < 1) assert.ok(error <= 0.2 + 1e-5)
            if (coefficient < 0 && coefficient > -1) assert.ok(error >= -0.2 - 1e-5)
          })
        })
      }),
      runs,
    )
  })

  it('whatever the data, every regressor gives finite numbers, and the same ones again', () => {
    const names = ['Linear', 'Polynomial', 'SGD', 'SVR', 'KNeighbors'].map((name) =>
      name === 'SVR' || name === 'SGD' || name === 'KNeighbors'
        ? `${name}RegressorTrainer`
        : `${name}RegressionTrainer`,
    )
    fc.assert(
      fc.property(data(20, 4), fc.constantFrom(...names), fc.integer(), ({ x, y }, name, seed) => {
        const predicted = regressorOf(name, { seed }).fit(x, y).predict(x)
        assert.ok(predicted.every(Number.isFinite))
        assert.deepEqual(regressorOf(name, { seed }).fit(x, y).predict(x), predicted)
      }),
      runs,
    )
  })
})

function expectWithin(predicted: Float64Array, measured: Float64Array, slack: number): void {
  const least = Math.min(...measured) - slack
  const most = Math.max(...measured) + slack
  assert.ok(
    predicted.every((watts) => watts >= least && watts <= most),
    `${predicted} leaves ${least} .. ${most}`,
  )
}
