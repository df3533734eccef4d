import assert from 'node:assert/strict'
import { it } from 'node:test'
import { matrix } from '../numeric/matrix.js'
import { linearRegressor } from './linear.js'
import { expectTrainable } from './regressor.js'
import { sgdRegressor } from './sgd.js'

it('a value that is no number is refused wherever it stands, with its place', () => {
  const at = (row: number, column: number) =>
    matrix([0, 1].map((i) => [0, 1, 2].map((j) => (i === row && j === column ? Number.NaN : 1))))
  for (const row of [0, 1]) {
    for (const column of [0, 1, 2]) {
      const refused = { code: 'INVALID_DATA', field: `x[${row}][${column}]` }
      assert.throws(() => expectTrainable(at(row, column), Float64Array.of(1, 2)), refused)
      assert.throws(() => linearRegressor().fit(at(row, column), Float64Array.of(1, 2)), refused)
    }
  }
  for (const row of [0, 1]) {
    const y = Float64Array.of(1, 2)
    y[row] = Number.POSITIVE_INFINITY
    assert.throws(() => expectTrainable(matrix([[1], [2]]), y), { code: 'INVALID_DATA', field: `y[${row}]` })
  }
})

it('SGD takes the steps of scikit-learn: eta 0.01 / t^0.25, penalty 1e-4 on the weights alone', () => {
  // One row of x = 1, y = 2: each epoch is one step, whatever the order.
  const fit = (epochs: number) => sgdRegressor({ maxEpochs: epochs }).fit(matrix([[1]]), Float64Array.of(2))
  let weight = 0
  let intercept = 0
  for (let t = 1; t <= 3; t++) {
    const eta = 0.01 / t ** 0.25
    const error = weight + intercept - 2
    weight = weight * (1 - eta * 1e-4) - eta * error
    intercept -= eta * error
    const { coefficients, intercept: learnt } = fit(t)
    assert.ok(Math.abs(coefficients[0]! - weight) < 1e-15, `${coefficients[0]} after ${t}, expected ${weight}`)
    assert.ok(Math.abs(learnt - intercept) < 1e-15)
  }
})
