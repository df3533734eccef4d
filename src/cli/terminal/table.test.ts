import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { writeTable } from './table.js'

describe('writeTable', () => {
  const columns = [{ title: 'MODEL' }, { title: 'MAE', align: 'right' as const }]
  const print = (rows: (string | number)[][], terminal?: number) => {
    let text = ''
    writeTable(
      { write: (part) => (text += part), ...(terminal === undefined ? {} : { isTTY: true, columns: terminal }) },
      columns,
      rows,
    )
    return text.split('\n')
  }

  it('aligns names to the left and numbers to the right', () => {
    assert.deepEqual(
      print([
        ['a', 1.5],
        ['longer', 22.25],
      ]),
      ['MODEL     MAE', '──────  ─────', 'a         1.5', 'longer  22.25', ''],
    )
  })

  it('shortens the widest column to the terminal, and nothing in a pipe', () => {
    const long = 'x'.repeat(40)
    assert.equal(print([[long, 1]], 20)[2], `${'x'.repeat(14)}…    1`)
    assert.equal(print([[long, 1]])[2], `${long}    1`)
  })

  it('lets no control character through', () => {
    assert.equal(print([['a\u001b[31mb\n', 1]])[2], 'a [31mb     1')
  })
})
