import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { matrix } from '../numeric/matrix.js'
import { concaveBeyond, concaveInside, concaveTerm } from './concave-sum.js'
import { curveCodec, curveValue } from './curve.js'
import { gradientBoostingCodec } from './gradient-boosting.js'
import { checkInputs, distancesOutside, maxDistance, widthOf } from './input-range.js'
import { intervalTable, offsetsAt } from './interval-table.js'
import { kNeighborsCodec, kNeighborsPredictor } from './kneighbors.js'
import { piecewiseLinearPredictor } from './piecewise-linear.js'
import { centre, halfWidth } from './quantile-forest.js'
import { checkTree } from './regression-tree.js'
import { maxAbsScaler, minMaxScaler, standardScaler } from './scalers.js'
import { intervalAround } from './uncertainty.js'

const numbers = (...values: number[]) => Float64Array.from(values)

describe('checkInputs', () => {
  const ranges = [
    { feature: 'a', lower: 10, upper: 20, limit: 100 },
    { feature: 'b', lower: 0, upper: 0, limit: 5 },
  ]
  const check = (...rows: readonly (readonly number[])[]) => checkInputs(ranges, ['b', 'a'], rows)

  it('takes rows within the ranges as they are, both ends included, and rounding of them', () => {
    const rows = [
      [0, 10],
      [0, 20],
      [0, 20 + 1e-8],
      [0, 10 - 1e-8],
    ]
    const { rows: same, outside } = check(...rows)
    assert.deepEqual(outside, [])
    assert.deepEqual(same, rows)
    const one = [[0, 15]]
    assert.equal(checkInputs(ranges, ['b', 'a'], one).rows, one)
  })

  it('tells what is outside, by which share of the width, and leaves it', () => {
    assert.deepEqual(check([0, 25], [0, 5]).outside, [
      { row: 0, feature: 'a', value: 25, lower: 10, upper: 20, by: 0.5 },
      { row: 1, feature: 'a', value: 5, lower: 10, upper: 20, by: 0.5 },
    ])
    assert.deepEqual(check([0, 20 + 1e-7]).outside.length, 1)
    assert.deepEqual(check([3, 15]).outside, [{ row: 0, feature: 'b', value: 3, lower: 0, upper: 0, by: 3 }])
  })

  it('replaces what cannot be, in a row of its own', () => {
    const given = [
      [0, 15],
      [0, 101],
      [0, -1],
      [0, 100],
    ]
    const { rows, outside } = check(...given)
    assert.deepEqual(rows, [
      [0, 15],
      [0, 100],
      [0, 0],
      [0, 100],
    ])
    assert.deepEqual(given[1], [0, 101])
    assert.equal(rows[0], given[0])
    assert.deepEqual(
      outside.map(({ clampedTo }) => clampedTo),
      [100, 0, undefined],
    )
  })

  it('leaves to the model what is no number or not there', () => {
    assert.deepEqual(check([0, Number.NaN], [0, Number.POSITIVE_INFINITY], [0]).outside, [])
    assert.deepEqual(checkInputs(ranges, ['other'], [[1e9]]).outside, [])
  })

  it('measures distances in widths, of the value that was used', () => {
    const { outside } = check([2, 25], [0, 300], [0, 15], [0, -5])
    assert.deepEqual([...distancesOutside(4, outside)], [2, 8, 0, 1])
    const far = [{ row: 0, feature: 'a', value: 1e30, lower: 10, upper: 20, by: 1e29 }]
    assert.deepEqual([...distancesOutside(1, far)], [maxDistance])
    assert.deepEqual(
      [widthOf({ lower: 1, upper: 4 }), widthOf({ lower: 4, upper: 4 }), widthOf({ lower: 0, upper: 0 })],
      [3, 4, 1],
    )
  })
})

