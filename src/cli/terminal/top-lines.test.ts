import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { TopRow, TopView } from '../../meter/top.js'
import type { TableColumn } from './fit-columns.js'
import { writeTable } from './table.js'
import { topScreen } from './top-screen.js'

const zone: TopView['zones'][number] = {
  ...{ zone: 'psys', watts: 100.04, low: 80, high: 120.5, active_watts: 40, idle_watts: 60.04, joules: 1 },
  out_of_range: false,
}
const row: TopRow = { id: '12', name: 'work', owner: 'somebody', watts: 1, joules: 10.6, share: 0.25 }
const noHistory = { watts: new Map<string, readonly number[]>(), seconds: 0 }

function screen(view: Partial<TopView>, columns = 120, history: Parameters<typeof topScreen>[1] = noHistory) {
  const shown: TopView = {
    model: {
      kind: 'universal',
      name: 'u-1',
      error: undefined,
      calibration_points: 0,
      share: { fraction: 1, origin: '' },
      assumptions: [],
    },
    ...{ utilisation: 0.5, steal: 0, gap: undefined, zones: [zone], zone: 'psys', kind: 'processes', order: 'watts' },
    ...{ rows: [row], count: 1, ...view },
  }
  return topScreen(shown, history, { columns, rows: 24 })
}

describe('the lines of top', () => {
  it('are a head, the zones, the list, what it is, and the keys', () => {
    assert.deepEqual(screen({}).slice(0, -1), [
      'ESTIMATE by universal model u-1, share of host 100%',
      'processors 50% busy',
      '',
      'ZONE          WATTS       90 % INTERVAL   ACTIVE     IDLE',
      'psys          100.0       80.0 to 120.5     40.0     60.0',
      '',
      `PID           NAME${' '.repeat(33)}     WATTS      JOULES   SHARE  BELONGS TO`,
      `12            work${' '.repeat(33)}      1.00          11     25%  somebody`,
      '1 of 1 processes by watts, zone psys',
    ])
  })

  it('name each kind of work and whom it belongs to', () => {
    for (const [kind, title, owner] of [
      ['processes', 'PID', 'BELONGS TO'],
      ['containers', 'CONTAINER', 'POD OR RUNTIME'],
      ['pods', 'POD', 'NAMESPACE'],
      ['vms', 'VM', 'HYPERVISOR'],
    ] as const) {
      const lines = screen({ kind, zone: undefined, order: 'name', count: 7 })
      assert.match(lines[6] ?? '', new RegExp(`^${title} +NAME .* ${owner}$`))
      assert.equal(lines.at(-2), `1 of 7 ${kind} by name`)
      assert.equal(screen({ kind, rows: [], count: 0 }).at(-2), `no ${kind} seen`)
    }
  })

  it('have a digit after the point for small percentages', () => {
    const shares = [0, 0.001, 0.0994, 0.0995, 0.5, 1].map(
      (share) => /(\S+%) {2}somebody$/.exec(screen({ rows: [{ ...row, share }] })[7] ?? '')?.[1],
    )
    assert.deepEqual(shares, ['0.0%', '0.1%', '9.9%', '10%', '50%', '100%'])
  })

  it('say how much time was stolen from half a percent on', () => {
    const busy = (steal: number | undefined) => screen({ steal })[1]
    assert.deepEqual(
      [busy(0.0049), busy(undefined), busy(0.005)],
      ['processors 50% busy', 'processors 50% busy', 'processors 50% busy, 0.5% stolen'],
    )
  })

  it('say over which time the sparkline goes: seconds below a minute and a half', () => {
    const last = (seconds: number) => /LAST .*$/.exec(screen({}, 120, { watts: new Map(), seconds })[3] ?? '')?.[0]
    assert.deepEqual([0, 1, 89.4, 90, 299].map(last), [undefined, 'LAST 1 s', 'LAST 89 s', 'LAST 2 min', 'LAST 5 min'])
  })

  it('draw at most sixty columns of what was, in the room that is left', () => {
    const watts = new Map([['psys', Array.from({ length: 300 }, (_, i) => i)]])
    const drawn = (columns: number) =>
      (/[▁-█]+/.exec(screen({}, columns, { watts, seconds: 300 })[4] ?? '')?.[0] ?? '').length
    assert.deepEqual([60, 61, 70, 120, 121, 200].map(drawn), [0, 1, 10, 60, 60, 60])
  })

  it('give a name twelve to forty columns', () => {
    const at = (columns: number) => (screen({}, columns)[6] ?? '').indexOf('WATTS') - 'PID           '.length
    const width = (columns: number) => at(columns) - 2 - 3
    assert.deepEqual([70, 72, 80, 126, 128, 300].map(width), [12, 13, 17, 40, 40, 40])
  })

  it('cut a name that is too wide, and none that fits', () => {
    const name = (text: string) => (screen({ rows: [{ ...row, name: text }] }, 70)[7] ?? '').slice(14, 26)
    assert.equal(name('x'.repeat(12)), 'x'.repeat(12))
    assert.equal(name('x'.repeat(13)), `${'x'.repeat(11)}…`)
    assert.match(name('日本語日本語日'), /^日本語日本… /)
  })
})

describe('cells of a table', () => {
  const print = (columns: readonly TableColumn[], rows: readonly (readonly (string | number)[])[], width?: number) => {
    let text = ''
    const output = {
      write: (part: string) => {
        text += part
      },
      ...(width === undefined ? {} : { isTTY: true, columns: width }),
    }
    writeTable(output, columns, rows)
    return text.split('\n')
  }
  const names: readonly TableColumn[] = [{ title: 'A' }, { title: 'B' }]

  it('are empty where a row has none, and numbers as they are', () => {
    assert.deepEqual(print(names, [['x'], [1.5, 0]]), ['A\tB', 'x\t', '1.5\t0', ''])
    assert.deepEqual(print(names, [], 80), ['A  B', '─  ─', ''])
  })

  it('have no control characters of either kind', () => {
    assert.deepEqual(print(names, [['a\u0000b\u001fc\u007fd\u009fe\u00a0', 'é']]), ['A\tB', 'a b c d e\u00a0\té', ''])
  })

  it('that are the same in all rows and say nothing are left out', () => {
    const three: readonly TableColumn[] = [{ title: 'A' }, { title: 'B' }, { title: 'C' }]
    const rows = (value: string) => [
      ['a'.repeat(20), value, 'c'],
      ['b'.repeat(20), value, 'd'],
    ]
    assert.deepEqual(print(three, rows('-'), 24)[0], `A${' '.repeat(21)}C`)
    assert.deepEqual(print(three, rows('x'), 24).slice(0, 2), ['B: x', ''])
  })

  it('are shortened in the middle, the beginning a column longer than the end, also where characters are two wide', () => {
    const cut = (text: string, width: number) => print([{ title: 'A' }], [[text], ['z']], width)[2]
    assert.equal(cut('abcdefghijklm', 13), 'abcdefghijklm')
    assert.equal(cut('abcdefghijklmn', 13), 'abcdef…ijklmn')
    assert.equal(cut('abcdefghijklmn', 12), 'abcdef…jklmn')
    assert.equal(cut('日本語日本語日本語', 12), '日本語…本語')
  })

  it('of sentences are wrapped between words', () => {
    const lines = print(
      [{ title: 'A' }, { title: 'WHY', wrap: true }],
      [
        ['a', 'one two three four five six seven'],
        ['b', 'x'],
      ],
      30,
    )
    assert.deepEqual(lines.slice(2), ['a  one two three four five six', '   seven', 'b  x', ''])
  })
})
