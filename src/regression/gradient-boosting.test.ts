import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { matrix } from '../numeric/matrix.js'
import { gradientBoostingRegressor } from './gradient-boosting.js'

const column = (values: number[]) => matrix(values.map((value) => [value]))

describe('gradientBoostingRegressor', () => {
  it('starts at the mean and adds a tenth of what each tree explains', () => {
    const x = column([1, 2, 3, 4])
    const model = gradientBoostingRegressor({ trees: 1, depth: 1 }).fit(x, Float64Array.of(10, 10, 30, 30))
    assert.equal(model.constant, 20)
    assert.equal(model.trees[0]!.threshold[0], 2.5)
    assert.deepEqual([...model.predict(x)], [19, 19, 21, 21])
  })

  it('does not part values that are no more than 1e-7 apart', () => {
    const y = Float64Array.of(0, 100)
    const near = gradientBoostingRegressor().fit(column([0.5, 0.5 + 0.6e-7]), y)
    assert.ok(near.trees.every(({ feature }) => feature.length === 1))
    const apart = gradientBoostingRegressor().fit(column([0.5, 0.5 + 3e-7]), y)
    assert.equal(apart.trees[0]!.feature.length, 3)
  })

  it('compares features as 32-bit floats, in training as in prediction', () => {
    const x = column([0.1, 0.2, 0.3])
    const model = gradientBoostingRegressor().fit(x, Float64Array.of(1, 2, 3))
    assert.equal(model.trees[0]!.threshold[0], (Math.fround(0.1) + Math.fround(0.2)) / 2)
  })

  it('takes the lowest feature of equally good splits, or any by the seed', () => {
    const x = matrix(Array.from({ length: 8 }, (_, i) => [i, i, i]))
    const y = Float64Array.of(0, 0, 0, 0, 8, 8, 8, 8)
    const first = gradientBoostingRegressor({ depth: 1 }).fit(x, y)
    assert.ok(first.trees.every(({ feature }) => feature[0]! <= 0))
    const seeded = gradientBoostingRegressor({ depth: 1, seed: 1 }).fit(x, y)
    assert.ok(new Set(seeded.trees.map(({ feature }) => feature[0])).size > 1)
    assert.deepEqual(seeded.predict(x), first.predict(x))
  })

  it('grows no deeper than three levels', () => {
    const values = Array.from({ length: 200 }, (_, i) => i)
    const model = gradientBoostingRegressor().fit(
      column(values),
      Float64Array.from(values, (v) => Math.sin(v)),
    )
    assert.ok(model.trees.every(({ feature }) => feature.length <= 15))
  })
})
