import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gramNonNegativeLeastSquares } from './gram-nnls.js'
import { type Matrix, matrix } from './matrix.js'
import { nonNegativeLeastSquares } from './non-negative-least-squares.js'
import { seededRandom } from './random.js'

/**
 * The conditions of Karush, Kuhn and Tucker, which hold at the optimum alone: no weight is negative, the error falls with
 * no column, and with none that has a weight does it rise either.
 */
function expectOptimum(x: Matrix, y: readonly number[], weights: Float64Array, what: string): void {
  const residual = y.map((value, i) => value - weights.reduce((sum, w, j) => sum + w * x.data[i * x.cols + j]!, 0))
  weights.forEach((weight, j) => {
    let gain = 0
    let size = 0
    for (let i = 0; i < x.rows; i++) {
      gain += x.data[i * x.cols + j]! * residual[i]!
      size += Math.abs(x.data[i * x.cols + j]! * y[i]!)
    }
    assert.ok(weight >= 0, `${what}: weight ${j} is ${weight}`)
    assert.ok(gain <= 1e-7 * (1 + size), `${what}: ${j} would gain ${gain}`)
    if (weight > 0) assert.ok(Math.abs(gain) <= 1e-7 * (1 + size), `${what}: ${j} has too much: ${gain}`)
  })
}

function normalEquations(x: Matrix, y: readonly number[]): [Float64Array, Float64Array] {
  const gram = new Float64Array(x.cols ** 2)
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

/** Columns that resemble each other, so that some must leave again after others entered. */
function alike(rows: number, cols: number, seed: number) {
  const random = seededRandom(seed)
  const common = Array.from({ length: rows }, random.normal)
  const own = (size: number) =>
    common.map((value) => Array.from({ length: cols }, () => value + size * random.normal()))
  const x = matrix(own(0.3))
  return { x, y: common.map((value) => 2 * value + random.normal()) }
}

describe('non-negative least squares', () => {
  for (const [rows, cols] of [
    [1, 1],
    [2, 3],
    [6, 6],
    [20, 5],
    [40, 12],
    [5, 12],
  ] as const) {
    it(`end at the optimum of ${rows} rows and ${cols} columns`, () => {
      for (let seed = 0; seed < 30; seed++) {
        const { x, y } = alike(rows, cols, 1000 * rows + 100 * cols + seed)
        expectOptimum(x, y, nonNegativeLeastSquares(x, y), `reduction, seed ${seed}`)
        if (rows <= cols) continue
        expectOptimum(x, y, gramNonNegativeLeastSquares(...normalEquations(x, y)), `normal equations, seed ${seed}`)
        const start = Float64Array.from({ length: cols }, (_, j) => Number(j % 2 === seed % 2))
        const warm = gramNonNegativeLeastSquares(...normalEquations(x, y), start)
        expectOptimum(x, y, warm, `with a start, seed ${seed}`)
      }
    })
  }

  it('take a column that enters out again, and what is left is the best', () => {
    // The first column looks best alone: it resembles y most, and is no part of it.
    const x = matrix([
      [1, 1, 0],
      [1, 0, 1],
      [0.1, 0, 0],
    ])
    const [a, b, c] = gramNonNegativeLeastSquares(...normalEquations(x, [1, 1, 0]))
    assert.equal(a, 0)
    assert.ok(Math.abs(b! - 1) < 1e-9 && Math.abs(c! - 1) < 1e-9)
  })

  it('give no weight where none helps', () => {
    const x = matrix([[1, 2, 3]])
    assert.deepEqual([...nonNegativeLeastSquares(x, [-1])], [0, 0, 0])
    assert.deepEqual([...gramNonNegativeLeastSquares(...normalEquations(x, [-1]))], [0, 0, 0])
    assert.equal(gramNonNegativeLeastSquares(new Float64Array(0), new Float64Array(0)).length, 0)
  })
})
