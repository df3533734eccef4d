import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readCsv } from './csv-read.js'
import { csvChunks } from './csv-write.js'
import { numbersOf, table } from './table.js'

const text = new Set(['id'])
const made = table([
  { name: 'timestamp', values: Float64Array.of(1700000000, 1700000003.5) },
  { name: 'id', values: ['plain', 'with "quotes", a comma\nand a line'] },
  { name: 'watts', values: Float64Array.of(0.1, 1e-9) },
])

describe('CSV', () => {
  it('reads back what was written, cut anywhere', async () => {
    const written = [...csvChunks(made)].join('')
    for (let at = 0; at <= written.length; at++) {
      assert.deepEqual(await readCsv([written.slice(0, at), written.slice(at)], { text }), made)
    }
  })

  it('takes carriage returns, blank lines and no newline at the end', async () => {
    const read = await readCsv(['a,b\r\n1,2\r\n\r\n3,4'])
    assert.deepEqual([...numbersOf(read, 'b')], [2, 4])
  })

  it('passes over columns that nobody wants', async () => {
    const read = await readCsv([',a,id\n0,1,x\n'], { text, ignore: new Set(['']) })
    assert.deepEqual(
      read.columns.map(({ name }) => name),
      ['a', 'id'],
    )
    assert.throws(() => numbersOf(read, 'watts'), { code: 'INVALID_DATA', message: /"watts".*a, id/ })
  })

  it('names line and column of what is wrong', async () => {
    const cases: [string, RegExp][] = [
      ['', /empty/],
      ['a,b\n1\n', /line 2: 1 fields, the header has 2/],
      ['a,b\n1,2\n1,x\n', /line 3: column "b" holds "x"/],
      ['a\n\n1\nNaN\n', /line 4: column "a" holds "NaN"/],
      ['a,b\n1,\n', /line 2: column "b" holds ""/],
      ['a\n"1', /no closing quote/],
      ['a,a\n1,2\n', /"a" appears twice/],
    ]
    for (const [csv, message] of cases) await assert.rejects(readCsv([csv]), { code: 'INVALID_DATA', message })
    await assert.rejects(readCsv(['a\n1\n2\n3\n'], { maxRows: 2 }), { code: 'LIMIT_EXCEEDED' })
    await assert.rejects(readCsv(['a,b,c\n'], { maxColumns: 2 }), { code: 'LIMIT_EXCEEDED' })
    await assert.rejects(readCsv(['a'.repeat(100_000)]), { code: 'LIMIT_EXCEEDED' })
  })
})
