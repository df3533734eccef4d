import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import stringWidth from 'string-width'
import type { TopRow, TopView } from '../../meter/top.js'
import { type PowerHistory, topScreen } from './top-screen.js'

function row(index: number, values: Partial<TopRow> = {}): TopRow {
  return { id: String(index), name: `work-${index}`, owner: '', watts: 1, joules: 10, share: 0.01, ...values }
}

function view(values: Partial<TopView> = {}): TopView {
  const rows = values.rows ?? Array.from({ length: 100 }, (_, index) => row(index))
  const zone = (name: TopView['zones'][number]['zone'], watts: number) =>
    ({
      zone: name,
      watts,
      low: 80,
      high: 120,
      active_watts: 40,
      idle_watts: 60,
      joules: 1,
      out_of_range: false,
    }) as const
  return {
    model: {
      kind: 'universal',
      name: 'universal-1.0',
      error: undefined,
      calibration_points: 0,
      share: { fraction: 1, origin: '' },
      assumptions: [],
    },
    utilisation: 0.5,
    steal: 0,
    gap: undefined,
    zones: [zone('psys', 100), zone('package', 70), zone('dram', 9)],
    zone: 'psys',
    kind: 'processes',
    order: 'watts',
    rows,
    count: 158,
    ...values,
  }
}

const history: PowerHistory = {
  watts: new Map([['psys', Array.from({ length: 300 }, (_, second) => 60 + second)]]),
  seconds: 299,
}
const noHistory: PowerHistory = { watts: new Map(), seconds: 0 }

describe('topScreen', () => {
  it('fits every terminal, and says how much of what it lists', () => {
    const long = view({
      rows: Array.from({ length: 100 }, (_, i) => row(i, { name: 'long-'.repeat(30), owner: 'owner' })),
    })
    for (const [columns, rows] of [
      [80, 24],
      [120, 40],
      [60, 12],
    ] as const) {
      for (const shown of [view(), long, view({ gap: 'stat is gone' })]) {
        const lines = topScreen(shown, history, { columns, rows })
        // A title over no row would be of no use.
        assert.ok(lines.length === rows || lines.length === rows - 1)
        for (const line of lines) assert.ok(stringWidth(line) <= columns, line)
        const listed = lines.filter((line) => /^\d+ /.test(line) && !/ of /.test(line)).length
        assert.equal(lines.at(-2), `${listed} of 158 processes by watts, zone psys`)
        assert.match(lines.at(-1) ?? '', /^p processes/)
      }
    }
    assert.match(topScreen(view(), history, { columns: 80, rows: 24 }).at(-1) ?? '', /q quit$/)
  })

  it('never has more lines than the terminal', () => {
    for (const rows of [1, 5, 9, 10, 11]) {
      assert.equal(topScreen(view(), history, { columns: 80, rows }).length, Math.min(rows, 10))
    }
  })

  it('keeps columns in line where names have characters of two columns, or of none', () => {
    const names = ['plain', '日本語のとても長い名前のプロセスです', 'e\u0301te\u0301', '🔥🔥🔥🔥🔥🔥🔥🔥🔥🔥🔥', '']
    const lines = topScreen(view({ rows: names.map((name, i) => row(i, { name })) }), noHistory, {
      columns: 80,
      rows: 24,
    })
    const head = lines.find((line) => line.startsWith('PID')) ?? ''
    const end = stringWidth(head.slice(0, head.indexOf('WATTS') + 5))
    const rows = lines.filter((line) => /^\d /.test(line) && !/ of /.test(line))
    assert.equal(rows.length, names.length)
    for (const line of rows) assert.equal(stringWidth(line.slice(0, line.indexOf('1.00') + 4)), end, line)
    assert.ok(!lines.join('').includes('\ufffd'))
  })

  it('draws all that it remembers into the room that there is, and says how long that is', () => {
    const lines = topScreen(view(), history, { columns: 80, rows: 24 })
    assert.match(lines.join('\n'), /IDLE {3}LAST 5 min$/m)
    assert.match(lines.join('\n'), /^psys .* ▁[▁-█]{10,}█$/m)
    assert.match(topScreen(view(), { ...history, seconds: 41.6 }, { columns: 80, rows: 24 }).join('\n'), /LAST 42 s$/m)
  })

  it('says what is not as usual: no new value, beyond the model, stolen time, nothing to list', () => {
    const [zone] = view().zones
    const lines = topScreen(
      view({
        gap: 'stat is gone',
        steal: 0.25,
        zones: [{ ...zone!, out_of_range: true }],
        rows: [],
        count: 0,
        kind: 'pods',
      }),
      noHistory,
      { columns: 80, rows: 24 },
    )
    const text = lines.join('\n')
    assert.match(text, /^processors 50% busy, 25% stolen$/m)
    assert.match(text, /^NO NEW VALUE: stat is gone$/m)
    assert.match(text, /^! is beyond what the model was made from$/m)
    assert.match(text, /^psys .* !$/m)
    assert.match(text, /^no pods seen$/m)
    assert.match(
      topScreen(view({ utilisation: undefined }), noHistory, { columns: 80, rows: 24 })[1] ?? '',
      /first reading/,
    )
  })
})
