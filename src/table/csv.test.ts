import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readCsv } from './csv-read.js'
import { csvChunks } from './csv-write.js'
import { numbersOf, table } from './table.js'

const text = new Set(['id'])
const made = table([
  { name: 'timestamp', values: Float64Array.of(1700000000, 1700000003.5) },
  { name: 'id', values: ['plain', 'with "quotes", a comma\nand a line\rand another'] },
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

  it('takes a byte order mark, and carriage returns alone', async () => {
    const read = await readCsv(['\uFEFFa,b\r1,2\r3,4\r'])
    assert.deepEqual([...numbersOf(read, 'a')], [1, 3])
    assert.deepEqual([...numbersOf(await readCsv(['\uFEFF"a"\n5\n']), 'a')], [5])
  })

  it('takes decimal numbers however they are written', async () => {
    const read = await readCsv(['a\n1\n -2.5\n+3.\n.5 \n1e-3\n-4E+2\n'])
    assert.deepEqual([...numbersOf(read, 'a')], [1, -2.5, 3, 0.5, 0.001, -400])
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
      ['a\n"1', /line 2, column "a": a quote is opened and not closed/],
      ['a,b\n1,a"b"c\n', /line 2, column "b": a quote stands within a field/],
      ['a,b\n1,"a"b\n', /line 2, column "b": something follows a closing quote/],
      ...['0x10', '0b1', '0o7', '1_000', 'Infinity', '1e999', '1 2', '.', 'e5'].map((number): [string, RegExp] => [
        `a\n${number}\n`,
        /line 2: column "a" holds .* no finite decimal number/,
      ]),
      ['a,b\n1,"x\ny"\n2,z\n', /line 3: column "b" holds "x\\ny"/],
      ['a,a\n1,2\n', /"a" appears twice/],
    ]
    for (const [csv, message] of cases) await assert.rejects(readCsv([csv]), { code: 'INVALID_DATA', message })
    await assert.rejects(readCsv(['a\n1\n2\n3\n'], { maxRows: 2 }), { code: 'LIMIT_EXCEEDED' })
    await assert.rejects(readCsv(['a,b,c\n'], { maxColumns: 2 }), { code: 'LIMIT_EXCEEDED' })
    await assert.rejects(readCsv(['a'.repeat(100_000)]), { code: 'LIMIT_EXCEEDED' })
    await assert.rejects(readCsv(['a\n"', ...Array.from({ length: 100 }, () => '1\n'.repeat(50_000))]), {
      code: 'LIMIT_EXCEEDED',
      message: /is a quote not closed/,
    })
  })
})
