import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CsvError } from 'csv-parse'
import { ModelError } from '../core/errors.js'
import { readCsv } from './csv-read.js'
import { readCsvRecords } from './csv-records.js'
import { csvChunks } from './csv-write.js'
import { movingAverage } from './moving-average.js'
import { numbersOf, table } from './table.js'
import { addTimelines, commonClock, isAscending, rowsOn, unionClock, valueAt } from './timeline.js'

const numbers = (...values: number[]) => Float64Array.from(values)
const line = (times: readonly number[], values: readonly number[]) => ({
  timestamps: Float64Array.from(times),
  values: Float64Array.from(values),
})

describe('table', () => {
  it('has the rows of its columns, which are all as long', () => {
    assert.equal(table([]).rows, 0)
    assert.equal(table([{ name: 'a', values: ['x', 'y'] }]).rows, 2)
    assert.throws(
      () =>
        table([
          { name: 'a', values: ['x', 'y'] },
          { name: 'b', values: numbers(1) },
        ]),
      { code: 'SHAPE_MISMATCH', message: /"b" has 1 rows, expected 2/ },
    )
    assert.throws(
      () =>
        table([
          { name: 'a', values: [] },
          { name: 'a', values: [] },
        ]),
      { field: 'a' },
    )
  })

  it('has numbers of both kinds by name, and no texts', () => {
    const made = table([
      { name: 'whole', values: Int32Array.of(1, 2) },
      { name: 'id', values: ['x', 'y'] },
    ])
    assert.deepEqual(numbersOf(made, 'whole'), numbers(1, 2))
    assert.throws(() => numbersOf(made, 'id'), {
      code: 'INVALID_DATA',
      field: 'id',
      message: /the table has whole, id/,
    })
  })
})

describe('timelines at their ends', () => {
  it('ascend without equal times', () => {
    assert.equal(isAscending(numbers()), true)
    assert.equal(isAscending(numbers(1)), true)
    assert.equal(isAscending(numbers(1, 2, 3)), true)
    assert.equal(isAscending(numbers(1, 2, 2)), false)
    assert.equal(isAscending(numbers(2, 1)), false)
    assert.equal(isAscending(numbers(1, Number.NaN)), false)
  })

  it('hold a value from its own time on', () => {
    const times = Array.from({ length: 9 }, (_, i) => 10 * i)
    const timeline = line(times, times)
    for (const time of times) {
      assert.equal(valueAt(timeline, time), time)
      assert.equal(valueAt(timeline, time + 9.9), time)
    }
    assert.equal(valueAt(timeline, -1), 0)
  })

  it('are the same where there is one, and share their clocks', () => {
    const one = line([1, 2], [3, 4])
    assert.equal(addTimelines([one]), one)
    assert.equal(addTimelines([]).timestamps.length, 0)
    assert.equal(unionClock([one.timestamps, one.timestamps]), one.timestamps)
    assert.equal(commonClock([one.timestamps, one.timestamps]), one.timestamps)
    const three = addTimelines([one, line([1, 2], [1, 1]), line([0], [9])])
    assert.deepEqual(
      [[...three.timestamps], [...three.values]],
      [
        [0, 1, 2],
        [9, 4, 5],
      ],
    )
    assert.deepEqual([...commonClock([numbers(1, 2, 3, 4), numbers(2, 3), numbers(3, 4)])], [3])
    assert.deepEqual([...rowsOn(numbers(), numbers(1))], [-1])
    assert.deepEqual([...rowsOn(numbers(1, 2), numbers(2))], [1])
  })

  it('have a moving average of one value, and of just as many as there are', () => {
    assert.deepEqual([...movingAverage(numbers(1, 2, 3), 1)], [1, 2, 3])
    assert.deepEqual([...movingAverage(numbers(1, 2, 6), 3)], [3])
    assert.deepEqual([...movingAverage(numbers(), 1)], [])
  })
})

describe('CSV at its bounds', () => {
  it('is written in chunks of whole rows', () => {
    const column = (name: string) => ({ name, values: new Float64Array(9000) })
    const chunks = [...csvChunks(table([column('a'), column('b')]))]
    assert.equal(chunks[0], 'a,b\n')
    assert.deepEqual(
      chunks.slice(1).map((chunk) => chunk.split('\n').length - 1),
      [4096, 4096, 808],
    )
    assert.deepEqual([...csvChunks(table([]))], ['\n'])
  })

  it('has just as many rows, columns and characters as are allowed', async () => {
    assert.equal((await readCsv(['a,b\n1,2\n3,4\n'], { maxRows: 2, maxColumns: 2 })).rows, 2)
    const text = new Set(['a'])
    const field = async (length: number) => (await readCsv([`a\n${'x'.repeat(length)}\n`], { text })).rows
    assert.equal(await field(65_536), 1)
    await assert.rejects(field(65_537), { code: 'LIMIT_EXCEEDED', message: /65536 characters/ })
    const rows = 3000
    const many = await readCsv([`a\n${Array.from({ length: rows }, (_, i) => `${i}\n`).join('')}`])
    assert.deepEqual([numbersOf(many, 'a').length, numbersOf(many, 'a')[rows - 1]], [rows, rows - 1])
  })

  it('has quotes where a reader would see the end of a line, and nowhere else', () => {
    const values = ['a b', 'x\ry', 'x\ny', 'x,y', 'say "x"', '']
    const [, rows] = [...csvChunks(table([{ name: 'n', values }]))]
    assert.equal(rows, 'a b\n"x\ry"\n"x\ny"\n"x,y"\n"say ""x"""\n\n')
  })

  it('is refused where one of several fields is too long, and passes on what its source throws', async () => {
    const text = new Set(['a', 'b'])
    const long = `a,b\nx,${'x'.repeat(65_537)}\n`
    await assert.rejects(readCsv([long], { text }), { code: 'LIMIT_EXCEEDED', message: /a field has more than/ })
    const failed = new Error('the disk')
    const chunks = (function* () {
      yield 'a\n'
      throw failed
    })()
    await assert.rejects(readCsv(chunks), (error) => error === failed)
    for (const broken of ['a\n"1', `a\n"${'1\n'.repeat(3_000_000)}`]) {
      await assert.rejects(readCsv([broken]), (error: unknown) => {
        assert.ok(error instanceof ModelError)
        return error.cause instanceof CsvError
      })
    }
    assert.throws(
      () => readCsvRecords('a\n"1'),
      (error: unknown) => error instanceof ModelError && error.cause instanceof CsvError,
    )
  })

  it('is read as records of text', () => {
    assert.deepEqual(readCsvRecords('\uFEFF a ,b\r\n1,"x, y"\n\n'), { header: ['a', 'b'], rows: [['1', 'x, y']] })
    assert.throws(() => readCsvRecords(''), { code: 'INVALID_DATA', message: /empty/ })
    assert.throws(() => readCsvRecords('a,b\n1,2\n3\n'), {
      message: /row 2 after the header: 1 fields, the header has 2/,
    })
    assert.throws(() => readCsvRecords('a\n"1'), { code: 'INVALID_DATA', message: /^CSV: / })
    assert.equal(readCsvRecords('a\n1\n2\n', 2).rows.length, 2)
    assert.throws(() => readCsvRecords('a\n1\n2\n3\n', 2), { code: 'LIMIT_EXCEEDED', message: /2 rows/ })
    assert.equal(readCsvRecords('a,b\n', 2, 2).rows.length, 0)
    assert.throws(() => readCsvRecords('a,b,c\n', 2, 2), { code: 'LIMIT_EXCEEDED', message: /2 columns/ })
  })
})
