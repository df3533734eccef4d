import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gramNonNegativeLeastSquares } from './gram-nnls.js'
import { type Matrix, matrix } from './matrix.js'
import { nonNegativeLeastSquares } from './non-negative-least-squares.js'
import { seededRandom } from './random.js'

function normalEquations(x: Matrix, y: ArrayLike<number>): [Float64Array, Float64Array] {
  const gram = new Float64Array(x.cols * x.cols)
  const moment = new Float64Array(x.cols)
  for (let r = 0; r < x.rows; r++) {
    for (let i = 0; i < x.cols; i++) {
      const value = x.data[r * x.cols + i]!
      moment[i]! += value * y[r]!
      for (let k = 0; k < x.cols; k++) gram[i * x.cols + k]! += value * x.data[r * x.cols + k]!
    }
  }
  return [gram, moment]
}

describe('gramNonNegativeLeastSquares', () => {
  it('finds the weights that the orthogonal reduction finds', () => {
    const random = seededRandom(4)
    for (let problem = 0; problem < 50; problem++) {
      const cols = 1 + random.below(8)
      const x = matrix(Array.from({ length: 30 }, () => Array.from({ length: cols }, () => random.next())))
      const y = Array.from({ length: 30 }, () => random.normal())
      const expected = nonNegativeLeastSquares(x, y)
      const found = gramNonNegativeLeastSquares(...normalEquations(x, y))
      const warm = gramNonNegativeLeastSquares(...normalEquations(x, y), expected)
      for (let j = 0; j < cols; j++) {
        assert.ok(Math.abs(found[j]! - expected[j]!) < 1e-8, `problem ${problem}: ${found} for ${expected}`)
        assert.ok(Math.abs(warm[j]! - expected[j]!) < 1e-8, `warm, problem ${problem}`)
      }
    }
  })

  it('is not led astray by a start that does not suit', () => {
    const x = matrix([
      [1, 0],
      [0, 1],
    ])
    assert.deepEqual([...gramNonNegativeLeastSquares(...normalEquations(x, [2, -3]), Float64Array.of(1, 1))], [2, 0])
  })

  it('gives one of two equal columns the weight of both', () => {
    const x = matrix([
      [1, 1],
      [2, 2],
    ])
    const weights = gramNonNegativeLeastSquares(...normalEquations(x, [3, 6]))
    assert.ok(Math.abs(weights[0]! + weights[1]! - 3) < 1e-12)
    assert.ok(weights[0] === 0 || weights[1] === 0)
  })

  it('keeps what a start has, of columns that do equally well', () => {
    const x = matrix([
      [1, 1],
      [2, 2],
    ])
    const [gram, moment] = normalEquations(x, [3, 6])
    const [none, all] = gramNonNegativeLeastSquares(gram, moment, Float64Array.of(0, 9))
    assert.ok(none === 0 && Math.abs(all! - 3) < 1e-12)
    assert.equal(gramNonNegativeLeastSquares(gram, moment, Float64Array.of(9, 0))[1], 0)
  })

  it('leaves a column of zeros alone', () => {
    const x = matrix([
      [0, 1],
      [0, 2],
    ])
    assert.deepEqual([...gramNonNegativeLeastSquares(...normalEquations(x, [1, 2]))], [0, 1])
  })
})
