import { type InputRange, maxDistance, widthOf } from '../predictor/input-range.js'
import type { ComponentUncertainty } from '../predictor/uncertainty.js'
import { columnsOf, columnVector, constantColumn, rowVector } from './columns.js'
import type { GraphBuilder, Value } from './graph-builder.js'
import type { IntervalValues } from './quantile-forest.js'

/** Inputs as `estimate` takes them: what cannot be, below 0 or more than the machine could do, is the nearest that can. */
export function addPossibleInputs(
  graph: GraphBuilder,
  x: Value,
  features: readonly string[],
  ranges: readonly InputRange[],
): Value {
  const bound = (of: (range: InputRange) => number, byDefault: number) => {
    const found = (feature: string) => ranges.find((range) => range.feature === feature)
    const values = features.map((feature) => {
      const range = found(feature)
      return range === undefined ? byDefault : of(range)
    })
    return rowVector(graph, Float64Array.from(values))
  }
  const highest = bound(({ limit }) => limit, Number.MAX_VALUE)
  const lowest = bound(({ lower }) => Math.min(0, lower), -Number.MAX_VALUE)
  return graph.node('Max', [graph.node('Min', [x, highest]), lowest])
}

/** How far each sample lies outside the range of training, in widths of the range: the largest of its features. */
export function addDistances(
  graph: GraphBuilder,
  x: Value,
  features: readonly string[],
  ranges: readonly InputRange[],
): Value {
  const known = ranges.filter(({ feature }) => features.includes(feature))
  if (known.length === 0) return constantColumn(graph, x, 0)
  const row = (of: (range: InputRange) => number) => rowVector(graph, Float64Array.from(known, of))
  const values = columnsOf(
    graph,
    x,
    known.map(({ feature }) => features.indexOf(feature)),
  )
  const above = graph.node('Sub', [values, row(({ upper }) => upper)])
  const below = graph.node('Sub', [row(({ lower }) => lower), values])
  const widths = graph.node('Div', [graph.node('Max', [above, below, 0]), row(widthOf)])
  return graph.node('Min', [graph.node('ReduceMax', [widths], { axes: [1], keepdims: 1 }), maxDistance])
}

/** The interval around watts, wider outside the range of training; see `predictor/uncertainty.ts`. */
export function addInterval(
  graph: GraphBuilder,
  watts: Value,
  distance: Value,
  { table, range }: ComponentUncertainty,
): IntervalValues {
  const bound = (offsets: readonly number[], sign: number) => {
    const wider = graph.node('Mul', [
      interpolated(graph, watts, table.levels, offsets),
      graph.node('Add', [distance, 1]),
    ])
    const outside = graph.node('Mul', [distance, sign * range])
    return graph.node('Max', [graph.node('Add', [graph.node('Add', [watts, wider]), outside]), 0])
  }
  return { watts, lower: bound(table.lower, -1), upper: bound(table.upper, 1) }
}

/** Watts between two levels that are one: a step. */
const leastWidth = 1e-9

/** Linear between levels, constant beyond the first and the last: the first value, and the share of each rise so far. */
function interpolated(graph: GraphBuilder, watts: Value, levels: readonly number[], values: readonly number[]): Value {
  const starts = levels.slice(0, -1)
  const first = values[0] ?? 0
  if (starts.length === 0) return constantColumn(graph, watts, first)
  const widths = Float64Array.from(starts, (level, k) => Math.max(levels[k + 1]! - level, leastWidth))
  const slopes = Float64Array.from(starts, (_, k) => (values[k + 1]! - values[k]!) / widths[k]!)
  const above = graph.node('Max', [graph.node('Sub', [watts, rowVector(graph, Float64Array.from(starts))]), 0])
  const within = graph.node('Min', [above, rowVector(graph, widths)])
  return graph.node('Add', [graph.node('MatMul', [within, columnVector(graph, slopes)]), first])
}
