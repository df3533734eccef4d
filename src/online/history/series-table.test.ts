import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { seriesTable } from './series-table.js'

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