describe('intervals', () => {
  const table = intervalTable({ levels: [10, 20, 40], lower: [-1, -2, -6], upper: [1, 3, 5] })

  it('are those of a level, between two in proportion, beyond the ends the same', () => {
    for (const [watts, lower, upper] of [
      [5, -1, 1],
      [10, -1, 1],
      [15, -1.5, 2],
      [20, -2, 3],
      [30, -4, 4],
      [40, -6, 5],
      [50, -6, 5],
    ] as const) {
      assert.deepEqual(offsetsAt(table, watts), { lower, upper }, `${watts} W`)
    }
    assert.deepEqual(offsetsAt({ levels: [1], lower: [-2], upper: [2] }, 5), { lower: -2, upper: 2 })
  })

  it('need columns of one length', () => {
    for (const wrong of [
      { levels: [], lower: [], upper: [] },
      { levels: [1], lower: [], upper: [1] },
      { levels: [1], lower: [1], upper: [] },
    ]) {
      assert.throws(() => intervalTable(wrong), { code: 'SHAPE_MISMATCH' })
    }
  })

  it('widen outside the range, and never fall below 0', () => {
    const around = (distance: number) => intervalAround([20], { table, range: 100 }, numbers(distance))
    assert.deepEqual(around(0), { lower: [18], upper: [23] })
    assert.deepEqual(around(0.1), { lower: [20 - 2.2 - 10], upper: [20 + 3 * 1.1 + 10] })
    assert.deepEqual(around(9).lower, [0])
  })

  it('of a forest have a least half width and the middle three tenths', () => {
    assert.equal(halfWidth(2, 6, 0.5), 2.5)
    const values = numbers(0, 1, 2, 3, 4, 5, 6, 7, 8, 100)
    const weights = new Float64Array(10).fill(1)
    // 3.5 of ten at each end are left out: half of 3, 4, 5 and half of 6.
    assert.ok(Math.abs(centre({ count: 10, values, weights }) - (1.5 + 4 + 5 + 3) / 3) < 1e-12)
  })
})

describe('a concave sum', () => {
  const sum = {
    ...{
      intercept: 5,
      feature: Int32Array.of(0, 1),
      saturates: Uint8Array.of(0, 1),
      scale: numbers(2, 10),
      weight: numbers(4, 8),
    },
  }
  const range = { lower: numbers(0, 0), upper: numbers(10, 20) }

  it('adds straight terms and those that saturate, at values within the range', () => {
    assert.equal(concaveTerm(6, 0, 2), 3)
    assert.ok(Math.abs(concaveTerm(10, 1, 10) - (1 - Math.exp(-1))) < 1e-12)
    const at = (a: number, b: number) => concaveInside(sum, range, numbers(99, a, b), 1)
    assert.ok(Math.abs(at(6, 10) - (5 + 4 * 3 + 8 * (1 - Math.exp(-1)))) < 1e-12)
    assert.equal(at(50, 0), 5 + 4 * 5)
    assert.equal(at(-50, 0), 5)
  })

  it('moves on beyond it, a term by no more than a limit', () => {
    const beyond = (a: number, b: number, limit = 1e9) => concaveBeyond(sum, range, numbers(99, a, b), 1, limit)
    assert.equal(beyond(10, 20), 0)
    assert.equal(beyond(0, 0), 0)
    assert.equal(beyond(12, 5), 4)
    assert.equal(beyond(-2, 5), -4)
    assert.equal(beyond(100, 5, 7), 7)
    assert.equal(beyond(-100, 5, 7), -7)
    assert.ok(Math.abs(beyond(5, 30) - 8 * (Math.exp(-2) - Math.exp(-3))) < 1e-12)
  })
})

