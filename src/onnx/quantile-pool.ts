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
  /** The sum of the weights of any row: 1 a tree. */
  readonly total: number
}

/** Cells of a table at most: 80 MB of an ONNX file. Forests that we fit have 32 columns and some thousand rows. */
const mostCells = 10_000_000

/**
 * Adds what the trees hold around each sample, see `predictor/target-pool.ts`. A TreeEnsemble gives the number of the leaf
 * that a sample ends in, tree by tree, and two tables give what was measured there and its weight.
 *
 * @param base watts that are added to residuals, one column
 * @throws ModelError `LIMIT_EXCEEDED`
 */
export function addPool(graph: GraphBuilder, x: Value, trees: QuantileTrees, base: Value): Pool {
  const leaves: Float64Array[] = []
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
  const leaf = graph.node('Cast', [numbers], { to: elementTypes.int64 })
  const gathered = (cell: (measured: Float64Array, column: number) => number) => {
    const cells = new Float64Array(leaves.length * width)
    leaves.forEach((measured, row) => {
      for (let column = 0; column < width; column++) cells[row * width + column] = cell(measured, column)
    })
    return graph.node('Gather', [graph.constant(cells, [leaves.length, width]), leaf], { axis: 0 })
  }
  // Where a leaf has fewer measurements, its last one is repeated without weight.
  const measured = gathered((own, column) => own[Math.min(column, own.length - 1)]!)
  const weights = gathered((own, column) => (column < own.length ? 1 / own.length : 0))
  const onResiduals = graph.constant(Float64Array.from(trees.onResiduals), [1, walks.length, 1])
  const added = graph.node('Mul', [graph.node('Reshape', [base, graph.integers([0, 1, 1])]), onResiduals])
  const count = walks.length * width
  const inRows = (value: Value) => graph.node('Reshape', [value, graph.integers([0, count])])
  const sorted = graph.least(inRows(graph.node('Add', [measured, added])), count)
  return {
    values: sorted.values,
    weights: graph.node('GatherElements', [inRows(weights), sorted.columns], { axis: 1 }),
    total: walks.length,
  }
}

/** A tree whose walks all end in leaves. */
interface Walk extends Tree {
  readonly threshold: Float64Array
  /** Per leaf its row of the tables. */
  readonly leaf: Int32Array
}

/** The tree as it is walked: where a walk ends in an inner node, a leaf with what that node holds is appended. */
function walkOf(trees: QuantileTrees, tree: number, leaves: Float64Array[]): Walk {
  const [first, end] = [trees.treeStart[tree]!, trees.treeStart[tree + 1]!]
  const levels = trees.onResiduals[tree] ? trees.residuals : trees.targets
  const keep = (node: number) => {
    const pool = trees.pool.subarray(trees.poolStart[node]!, trees.poolStart[node + 1]!)
    return leaves.push(Float64Array.from(pool, (level) => levels[level]!)) - 1
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
