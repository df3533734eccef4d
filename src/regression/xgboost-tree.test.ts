import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { matrix } from '../numeric/matrix.js'
import { xgboostRegressor, type XgboostOptions } from './xgboost.js'

const column = (...values: number[]) => matrix(values.map((value) => [value]))
/** One tree of whole leaves: nothing is shrunk, and gradients are minus the targets. */
const plain: XgboostOptions = { trees: 1, learningRate: 1, lambda: 0, baseScore: 0 }
const treeOf = (x: ReturnType<typeof matrix>, y: readonly number[], options: XgboostOptions = {}) =>
  xgboostRegressor({ ...plain, ...options }).fit(x, Float64Array.from(y)).trees[0]!
const rounded = (values: Float32Array) => Array.from(values, (value) => Number(value.toPrecision(6)) + 0)

describe('a tree of XGBoost', () => {
  it('has splits with their gain, and leaves of the mean, level by level', () => {
    const tree = treeOf(column(1, 2, 3, 4), [0, 2, 10, 14], { depth: 2 })
    assert.deepEqual([...tree.left], [1, 3, 5, -1, -1, -1, -1])
    assert.deepEqual([...tree.right], [2, 4, 6, -1, -1, -1, -1])
    assert.deepEqual([...tree.feature], [0, 0, 0, 0, 0, 0, 0])
    assert.deepEqual([...tree.split], [2.5, 1.5, 3.5, 0, 0, 0, 0])
    assert.deepEqual([...tree.defaultLeft], [1, 1, 1, 0, 0, 0, 0])
    assert.deepEqual([...tree.cover], [4, 2, 2, 1, 1, 1, 1])
    // A split has the weight that it would have as a leaf.
    assert.deepEqual(rounded(tree.leaf), [6.5, 1, 12, 0, 2, 10, 14])
    // Sums of squares over counts, of both sides less that of all: 2 + 288 - 169, 0 + 4 - 2, 100 + 196 - 288.
    assert.deepEqual([...tree.gain], [121, 2, 8, 0, 0, 0, 0])
  })

  it('is a leaf at depth 0, and as deep as it is told', () => {
    const nodes = (depth: number) => treeOf(column(1, 2, 3, 4), [0, 2, 10, 14], { depth }).left.length
    assert.deepEqual([0, 1, 2, 3].map(nodes), [1, 3, 7, 7])
    const many = Array.from({ length: 256 }, (_, i) => i)
    assert.equal(treeOf(column(...many), many).left.length, 127)
  })

  it('pulls leaves to 0 by lambda, and shrinks those of trees by the rate', () => {
    const { leaf, gain } = treeOf(column(1, 2, 3, 4), [0, 2, 10, 14], { depth: 1, lambda: 2, learningRate: 0.5 })
    assert.deepEqual(
      rounded(leaf),
      [26 / 6, 0.25, 3].map((value) => Number(value.toPrecision(6))),
    )
    assert.deepEqual(rounded(gain), [Number((4 / 4 + 576 / 4 - 676 / 6).toPrecision(6)), 0, 0])
  })

  it('keeps so many rows on each side', () => {
    const splits = (y: number[], minChildWeight: number) =>
      treeOf(column(1, 2, 3, 4), y, { depth: 1, minChildWeight }).split[0]
    assert.deepEqual(
      [1, 2].map((least) => splits([0, 0, 0, 8], least)),
      [3.5, 2.5],
    )
    assert.deepEqual(
      [1, 2].map((least) => splits([8, 0, 0, 0], least)),
      [1.5, 2.5],
    )
    assert.equal(treeOf(column(1, 2, 3, 4), [0, 0, 0, 8], { minChildWeight: 3 }).left.length, 1)
    assert.equal(treeOf(column(1, 2, 3, 4), [0, 0, 8, 8], { minChildWeight: 2 }).left.length, 3)
  })

  it('asks the column that gains most, and not one that stands still', () => {
    const asked = (rows: number[][]) => treeOf(matrix(rows), [0, 0, 6, 6], { depth: 1 }).feature[0]
    assert.equal(
      asked([
        [1, 1],
        [2, 1],
        [1, 2],
        [2, 2],
      ]),
      1,
    )
    assert.equal(
      asked([
        [5, 1],
        [5, 1],
        [5, 2],
        [5, 2],
      ]),
      1,
    )
    assert.equal(
      asked([
        [1, 1],
        [1, 1],
        [2, 2],
        [2, 2],
      ]),
      0,
    )
    assert.equal(treeOf(column(5, 5, 5, 5), [0, 0, 6, 6]).left.length, 1)
  })

  it('splits a right side by a column whose highest row another column has first', () => {
    const rows = Array.from({ length: 8 }, (_, i) => [i < 4 ? 0 : 1, i === 4 ? 1 : 0])
    const tree = treeOf(matrix(rows), [0, 0, 0, 0, 90, 60, 60, 60], { depth: 2 })
    assert.deepEqual([...tree.feature.slice(0, 3)], [0, 0, 1])
    assert.deepEqual(rounded(tree.leaf.slice(-2)), [60, 90])
  })

  it('splits between different values alone', () => {
    assert.equal(treeOf(column(1, 1, 1, 2), [0, 9, 0, 0], { depth: 1 }).split[0], 1.5)
    assert.equal(treeOf(column(1, 2, 2, 2), [0, 0, 0, 9], { depth: 1 }).split[0], 1.5)
  })

  it('needs a gain of more than a millionth that is finite', () => {
    // Of two rows that differ by e from nothing, one on each side: the gain is e squared over 1 + lambda, twice.
    const nodes = (error: number) => treeOf(column(1, 2), [error, -error], { lambda: 1 }).left.length
    assert.deepEqual([nodes(0.0009), nodes(0.0011)], [1, 3])
    assert.equal(nodes(1e30), 1)
    assert.equal(treeOf(column(1, 2, 3), [7, 7, 7]).left.length, 1)
  })

  it('has each row in its leaf, by whichever columns', () => {
    const rows = Array.from({ length: 16 }, (_, i) => [(5 * i) % 16, (11 * i) % 4, (7 * i) % 16])
    const y = rows.map(([a, b, c]) => a! * 10 + b! * 3 + c!)
    const model = xgboostRegressor({ ...plain, depth: 16 }).fit(matrix(rows), Float64Array.from(y))
    assert.deepEqual([...model.predict(matrix(rows))], y)
    // What remains after a tree is what the next one learns: nothing.
    const two = xgboostRegressor({ ...plain, trees: 2, depth: 16 }).fit(matrix(rows), Float64Array.from(y))
    assert.deepEqual([two.trees.length, two.trees[1]!.left.length], [2, 1])
  })
})

