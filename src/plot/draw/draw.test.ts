import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import type { Chart, Layer, Panel } from '../chart.js'
import { themes } from '../themes.js'
import { chartSvg, type SvgOptions } from './chart-svg.js'
import { panelHeight } from './draw-panel.js'
import { legendSvg } from './legend.js'
import { type PlotLibrary, plotLibrary } from './plot-library.js'

const theme = themes.light
const watts = { label: 'power (W)', scale: 'linear' } as const
const time = { label: 'time (UTC)', scale: 'time' } as const
const colour = 'series-1'

describe('the legend', () => {
  const legend = (layers: readonly Layer[], width = 1000) =>
    legendSvg({ panels: [{ x: watts, y: watts, layers }] }, theme, { x: 10, y: 20, width })
  const points = (symbol: 'circle' | 'triangle' | 'square' | 'diamond', faint = false): Layer => ({
    ...{ kind: 'points', x: [], y: [], colour, symbol, faint, name: `${symbol} ${faint}` },
  })

  it('shows each kind of layer as it is drawn', () => {
    const shapes: readonly (readonly [Layer, RegExp])[] = [
      [{ kind: 'line', x: [], y: [], colour, name: 'a' }, /<path d="M0,6H22"[^>]*stroke-width="2" \/>/],
      [{ kind: 'line', x: [], y: [], colour, dashed: true, name: 'a' }, /stroke-dasharray="6 4"/],
      [{ kind: 'rule', at: { x: 1 }, colour, name: 'a' }, /stroke-dasharray="3 3"/],
      [{ kind: 'band', x: [], low: [], high: [], colour, name: 'a' }, /fill-opacity="0\.3"/],
      [{ kind: 'band', x: [], low: [], high: [], colour, solid: true, name: 'a' }, /fill-opacity="0\.9"/],
      [{ kind: 'span', spans: [], colour, name: 'a' }, /fill-opacity="0\.25"/],
      [{ kind: 'interval', category: [], low: [], high: [], middle: [], colour, name: 'a' }, /d="M11,0V12"/],
      [points('circle'), /<circle cx="11" cy="6" r="4" fill="none"/],
      [points('circle', true), new RegExp(`<circle cx="11" cy="6" r="4" fill="${theme.roles[colour]}"`)],
      [points('triangle'), /d="M11,1L16,10H6Z"/],
      [points('square'), /<rect x="7" y="2" width="8" height="8"/],
      [points('diamond'), /d="M11,0L16,6L11,12L6,6Z"/],
    ]
    for (const [layer, shape] of shapes) {
      const { svg, height } = legend([layer])
      assert.match(svg, shape)
      assert.ok(svg.includes(theme.roles[colour]))
      assert.equal(height, 20)
    }
  })

  it('has each name and colour once, and layers without a name not at all', () => {
    const line = { kind: 'line', x: [], y: [], colour } as const
    assert.deepEqual(legend([line]), { svg: '', height: 0 })
    const { svg } = legend([
      { ...line, name: 'a' },
      { ...line, name: 'a' },
      { ...line, name: 'a', colour: 'idle' },
    ])
    assert.equal(svg.split('<text').length - 1, 2)
  })

  it('goes on in a new line where there is no room', () => {
    const line = (name: string) => ({ kind: 'line', x: [], y: [], colour, name }) as const
    // A swatch of 28 pixels and ten letters of 6.84 take 96.4, and 18 more until the next.
    const at = (width: number) =>
      [...legend([line('1234567890'), line('abcdefghij')], width).svg.matchAll(/translate\((\d+),(\d+)\)/g)].map(
        ([, x, y]) => [Number(x), Number(y)],
      )
    assert.deepEqual(at(211), [
      [10, 20],
      [124, 20],
    ])
    assert.deepEqual(at(210), [
      [10, 20],
      [10, 40],
    ])
    assert.equal(legend([line('1234567890'), line('abcdefghij')], 210).height, 40)
    assert.deepEqual(at(1)[0], [10, 20])
  })
})

