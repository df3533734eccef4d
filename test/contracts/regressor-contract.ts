import assert from 'node:assert/strict'
import { it } from 'node:test'
import { columnOf, type Matrix, matrix } from '../../src/numeric/matrix.js'
import { seededRandom } from '../../src/numeric/random.js'
import type { Regressor } from '../../src/regression/regressor.js'

/** What every regressor promises; each regressor's test file calls this once. */
export function itKeepsTheRegressorContract(make: () => Regressor): void {
  const x = matrix([
    [1, 0],
    [2, 1],
    [3, 0],
    [4, 1],
  ])
  const y = Float64Array.of(10, 21, 30, 41)

  function allFinite(fitX: Matrix, fitY: Float64Array, at = fitX): void {
    const predicted = make().fit(fitX, fitY).predict(at)
    assert.equal(predicted.length, at.rows)
    assert.ok(predicted.every(Number.isFinite), `predicted ${predicted}`)
  }

  it('predicts one value per row, and none for no rows', () => {
    const model = make().fit(x, y)
    assert.equal(model.predict(x).length, x.rows)
    assert.equal(model.predict(matrix([], 2)).length, 0)
  })

  it('names its kind and how many features it wants', () => {
    const model = make().fit(x, y)
    assert.equal(model.kind, make().kind)
    assert.equal(model.featureCount, 2)
  })

  it('gives the same model for the same data', () => {
    assert.deepEqual(make().fit(x, y).predict(x), make().fit(x, y).predict(x))
  })

  it('predicts each row for itself', () => {
    const model = make().fit(x, y)
    const alone = x.data.slice(2, 4)
    assert.equal(model.predict({ rows: 1, cols: 2, data: alone })[0], model.predict(x)[1])
  })

  it('leaves its inputs untouched', () => {
    const before = structuredClone({ x, y })
    make().fit(x, y).predict(x)
    assert.deepEqual({ x, y }, before)
  })

  it('does not change when the rows it learnt from are overwritten', () => {
    const mine = structuredClone({ x, y })
    const model = make().fit(mine.x, mine.y)
    const before = model.predict(x)
    mine.x.data.fill(7)
    mine.y.fill(7)
    assert.deepEqual(model.predict(x), before)
  })

  it('refuses targets or features of another length', () => {
    assert.throws(() => make().fit(x, Float64Array.of(1)), { code: 'SHAPE_MISMATCH' })
    assert.throws(
      () =>
        make()
          .fit(x, y)
          .predict(matrix([[1]])),
      { code: 'SHAPE_MISMATCH' },
    )
  })

  it('refuses data without a row or a column', () => {
    assert.throws(() => make().fit(matrix([], 2), new Float64Array()), { code: 'INVALID_DATA' })
    assert.throws(() => make().fit(matrix([[], []]), Float64Array.of(1, 2)), { code: 'INVALID_DATA' })
  })

  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    it(`refuses ${bad} and says where it stands`, () => {
      const broken = { ...x, data: x.data.slice() }
      broken.data[5] = bad
      assert.throws(() => make().fit(broken, y), { code: 'INVALID_DATA', message: /row 2, column 1/ })
      assert.throws(() => make().fit(x, Float64Array.of(1, 2, 3, bad)), { code: 'INVALID_DATA', message: /row 3/ })
    })
  }

  it('learns from a single row', () => {
    const predicted = make()
      .fit(matrix([[0.5, 0.5]]), Float64Array.of(42))
      .predict(matrix([[0.5, 0.5]]))
    assert.ok(Math.abs(predicted[0]! - 42) < 2, `${predicted[0]} for 42`)
  })

  it('predicts between the targets of two, three and equal rows', () => {
    const sets = [
      {
        rows: [
          [0.1, 1],
          [0.2, 1],
        ],
        watts: [5, 9],
      },
      {
        rows: [
          [0.1, 1],
          [0.2, 1],
          [1, 0],
        ],
        watts: [5, 9, 2],
      },
      {
        rows: [
          [1, 2],
          [1, 2],
          [1, 2],
        ],
        watts: [5, 6, 7],
      },
    ]
    for (const { rows, watts } of sets) {
      const predicted = make().fit(matrix(rows), Float64Array.from(watts)).predict(matrix(rows))
      assert.equal(predicted.length, rows.length)
      const inside = (value: number) => value > Math.min(...watts) - 0.1 && value < Math.max(...watts) + 0.1
      assert.ok(predicted.every(inside), `${predicted} for ${watts}`)
    }
  })

  it('predicts the same with a constant column as without it', () => {
    const values = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]
    const watts = Float64Array.from(values, (value) => 20 + 50 * value)
    const alone = matrix(values.map((value) => [value]))
    const withConstant = matrix(values.map((value) => [value, 0.1]))
    const expected = make().fit(alone, watts).predict(alone)
    const predicted = make().fit(withConstant, watts).predict(withConstant)
    // Of a range of 35 W; SVR's gamma depends on the number of columns, and SGD takes the column for a second intercept.
    const difference = Math.max(...predicted.map((value, i) => Math.abs(value - expected[i]!)))
    assert.ok(difference < 0.5, `${difference} W`)
  })

  it('predicts a constant between the targets where no column varies', () => {
    const zeros = matrix([
      [0, 0],
      [0, 0],
      [0, 0],
    ])
    const [first, ...others] = make()
      .fit(zeros, Float64Array.of(1, 2, 3))
      .predict(zeros)
    assert.ok(first! >= 1 && first! <= 3, `${first} W`)
    assert.deepEqual(others, [first, first])
  })

  it('predicts (nearly) nothing where nothing was measured', () => {
    const predicted = make().fit(x, new Float64Array(4)).predict(x)
    assert.ok(
      predicted.every((watts) => Math.abs(watts) <= 0.2),
      `predicted ${predicted}`,
    )
  })

  it('predicts (nearly) a constant target', () => {
    const predicted = make()
      .fit(matrix(spread(60)), new Float64Array(60).fill(35))
      .predict(matrix(spread(60)))
    assert.ok(
      predicted.every((watts) => Math.abs(watts - 35) < 2),
      `predicted ${predicted}`,
    )
  })

  it('gives finite numbers at scales from 1e-12 to 1e12', () => {
    for (const scale of [1e-12, 1e-3, 1e6, 1e12]) {
      const wide = matrix(spread(40).map((row) => row.map((value) => value * scale)))
      const watts = columnOf(matrix(spread(40)), 0).map((value) => 20 + 50 * value)
      allFinite(wide, watts)
      allFinite(
        matrix(spread(40)),
        watts.map((value) => value * scale),
      )
    }
  })

  it('gives finite numbers for negative features and targets', () => {
    const signed = matrix(spread(40).map((row) => row.map((value) => value - 0.5)))
    allFinite(signed, columnOf(signed, 0))
  })
}

/** Rows of two features between 0 and 1. */
function spread(rows: number): number[][] {
  const random = seededRandom(11)
  return Array.from({ length: rows }, () => [random.next(), random.next()])
}
