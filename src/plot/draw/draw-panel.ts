import type { Axis, Layer, Panel } from '../chart.js'
import { plainText } from '../plain-text.js'
import type { Theme } from '../themes.js'
import { marksOf } from './draw-layer.js'
import type { DrawnElement, PlotLibrary } from './plot-library.js'
import { roundedNumbers } from './rounded-numbers.js'
import { textWidth } from './text-lines.js'

export const fontSize = 12
const margin = { top: 10, right: 16, bottom: 46, left: 62 }
const rowHeight = 26
const pixelsPerTick = { x: 95, y: 42 }

/** The height that a panel wants. */
export function panelHeight({ y }: Panel, alone: boolean): number {
  if (isCategories(y)) return margin.top + margin.bottom + rowHeight * Math.max(1, y.length)
  return alone ? 340 : 220
}

/** Draws one panel as an SVG element with these sizes. */
export function drawPanel(
  library: PlotLibrary,
  panel: Panel,
  theme: Theme,
  { width, height }: { readonly width: number; readonly height: number },
): DrawnElement {
  const { x, y, layers } = panel
  const names = isCategories(y) ? y : []
  const most = Math.floor(width / 2.6 / textWidth('x', fontSize))
  const shown = new Map(names.map((name) => [name, plainText(name, most)]))
  const widest = Math.max(0, ...[...shown.values()].map((name) => 1.12 * textWidth(name, fontSize)))
  const marginLeft = isCategories(y) ? Math.ceil(widest) + 16 : margin.left
  const toX = x.scale === 'time' ? (seconds: number) => new Date(1000 * seconds) : (value: number) => value
  const svg = library.plot({
    width,
    height,
    marginLeft,
    marginTop: margin.top,
    marginRight: margin.right,
    marginBottom: margin.bottom,
    style: { fontFamily: 'inherit', fontSize: `${fontSize}px`, color: theme.text, background: 'none' },
    x: {
      ...scaleOf(x, layers, 'x'),
      ...(x.scale === 'time' ? { tickFormat: timeFormat(panel.layers) } : {}),
      ticks: Math.max(2, Math.round((width - marginLeft) / pixelsPerTick.x)),
      labelAnchor: 'center',
      labelArrow: 'none',
      labelOffset: 38,
    },
    y: isCategories(y)
      ? { type: 'band', domain: [...y], label: null, tickFormat: (name: string) => shown.get(name) ?? '', tickSize: 0 }
      : {
          ...scaleOf(y, layers, 'y'),
          ticks: Math.max(3, Math.round(height / pixelsPerTick.y)),
          labelAnchor: 'center',
          labelArrow: 'none',
          labelOffset: 54,
        },
    marks: [
      library.marks.gridX({ stroke: theme.grid, strokeOpacity: 1 }),
      isCategories(y)
        ? library.marks.ruleY([...y], { stroke: theme.grid, strokeOpacity: 0.6 })
        : library.marks.gridY({ stroke: theme.grid, strokeOpacity: 1 }),
      ...layers.flatMap((layer) => marksOf(library, layer, theme, { x: toX })),
    ],
  })
  for (const style of svg.querySelectorAll('style')) style.remove()
  roundedNumbers(svg)
  return svg
}

function scaleOf({ label, scale, fromZero }: Axis, layers: readonly Layer[], along: 'x' | 'y') {
  if (scale === 'time') return { label, type: 'utc' as const }
  if (scale === 'log') return { label, type: scale, tickFormat: shownNumber }
  const nothing = layers.every((layer) =>
    valuesAlong(layer, along).every((value) => value === 0 || Number.isNaN(value)),
  )
  return {
    label,
    type: scale,
    tickFormat: shownNumber,
    nice: true,
    ...(fromZero ? { zero: true } : {}),
    // A scale from 0 to 0 has no room for a line.
    ...(nothing ? { domain: [0, 1] } : {}),
  }
}

function valuesAlong(layer: Layer, along: 'x' | 'y'): readonly number[] {
  switch (layer.kind) {
    case 'line':
      return along === 'x' ? layer.x : layer.y
    case 'band':
      return along === 'x' ? layer.x : [...layer.low, ...layer.high]
    case 'points':
      return along === 'x' ? layer.x : layer.y.filter((value) => typeof value === 'number')
    case 'interval':
      return along === 'x' ? [...layer.low, ...layer.middle, ...layer.high] : []
    case 'span':
    case 'rule':
      return []
  }
}

const day = 86_400

/** As much of a time as tells the ticks of the axis from each other. */
function timeFormat(layers: readonly Layer[]): (time: Date) => string {
  const times = layers.flatMap((layer) => ('x' in layer ? layer.x : [])).filter(Number.isFinite)
  const first = times.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
  const seconds = times.reduce((a, b) => Math.max(a, b), first) - first
  return (time) => {
    const text = time.toISOString()
    if (seconds > 4 * day) return text.slice(0, 10)
    if (seconds > day / 2) return `${text.slice(5, 10)}\n${text.slice(11, 16)}`
    return seconds < 300 ? text.slice(11, 19) : text.slice(11, 16)
  }
}

/** Few letters for numbers of any size: usage per second has ten digits. */
function shownNumber(value: number): string {
  const size = Math.abs(value)
  if (size === 0) return '0'
  if (size >= 1e15) return value.toExponential(0)
  if (size >= 1e4 || size < 1e-3) {
    const units: readonly (readonly [number, string])[] = [
      [1e12, 'T'],
      [1e9, 'G'],
      [1e6, 'M'],
      [1e3, 'k'],
    ]
    const [by, unit] = units.find(([least]) => size >= least) ?? [1, '']
    return unit === '' ? value.toExponential(0) : `${Number((value / by).toPrecision(3))}${unit}`
  }
  return String(Number(value.toPrecision(4)))
}

function isCategories(y: Panel['y']): y is readonly string[] {
  return Array.isArray(y)
}
