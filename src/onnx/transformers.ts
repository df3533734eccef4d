import type { FittedTransformer } from '../predictor/kinds.js'
import type { PolynomialFeatures } from '../predictor/polynomial.js'
import { divisorOf } from '../predictor/scalers.js'
import { columnsOf, rowVector } from './columns.js'
import type { GraphBuilder, Value } from './graph-builder.js'

/** Adds a transformer: `x` has a row a sample, and so has the result. */
export function addTransformer(graph: GraphBuilder, x: Value, transformer: FittedTransformer): Value {
  switch (transformer.kind) {
    case 'max-abs':
      return graph.node('Div', [x, rowVector(graph, divisorOf(transformer.scale))])
    case 'min-max': {
      const scaled = graph.node('Add', [
        graph.node('Mul', [x, rowVector(graph, transformer.scale)]),
        rowVector(graph, transformer.min),
      ])
      const { clip } = transformer
      return clip ? graph.node('Clip', [scaled, clip[0], clip[1]]) : scaled
    }
    case 'standard':
      return graph.node('Div', [
        graph.node('Sub', [x, rowVector(graph, transformer.mean)]),
        rowVector(graph, divisorOf(transformer.scale)),
      ])
    case 'polynomial':
      return addPolynomial(graph, x, transformer)
  }
}

/** Each column is a product of `degree` columns of `[x, 1]`: the column of ones stands in where a product is shorter. */
function addPolynomial(graph: GraphBuilder, x: Value, { columns, degree, inputCount }: PolynomialFeatures): Value {
  const withOnes = graph.node('Pad', [x, graph.integers([0, 0, 0, 1]), 1])
  const factors = Array.from({ length: degree }, (_, d) => columns.map((column) => column[d] ?? inputCount))
  return factors
    .map((indices) => columnsOf(graph, withOnes, indices))
    .reduce((product, factor) => graph.node('Mul', [product, factor]))
}
