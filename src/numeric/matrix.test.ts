import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { columnOf, dot, mapRows, matrix } from './matrix.js'

describe('matrix', () => {
  const x = matrix([
    [1, 2],
    [3, 4],
    [5, 6],
  ])

  it('keeps rows one after another', () => {
    assert.deepEqual([x.rows, x.cols, ...x.data], [3, 2, 1, 2, 3, 4, 5, 6])
    assert.deepEqual([...columnOf(x, 1)], [2, 4, 6])
  })

  it('knows its width even without rows', () => {
    assert.deepEqual([matrix([], 4).rows, matrix([], 4).cols], [0, 4])
  })

  it('refuses rows of another length', () => {
    assert.throws(() => matrix([[1, 2], [3]]), { code: 'SHAPE_MISMATCH', message: /row 1/ })
  })

  it('maps rows without touching the input', () => {
    assert.deepEqual([...mapRows(x, (row) => dot(row, row))], [5, 25, 61])
    assert.equal(x.data[0], 1)
  })
})