describe('predictors at their edges', () => {
  it('hold the ends of straight lines, through every point', () => {
    const lines = piecewiseLinearPredictor(numbers(0, 1, 3), numbers(10, 20, 60))
    assert.deepEqual([...lines.predict(matrix([[-1], [0], [0.5], [1], [2], [3], [4]]))], [10, 10, 15, 20, 40, 60, 60])
    assert.throws(() => piecewiseLinearPredictor(numbers(0), numbers(1)), { code: 'INVALID_DATA' })
    assert.throws(() => piecewiseLinearPredictor(numbers(0, 0), numbers(1, 2)), { code: 'INVALID_DATA' })
    assert.throws(() => piecewiseLinearPredictor(numbers(0, 1), numbers(1)), { code: 'SHAPE_MISMATCH' })
  })

  it('end a falling logarithm where it ends', () => {
    assert.equal(curveValue('logarithmic', [1, -1, 0], 2), Math.log(Number.EPSILON))
    assert.equal(curveValue('logarithmic', [1, -1, 0], 0.5), Math.log(0.5))
    const { read } = curveCodec
    const curve = { kind: 'curve', shape: 'exponential', parameters: [1, 1, 1], featureCount: 2 }
    assert.equal(read({ ...curve, featureIndex: 1 }).featureCount, 2)
    assert.throws(() => read({ ...curve, featureIndex: 2 }), { code: 'INVALID_ARCHIVE', message: /featureIndex 2/ })
  })

  it('find the nearest in more than one column, in any order of the samples', () => {
    const samples = matrix([
      [0, 9],
      [5, 0],
      [1, 1],
      [9, 9],
      [0, 2],
    ])
    const of = (k: number) => [...kNeighborsPredictor(samples, numbers(1, 2, 4, 8, 16), k).predict(matrix([[0, 0]]))][0]
    // Squares of distances: 81, 25, 2, 162, 4.
    assert.deepEqual([of(1), of(2), of(3), of(4)], [4, 10, 22 / 3, 23 / 4])
    assert.throws(() => kNeighborsPredictor(samples, numbers(1), 1), { code: 'SHAPE_MISMATCH' })
    const none = { kind: 'kneighbors', samples: { rows: 0, cols: 1, data: [] }, targets: [], k: 1 }
    assert.throws(() => kNeighborsCodec.read(none), { code: 'INVALID_ARCHIVE' })
  })

  it('scale columns, one that never moved by nothing', () => {
    const of = (
      scaler: ReturnType<typeof maxAbsScaler> | ReturnType<typeof standardScaler> | ReturnType<typeof minMaxScaler>,
    ) => [...scaler.transform(matrix([[4, 4]])).data]
    assert.deepEqual(of(maxAbsScaler(numbers(2, 0))), [2, 4])
    assert.deepEqual(of(standardScaler(numbers(2, 1), numbers(4, 0))), [0.5, 3])
    assert.deepEqual(of(minMaxScaler(numbers(0.5, 2), numbers(1, -9))), [3, -1])
    assert.deepEqual(of(minMaxScaler(numbers(0.5, 2), numbers(1, -9), [0, 2])), [2, 0])
    assert.throws(() => minMaxScaler(numbers(1), numbers()), { code: 'SHAPE_MISMATCH' })
    assert.throws(() => standardScaler(numbers(1), numbers()), { code: 'SHAPE_MISMATCH' })
  })

  const tree = {
    ...{ feature: Int32Array.of(1, -1, -1), threshold: numbers(0, 0, 0), left: Int32Array.of(1, -1, -1) },
    ...{ right: Int32Array.of(2, -1, -1), value: numbers(0, 1, 2) },
  }
  it('refuse trees whose walks do not end, or ask for what there is not', () => {
    checkTree(tree, 2)
    const wrong: readonly (readonly [Partial<typeof tree>, RegExp])[] = [
      [{ feature: Int32Array.of(2, -1, -1) }, /asks for feature 2 of 2/],
      [{ feature: Int32Array.of(-1, -1, -1) }, /asks for feature -1/],
      [{ left: Int32Array.of(0, -1, -1) }, /children 0 and 2 of 3/],
      [{ left: Int32Array.of(3, -1, -1) }, /children 3 and 2/],
      [{ right: Int32Array.of(0, -1, -1) }, /children 1 and 0/],
      [{ right: Int32Array.of(3, -1, -1) }, /children 1 and 3/],
      [{ threshold: numbers(Number.NaN, 0, 0) }, /node 0 has no threshold/],
      [{ value: numbers(0, Number.NaN, 2) }, /leaf 1 holds NaN/],
      [{ value: numbers(0, 1) }, /its 3 nodes have/],
      [{ threshold: numbers(0, 0) }, /its 3 nodes have/],
    ]
    for (const [change, message] of wrong) {
      assert.throws(() => checkTree({ ...tree, ...change }, 2), { code: 'INVALID_ARCHIVE', message })
    }
    const none = {
      feature: new Int32Array(),
      threshold: numbers(),
      left: new Int32Array(),
      right: new Int32Array(),
      value: numbers(),
    }
    assert.throws(() => checkTree(none, 2), { code: 'INVALID_ARCHIVE' })
    const json = { kind: 'gradient-boosting', constant: 1, learningRate: 0.5, featureCount: 2 }
    const plain = {
      feature: [1, -1, -1],
      threshold: [0, 0, 0],
      left: [1, -1, -1],
      right: [2, -1, -1],
      value: [0, 4, 8],
    }
    const boosted = gradientBoostingCodec.read({ ...json, trees: [plain, plain] })
    assert.deepEqual(
      [
        ...boosted.predict(
          matrix([
            [9, 0],
            [9, 0.1],
          ]),
        ),
      ],
      [5, 9],
    )
    assert.throws(() => gradientBoostingCodec.read({ ...json, trees: [{ ...plain, left: [0, -1, -1] }] }), {
      code: 'INVALID_ARCHIVE',
    })
  })
})
