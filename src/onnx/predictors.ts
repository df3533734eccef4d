import type { CurvePredictor } from '../predictor/curve.js'
import type { GradientBoostingPredictor } from '../predictor/gradient-boosting.js'
import type { FittedPredictor } from '../predictor/kinds.js'
import type { KNeighborsPredictor } from '../predictor/kneighbors.js'
import type { LinearPredictor } from '../predictor/linear.js'
import type { PiecewiseLinearPredictor } from '../predictor/piecewise-linear.js'
import type { SvrPredictor } from '../predictor/svr.js'
import type { XgboostPredictor } from '../predictor/xgboost.js'
import { columnsOf, columnVector, constantColumn, rowVector } from './columns.js'
import { addSquaredDistances } from './distances.js'
import type { GraphBuilder, Value } from './graph-builder.js'
import { type ElementType, elementTypes } from './onnx-file.js'
import { addQuantileForest } from './quantile-forest.js'
import { addTrees } from './trees.js'

/** Adds a predictor: one column of watts, a row a sample of `x`. */
export function addPredictor(graph: GraphBuilder, x: Value, predictor: FittedPredictor): Value {
  switch (predictor.kind) {
    case 'linear':
      return addLinear(graph, x, predictor)
    case 'curve':
      return addCurve(graph, x, predictor)
    case 'kneighbors':
      return addNeighbors(graph, x, predictor)
    case 'svr':
      return addSupportVectors(graph, x, predictor)
    case 'gradient-boosting':
      return addGradientBoosting(graph, x, predictor)
    case 'xgboost':
      return addXgboost(graph, x, predictor)
    case 'quantile-forest':
      return addQuantileForest(graph, x, predictor)
    case 'piecewise-linear':
      return addPiecewiseLinear(graph, x, predictor)
  }
}

type LinearTerms = Pick<LinearPredictor, 'intercept' | 'coefficients'>

/** Standard operators: LinearRegressor of ai.onnx.ml has floats only. */
function addLinear(graph: GraphBuilder, x: Value, { intercept, coefficients }: LinearTerms): Value {
  const product = graph.node('MatMul', [x, columnVector(graph, coefficients)])
  return graph.node('Add', [product, intercept])
}

function addCurve(graph: GraphBuilder, x: Value, { shape, parameters, featureIndex }: CurvePredictor): Value {
  const [a = 0, b = 0, c = 0, d = 0] = parameters
  const column = columnsOf(graph, x, [featureIndex])
  const times = (value: Value, factor: number) => graph.node('Mul', [value, factor])
  const plus = (value: Value, term: number) => graph.node('Add', [value, term])
  switch (shape) {
    case 'exponential':
      return plus(times(graph.node('Exp', [times(column, b)]), a), c)
    case 'logarithmic': {
      const inner = graph.node('Max', [plus(times(column, b), 1), Number.EPSILON])
      return plus(times(graph.node('Log', [inner]), a), c)
    }
    case 'logistic': {
      const fading = graph.node('Exp', [times(plus(column, -b), -c)])
      return plus(graph.node('Div', [a, plus(fading, 1)]), d)
    }
  }
}

/** The first value, and of each rise to the next one the share that lies below the sample. */
function addPiecewiseLinear(graph: GraphBuilder, x: Value, { points, values }: PiecewiseLinearPredictor): Value {
  const widths = points.slice(1).map((point, i) => point - points[i]!)
  const rises = values.slice(1).map((value, i) => value - values[i]!)
  const shares = graph.node('Div', [
    graph.node('Sub', [x, rowVector(graph, points.slice(0, -1))]),
    rowVector(graph, widths),
  ])
  return addLinear(graph, graph.node('Clip', [shares, 0, 1]), { intercept: values[0]!, coefficients: rises })
}

/** TopK takes the lower index of equal distances, and so does the predictor. */
function addNeighbors(graph: GraphBuilder, x: Value, { samples, targets, k }: KNeighborsPredictor): Value {
  const distances = addSquaredDistances(graph, x, samples)
  const used = Math.min(k, samples.rows)
  const nearest = graph.least(distances, used).columns
  const watts = graph.node('Gather', [graph.constant(targets, [targets.length]), nearest], { axis: 0 })
  return graph.node('ReduceMean', [watts], { axes: [1], keepdims: 1 })
}

function addSupportVectors(graph: GraphBuilder, x: Value, predictor: SvrPredictor): Value {
  const { supportVectors, dualCoefficients, intercept, gamma } = predictor
  if (supportVectors.rows === 0) return constantColumn(graph, x, intercept)
  const distances = addSquaredDistances(graph, x, supportVectors)
  const kernel = graph.node('Exp', [graph.node('Mul', [distances, -gamma])])
  return addLinear(graph, kernel, { intercept, coefficients: dualCoefficients })
}

function addGradientBoosting(graph: GraphBuilder, x: Value, predictor: GradientBoostingPredictor): Value {
  const { constant, learningRate, trees } = predictor
  if (trees.length === 0) return constantColumn(graph, x, constant)
  const sum = addTrees(graph, roundedTo32Bits(graph, x), trees, {
    mode: 'LEQ',
    splitOf: ({ threshold }, node) => threshold[node]!,
    leafOf: ({ value }, node) => learningRate * value[node]!,
  })
  return graph.node('Add', [sum, constant])
}

/**
 * XGBoost adds numbers of 32 bits, one tree after another: of hundreds of watts that leaves five digits. The running sum
 * does the same, so that both round alike.
 */
function addXgboost(graph: GraphBuilder, x: Value, { baseScore, trees }: XgboostPredictor): Value {
  if (trees.length === 0) return constantColumn(graph, x, Math.fround(baseScore))
  const leaves = addTrees(graph, roundedTo32Bits(graph, x), trees, {
    mode: 'LT',
    splitOf: ({ split }, node) => split[node]!,
    leafOf: ({ leaf }, node) => leaf[node]!,
    missingLeft: ({ defaultLeft }, node) => defaultLeft[node] === 1,
    output: 'each',
  })
  const startAndLeaves = graph.node('Pad', [leaves, graph.integers([0, 1, 0, 0]), Math.fround(baseScore)])
  const sums = graph.node('CumSum', [cast(graph, startAndLeaves, 'float'), graph.integer(1)])
  return cast(graph, columnsOf(graph, sums, [trees.length]), 'double')
}

/** Both libraries compare inputs of 32 bits: rounded so, and doubles again, since scikit-learn's thresholds are doubles. */
function roundedTo32Bits(graph: GraphBuilder, x: Value): Value {
  return cast(graph, cast(graph, x, 'float'), 'double')
}

function cast(graph: GraphBuilder, x: Value, type: ElementType): Value {
  return graph.node('Cast', [x], { to: elementTypes[type] })
}
