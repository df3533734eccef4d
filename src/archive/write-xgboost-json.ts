import type { XgboostModel, XgboostTree } from '../predictor/xgboost.js'

/** What XGBoost writes as the parent of a root. */
const noParent = 2147483647

/** A model in the JSON that XGBoost itself loads (schema of version 1.7). */
export function writeXgboostJson({ baseScore, trees, featureCount }: XgboostModel): string {
  return stringify({
    learner: {
      attributes: {},
      feature_names: [],
      feature_types: [],
      gradient_booster: {
        model: {
          gbtree_model_param: { num_parallel_tree: '1', num_trees: String(trees.length), size_leaf_vector: '0' },
          tree_info: trees.map(() => 0),
          trees: trees.map((tree, id) => treeDocument(tree, id, featureCount)),
        },
        name: 'gbtree',
      },
      learner_model_param: {
        base_score: String(baseScore),
        boost_from_average: '1',
        num_class: '0',
        num_feature: String(featureCount),
        num_target: '1',
      },
      objective: { name: 'reg:squarederror', reg_loss_param: { scale_pos_weight: '1' } },
    },
    version: [1, 7, 4],
  })
}

function treeDocument(tree: XgboostTree, id: number, featureCount: number): object {
  const nodes = Array.from(tree.left, (_, node) => node)
  const isLeaf = (node: number): boolean => tree.left[node]! < 0
  const parents = new Array<number>(nodes.length).fill(noParent)
  for (const node of nodes) {
    if (isLeaf(node)) continue
    parents[tree.left[node]!] = node
    parents[tree.right[node]!] = node
  }
  return {
    base_weights: floats(tree.leaf),
    categories: [],
    categories_nodes: [],
    categories_segments: [],
    categories_sizes: [],
    default_left: [...tree.defaultLeft],
    id,
    left_children: [...tree.left],
    loss_changes: floats(tree.gain),
    parents,
    right_children: nodes.map((node) => (isLeaf(node) ? -1 : tree.right[node]!)),
    split_conditions: floats(nodes.map((node) => (isLeaf(node) ? tree.leaf[node]! : tree.split[node]!))),
    split_indices: nodes.map((node) => (isLeaf(node) ? 0 : tree.feature[node]!)),
    split_type: nodes.map(() => 0),
    sum_hessian: floats(tree.cover),
    tree_param: {
      num_deleted: '0',
      num_feature: String(featureCount),
      num_nodes: String(nodes.length),
      size_leaf_vector: '0',
    },
  }
}

/** XGBoost tells floats from integers by how they are written and refuses a `0` among floats: `0.0` is wanted. */
const floatMark = '\u0001'
const marked = /"\\u0001([^"]*)"/g

function floats(values: ArrayLike<number>): string[] {
  return Array.from(values, (value) => {
    const text = String(value)
    return `${floatMark}${/[.e]/.test(text) ? text : `${text}.0`}`
  })
}

/** JSON in which marked strings are numbers. */
function stringify(document: object): string {
  return JSON.stringify(document).replace(marked, '$1')
}
