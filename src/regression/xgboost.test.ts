import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { matrix } from '../numeric/matrix.js'
import { xgboostRegressor } from './xgboost.js'

const x = matrix([[1], [2], [3], [4], [5], [6]])
const y = Float64Array.of(10, 10, 20, 20, 30, 31)

describe('xgboostRegressor', () => {
  it('starts at half a watt and shrinks leaves by lambda and the learning rate', () => {
    const { trees, baseScore } = xgboostRegressor({ trees: 1, depth: 1 }).fit(x, y)
    const [tree] = trees
    assert.equal(baseScore, 0.5)
    // Gradients: 0.5 - y. Left 10, 10: G = -19, H = 2; right: G = -99, H = 4.
    assert.deepEqual([...tree!.cover], [6, 2, 4])
    assert.equal(tree!.leaf[1], Math.fround(Math.fround(19 / 3) * Math.fround(0.1)))
    assert.equal(tree!.leaf[2], Math.fround(Math.fround(99 / 5) * Math.fround(0.1)))
    assert.equal(tree!.split[0], 2.5)
    assert.ok(Math.abs(tree!.gain[0]! - ((19 * 19) / 3 + (99 * 99) / 5 - (118 * 118) / 7)) < 1e-3)
  })

  it('continues a model as if it had never stopped', () => {
    const whole = xgboostRegressor({ trees: 20 }).fit(x, y)
    const half = xgboostRegressor({ trees: 10 }).fit(x, y)
    const continued = xgboostRegressor({ trees: 10, continueFrom: half }).fit(x, y)
    assert.deepEqual(continued.trees, whole.trees)
    assert.equal(half.trees.length, 10)
  })

  it('refuses to continue a model of other features', () => {
    const other = xgboostRegressor({ trees: 1 }).fit(matrix([[1, 2]]), Float64Array.of(1))
    assert.throws(() => xgboostRegressor({ continueFrom: other }).fit(x, y), {
      code: 'SHAPE_MISMATCH',
      message: /2.*1/,
    })
  })

  it('refuses targets that no 32-bit float holds', () => {
    assert.throws(() => xgboostRegressor().fit(matrix([[1]]), Float64Array.of(1e39)), { code: 'INVALID_DATA' })
  })

  it('takes the lowest feature, and the highest threshold, of equally good splits', () => {
    const { trees } = xgboostRegressor({ trees: 1, depth: 1 }).fit(
      matrix([
        [0, 0],
        [1, 1],
        [2, 2],
      ]),
      // Gradients 10.5, -9.5 and 10.5 give the first and the last gap the same gain.
      Float64Array.of(-10, 10, -10),
    )
    assert.equal(trees[0]!.feature[0], 0)
    assert.equal(trees[0]!.split[0], 1.5)
  })

  it('numbers the nodes level by level, as XGBoost does', () => {
    const { trees } = xgboostRegressor({ trees: 1 }).fit(x, y)
    const { left, right } = trees[0]!
    let next = 1
    left.forEach((child, node) => {
      if (child < 0) return
      assert.deepEqual([child, right[node]], [next, next + 1])
      next += 2
    })
    assert.equal(next, left.length)
  })

  it('keeps rows apart whose midpoint rounds to the lower one', () => {
    const low = 1
    const high = Math.fround(1 + 2 ** -23)
    const model = xgboostRegressor({ trees: 100 }).fit(matrix([[low], [high]]), Float64Array.of(0, 100))
    const [first, second] = model.predict(matrix([[low], [high]]))
    assert.ok(first! < 5 && second! > 90, `${first} ${second}`)
  })
})
