import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type uPlot from 'uplot'
import { type PlotOptions, plotOptions, plotWidth } from './plot-options.js'

const wanted: PlotOptions = {
  x: [0, 50, 100],
  lines: [],
  isTime: false,
  xLabel: 'Load',
  xUnit: '%',
  height: 300,
  onCursor: () => {},
}
const colors: Readonly<Record<string, string>> = {
  '--muted': '#111111',
  '--line': '#222222',
  '--one': '#aabbcc',
  '--two': '#000000',
}
const surroundings = { width: 640, fontFamily: 'Sans', color: (name: string) => colors[name] ?? '' }
const made = (more: Partial<PlotOptions> = {}) => plotOptions({ ...wanted, ...more }, surroundings)
const nobody = undefined as unknown as uPlot

describe('a chart', () => {
  it('has a series a line behind the one of its axis, in the colour of the style sheet', () => {
    const { options, data } = made({
      lines: [
        { label: 'a', color: '--one', values: [1, 2, null] },
        { label: 'b', color: '--two', values: [3, 4, 5], dashed: true },
      ],
    })
    assert.deepEqual(data, [
      [0, 50, 100],
      [1, 2, null],
      [3, 4, 5],
    ])
    const plain = { width: 2.5, points: { show: false } }
    assert.deepEqual(options.series, [
      {},
      { label: 'a', stroke: '#aabbcc', ...plain },
      { label: 'b', stroke: '#000000', ...plain, dash: [7, 4] },
    ])
    assert.deepEqual(options.bands, [])
  })

  it('is as large as it is told, with room for its last label, and leaves legend and points to the page', () => {
    const { width, height, padding, legend, cursor } = made({ height: 250 }).options
    assert.deepEqual([width, height], [640, 250])
    assert.deepEqual(
      padding?.map((side) => Number(side) > 0),
      [true, true, false, false],
    )
    assert.deepEqual(legend, { show: false })
    // The line at the cursor is upright, and nothing is chosen by dragging it.
    assert.deepEqual(cursor, { y: false, drag: { x: false, y: false }, points: { show: false } })
  })

  it('has a band between the edges of an interval, below its line', () => {
    const line = (low: number) => ({ values: [low + 1], low: [low], high: [low + 2] })
    const { options, data } = made({
      x: [0],
      lines: [
        { label: 'a', color: '--one', ...line(1) },
        { label: 'b', color: '--two', ...line(10) },
      ],
    })
    assert.deepEqual(data, [[0], [1], [3], [2], [10], [12], [11]])
    // 0.16 and 0.5 of 255 in hexadecimal digits.
    assert.deepEqual(options.bands, [
      { series: [2, 1], fill: '#aabbcc29' },
      { series: [5, 4], fill: '#00000029' },
    ])
    const edge = { stroke: '#aabbcc80', width: 1, points: { show: false } }
    assert.deepEqual(options.series.slice(1, 3), [edge, edge])
  })

  it('has no band where an edge is not known', () => {
    const half = { label: 'a', color: '--one', values: [1], low: [0] }
    assert.equal(made({ x: [0], lines: [half] }).data.length, 2)
  })

  it('begins at nothing, with room above, also where all is nothing', () => {
    const { scales } = made().options
    const range = (name: string, low: number, high: number) => {
      const of = scales?.[name]?.range
      return typeof of === 'function' ? of(nobody, low, high, name) : undefined
    }
    assert.deepEqual(range('y', 20, 100), [0, 106])
    assert.deepEqual(range('y', 0, 0), [0, 1.06])
    assert.deepEqual(range('x', 5, 50), [5, 50])
  })

  it('labels an axis with its unit, in round steps, and one of time by itself', () => {
    const [load, power] = made().options.axes ?? []
    assert.deepEqual([load?.label, power?.label, load?.incrs], ['Load', 'Watts', [10, 20, 50, 100]])
    const values = typeof load?.values === 'function' ? load.values(nobody, [0, 50], 0, 0, 0) : undefined
    assert.deepEqual(values, ['0 %', '50 %'])
    assert.deepEqual(
      [load?.stroke, load?.grid, load?.ticks],
      ['#111111', { stroke: '#222222', width: 1 }, { stroke: '#222222', width: 1 }],
    )
    assert.deepEqual([load?.font, power?.labelFont], ['12px Sans', '12px Sans'])
    const { options } = made({ isTime: true })
    assert.deepEqual(
      [options.scales?.x?.time, options.axes?.[0]?.incrs, options.axes?.[0]?.values],
      [true, undefined, undefined],
    )
    assert.equal(made().options.scales?.x?.time, false)
  })

  it('tells where the cursor is, also at the first point, and when it leaves', () => {
    const seen: (number | undefined)[] = []
    const hook = made({ onCursor: (index) => seen.push(index) }).options.hooks?.setCursor?.[0]
    for (const idx of [3, 0, null]) hook?.({ cursor: { idx } } as unknown as uPlot)
    assert.deepEqual(seen, [3, 0, undefined])
  })

  it('is as large as its place, not moved by a drag, and without a legend', () => {
    const { width, height, legend, cursor } = made().options
    assert.deepEqual(
      [width, height, legend, cursor],
      [...[640, 300, { show: false }], { y: false, drag: { x: false, y: false }, points: { show: false } }],
    )
    assert.deepEqual(
      [100, 200, 201].map((clientWidth) => plotWidth({ clientWidth })),
      [200, 200, 201],
    )
  })
})
