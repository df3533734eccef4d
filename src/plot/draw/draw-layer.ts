import type { Layer, PointLayer } from '../chart.js'
import type { Theme } from '../themes.js'
import type { PlotLibrary } from './plot-library.js'

type Mark = ReturnType<PlotLibrary['marks']['dot']>

/** How values of the axes are given to the library. */
export interface Scales {
  readonly x: (value: number) => number | Date
}

const faintOpacity = { light: 0.35, solid: 0.9, band: 0.22, span: 0.2 }

/** The marks of a layer, as Observable Plot takes them. */
export function marksOf({ marks }: PlotLibrary, layer: Layer, { roles }: Theme, { x }: Scales): readonly Mark[] {
  const colour = roles[layer.colour]
  switch (layer.kind) {
    case 'line':
      return [
        marks.lineY(indices(layer.x.length), {
          x: (i: number) => x(layer.x[i]!),
          y: (i: number) => layer.y[i]!,
          stroke: colour,
          strokeWidth: 1.8,
          ...(layer.dashed ? { strokeDasharray: '6 4' } : {}),
        }),
      ]
    case 'band':
      return [
        marks.areaY(indices(layer.x.length), {
          x: (i: number) => x(layer.x[i]!),
          y1: (i: number) => layer.low[i]!,
          y2: (i: number) => layer.high[i]!,
          fill: colour,
          fillOpacity: layer.solid ? faintOpacity.solid : faintOpacity.band,
        }),
      ]
    case 'points':
      return [pointMark(marks, layer, colour, x)]
    case 'interval': {
      const rows = indices(layer.category.length)
      const category = (i: number) => layer.category[i]!
      const ends = { y: category, x1: (i: number) => x(layer.low[i]!), x2: (i: number) => x(layer.high[i]!) }
      return [
        marks.ruleY(rows, { ...ends, stroke: colour, strokeWidth: 8, strokeOpacity: faintOpacity.light }),
        marks.tickX(rows, {
          y: category,
          x: (i: number) => x(layer.middle[i]!),
          stroke: colour,
          strokeWidth: 2.5,
          inset: 3,
        }),
      ]
    }
    case 'span':
      return [
        marks.rectX(layer.spans, {
          x1: ({ from }: { readonly from: number }) => x(from),
          x2: ({ to }: { readonly to: number }) => x(to),
          fill: colour,
          fillOpacity: faintOpacity.span,
        }),
      ]
    case 'rule': {
      const style = { stroke: colour, strokeDasharray: '3 3', strokeWidth: 1.5 }
      return ['x' in layer.at ? marks.ruleX([x(layer.at.x)], style) : marks.ruleY([layer.at.y], style)]
    }
  }
}

function pointMark(
  marks: PlotLibrary['marks'],
  { x: xs, y: ys, symbol = 'circle', faint }: PointLayer,
  colour: string,
  x: Scales['x'],
): Mark {
  return marks.dot(indices(xs.length), {
    x: (i: number) => x(xs[i]!),
    y: (i: number) => ys[i],
    symbol,
    ...(faint
      ? { r: 2, fill: colour, fillOpacity: faintOpacity.light, stroke: 'none' }
      : { r: 3.5, stroke: colour, strokeWidth: 1.5, fill: 'none' }),
  })
}

function indices(length: number): readonly number[] {
  return Array.from({ length }, (_, i) => i)
}
