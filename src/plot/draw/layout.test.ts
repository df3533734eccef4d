import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import type { Chart, Layer, Panel } from '../chart.js'
import { themes } from '../themes.js'
import { chartSvg, type SvgOptions } from './chart-svg.js'
import { type PlotLibrary, plotLibrary } from './plot-library.js'

const theme = themes.light
const watts = { label: 'power (W)', scale: 'linear' } as const
const time = { label: 'time (UTC)', scale: 'time' } as const
const colour = 'series-1'
const line = (x: readonly number[], y: readonly number[]): Layer => ({ kind: 'line', x, y, colour })
const empty: Panel = { x: watts, y: watts, layers: [] }

let library: PlotLibrary
before(async () => {
  library = await plotLibrary()
})
const draw = (panels: readonly Panel[], options: Partial<SvgOptions> = {}, more: Partial<Chart> = {}) =>
  chartSvg(library, { title: 'T', notes: [], panels, ...more }, { theme, ...options })
const texts = (svg: string) => [...svg.matchAll(/<(?:text|tspan)[^>]*>([^<]+)</g)].map(([, text]) => text ?? '')
const numberIn = (text: string, name: string) => Number(new RegExp(` ${name}="([\\d.]+)"`).exec(text)?.[1])
/** Left, top, width and height of each panel. */
const boxes = (svg: string) =>
  [...svg.matchAll(/<svg ([^>]*)>/g)]
    .slice(1)
    .map(([, tag = '']) => ['x', 'y', 'width', 'height'].map((name) => numberIn(` ${tag}`, name)))
const heightOf = (svg: string) => numberIn(svg, 'height')
/** What is written in bold: the titles, with where they stand. */
const titles = (svg: string) =>
  [...svg.matchAll(/<text x="(\d+)" y="(\d+)" font-size="(\d+)"[^>]*font-weight="bold"[^>]*>([^<]+)</g)].map(
    ([, x, y, size, text]) => [Number(x), Number(y), Number(size), text],
  )