describe('xgboostRegressor', () => {
  it('adds trees to what the trees before left over', () => {
    const fit = (trees: number) =>
      xgboostRegressor({ trees }).fit(column(5, 5), Float64Array.of(2.5, 2.5)).predict(column(5))[0]!
    // Each takes a tenth of 2 / 3 of what is missing.
    const share = 1 - 2 / 30
    for (const trees of [0, 1, 2, 10]) assert.ok(Math.abs(fit(trees) - (2.5 - 2 * share ** trees)) < 1e-5, `${trees}`)
    assert.equal(xgboostRegressor().fit(column(1), Float64Array.of(1)).trees.length, 100)
  })

  it('starts where it is told, and a continued model where that one did', () => {
    const fit = (options: XgboostOptions) => xgboostRegressor(options).fit(column(1, 2), Float64Array.of(7, 7))
    const seven = fit({ baseScore: 7, trees: 2 })
    assert.equal(seven.baseScore, 7)
    assert.deepEqual(rounded(seven.trees[1]!.leaf), [0])
    const more = fit({ baseScore: 3, trees: 1, continueFrom: seven })
    assert.deepEqual([more.baseScore, more.trees.length, more.featureCount], [7, 3, 1])
    assert.deepEqual(more.trees.slice(0, 2), seven.trees)
  })

  it('names the row of a target that is too large, and the features that differ', () => {
    const refused = (y: number[], row: number) =>
      assert.throws(() => xgboostRegressor().fit(column(1, 2), Float64Array.from(y)), {
        ...{ code: 'INVALID_DATA', field: `y[${row}]` },
        message: new RegExp(`^target ${String(y[row]).replace('+', '\\+')} in row ${row} `),
      })
    refused([1, 1e39], 1)
    refused([-1e39, 1], 0)
    const other = xgboostRegressor({ trees: 1 }).fit(matrix([[1, 2, 3]]), Float64Array.of(1))
    assert.throws(() => xgboostRegressor({ continueFrom: other }).fit(column(1), Float64Array.of(1)), {
      ...{ code: 'SHAPE_MISMATCH', field: 'continueFrom' },
      message: 'the model to continue from has 3 features, the data has 1',
    })
  })
})
