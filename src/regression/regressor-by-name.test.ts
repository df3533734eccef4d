import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { itKeepsTheRegressorContract } from '../../test/contracts/regressor-contract.js'
import { matrix } from '../numeric/matrix.js'
import { type RegressorName, regressor, regressorOf } from './regressor-by-name.js'
import { trainerNames } from './trainers.js'

const names: readonly RegressorName[] = [...trainerNames, 'XGBoostTrainer']

const rows = [
  [0.1, 0.4],
  [0.2, 0.1],
  [0.4, 0.9],
  [0.6, 0.3],
  [0.7, 0.8],
  [0.9, 0.2],
  [1, 1],
]
const watts = [21, 24, 33, 34, 41, 40, 52]

for (const name of names) {
  describe(name, () => {
    itKeepsTheRegressorContract(() => regressorOf(name))

    it('takes plain rows as it takes a matrix', () => {
      const plain = regressor(name).fit(rows, watts)
      const packed = regressor(name).fit(matrix(rows), Float64Array.from(watts))
      assert.deepEqual(plain.predict(rows), packed.predict(matrix(rows)))
    })

    it('is decided by the seed alone', () => {
      const fit = (seed: number) => regressor(name, { seed }).fit(rows, watts).predict(rows)
      assert.deepEqual(fit(3), fit(3))
    })
  })
}

describe('regressor', () => {
  it('refuses a name that no trainer has', () => {
    assert.throws(() => regressorOf('toString'), { code: 'INVALID_REQUEST', message: /toString/ })
  })

  it('refuses rows of different lengths', () => {
    assert.throws(() => regressor('LinearRegressionTrainer').fit([[1, 2], [3]], [1, 2]), { code: 'SHAPE_MISMATCH' })
  })

  it('predicts nothing for no rows, and refuses to fit none', () => {
    assert.deepEqual(regressor('LinearRegressionTrainer').fit(rows, watts).predict([]), new Float64Array(0))
    assert.throws(() => regressor('LinearRegressionTrainer').fit([], []), { code: 'INVALID_DATA' })
  })

  it('visits rows in another order with another seed', () => {
    const fit = (seed: number) => regressor('SGDRegressorTrainer', { seed }).fit(rows, watts).predict(rows)
    assert.notDeepEqual(fit(1), fit(2))
  })

  it('fits a curve to the main feature alone', () => {
    const model = regressor('LogarithmicRegressionTrainer', { mainFeature: 1 }).fit(rows, watts)
    assert.deepEqual(model.predict([[0, 0.3]]), model.predict([[9, 0.3]]))
  })

  it('refuses a main feature that is not there', () => {
    const outside = regressor('LogarithmicRegressionTrainer', { mainFeature: 2 })
    assert.throws(() => outside.fit(rows, watts), { code: 'SHAPE_MISMATCH', message: /column 2/ })
  })
})
