import type { GraphBuilder, Value } from './graph-builder.js'

/** Columns of a table, by their numbers, in that order. */
export function columnsOf(graph: GraphBuilder, x: Value, columns: readonly number[]): Value {
  return graph.node('Gather', [x, graph.integers(columns)], { axis: 1 })
}

/** A constant with a value a column. */
export function rowVector(graph: GraphBuilder, values: Float64Array): Value {
  return graph.constant(values, [1, values.length])
}

/** A constant with a value a row. */
export function columnVector(graph: GraphBuilder, values: Float64Array): Value {
  return graph.constant(values, [values.length, 1])
}

/** A column with the same number for every sample. */
export function constantColumn(graph: GraphBuilder, x: Value, value: number): Value {
  return graph.node('Add', [graph.node('Mul', [columnsOf(graph, x, [0]), 0]), value])
}
