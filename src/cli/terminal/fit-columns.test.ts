import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fitColumns, type TableColumn } from './fit-columns.js'

/** Rows that differ in every column, of texts of these widths. */
const rowsOf = (...widths: readonly number[]) => ['a', 'b'].map((letter) => widths.map((width) => letter.repeat(width)))
const columnsOf = (...more: readonly Partial<TableColumn>[]) => more.map((one) => ({ title: 'T', ...one }))
const sentences = { wrap: true } as const

describe('fitColumns', () => {
  it('leaves a table alone that fits exactly, two spaces between columns', () => {
    const layout = fitColumns(columnsOf({}, { title: 'LONGEST' }, {}), rowsOf(5, 3, 4), 5 + 2 + 7 + 2 + 4)
    assert.deepEqual(layout, { columns: [0, 1, 2], widths: [5, 7, 4], constant: [], omitted: [] })
  })

  it('makes columns as wide as the widest text, wherever that stands', () => {
    assert.deepEqual(
      fitColumns(
        columnsOf({}, {}),
        [
          ['aaa', 'b'],
          ['a', 'bbbb'],
          ['', ''],
        ],
        80,
      ).widths,
      [3, 4],
    )
    assert.deepEqual(fitColumns(columnsOf({}, { title: 'TITLE' }), [], 80).widths, [1, 5])
  })

  it('moves a column with one value above the table, never the first, and only where there are several rows', () => {
    const columns = columnsOf({}, {}, {})
    const cells = [
      ['same', 'x'.repeat(30), 'y'],
      ['same', 'x'.repeat(30), 'z'],
    ]
    assert.deepEqual(fitColumns(columns, cells, 36), {
      ...{ columns: [0, 2], widths: [4, 30, 1], constant: [1], omitted: [] },
    })
    assert.deepEqual(fitColumns(columns, cells.slice(0, 1), 38).constant, [])
    assert.deepEqual(fitColumns(columns, [...cells, ['same', 'other', 'y']], 38).constant, [])
  })

  it('leaves out the least important until the rest fits, and lists them in their order', () => {
    const columns = columnsOf({ importance: 1 }, { importance: 2 }, { importance: 1 }, {})
    const fit = (available: number) => fitColumns(columns, rowsOf(10, 10, 10, 10), available)
    assert.deepEqual([fit(45).columns, fit(45).omitted], [[0, 1, 3], [2]])
    assert.deepEqual([fit(34).columns, fit(34).omitted], [[0, 1, 3], [2]])
    assert.deepEqual(
      [fit(33).columns, fit(33).omitted],
      [
        [0, 3],
        [1, 2],
      ],
    )
    // What has no importance stays, however narrow the terminal is; so does the first.
    assert.deepEqual(fit(5).columns, [0, 3])
  })

  it('wraps sentences to no less than 24 columns before anything is left out', () => {
    const columns = columnsOf({}, { importance: 1 }, sentences)
    const fit = (available: number) => fitColumns(columns, rowsOf(10, 10, 50), available)
    assert.deepEqual(
      [fit(48).columns, fit(48).widths],
      [
        [0, 1, 2],
        [10, 10, 24],
      ],
    )
    assert.deepEqual(
      [fit(52).columns, fit(52).widths],
      [
        [0, 1, 2],
        [10, 10, 28],
      ],
    )
    assert.deepEqual(
      [fit(47).columns, fit(47).widths],
      [
        [0, 2],
        [10, 10, 35],
      ],
    )
    assert.deepEqual(fitColumns(columnsOf({}, sentences), rowsOf(30, 20), 50).widths, [28, 20])
  })

  it('shortens the widest name first, numbers never, and none below 12', () => {
    const columns = columnsOf({}, { align: 'left' }, { align: 'right' })
    const widths = (available: number) => fitColumns(columns, rowsOf(20, 16, 30), available).widths
    assert.deepEqual(widths(66), [16, 16, 30])
    assert.deepEqual(widths(65), [15, 16, 30])
    assert.deepEqual(widths(64), [15, 15, 30])
    assert.deepEqual(widths(58), [12, 12, 30])
    assert.deepEqual(widths(40), [12, 12, 30])
  })

  it('gives what is left to the column that lacks most, and no column more than its texts need', () => {
    const two = columnsOf(sentences, sentences)
    const widths = (available: number) => fitColumns(two, rowsOf(40, 30), available).widths
    assert.deepEqual(widths(60), [34, 24])
    assert.deepEqual(widths(62), [35, 25])
    assert.deepEqual(widths(71), [40, 29])
    const cells = [
      ['a'.repeat(10), 'same'.repeat(10), 'b'.repeat(30)],
      ['b'.repeat(10), 'same'.repeat(10), 'c'.repeat(30)],
    ]
    assert.deepEqual(fitColumns(columnsOf({}, {}, sentences), cells, 60).widths, [10, 40, 30])
  })
})
