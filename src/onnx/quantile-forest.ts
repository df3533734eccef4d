import { conformalRadius } from '../numeric/quantile.js'
import type { FeatureRange } from '../predictor/concave-sum.js'
import { cutShare, levelShare, type QuantileForestPredictor, tail } from '../predictor/quantile-forest.js'
import { columnsOf, constantColumn, rowVector } from './columns.js'
import { addConcaveBeyond, addConcaveInside } from './concave-sum.js'
import type { GraphBuilder, Operand, Value } from './graph-builder.js'
import { elementTypes } from './onnx-file.js'
import { addPool, type Pool } from './quantile-pool.js'

/** Watts and the bounds of their interval, one column each. */
export interface IntervalValues {
  readonly watts: Value
  readonly lower: Value
  readonly upper: Value
}

/** Adds what a quantile forest predicts, see `predictor/quantile-forest.ts`. */
export function addQuantileForest(graph: GraphBuilder, x: Value, model: QuantileForestPredictor): Value {
  return addParts(graph, x, model).watts
}

/** The same with the forest's own interval. */
export function addQuantileForestInterval(
  graph: GraphBuilder,
  x: Value,
  model: QuantileForestPredictor,
  coverage: number,
): IntervalValues {
  const { watts, middle, pool, shift, beyond, scaled } = addParts(graph, x, model)
  const add = (a: Operand, b: Operand) => graph.node('Add', [a, b])
  const low = add(quantile(graph, pool, tail), shift)
  const high = add(quantile(graph, pool, 1 - tail), shift)
  const halfWidth = add(graph.node('Div', [graph.node('Sub', [high, low]), 2]), model.leastHalfWidth)
  const score = conformalRadius(model.scores, coverage * levelShare)
  const wider = add(graph.node('Mul', [halfWidth, score]), graph.node('Abs', [beyond]))
  const lowest = graph.node('Min', [middle, graph.node('Sub', [low, wider])])
  return {
    watts,
    lower: scaled(graph.node('Max', [lowest, 0])),
    upper: scaled(graph.node('Max', [middle, add(high, wider), 0])),
  }
}

function addParts(graph: GraphBuilder, x: Value, model: QuantileForestPredictor) {
  const { base, range, trust, span, trees, fallsToZero } = model
  const pool = addPool(graph, x, trees, addConcaveInside(graph, x, base, range))
  const beyond = graph.node('Clip', [addConcaveBeyond(graph, x, base, range, span), -span, span])
  const shift = graph.node('Mul', [beyond, trust])
  const middle = graph.node('Add', [trimmedMean(graph, pool, cutShare), shift])
  const ramp = fallsToZero ? zeroRamp(graph, x, range) : undefined
  const scaled = (watts: Value) => (ramp === undefined ? watts : graph.node('Mul', [watts, ramp]))
  return { pool, beyond, shift, middle, scaled, watts: scaled(graph.node('Max', [middle, 0])) }
}

/** The mean of what is left when a share `cut` of the weight is taken from each end; see `numeric/weighted-values.ts`. */
function trimmedMean(graph: GraphBuilder, { values, weights, reached, total }: Pool, cut: number): Value {
  const passed = graph.node('Sub', [reached, weights])
  const end = graph.node('Min', [reached, (1 - cut) * total])
  const part = graph.node('Max', [graph.node('Sub', [end, graph.node('Max', [passed, cut * total])]), 0])
  const sum = (x: Value) => graph.node('ReduceSum', [x, graph.integers([1])])
  return graph.node('Div', [sum(graph.node('Mul', [part, values])), sum(part)])
}

/** The least value at which a share `q` of the weight is reached; sums of weights are rounded, so almost is enough. */
function quantile(graph: GraphBuilder, { values, reached, total }: Pool, q: number): Value {
  const isReached = graph.node('GreaterOrEqual', [reached, (q - 1e-12) * total])
  const flags = graph.node('Cast', [isReached], { to: elementTypes.double })
  // The first of the greatest.
  const first = graph.node('ArgMax', [flags], { axis: 1, keepdims: 1 })
  return graph.node('GatherElements', [values, first], { axis: 1 })
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
