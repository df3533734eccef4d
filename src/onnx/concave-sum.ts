import type { ConcaveSum, FeatureRange } from '../predictor/concave-sum.js'
import { columnsOf, columnVector, constantColumn, rowVector } from './columns.js'
import type { GraphBuilder, Value } from './graph-builder.js'

/** The sum at each sample, every feature clipped to the range; one column. See `concaveInside`. */
export function addConcaveInside(graph: GraphBuilder, x: Value, sum: ConcaveSum, range: FeatureRange): Value {
  const terms = termsOf(sum).map(({ saturates, feature, scale, weight }) => {
    const column = clippedToRange(graph, x, range, feature)
    return graph.node('MatMul', [addTerms(graph, column, saturates, scale), columnVector(graph, weight)])
  })
  return totalOf(graph, x, sum.intercept, terms)
}

/** How far the sum moves beyond its value at the edge of the range, by at most `limit` a term. See `concaveBeyond`. */
export function addConcaveBeyond(
  graph: GraphBuilder,
  x: Value,
  sum: ConcaveSum,
  range: FeatureRange,
  limit: number,
): Value {
  const terms = termsOf(sum).map(({ saturates, feature, scale, weight }) => {
    const given = addTerms(graph, columnsOf(graph, x, feature), saturates, scale)
    const edge = addTerms(graph, clippedToRange(graph, x, range, feature), saturates, scale)
    const change = graph.node('Mul', [graph.node('Sub', [given, edge]), rowVector(graph, weight)])
    const limited = graph.node('Clip', [change, -limit, limit])
    return graph.node('ReduceSum', [limited, graph.integers([1])])
  })
  return totalOf(graph, x, 0, terms)
}

interface Terms {
  readonly saturates: boolean
  readonly feature: readonly number[]
  readonly scale: Float64Array
  readonly weight: Float64Array
}

/** Straight terms and those that saturate, where there are any: each kind is one formula over all its terms. */
function termsOf(sum: ConcaveSum): readonly Terms[] {
  return [false, true]
    .map((saturates): Terms => {
      const own = [...sum.weight.keys()].filter((t) => (sum.saturates[t] === 1) === saturates)
      return {
        saturates,
        feature: own.map((t) => sum.feature[t]!),
        scale: Float64Array.from(own, (t) => sum.scale[t]!),
        weight: Float64Array.from(own, (t) => sum.weight[t]!),
      }
    })
    .filter(({ feature }) => feature.length > 0)
}

/** `x / scale`, or `1 - exp(-x / scale)`. */
function addTerms(graph: GraphBuilder, x: Value, saturates: boolean, scale: Float64Array): Value {
  const straight = graph.node('Div', [x, rowVector(graph, scale)])
  return saturates ? graph.node('Sub', [1, graph.node('Exp', [graph.node('Neg', [straight])])]) : straight
}

function clippedToRange(graph: GraphBuilder, x: Value, { lower, upper }: FeatureRange, feature: readonly number[]) {
  const bound = (values: Float64Array) =>
    rowVector(
      graph,
      Float64Array.from(feature, (j) => values[j]!),
    )
  return graph.node('Min', [graph.node('Max', [columnsOf(graph, x, feature), bound(lower)]), bound(upper)])
}

function totalOf(graph: GraphBuilder, x: Value, start: number, terms: readonly Value[]): Value {
  const [first, ...others] = terms
  if (first === undefined) return constantColumn(graph, x, start)
  return others.reduce((total, term) => graph.node('Add', [total, term]), graph.node('Add', [first, start]))
}
