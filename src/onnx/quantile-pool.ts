import { ModelError } from '../core/errors.js'
import type { Tree } from '../predictor/forest.js'
import type { QuantileTrees } from '../predictor/target-pool.js'
import type { GraphBuilder, Value } from './graph-builder.js'
import { elementTypes } from './onnx-file.js'
import { addTrees } from './trees.js'

/** Measurements around each sample: a row of ascending values, and a row of their weights. */
export interface Pool {
  readonly values: Value
  readonly weights: Value
  /** Sum of the weights up to each measurement, itself included. */
  readonly reached: Value
  /** The sum of the weights of any row: 1 a tree. */
  readonly total: number
}

/** Cells of the table at most: 80 MB of an ONNX file. Forests that we fit have 32 columns and some ten thousand rows. */
const mostCells = 20_000_000

/**
 * Adds what the trees hold around each sample, see `predictor/target-pool.ts`. A TreeEnsemble gives the number of the leaf
 * that a sample ends in, tree by tree; the row of that number in a table tells the measurements of the leaf.
 *
 * @param base watts that are added to residuals, one column
 * @throws ModelError `LIMIT_EXCEEDED`
 */
export function addPool(graph: GraphBuilder, x: Value, trees: QuantileTrees, base: Value): Pool {
  const leaves: Leaf[] = []
  const walks = Array.from(trees.onResiduals, (_, tree) => walkOf(trees, tree, leaves))
  const width = leaves.reduce((most, { length }) => Math.max(most, length), 0)
  if (leaves.length * width > mostCells) {
    throw new ModelError('LIMIT_EXCEEDED', `the forest keeps ${leaves.length} times ${width} measurements, too many`)
  }
  const numbers = addTrees(graph, x, walks, {
    mode: 'LEQ',
    splitOf: ({ threshold }, node) => threshold[node]!,
    leafOf: ({ leaf }, node) => leaf[node]!,
    output: 'each',
  })
  // From here on: a sample, in it a tree, in it the measurements of the leaf.
  const leaf = graph.node('Cast', [numbers], { to: elementTypes.int64 })
  const onResiduals = graph.constant(Float64Array.from(trees.onResiduals), [1, walks.length, 1])
  const added = graph.node('Mul', [graph.node('Reshape', [base, graph.integers([0, 1, 1])]), onResiduals])
  const measured = graph.node('Add', [addMeasured(graph, trees, leaves, width, leaf), added])
  const count = walks.length * width
  const inRows = (value: Value) => graph.node('Reshape', [value, graph.integers([0, count])])
  const sorted = graph.least(inRows(measured), count)
  const weights = inRows(addWeights(graph, leaves, width, leaf))
  const inOrder = graph.node('GatherElements', [weights, sorted.columns], { axis: 1 })
  return {
    values: sorted.values,
    weights: inOrder,
    reached: graph.node('CumSum', [inOrder, graph.integer(1)]),
    total: walks.length,
  }
}

/** The measurements of a leaf: indices into the targets, or behind them into the residuals. */
type Leaf = Int32Array

/** What was measured in the leaves; one with fewer measurements repeats its last. */
function addMeasured(
  graph: GraphBuilder,
  { targets, residuals }: QuantileTrees,
  leaves: readonly Leaf[],
  width: number,
  leaf: Value,
): Value {
  const table = new Int32Array(leaves.length * width)
  leaves.forEach((own, row) => {
    table.fill(own.at(-1)!, row * width, (row + 1) * width)
    table.set(own, row * width)
  })
  const levels = new Float64Array(targets.length + residuals.length)
  levels.set(targets)
  levels.set(residuals, targets.length)
  const indices = graph.node('Gather', [graph.constant(table, [leaves.length, width]), leaf], { axis: 0 })
  return graph.node('Gather', [graph.constant(levels, [levels.length]), indices], { axis: 0 })
}

/** Their weights: a leaf's add up to 1, and what is repeated has none. */
function addWeights(graph: GraphBuilder, leaves: readonly Leaf[], width: number, leaf: Value): Value {
  const lengths = graph.constant(
    Float64Array.from(leaves, ({ length }) => length),
    [leaves.length, 1],
  )
  const length = graph.node('Gather', [lengths, leaf], { axis: 0 })
  const places = graph.constant(
    Float64Array.from({ length: width }, (_, place) => place),
    [1, 1, width],
  )
  const isThere = graph.node('Cast', [graph.node('Less', [places, length])], { to: elementTypes.double })
  return graph.node('Div', [isThere, length])
}

/** A tree whose walks all end in leaves. */
interface Walk extends Tree {
  readonly threshold: Float64Array
  /** Per leaf its row of the tables. */
  readonly leaf: Int32Array
}

/** The tree as it is walked: where a walk ends in an inner node, a leaf with what that node holds is appended. */
function walkOf(trees: QuantileTrees, tree: number, leaves: Leaf[]): Walk {
  const [first, end] = [trees.treeStart[tree]!, trees.treeStart[tree + 1]!]
  const behind = trees.onResiduals[tree] ? trees.targets.length : 0
  const keep = (node: number) => {
    const pool = trees.pool.subarray(trees.poolStart[node]!, trees.poolStart[node + 1]!)
    return leaves.push(Int32Array.from(pool, (level) => behind + level)) - 1
  }
  const feature = [...trees.feature.subarray(first, end)]
  const [left, right, leaf] = [feature.map(() => -1), feature.map(() => -1), feature.map(() => -1)]
  const childOf = (node: number, child: number) => {
    if (child >= 0) return child - first
    feature.push(0)
    left.push(-1)
    right.push(-1)
    return leaf.push(keep(node)) - 1
  }
  for (let node = first; node < end; node++) {
    const own = node - first
    if (feature[own]! < 0) {
      leaf[own] = keep(node)
    } else {
      left[own] = childOf(node, trees.left[node]!)
      right[own] = childOf(node, trees.right[node]!)
    }
  }
  const numbers = (values: readonly number[]) => Int32Array.from(values)
  return {
    threshold: trees.threshold.subarray(first, end),
    feature: numbers(feature),
    left: numbers(left),
    right: numbers(right),
    leaf: numbers(leaf),
  }
}
