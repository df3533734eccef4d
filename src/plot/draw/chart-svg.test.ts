import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inflateSync } from 'node:zlib'
import { xmlFault } from '../../../test/support/xml-fault.js'
import type { Chart } from '../chart.js'
import { themes } from '../themes.js'
import { chartSvg } from './chart-svg.js'
import { plotLibrary } from './plot-library.js'
import { pngRenderer } from './png.js'

const hostile = '<script>alert("1")</script> & \u0007\u202e ]]> \' --> שלום'
const numbers = { label: 'power (W)', scale: 'linear' } as const
const line = { kind: 'line', x: [0, 1, 2], y: [1, Number.NaN, 3], colour: 'measured', name: 'measured' } as const
const time = { label: 'time (UTC)', scale: 'time' } as const

const everything: Chart = {
  title: `Everything ${hostile}`,
  subtitle: 'x'.repeat(300),
  notes: [hostile],
  panels: [
    {
      title: hostile,
      x: time,
      y: { ...numbers, fromZero: true },
      layers: [
        { kind: 'span', spans: [{ from: 1, to: 2 }], colour: 'left-out', name: 'left out' },
        { kind: 'band', x: [0, 1, 2], low: [0, 1, 2], high: [2, 3, 4], colour: 'estimated', name: 'interval' },
        { kind: 'band', x: [0, 1], low: [0, 0], high: [1, 1], colour: 'idle', solid: true, name: 'idle' },
        line,
        { ...line, dashed: true, colour: 'estimated', name: hostile },
        { kind: 'points', x: [1], y: [2], colour: 'series-1', symbol: 'diamond', faint: true, name: 'a row' },
        { kind: 'rule', at: { y: 2 }, colour: 'warning', name: 'normal' },
        { kind: 'rule', at: { x: 1 }, colour: 'warning' },
      ],
    },
    {
      x: { label: 'error (W)', scale: 'log' },
      y: ['a', hostile, 'y'.repeat(300)],
      layers: [
        { kind: 'interval', category: ['a', hostile], low: [1, 2], high: [3, 4], middle: [2, 3], colour: 'series-1' },
        { kind: 'points', x: [1, 2], y: ['a', hostile], colour: 'series-2', symbol: 'triangle', name: 'workload' },
      ],
    },
    { x: numbers, y: numbers, layers: [] },
    { x: numbers, y: { ...numbers, fromZero: true }, layers: [{ ...line, x: [0, 0], y: [0, 0] }] },
  ],
}

describe('chartSvg', () => {
  it('is well-formed XML that runs nothing and refers to nothing, whatever names there are', async () => {
    const library = await plotLibrary()
    for (const theme of [themes.light, themes.dark]) {
      for (const width of [300, 860]) {
        const svg = chartSvg(library, everything, { theme, width })
        assert.equal(xmlFault(svg), undefined)
        assert.doesNotMatch(svg, /<(script|style|image|use|foreignObject|a)\b|\bon\w+="|href|url\(/i)
        assert.match(svg, new RegExp(`^<svg [^>]*width="${width}" height="\\d+"`))
      }
    }
  })

  it('has a title, a description, axes with units and a legend', async () => {
    const svg = chartSvg(await plotLibrary(), everything, { theme: themes.light, id: 'own' })
    assert.match(svg, /aria-labelledby="own-title own-description"/)
    assert.match(svg, /<title id="own-title">Everything &lt;script&gt;/)
    const texts = [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map(([, text]) => text)
    for (const label of ['power (W)', 'time (UTC)', 'error (W)']) assert.ok(texts.includes(label), label)
    const legend = /class="legend">([\s\S]*?<\/g>)<\/g>/.exec(svg)?.[1] ?? ''
    for (const name of ['measured', 'interval', 'left out', 'idle', 'normal', 'workload']) {
      assert.match(legend, new RegExp(`>${name}<`))
    }
    const untitled = chartSvg(await plotLibrary(), everything, { theme: themes.light, titled: false })
    assert.doesNotMatch(untitled, /font-weight="bold">Everything/)
  })

  it('shows times of a day by the clock of 24 hours', async () => {
    const x = [0, 3600, 7200, 10_800].map((second) => 1_700_000_000 + second)
    const chart: Chart = {
      title: 't',
      notes: [],
      panels: [{ x: time, y: numbers, layers: [{ ...line, x, y: [1, 2, 3, 4] }] }],
    }
    assert.match(chartSvg(await plotLibrary(), chart, { theme: themes.light }), />23:00</)
  })
})

describe('pngRenderer', () => {
  it('draws a picture of the size that is asked for, with text', async () => {
    const svg = chartSvg(await plotLibrary(), everything, { theme: themes.dark, width: 500 })
    const height = Number(/height="(\d+)"/.exec(svg)?.[1])
    const png = Buffer.from((await pngRenderer())(svg, 2))
    assert.equal(png.subarray(1, 4).toString(), 'PNG')
    assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [1000, 2 * height])
    const text = (words: string) =>
      `<svg xmlns="http://www.w3.org/2000/svg" width="90" height="20"><text y="15" font-family="sans-serif">${words}</text></svg>`
    const render = await pngRenderer()
    const blank = inked(render(text(' '), 1))
    for (const words of ['Power', 'שלום', 'مرحبا', 'Ω µ']) {
      assert.ok(inked(render(text(words), 1)) > blank + 40, words)
    }
    // Letters, not the box that stands for a letter that a font lacks.
    assert.notDeepEqual(render(text('ש'), 1), render(text('ל'), 1))
  })
})

/** How many bytes of the pixels of a PNG are not 0, which is how an empty one is. */
function inked(bytes: Uint8Array): number {
  const png = Buffer.from(bytes)
  const data: Buffer[] = []
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT')
      data.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)))
  }
  return inflateSync(Buffer.concat(data)).filter((byte) => byte !== 0).length
}
