import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { matrix } from '../numeric/matrix.js'
import { seededRandom } from '../numeric/random.js'
import { trainScoredXgboost } from './cross-validated-xgboost.js'

const random = seededRandom(1)
const x = matrix(Array.from({ length: 60 }, () => [random.next(), random.next()]))
const y = Float64Array.from({ length: 60 }, (_, i) => 30 + 50 * x.data[2 * i]! + random.normal())

describe('trainScoredXgboost', () => {
  it('scores one fifth, or ten folds three times', () => {
    assert.equal(trainScoredXgboost(x, y, { trees: 5 }).splits, 1)
    const calls: number[] = []
    const scored = trainScoredXgboost(x, y, { trees: 5, validation: 'k-fold', onProgress: (done) => calls.push(done) })
    assert.equal(scored.splits, 30)
    assert.equal(calls.length, 31)
  })

  it('grows 1000 trees on all rows unless told otherwise', () => {
    assert.equal(trainScoredXgboost(x, y).predictor.trees.length, 1000)
  })

  it('gives honest errors: those of rows it has not seen', () => {
    const { mae, mape, predictor } = trainScoredXgboost(x, y, { trees: 100, validation: 'k-fold', seed: 4 })
    const seen = predictor.predict(x).reduce((sum, watts, i) => sum + Math.abs(watts - y[i]!) / 60, 0)
    assert.ok(mae > 2 * seen && mae < 10, `held out ${mae}, seen ${seen}`)
    assert.ok(mape > 0 && mape < 20)
  })

  it('says -1 where no row has power', () => {
    assert.equal(trainScoredXgboost(x, new Float64Array(60), { trees: 2 }).mape, -1)
  })

  it('is decided by the seed', () => {
    const mae = (seed: number) => trainScoredXgboost(x, y, { trees: 5, seed }).mae
    assert.equal(mae(2), mae(2))
    assert.notEqual(mae(2), mae(3))
  })

  it('refuses a single row', () => {
    assert.throws(() => trainScoredXgboost(matrix([[1]]), Float64Array.of(1)), { code: 'INVALID_DATA' })
  })
})
