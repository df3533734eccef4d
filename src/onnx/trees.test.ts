import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Tree } from '../predictor/forest.js'
import { gradientBoostingPredictor } from '../predictor/gradient-boosting.js'
import type { FittedPredictor } from '../predictor/kinds.js'
import { xgboostPredictor } from '../predictor/xgboost.js'
import { graphBuilder } from './graph-builder.js'
import { addPredictor } from './predictors.js'
import { addTrees, type TreeReading } from './trees.js'

interface Made extends Tree {
  readonly split: readonly number[]
  readonly leaf: readonly number[]
}

/** `f1 ? 10 : (f0 ? 20 : 30)`, its nodes in the order in which they are visited. */
const tree: Made = {
  feature: Int32Array.of(1, -1, 0, -1, -1),
  left: Int32Array.of(1, -1, 3, -1, -1),
  right: Int32Array.of(2, -1, 4, -1, -1),
  split: [0.5, 0, 2.5, 0, 0],
  leaf: [0, 10, 0, 20, 30],
}
const single: Made = {
  ...{ feature: Int32Array.of(-1), left: Int32Array.of(-1), right: Int32Array.of(-1), split: [0], leaf: [7] },
}

function attributesOf(trees: readonly Made[], reading: Partial<TreeReading<Made>> = {}) {
  const graph = graphBuilder()
  addTrees(graph, 'x', trees, {
    mode: 'LEQ',
    splitOf: ({ split }, node) => split[node]!,
    leafOf: ({ leaf }, node) => leaf[node]!,
    ...reading,
  })
  const [node] = graph.nodes
  assert.deepEqual([node?.operator, node?.domain, node?.inputs], ['TreeEnsemble', 'ai.onnx.ml', ['x']])
  return node!.attributes
}

describe('trees as attributes of TreeEnsemble', () => {
  it('have nodes and leaves of their own numbers', () => {
    assert.deepEqual(attributesOf([tree]), {
      aggregate_function: 1,
      n_targets: 1,
      tree_roots: [0],
      nodes_modes: { dims: [2], data: Uint8Array.of(0, 0) },
      nodes_featureids: [1, 0],
      nodes_splits: { dims: [2], data: Float64Array.of(0.5, 2.5) },
      nodes_truenodeids: [0, 1],
      nodes_trueleafs: [1, 1],
      nodes_falsenodeids: [1, 2],
      nodes_falseleafs: [0, 1],
      leaf_targetids: [0, 0, 0],
      leaf_weights: { dims: [3], data: Float64Array.of(10, 20, 30) },
    })
  })

  it('go on from one tree to the next, and have a column each where that is wanted', () => {
    const { tree_roots, n_targets, nodes_truenodeids, nodes_falsenodeids, leaf_targetids, leaf_weights } = attributesOf(
      [tree, single, tree],
      { output: 'each' },
    )
    assert.deepEqual([tree_roots, n_targets], [[0, 2, 3], 3])
    assert.deepEqual(nodes_truenodeids, [0, 1, 3, 5, 6])
    assert.deepEqual(nodes_falsenodeids, [1, 2, 4, 4, 7])
    assert.deepEqual(leaf_targetids, [0, 0, 0, 1, 1, 2, 2, 2])
    assert.deepEqual(leaf_weights, { dims: [8], data: Float64Array.of(10, 20, 30, 7, 7, 10, 20, 30) })
  })

  it('of one leaf alone split nothing: both ways are that leaf', () => {
    const { nodes_featureids, nodes_splits, nodes_trueleafs, nodes_falseleafs } = attributesOf([single])
    assert.deepEqual([nodes_featureids, nodes_trueleafs, nodes_falseleafs], [[0], [1], [1]])
    assert.deepEqual(nodes_splits, { dims: [1], data: Float64Array.of(0) })
  })

  it('go left below the split only where they say so, and with what is missing where that is told', () => {
    const { nodes_modes, nodes_missing_value_tracks_true } = attributesOf([tree, single], {
      mode: 'LT',
      missingLeft: (_, node) => node === 2,
    })
    assert.deepEqual(nodes_modes, { dims: [3], data: Uint8Array.of(1, 1, 1) })
    assert.deepEqual(nodes_missing_value_tracks_true, [0, 1, 0])
    assert.ok(!('nodes_missing_value_tracks_true' in attributesOf([tree], { missingLeft: () => false })))
  })

  it('of XGBoost and of scikit-learn are each in its own way', () => {
    const attributes = (predictor: FittedPredictor) => {
      const graph = graphBuilder()
      addPredictor(graph, 'x', predictor)
      return graph.nodes.find(({ operator }) => operator === 'TreeEnsemble')!.attributes
    }
    const shape = { feature: tree.feature, left: tree.left, right: tree.right }
    const boosted = {
      ...{ ...shape, split: Float32Array.from(tree.split), leaf: Float32Array.from(tree.leaf) },
      ...{ defaultLeft: Uint8Array.of(0, 0, 1, 0, 0), gain: new Float32Array(5), cover: new Float32Array(5) },
    }
    const xgboost = attributes(xgboostPredictor({ baseScore: 0.5, featureCount: 2, trees: [boosted, boosted] }))
    assert.deepEqual([xgboost.n_targets, xgboost.leaf_targetids], [2, [0, 0, 0, 1, 1, 1]])
    assert.deepEqual(xgboost.nodes_modes, { dims: [4], data: Uint8Array.of(1, 1, 1, 1) })
    assert.deepEqual(xgboost.nodes_missing_value_tracks_true, [0, 1, 0, 1])
    const grown = { ...shape, threshold: Float64Array.from(tree.split), value: Float64Array.from(tree.leaf) }
    const gradient = attributes(
      gradientBoostingPredictor({ constant: 1, learningRate: 0.5, featureCount: 2, trees: [grown] }),
    )
    assert.deepEqual([gradient.n_targets, gradient.leaf_targetids], [1, [0, 0, 0]])
    assert.deepEqual(gradient.nodes_modes, { dims: [2], data: Uint8Array.of(0, 0) })
    assert.deepEqual(gradient.leaf_weights, { dims: [3], data: Float64Array.of(5, 10, 15) })
    assert.ok(!('nodes_missing_value_tracks_true' in gradient))
  })
})