describe('the layout of a chart', () => {
  it('has panels under each other over the whole width', () => {
    const [first, second] = boxes(draw([empty, empty]))
    // The title takes 20 pixels below the edge of 14, and 8 and 4 are between.
    assert.deepEqual(first, [14, 46, 832, 220])
    assert.deepEqual(second, [14, 46 + 220 + 12, 832, 220])
    assert.equal(heightOf(draw([empty, empty])), 46 + 2 * 232 - 4 + 14)
    assert.deepEqual(boxes(draw([empty])), [[14, 46, 832, 340]])
  })

  it('has two columns of half the width, with an edge between', () => {
    const panels = boxes(draw(Array(5).fill(empty)))
    assert.deepEqual(
      panels.map(([x, y, width]) => [x, y, width]),
      [
        [14, 46, 409],
        [437, 46, 409],
        [14, 278, 409],
        [437, 278, 409],
        [14, 510, 409],
      ],
    )
  })

  it('has the titles of panels above them, in as many lines as the longest of the row needs', () => {
    const titled = (title: string): Panel => ({ ...empty, title })
    const svg = draw([titled('one'), titled('two words'), empty, empty], { titled: false })
    assert.deepEqual(titles(svg), [
      [14, 22 + 13, 13, 'one'],
      [437, 22 + 13, 13, 'two words'],
    ])
    // 17 pixels a line; the second row has none.
    assert.deepEqual(
      boxes(svg).map(([, y]) => y),
      [22 + 17 + 4, 22 + 17 + 4, 22 + 17 + 232 + 4, 22 + 17 + 232 + 4],
    )
    const long = draw([titled(`${'word '.repeat(12)}`), titled('short'), empty, empty], { titled: false, width: 720 })
    const lines = titles(long)
    assert.deepEqual(
      lines.map(([x, y]) => [x, y]),
      [
        [14, 35],
        [14, 52],
        [367, 35],
      ],
    )
    assert.ok(
      boxes(long)
        .slice(0, 2)
        .every(([, y]) => y === 22 + 34 + 4),
    )
  })

  it('is as high as its title, subtitle, legend, panels and notes', () => {
    const bare = heightOf(draw([empty], { titled: false }))
    assert.equal(heightOf(draw([empty])) - bare, 20)
    assert.equal(heightOf(draw([empty], { titled: false }, { subtitle: 's' })) - bare, 15)
    assert.equal(heightOf(draw([empty], { titled: false }, { notes: ['a', 'b'] })) - bare, 28)
    // A line of the legend and 12 in place of 8.
    const named: Panel = { ...empty, layers: [{ ...line([0, 1], [0, 1]), name: 'n' } as Layer] }
    assert.equal(heightOf(draw([named], { titled: false })) - bare, 24)
    assert.match(draw([named], { titled: false }), /<g transform="translate\(14,24\)">/)
  })

  it('breaks and shortens long texts', () => {
    const of = (more: Partial<Chart>) => texts(draw([empty], {}, more)).filter((text) => /^x+/.test(text))
    // 832 pixels are 91 letters of the title's size, 121 of the subtitle's and 132 of a note's.
    assert.deepEqual(
      of({ title: 'x'.repeat(140) }).map(({ length }) => length),
      [91, 49],
    )
    assert.deepEqual(
      of({ subtitle: 'x'.repeat(122) }).map(({ length }) => length),
      [121, 1],
    )
    assert.deepEqual(
      of({ notes: ['x'.repeat(133)] }).map(({ length }) => length),
      [132, 1],
    )
    const shortened = (more: Partial<Chart>) => of(more).join('').replace('…', '').length
    assert.equal(shortened({ title: 'x'.repeat(141) }), 139)
    assert.equal(shortened({ notes: ['x'.repeat(400)] }), 400)
    assert.equal(shortened({ notes: ['x'.repeat(401)] }), 399)
  })

  it('has panels without styles of their own, which screen readers pass over', () => {
    const panels = [...draw([empty, empty]).matchAll(/<svg ([^>]*)>/g)].slice(1).map(([, tag = '']) => tag)
    assert.equal(panels.length, 2)
    for (const tag of panels) {
      assert.doesNotMatch(tag, /\b(?:class|style|font-family)="/)
      assert.match(tag, /aria-hidden="true"/)
      assert.match(tag, /font-size="12"/)
      assert.ok(tag.includes(`fill="${theme.text}"`))
    }
  })

  it('ends with its last tag and one new line, without empty lines', () => {
    const svg = draw([empty], { theme: { ...theme, background: 'none' } })
    assert.ok(svg.endsWith('</svg>\n') && !svg.includes('\n\n'))
    assert.match(draw([empty]), /<desc id="chart-description"><\/desc>/)
  })
})

describe('the axes of a panel', () => {
  const panelOf = (layer: Layer, more: Partial<Panel> = {}): Panel => ({ x: watts, y: watts, layers: [layer], ...more })
  const unit = panelOf(line([0, 1], [0, 1]))

  it('have more ticks where there is more room', () => {
    const count = (label: RegExp, panels: readonly Panel[], width = 860) =>
      new Set(texts(draw(panels, { width })).filter((text) => label.test(text))).size
    const shares = /^(?:0|1|0\.\d+)$/
    assert.ok(count(shares, [unit], 4000) > 30)
    // 210 pixels are two steps, 340 of height eight and 220 five.
    const narrow = panelOf(line([0, 1], [0, 0]), { y: ['a'] })
    assert.deepEqual(
      [300, 860].map((width) => count(shares, [narrow], width)),
      [3, 11],
    )
    const high = (panels: readonly Panel[]) => {
      const only = panels.map((panel) => ({ ...panel, x: { ...watts, scale: 'time' as const } }))
      return count(shares, only)
    }
    assert.deepEqual([high([unit]), high([unit, unit])], [11, 6])
  })

  it('go from 0 to 1 where all values are 0, and as far as the values where one is not', () => {
    const hasOne = (layer: Layer, more: Partial<Panel> = {}) => texts(draw([panelOf(layer, more)])).includes('0.5')
    const band = (x: number, low: number, high: number): Layer => ({
      ...{ kind: 'band', x: [0, x], low: [0, low], high: [0, high], colour },
    })
    const points = (x: number, y: number): Layer => ({ kind: 'points', x: [0, x], y: [0, y], colour })
    for (const still of [line([0, 0], [0, Number.NaN]), band(0, 0, 0), points(0, 0)]) assert.ok(hasOne(still))
    for (const moves of [line([0, 80], [0, 80]), band(80, 80, 0), band(80, 0, 80), points(80, 80)]) {
      assert.ok(!hasOne(moves), JSON.stringify(moves))
    }
    const interval = (low: number, middle: number, high: number): Layer => ({
      ...{ kind: 'interval', category: ['a'], low: [low], middle: [middle], high: [high], colour },
    })
    assert.ok(hasOne(interval(0, 0, 0), { y: ['a'] }))
    for (const moves of [interval(-80, 0, 0), interval(0, 0, 80), interval(-80, -80, 0)]) {
      assert.ok(!hasOne(moves, { y: ['a'] }))
    }
  })

  it('show of a time what tells its ticks apart', () => {
    const ticks = (seconds: number) =>
      texts(draw([panelOf(line([0, seconds], [0, 1]), { x: time })])).filter((text) => /\d[:-]\d/.test(text))
    const day = 86_400
    assert.ok(ticks(299).every((text) => /^\d\d:\d\d:\d\d$/.test(text)))
    for (const seconds of [300, day / 2]) assert.ok(ticks(seconds).every((text) => /^\d\d:\d\d$/.test(text)))
    for (const seconds of [day / 2 + 1, 4 * day]) {
      const both = ticks(seconds)
      assert.ok(both.includes('01-01') && both.includes('00:00'), both.join(' '))
    }
    assert.ok(ticks(4 * day + 1).every((text) => /^1970-01-\d\d$/.test(text)))
  })

  it('show numbers of any size and sign', () => {
    const shown = (from: number, to: number) => texts(draw([panelOf(line([0, 1], [from, to]))]))
    for (const [from, to, tick] of [
      [0, 1e4, '10k'],
      [0, 9000, '9000'],
      [-5e4, 0, '-50k'],
      [0, 0.001, '0.001'],
      [0, 0.0009, '9e-4'],
      [0, 1e6, '1M'],
      [0, 1e9, '1G'],
      [0, 1e12, '1T'],
      [0, 1e15, '1e+15'],
      [1.2345e4, 1.2346e4, '12.3k'],
    ] as const) {
      assert.ok(shown(from, to).includes(tick), `${tick}: ${shown(from, to).join(' ')}`)
    }
    assert.ok(shown(100, 101).includes('100.2') && shown(-1, 1).includes('0'))
  })

  it('are logarithmic where they shall be', () => {
    const log = { label: 'error (W)', scale: 'log' } as const
    const ticks = texts(draw([panelOf(line([1, 1e6], [0, 1]), { x: log })]))
    for (const tick of ['1', '100', '10k', '1M']) assert.ok(ticks.includes(tick), ticks.join(' '))
  })

  it('name categories in as many letters as fit', () => {
    const shown = (name: string, width: number) =>
      texts(draw([panelOf(line([0, 1], [0, 1]), { y: [name] })], { width })).find((text) => text.startsWith('c'))
    // 320 pixels of 832 are 46 letters.
    assert.equal(shown('c'.repeat(46), 860), 'c'.repeat(46))
    assert.equal(shown('c'.repeat(47), 860)?.length, 46)
    assert.equal(shown('c'.repeat(47), 4000), 'c'.repeat(47))
  })
})
