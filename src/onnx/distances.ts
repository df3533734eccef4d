import type { Matrix } from '../numeric/matrix.js'
import { columnsOf, rowVector } from './columns.js'
import type { GraphBuilder, Value } from './graph-builder.js'

/**
 * Squared Euclidean distances: a row a sample of `x`, a column a row of `points`. Features are added one after another, as
 * the predictors do, so that distances are equal to the last bit and ties stay ties; and no tensor has three dimensions.
 */
export function addSquaredDistances(graph: GraphBuilder, x: Value, points: Matrix): Value {
  const ofFeature = Array.from({ length: points.cols }, (_, j) => {
    const column = columnsOf(graph, x, [j])
    const coordinates = Float64Array.from({ length: points.rows }, (_, i) => points.data[i * points.cols + j]!)
    const difference = graph.node('Sub', [column, rowVector(graph, coordinates)])
    return graph.node('Mul', [difference, difference])
  })
  return ofFeature.reduce((sum, square) => graph.node('Add', [sum, square]))
}
