import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import stringWidth from 'string-width'
import type { TableColumn } from './fit-columns.js'
import { type TableOptions, writeTable } from './table.js'

const columns: readonly TableColumn[] = [{ title: 'MODEL' }, { title: 'MAE', align: 'right' }]

function print(
  terminal: number | undefined,
  rows: (string | number)[][],
  of: readonly TableColumn[] = columns,
  options: TableOptions = {},
): string[] {
  let text = ''
  const tty = terminal === undefined ? {} : { isTTY: true, columns: terminal }
  writeTable({ write: (part) => (text += part), ...tty }, of, rows, options)
  return text.replace(/\n$/, '').split('\n')
}

describe('writeTable', () => {
  it('aligns names to the left and numbers to the right', () => {
    const rows = [
      ['a', 1.5],
      ['longer', 22.25],
    ]
    assert.deepEqual(print(80, rows), ['MODEL     MAE', '──────  ─────', 'a         1.5', 'longer  22.25'])
  })

  it('writes tab-separated values to a pipe, in full and without control characters', () => {
    const long = 'x'.repeat(200)
    assert.deepEqual(
      print(undefined, [
        [long, 1],
        ['a\tb\u001b[31m\n', 2],
      ]),
      ['MODEL\tMAE', `${long}\t1`, 'a b [31m \t2'],
    )
  })

  it('lets no control character through to a terminal', () => {
    assert.equal(print(80, [['a\u001b[31mb\n', 1]])[2], 'a [31mb     1')
  })

  it('aligns characters that are two columns wide', () => {
    const lines = print(80, [
      ['模型', 1],
      ['abc', 2],
    ])
    assert.deepEqual(lines.slice(2).map(stringWidth), [10, 10])
  })

  it('moves columns with one value above the table before anything is lost', () => {
    const lines = print(
      30,
      [
        ['SGDRegressorTrainer_0', 'rapl-sysfs', 1],
        ['SGDRegressorTrainer_1', 'rapl-sysfs', 2],
      ],
      [{ title: 'MODEL' }, { title: 'SOURCE' }, { title: 'MAE', align: 'right' }],
    )
    assert.deepEqual(lines, [
      'SOURCE: rapl-sysfs',
      '',
      'MODEL                  MAE',
      '─────────────────────  ───',
      'SGDRegressorTrainer_0    1',
      'SGDRegressorTrainer_1    2',
    ])
  })

  it('leaves out the least important columns, says which, and shows them with --wide', () => {
    const of: readonly TableColumn[] = [
      { title: 'MODEL' },
      { title: 'CORES', align: 'right', importance: 1 },
      { title: 'MAPE', align: 'right', importance: 2 },
      { title: 'MAE', align: 'right' },
    ]
    const rows = [
      ['SGDRegressorTrainer_0', 4, 10, 1],
      ['SGDRegressorTrainer_1', 8, 20, 2],
    ]
    const lines = print(34, rows, of)
    assert.equal(lines[0], 'MODEL                  MAPE  MAE')
    assert.equal(lines.at(-1), '(not shown: CORES; --wide shows them)')
    assert.equal(print(34, rows, of, { wide: true })[2], 'SGDRegressorTrainer_0      4    10    1')
  })

  it('wraps sentences before it shortens names', () => {
    const lines = print(
      48,
      [['rapl-sysfs/AbsPower', 'the error is above the limit that was set in the options']],
      [{ title: 'MODEL OF' }, { title: 'WHY', wrap: true }],
    )
    assert.equal(lines[2], 'rapl-sysfs/AbsPower  the error is above the')
    assert.ok(lines.length > 3)
    assert.ok(lines.every((line) => stringWidth(line) <= 48))
  })

  it('breaks a word that is longer than its column', () => {
    const missing = 'kepler_node_accelerator_intel_qat'
    const lines = print(40, [['WorkloadOnly', missing]], [{ title: 'FOR' }, { title: 'MISSING', wrap: true }])
    const wrapped = lines.slice(2).map((line) => line.slice(14))
    assert.equal(wrapped.join(''), missing)
    assert.ok(wrapped.length > 1)
  })

  it('says nothing of a column without values', () => {
    const of: readonly TableColumn[] = [{ title: 'MODEL' }, { title: 'PROCESSOR' }]
    assert.equal(
      print(
        12,
        [
          ['LinearA_0', ''],
          ['LinearA_1', ''],
        ],
        of,
      )[0],
      'MODEL',
    )
  })

  it('shortens names in the middle, where they do not differ', () => {
    const rows = [
      ['GradientBoostingRegressorTrainer_1', 1],
      ['GradientBoostingRegressorTrainer_12', 2],
    ]
    assert.deepEqual(print(30, rows).slice(2), ['GradientBoos…sorTrainer_1    1', 'GradientBoos…orTrainer_12    2'])
  })

  it('prints no two different names alike', () => {
    const rows = [
      [`${'a'.repeat(10)}X${'b'.repeat(20)}`, 1],
      [`${'a'.repeat(10)}Y${'b'.repeat(20)}`, 2],
    ]
    const text = print(20, rows).join('')
    assert.ok(text.includes('X') && text.includes('Y'), text)
  })
})
