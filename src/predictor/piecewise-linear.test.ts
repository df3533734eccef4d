import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readNativePredictor, writeNativePredictor } from '../archive/native-json.js'
import { matrix } from '../numeric/matrix.js'
import { piecewiseLinearPredictor } from './piecewise-linear.js'

const curve = piecewiseLinearPredictor(Float64Array.of(0, 0.5, 1), Float64Array.of(10, 40, 50))
const predict = (values: readonly number[]) => Array.from(curve.predict(matrix(values.map((value) => [value]))))

describe('piecewiseLinearPredictor', () => {
  it('goes through its points and is straight between them', () => {
    assert.deepEqual(predict([0, 0.25, 0.5, 0.75, 1]), [10, 25, 40, 45, 50])
  })

  it('stays what it is beyond them', () => {
    assert.deepEqual(predict([-3, 1.2, 1e9]), [10, 50, 50])
  })

  it('is the same after it was written and read', () => {
    const read = readNativePredictor(Buffer.from(writeNativePredictor(curve)), 'curve.json')
    assert.deepEqual(Array.from(read.predict(matrix([[0.1], [0.9]]))), predict([0.1, 0.9]))
  })

  for (const [points, values, code] of [
    [[0, 0], [1, 2], 'INVALID_DATA'],
    [[1, 0], [1, 2], 'INVALID_DATA'],
    [[0], [1], 'INVALID_DATA'],
    [[0, Number.NaN], [1, 2], 'INVALID_DATA'],
    [[0, 1], [1], 'SHAPE_MISMATCH'],
  ] as const) {
    it(`refuses the points ${points} with the values ${values}`, () => {
      assert.throws(() => piecewiseLinearPredictor(Float64Array.from(points), Float64Array.from(values)), { code })
    })
  }
})