describe('panels', () => {
  let library: PlotLibrary
  before(async () => {
    library = await plotLibrary()
  })
  const draw = (panels: readonly Panel[], options: Partial<SvgOptions> = {}, more: Partial<Chart> = {}) =>
    chartSvg(library, { title: 'T', notes: [], panels, ...more }, { theme, ...options })
  const texts = (svg: string) => [...svg.matchAll(/<(?:text|tspan)[^>]*>([^<]+)</g)].map(([, text]) => text ?? '')
  const line = (x: readonly number[], y: readonly number[]): Layer => ({ kind: 'line', x, y, colour })

  it('are as high as their rows, or taller where there is one alone', () => {
    const panel = (y: Panel['y']): Panel => ({ x: watts, y, layers: [] })
    assert.deepEqual([panelHeight(panel(watts), true), panelHeight(panel(watts), false)], [340, 220])
    assert.deepEqual([panelHeight(panel(['a']), true), panelHeight(panel(['a', 'b']), false)], [82, 108])
    assert.equal(panelHeight(panel([]), true), 82)
  })

  it('have few letters for numbers of any size', () => {
    const ticks = (most: number) => texts(draw([{ x: watts, y: watts, layers: [line([0, 1], [0, most])] }]))
    for (const [most, tick] of [
      [5e13, '50T'],
      [5e9, '5G'],
      [5e6, '5M'],
      [5e4, '50k'],
      [5000, '5000'],
      [0.5, '0.5'],
      [0.0005, '5e-4'],
      [5e15, '5e+15'],
    ] as const) {
      assert.ok(ticks(most).includes(tick), `${most}: ${ticks(most).join(' ')}`)
    }
  })

  it('have as much of a time as tells the ticks apart', () => {
    const ticks = (seconds: number) =>
      texts(draw([{ x: time, y: watts, layers: [line([0, seconds], [0, 1])] }])).join(' ')
    assert.match(ticks(200), /00:0\d:\d\d/)
    assert.match(ticks(3600), /00:15(?!:)/)
    assert.match(ticks(86_400), /01-01/)
    assert.doesNotMatch(ticks(86_400), /1970-01/)
    assert.match(ticks(10 * 86_400), /1970-01-0/)
  })

  it('begin at zero where they shall, and have room where there is nothing', () => {
    const first = (axis: Panel['x'], y: readonly number[]) =>
      texts(draw([{ x: watts, y: axis, layers: [line([0, 1], y)] }])).includes('0')
    assert.equal(first({ ...watts, fromZero: true }, [100, 101]), true)
    const empty = texts(draw([{ x: watts, y: watts, layers: [line([0, 1], [0, Number.NaN])] }]))
    assert.ok(empty.includes('0.5') || empty.includes('1'), empty.join(' '))
  })

  it('stand in two columns where there are four and room, and no categories', () => {
    const columns = (count: number, width: number, y: Panel['y'] = watts) => {
      const svg = draw(
        Array.from({ length: count }, () => ({ x: watts, y, layers: [] })),
        { width },
      )
      return new Set([...svg.matchAll(/<svg x="(\d+)"|<svg [^>]*? x="(\d+)"/g)].map(([, a, b]) => a ?? b)).size
    }
    assert.deepEqual([columns(4, 720), columns(3, 720), columns(4, 719), columns(4, 720, ['a'])], [2, 1, 1, 1])
  })

  it('have coordinates to a tenth of a pixel', () => {
    const svg = draw([{ x: watts, y: watts, layers: [line([0, 1, 2], [1 / 3, 2 / 3, 1 / 7])] }])
    assert.doesNotMatch(svg, / (?:d|x|y|transform)="[^"]*\d\.\d{2}(?!em)/)
  })

  it('show their layers', () => {
    const layers: readonly Layer[] = [
      { kind: 'span', spans: [{ from: 1, to: 2 }], colour: 'left-out' },
      { kind: 'band', x: [0, 1], low: [0, 0], high: [1, 1], colour: 'idle', solid: true },
      { kind: 'points', x: [1, 2, 3], y: [1, 2, 3], colour: 'series-2', faint: true },
      { kind: 'points', x: [1, 2], y: [1, 2], colour: 'series-3' },
      { kind: 'rule', at: { y: 2 }, colour: 'warning' },
      { ...line([0, 1], [0, 1]), kind: 'line', dashed: true } as Layer,
    ]
    const svg = draw([{ x: watts, y: watts, layers }])
    assert.ok(svg.includes(theme.roles['left-out']) && svg.includes('fill-opacity="0.2"'))
    assert.ok(svg.includes('fill-opacity="0.9"') && svg.includes('fill-opacity="0.35"'))
    assert.ok(svg.includes('stroke-dasharray="6 4"') && svg.includes('stroke-dasharray="3 3"'))
    // What is faint is filled, and other points are rings.
    const dots = [...svg.matchAll(/<g( [^>]*aria-label="dot"[^>]*)>(.*?)<\/g>/gs)].map(
      ([, style = '', circles = '']) => [
        ...['fill', 'stroke', 'stroke-width'].map((name) => new RegExp(` ${name}="([^"]+)"`).exec(style)?.[1]),
        [...circles.matchAll(/ r="([\d.]+)"/g)].map(([, r]) => Number(r)),
      ],
    )
    assert.deepEqual(dots, [
      [theme.roles['series-2'], undefined, undefined, [2, 2, 2]],
      ['none', theme.roles['series-3'], '1.5', [3.5, 3.5]],
    ])
  })

  it('have a span and a band over the part of the axis that they are of', () => {
    const frame = line([0, 100], [0, 100])
    const span: Layer = { kind: 'span', spans: [{ from: 25, to: 75 }], colour: 'left-out' }
    const band: Layer = { kind: 'band', x: [25, 75], low: [0, 0], high: [50, 100], colour: 'idle' }
    const svg = draw([{ x: watts, y: watts, layers: [frame, span, band] }])
    const path = (text: string) => [...text.matchAll(/-?[\d.]+/g)].map(Number)
    const [x0 = 0, y0 = 0, x100 = 0, y100 = 0] = path(/stroke-width="1\.8"[^>]*><path d="([^"]+)"/.exec(svg)?.[1] ?? '')
    const at = (share: number) => x0 + share * (x100 - x0)
    const rect = /fill-opacity="0\.2"[^>]*><rect ([^>]+)>/.exec(svg)?.[1] ?? ''
    const [width, left] = [/ width="([\d.]+)"/.exec(rect)?.[1], / x="([\d.]+)"/.exec(rect)?.[1]]
    assert.ok(Math.abs(Number(left) - at(0.25)) < 1, `${rect} of ${x0} to ${x100}`)
    assert.ok(Math.abs(Number(width) - (at(0.75) - at(0.25))) < 1.5)
    // Along the top from half to full height, and back along the bottom.
    const area = path(/aria-label="area"[^>]*><path d="([^"]+)"/.exec(svg)?.[1] ?? '')
    const expected = [at(0.25), (y0 + y100) / 2, at(0.75), y100, at(0.75), y0, at(0.25), y0]
    assert.ok(
      expected.every((value, i) => Math.abs(value - area[i]!) < 1),
      `${area} is not ${expected}`,
    )
  })

  it('leave as much room for categories as their names need', () => {
    const left = (name: string) => {
      const layers: Layer[] = [{ kind: 'interval', category: [name], low: [0], high: [10], middle: [5], colour }]
      const x1 = /<line[^>]* x1="([\d.]+)"/.exec(draw([{ x: watts, y: [name], layers }]))?.[1]
      return Number(x1)
    }
    const [short, long] = [left('ab'), left('ab'.repeat(10))]
    assert.ok(long > short + 100 && long < 860 / 2, `${short} and ${long}`)
  })

  it('say what they are to those who do not see them, and have a background of their own or none', () => {
    const svg = draw([], {}, { subtitle: 'under', notes: ['a note'] })
    assert.match(svg, /<desc id="chart-description">under a note<\/desc>/)
    assert.match(svg, new RegExp(`<rect width="860" height="\\d+" fill="${theme.background}"/>`))
    assert.doesNotMatch(draw([], { theme: { ...theme, background: 'none' } }), /<rect/)
    const height = (text: string) => Number(/height="(\d+)"/.exec(text)?.[1])
    assert.equal(height(draw([], {}, { notes: ['a'] })) - height(draw([])), 14)
    assert.equal(height(draw([])) - height(draw([], { titled: false })), 20)
  })
})
