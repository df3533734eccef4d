import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { leastSquares } from './least-squares.js'
import { matrix } from './matrix.js'
import { nonNegativeLeastSquares } from './non-negative-least-squares.js'
import { seededRandom } from './random.js'

function close(actual: ArrayLike<number>, expected: number[], tolerance = 1e-12): void {
  assert.equal(actual.length, expected.length)
  expected.forEach((value, k) => {
    assert.ok(Math.abs(actual[k]! - value) <= tolerance, `${Array.from(actual)} is not ${expected}`)
  })
}

describe('leastSquares', () => {
  it('solves what has an exact answer', () => {
    close(
      leastSquares(
        matrix([
          [1, 0],
          [1, 1],
          [1, 2],
        ]),
        [1, 3, 5],
      ),
      [1, 2],
    )
  })

  it('shares a weight between columns that repeat each other', () => {
    close(
      leastSquares(
        matrix([
          [1, 1],
          [2, 2],
          [3, 3],
        ]),
        [2, 4, 6],
      ),
      [1, 1],
    )
    close(
      leastSquares(
        matrix([
          [1, 2],
          [2, 4],
          [3, 6],
        ]),
        [5, 10, 15],
      ),
      [1, 2],
    )
  })

  it('gives the shortest answer when columns outnumber rows', () => {
    close(leastSquares(matrix([[3, 4]]), [50]), [6, 8])
    close(
      leastSquares(
        matrix([
          [1, 0, 1],
          [0, 1, 1],
        ]),
        [1, 1],
      ),
      [1 / 3, 1 / 3, 2 / 3],
    )
  })

  it('gives columns of zeros, and targets of zero, no weight', () => {
    close(
      leastSquares(
        matrix([
          [0, 1],
          [0, 2],
        ]),
        [3, 6],
      ),
      [0, 3],
    )
    close(
      leastSquares(
        matrix([
          [1, 2],
          [3, 5],
        ]),
        [0, 0],
      ),
      [0, 0],
    )
    close(
      leastSquares(
        matrix([
          [0, 0],
          [0, 0],
        ]),
        [1, 2],
      ),
      [0, 0],
    )
    assert.equal(leastSquares(matrix([[], []]), [1, 2]).length, 0)
  })

  it('drops directions below the cutoff and keeps those above it', () => {
    const x = matrix([
      [1, 0],
      [0, 1e-10],
    ])
    close(leastSquares(x, [1, 1], 1e-9), [1, 0])
    close(leastSquares(x, [1, 1]), [1, 1e10], 1e-2)
  })

  it('survives the largest and the smallest doubles', () => {
    close(leastSquares(matrix([[1e200], [2e200]]), [1e200, 2e200]), [1])
    close(leastSquares(matrix([[1e-200], [2e-200]]), [1e-200, 2e-200]), [1])
  })

  it('leaves a residual at right angles to every column, and is the shortest that does', () => {
    const random = seededRandom(8)
    for (const [rows, cols, rank] of [
      [20, 5, 5],
      [7, 7, 7],
      [20, 6, 3],
      [4, 9, 4],
    ] as const) {
      // A product of two factors has their inner size for its rank.
      const draw = (count: number) => Array.from({ length: count }, random.normal)
      const [left, right] = [draw(rows * rank), draw(rank * cols)]
      const x = matrix(
        Array.from({ length: rows }, (_, i) =>
          Array.from({ length: cols }, (_, j) =>
            Array.from({ length: rank }, (_, k) => left[i * rank + k]! * right[k * cols + j]!).reduce((a, b) => a + b),
          ),
        ),
      )
      const y = draw(rows)
      const w = leastSquares(x, y)
      const residual = y.map(
        (value, i) => value - w.reduce((sum, weight, j) => sum + weight * x.data[i * cols + j]!, 0),
      )
      for (let j = 0; j < cols; j++) {
        const slope = residual.reduce((sum, value, i) => sum + value * x.data[i * cols + j]!, 0)
        assert.ok(Math.abs(slope) < 1e-9, `${rows} x ${cols}, column ${j}: ${slope}`)
      }
      // The shortest is made of rows of x: fitted by them, nothing of it is left.
      const rowsAsColumns = matrix(
        Array.from({ length: cols }, (_, j) => Array.from({ length: rows }, (_, i) => x.data[i * cols + j]!)),
      )
      const made = leastSquares(rowsAsColumns, w)
      w.forEach((weight, j) => {
        const fitted = made.reduce((sum, part, i) => sum + part * x.data[i * cols + j]!, 0)
        assert.ok(Math.abs(fitted - weight) < 1e-9, `${rows} x ${cols}: ${fitted} of ${weight}`)
      })
    }
  })

  it('refuses another number of targets', () => {
    assert.throws(() => leastSquares(matrix([[1], [2]]), [1]), { code: 'SHAPE_MISMATCH' })
  })
})

describe('nonNegativeLeastSquares', () => {
  it('is least squares where no weight wants to be negative', () => {
    close(
      nonNegativeLeastSquares(
        matrix([
          [1, 0],
          [1, 1],
          [1, 2],
        ]),
        [1, 3, 5],
      ),
      [1, 2],
    )
  })

  it('holds a weight at zero rather than below', () => {
    close(
      nonNegativeLeastSquares(
        matrix([
          [1, 0],
          [0, 1],
        ]),
        [2, -3],
      ),
      [2, 0],
    )
    close(nonNegativeLeastSquares(matrix([[1], [2]]), [-1, -2]), [0])
  })

  it('lets a column leave again that entered first', () => {
    // The first column looks best alone, but is a poor substitute for the other two together.
    const x = matrix([
      [1, 1, 0],
      [1, 0, 1],
      [0.1, 0, 0],
    ])
    close(nonNegativeLeastSquares(x, [1, 1, 0]), [0, 1, 1])
  })

  it('takes one of two columns that repeat each other', () => {
    const weights = nonNegativeLeastSquares(
      matrix([
        [1, 1],
        [2, 2],
        [3, 3],
      ]),
      [2, 4, 6],
    )
    close([weights[0]! + weights[1]!], [2])
  })

  it('takes columns that outnumber rows, zeros, and no columns', () => {
    const weights = nonNegativeLeastSquares(matrix([[1, 2, 3, 4]]), [8])
    close([weights[0]! + 2 * weights[1]! + 3 * weights[2]! + 4 * weights[3]!], [8])
    close(
      nonNegativeLeastSquares(
        matrix([
          [0, 0],
          [0, 0],
        ]),
        [1, 2],
      ),
      [0, 0],
    )
    assert.equal(nonNegativeLeastSquares(matrix([[], []]), [1, 2]).length, 0)
  })

  it('refuses another number of targets', () => {
    assert.throws(() => nonNegativeLeastSquares(matrix([[1], [2]]), [1]), { code: 'SHAPE_MISMATCH' })
  })
})
