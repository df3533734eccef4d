import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { columnOf, dot, emptyMatrix, expectLength, mapRows, matrix, mean, rowOf } from './matrix.js'

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

  it('gives rows as views, columns as copies', () => {
    const own = matrix([
      [1, 2],
      [3, 4],
    ])
    rowOf(own, 1)[0] = 9
    columnOf(own, 1)[0] = 7
    assert.deepEqual([...own.data], [1, 2, 9, 4])
    assert.deepEqual([...rowOf(own, 0)], [1, 2])
  })

  it('begins with zeros', () => {
    const { rows, cols, data } = emptyMatrix(2, 3)
    assert.deepEqual([rows, cols, ...data], [2, 3, 0, 0, 0, 0, 0, 0])
  })

  it('tells the number of a row to what maps it', () => {
    assert.deepEqual([...mapRows(x, (row, i) => row[0]! * 10 + i)], [10, 31, 52])
  })
})

describe('dot, mean and expectLength', () => {
  it('are sums over all values', () => {
    assert.equal(dot([1, 2, 3], [4, 5, 6]), 32)
    assert.equal(dot([], []), 0)
    assert.equal(mean([1, 2, 6]), 3)
  })

  it('name both lengths', () => {
    expectLength('values', 2, 2)
    assert.throws(() => expectLength('values', 2, 3), { code: 'SHAPE_MISMATCH', message: 'expected 3 values, got 2' })
  })
})
