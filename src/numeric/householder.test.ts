import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { dotOf, lengthOf, pivotedQr } from './householder.js'
import { seededRandom } from './random.js'

const near = (actual: number, expected: number, what = '') =>
  assert.ok(
    Math.abs(actual - expected) <= 1e-12 * Math.max(1, Math.abs(expected)),
    `${what} ${actual}, not ${expected}`,
  )

describe('lengthOf', () => {
  it('is Euclidean, of all or a window', () => {
    assert.equal(lengthOf(Float64Array.of(3, 4)), 5)
    assert.equal(lengthOf(Float64Array.of(9, 3, 4, 9), 1, 2), 5)
    assert.equal(lengthOf(Float64Array.of(9, 3, 4), 1, 2), 5)
    assert.equal(lengthOf(Float64Array.of()), 0)
    assert.equal(lengthOf(Float64Array.of(0, -0)), 0)
  })

  it('neither over- nor underflows', () => {
    for (const unit of [1e-300, 1e-160, 1e-139, 1e139, 1e160, 1e300]) {
      near(lengthOf(Float64Array.of(3 * unit, -4 * unit)) / unit, 5, String(unit))
      near(lengthOf(Float64Array.of(7, 3 * unit, -4 * unit), 1, 2) / unit, 5, String(unit))
    }
  })

  it('is infinite or no number where a value is', () => {
    assert.equal(lengthOf(Float64Array.of(1, Number.NEGATIVE_INFINITY)), Number.POSITIVE_INFINITY)
    assert.ok(Number.isNaN(lengthOf(Float64Array.of(1, Number.NaN))))
    assert.ok(Number.isNaN(lengthOf(Float64Array.of(0, Number.NaN))))
  })
})

describe('dotOf', () => {
  for (const count of [0, 1, 3, 4, 5, 8, 11]) {
    it(`multiplies two windows of ${count}`, () => {
      const values = Float64Array.from({ length: 30 }, (_, i) => i + 1)
      let expected = 0
      for (let i = 0; i < count; i++) expected += (2 + i + 1) * (15 + i + 1)
      assert.equal(dotOf(values, 2, 15, count), expected)
    })
  }
})

/** Random columns; the last is nearly the sum of the others. */
function scene(rows: number, cols: number) {
  const random = seededRandom(rows * 100 + cols)
  const data = Float64Array.from({ length: rows * cols }, (_, at) => random.normal() * 2 ** (Math.floor(at / rows) % 3))
  const b = Float64Array.from({ length: rows }, random.normal)
  return { data, b }
}

describe('pivotedQr', () => {
  for (const [rows, cols] of [
    [1, 1],
    [5, 1],
    [4, 4],
    [9, 4],
    [3, 5],
    [30, 8],
  ] as const) {
    for (const pivot of [true, false]) {
      it(`of ${rows} x ${cols} keeps all products${pivot ? '' : ' without pivoting'}`, () => {
        const { data, b } = scene(rows, cols)
        const { r, pivots, qtb, lengths } = pivotedQr({ rows, cols, data: data.slice() }, b.slice(), pivot)
        const steps = Math.min(rows, cols)
        assert.deepEqual(
          [...pivots].sort((x, y) => x - y),
          [...pivots.keys()],
        )
        if (!pivot) assert.deepEqual([...pivots], [...pivots.keys()])
        for (let j = 0; j < cols; j++) {
          const column = data.subarray(j * rows, (j + 1) * rows)
          near(lengths[j]!, Math.hypot(...column))
        }
        for (let j = 0; j < cols; j++) {
          const a = data.subarray(pivots[j]! * rows, (pivots[j]! + 1) * rows)
          // A'b = R'(Q'b), and A'A = R'R, in the order of the pivots.
          if (rows <= steps || j < steps) {
            let expected = 0
            for (let k = 0; k <= Math.min(j, steps - 1); k++) expected += r[k * cols + j]! * qtb[k]!
            near(
              a.reduce((sum, value, i) => sum + value * b[i]!, 0),
              expected,
              `column ${j} and b`,
            )
          }
          for (let l = 0; l <= j; l++) {
            const other = data.subarray(pivots[l]! * rows, (pivots[l]! + 1) * rows)
            let expected = 0
            for (let k = 0; k <= Math.min(l, steps - 1); k++) expected += r[k * cols + j]! * r[k * cols + l]!
            near(
              a.reduce((sum, value, i) => sum + value * other[i]!, 0),
              expected,
              `columns ${j} and ${l}`,
            )
          }
        }
        for (let k = 1; k < steps && pivot; k++) {
          const [before, now] = [r[(k - 1) * cols + k - 1]!, r[k * cols + k]!]
          assert.ok(Math.abs(now) <= Math.abs(before) * (1 + 1e-12), `the diagonal falls: ${before}, ${now}`)
        }
        for (let k = 0; k < steps; k++) for (let j = 0; j < k; j++) assert.equal(r[k * cols + j], 0)
      })
    }
  }

  it('takes the longest column first, and leaves zeros behind for what depends on others', () => {
    // Columns (3, 4, 0), (0, 0, 0), (6, 8, 0), (0, 0, 1).
    const data = Float64Array.of(3, 4, 0, 0, 0, 0, 6, 8, 0, 0, 0, 1)
    const { r, pivots, lengths } = pivotedQr({ rows: 3, cols: 4, data }, new Float64Array(3))
    assert.deepEqual([...lengths], [5, 0, 10, 1])
    assert.deepEqual([...pivots.slice(0, 2)], [2, 3])
    const diagonal = [0, 1, 2].map((k) => Math.abs(r[k * 4 + k]!))
    diagonal.forEach((value, k) => {
      near(value, [10, 1, 0][k]!)
    })
  })

  it('knows the remaining length of a column when nearly all of it is gone', () => {
    const small = 1e-9
    // Two columns that are nearly the first: what is left of them decides, and 2 small comes before small.
    const data = Float64Array.of(1, 0, 0, 1, small, 0, 1, 0, 2 * small)
    const { pivots, r } = pivotedQr({ rows: 3, cols: 3, data }, new Float64Array(3))
    assert.deepEqual([...pivots], [0, 2, 1])
    near(Math.abs(r[4]!) / small, 2)
    near(Math.abs(r[8]!) / small, 1)
  })
})
