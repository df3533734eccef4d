import type { GraphNode, Tensor } from './onnx-graph.js'

/** TreeEnsemble of ai.onnx.ml 5, as far as sums go. */
export function treeEnsemble(x: Tensor, { attributes }: GraphNode): Tensor {
  const integers = (name: string) => attributes.get(name) as readonly number[]
  const tensor = (name: string) => (attributes.get(name) as Tensor).data
  const modes = tensor('nodes_modes')
  const splits = tensor('nodes_splits')
  const features = integers('nodes_featureids')
  const missing = attributes.get('nodes_missing_value_tracks_true') as readonly number[] | undefined
  const [trueIds, trueLeafs] = [integers('nodes_truenodeids'), integers('nodes_trueleafs')]
  const [falseIds, falseLeafs] = [integers('nodes_falsenodeids'), integers('nodes_falseleafs')]
  const targets = attributes.get('n_targets') as number
  const [leafTargets, leafWeights] = [integers('leaf_targetids'), tensor('leaf_weights')]
  for (const list of [splits, features, trueIds, trueLeafs, falseIds, falseLeafs, missing ?? modes]) {
    if (list.length !== modes.length) throw new Error(`${modes.length} nodes, ${list.length} values`)
  }
  if (leafTargets.length !== leafWeights.length) throw new Error('leaves without a target')
  if (attributes.get('aggregate_function') !== 1) throw new Error('sums only')
  const [rows = 0, columns = 0] = x.dims
  const data = new Array<number>(rows * targets).fill(0)

  function leafOf(row: number, root: number): number {
    for (let node = root; ; ) {
      const value = x.data[row * columns + features[node]!]!
      const split = splits[node]!
      const isTrue = Number.isNaN(value) ? missing?.[node] === 1 : modes[node] === 0 ? value <= split : value < split
      const next = (isTrue ? trueIds : falseIds)[node]!
      if ((isTrue ? trueLeafs : falseLeafs)[node] === 1) return next
      node = next
    }
  }

  for (let row = 0; row < rows; row++) {
    for (const root of integers('tree_roots')) {
      const leaf = leafOf(row, root)
      data[row * targets + leafTargets[leaf]!]! += leafWeights[leaf]!
    }
  }
  return { type: x.type, dims: [rows, targets], data }
}
