import type { FeatureRange } from '../predictor/concave-sum.js'
import { cutShare, type QuantileForestPredictor } from '../predictor/quantile-forest.js'
import { columnsOf, constantColumn, rowVector } from './columns.js'
import { addConcaveBeyond, addConcaveInside } from './concave-sum.js'
import type { GraphBuilder, Value } from './graph-builder.js'
import { elementTypes } from './onnx-file.js'
import { addPool, type Pool } from './quantile-pool.js'

/** Adds what a quantile forest predicts, see `predictor/quantile-forest.ts`. */
export function addQuantileForest(graph: GraphBuilder, x: Value, model: QuantileForestPredictor): Value {
  const { base, range, trust, span, trees, fallsToZero } = model
  const pool = addPool(graph, x, trees, addConcaveInside(graph, x, base, range))
  const beyond = graph.node('Clip', [addConcaveBeyond(graph, x, base, range, span), -span, span])
  const shift = graph.node('Mul', [beyond, trust])
  const watts = graph.node('Max', [graph.node('Add', [trimmedMean(graph, pool, cutShare), shift]), 0])
  return fallsToZero ? graph.node('Mul', [watts, zeroRamp(graph, x, range)]) : watts
}

/** The mean of what is left when a share `cut` of the weight is taken from each end. See `trimmedMean`. */
function trimmedMean(graph: GraphBuilder, { values, weights, total }: Pool, cut: number): Value {
  const next = graph.node('CumSum', [weights, graph.integer(1)])
  const passed = graph.node('Sub', [next, weights])
  const end = graph.node('Min', [next, (1 - cut) * total])
  const part = graph.node('Max', [graph.node('Sub', [end, graph.node('Max', [passed, cut * total])]), 0])
  const sum = (x: Value) => graph.node('ReduceSum', [x, graph.integers([1])])
  return graph.node('Div', [sum(graph.node('Mul', [part, values])), sum(part)])
}

/** How much of the watts is left below the smallest usage that was seen, 0 to 1: the closest feature decides. */
function zeroRamp(graph: GraphBuilder, x: Value, { lower }: FeatureRange): Value {
  const features = [...lower.keys()]
  const [atZero, above] = [features.filter((j) => lower[j]! <= 0), features.filter((j) => lower[j]! > 0)]
  if (above.length === 0) return constantColumn(graph, x, 1)
  const least = rowVector(
    graph,
    Float64Array.from(above, (j) => lower[j]!),
  )
  const shares = [graph.node('Div', [columnsOf(graph, x, above), least])]
  if (atZero.length > 0) {
    // A feature that was seen at 0 counts as soon as it is above.
    const isAbove = graph.node('Greater', [columnsOf(graph, x, atZero), 0])
    shares.push(graph.node('Cast', [isAbove], { to: elementTypes.double }))
  }
  const closest = shares.map((share) => graph.node('ReduceMax', [share], { axes: [1], keepdims: 1 }))
  return graph.node('Clip', [graph.node('Max', closest), 0, 1])
}
