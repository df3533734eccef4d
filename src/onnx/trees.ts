import type { Tree } from '../predictor/forest.js'
import type { GraphBuilder, Value } from './graph-builder.js'

/** How an ensemble reads a tree. */
export interface TreeReading<T extends Tree> {
  /** Where a value goes left: `LEQ` is `x <= split` (scikit-learn), `LT` is `x < split` (XGBoost). */
  readonly mode: keyof typeof modes
  readonly splitOf: (tree: T, node: number) => number
  readonly leafOf: (tree: T, node: number) => number
  /** Whether a value that is not a number goes left. @default never */
  readonly missingLeft?: (tree: T, node: number) => boolean
  /** One column with the sum over all trees, or a column a tree. @default 'sum' */
  readonly output?: 'sum' | 'each'
}

/** `nodes_modes` of TreeEnsemble. */
const modes = { LEQ: 0, LT: 1 } as const
/** `aggregate_function` of TreeEnsemble: the outputs of trees are added. */
const addOutputs = 1

/** What the trees give, in doubles: TreeEnsemble of ai.onnx.ml 5, since its predecessor answers in floats. */
export function addTrees<T extends Tree>(
  graph: GraphBuilder,
  x: Value,
  trees: readonly T[],
  reading: TreeReading<T>,
): Value {
  const { nodes, leaves } = layoutOf(trees, reading)
  const count = nodes.feature.length
  return graph.mlNode('TreeEnsemble', [x], {
    aggregate_function: addOutputs,
    n_targets: reading.output === 'each' ? trees.length : 1,
    tree_roots: nodes.roots,
    nodes_modes: { dims: [count], data: new Uint8Array(count).fill(modes[reading.mode]) },
    nodes_featureids: nodes.feature,
    nodes_splits: { dims: [count], data: Float64Array.from(nodes.split) },
    nodes_truenodeids: nodes.left.ids,
    nodes_trueleafs: nodes.left.isLeaf,
    nodes_falsenodeids: nodes.right.ids,
    nodes_falseleafs: nodes.right.isLeaf,
    ...(nodes.missingLeft.includes(1) && { nodes_missing_value_tracks_true: nodes.missingLeft }),
    leaf_targetids: reading.output === 'each' ? leaves.tree : leaves.tree.map(() => 0),
    leaf_weights: { dims: [leaves.value.length], data: Float64Array.from(leaves.value) },
  })
}

interface Branches {
  readonly ids: number[]
  /** 1 where the id is that of a leaf. */
  readonly isLeaf: number[]
}

/** Nodes and leaves of all trees, each in one list. */
interface Layout {
  readonly nodes: {
    readonly roots: number[]
    readonly feature: number[]
    readonly split: number[]
    readonly missingLeft: number[]
    readonly left: Branches
    readonly right: Branches
  }
  readonly leaves: { readonly tree: number[]; readonly value: number[] }
}

function layoutOf<T extends Tree>(trees: readonly T[], reading: TreeReading<T>): Layout {
  const branches = (): Branches => ({ ids: [], isLeaf: [] })
  const nodes = { roots: [], feature: [], split: [], missingLeft: [], left: branches(), right: branches() }
  const layout: Layout = { nodes, leaves: { tree: [], value: [] } }
  trees.forEach((tree, index) => {
    layout.nodes.roots.push(layout.nodes.feature.length)
    if (tree.left[0]! < 0) addSingleLeaf(layout, index, reading.leafOf(tree, 0))
    else addTree(layout, index, tree, reading)
  })
  return layout
}

function addTree<T extends Tree>(
  { nodes, leaves }: Layout,
  index: number,
  tree: T,
  { splitOf, leafOf, missingLeft }: TreeReading<T>,
): void {
  const isLeaf = (node: number) => tree.left[node]! < 0
  // Where each node of the tree stands, among the nodes or among the leaves.
  const place = new Int32Array(tree.feature.length)
  for (let node = 0; node < place.length; node++) {
    if (isLeaf(node)) {
      leaves.tree.push(index)
      place[node] = leaves.value.push(leafOf(tree, node)) - 1
    } else {
      place[node] = nodes.feature.push(tree.feature[node]!) - 1
      nodes.split.push(splitOf(tree, node))
      nodes.missingLeft.push(missingLeft?.(tree, node) ? 1 : 0)
    }
  }
  const addBranch = ({ ids, isLeaf: flags }: Branches, child: number) => {
    ids.push(place[child]!)
    flags.push(isLeaf(child) ? 1 : 0)
  }
  for (let node = 0; node < place.length; node++) {
    if (isLeaf(node)) continue
    addBranch(nodes.left, tree.left[node]!)
    addBranch(nodes.right, tree.right[node]!)
  }
}

/** A root must split: here both ways lead to the same value. */
function addSingleLeaf({ nodes, leaves }: Layout, index: number, value: number): void {
  nodes.feature.push(0)
  nodes.split.push(0)
  nodes.missingLeft.push(0)
  for (const { ids, isLeaf } of [nodes.left, nodes.right]) {
    leaves.tree.push(index)
    ids.push(leaves.value.push(value) - 1)
    isLeaf.push(1)
  }
}
