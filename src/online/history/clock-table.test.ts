import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { clockTable, concatenated } from './clock-table.js'
import { seriesTable } from './series-table.js'

const times = (...all: readonly number[]) => Float64Array.from(all)

describe('clockTable', () => {
  it('has equal lists once, whichever came between', () => {
    const clocks = clockTable()
    const lists = [times(1, 2, 3), times(1, 2, 3), times(1, 2.5, 3), times(1, 3), times(1, 2, 3), times(), times()]
    assert.deepEqual(
      lists.map((list) => clocks.idOf(list)),
      [0, 0, 1, 2, 0, 3, 3],
    )
    assert.deepEqual(
      [clocks.idOf(times(1, 2.5, 3)), clocks.idOf(times(0, 2, 3)), clocks.idOf(times(1, 2, 4))],
      [1, 4, 5],
    )
  })

  it('keeps a list as it was, whatever becomes of the array', () => {
    const clocks = clockTable()
    const reused = times(1, 2)
    const id = clocks.idOf(reused)
    reused[1] = 9
    assert.deepEqual(clocks.joiner()([id]), times(1, 2))
    assert.equal(clocks.idOf(reused), id + 1)
  })

  it('joins lists once while they are wanted', () => {
    const clocks = clockTable()
    const [a, b] = [clocks.idOf(times(1, 2)), clocks.idOf(times(3))]
    const join = clocks.joiner()
    assert.equal(join([a]), join([a]))
    const both = join([a, b])
    assert.deepEqual(both, times(1, 2, 3))
    assert.equal(join([a, b]), both)
    assert.deepEqual(join([b, a]), times(3, 1, 2))
    assert.notEqual(clocks.joiner()([a, b]), both)
    assert.deepEqual(join([]), times())
  })
})

describe('concatenated', () => {
  it('is the only one itself, else all behind each other', () => {
    const one = times(1, 2)
    assert.equal(concatenated([one]), one)
    assert.deepEqual(concatenated([one, times(), times(7)]), times(1, 2, 7))
    assert.deepEqual(concatenated([]), times())
  })
})

describe('seriesTable', () => {
  it('numbers series by metric and labels in any order, and has both again', () => {
    const table = seriesTable()
    const ids = [
      table.idOf('a', { x: '1', y: '2' }),
      table.idOf('a', { y: '2', x: '1' }),
      table.idOf('b', { x: '1', y: '2' }),
      table.idOf('a', { x: '1' }),
      table.idOf('b', { y: '2', x: '1' }),
      table.idOf('a', {}),
    ]
    assert.deepEqual(ids, [0, 0, 1, 2, 1, 3])
    assert.deepEqual([0, 1, 2, 3].map(table.metricOf), ['a', 'b', 'a', 'a'])
    assert.deepEqual(
      [0, 2, 3].map((id) => ({ ...table.labelsOf(id) })),
      [{ x: '1', y: '2' }, { x: '1' }, {}],
    )
  })
})
