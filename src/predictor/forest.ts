/** Trees as nodes in arrays, the root first. A leaf has `left[node] === -1`. */
export interface Tree {
  readonly feature: Int32Array
  readonly left: Int32Array
  readonly right: Int32Array
}

/** All trees in one set of arrays: neighbouring memory, and one shape for the compiler. */
export interface Forest {
  readonly roots: Int32Array
  readonly feature: Int32Array
  /** What a split compares with; what a leaf gives. */
  readonly number: Float64Array
  /** The node where smaller values go, or -1 for a leaf. */
  readonly left: Int32Array
  readonly right: Int32Array
}

/** Joins trees; `numberOf` gives a split's threshold and a leaf's value. */
export function joinTrees<T extends Tree>(
  trees: readonly T[],
  numberOf: (tree: T, node: number, leaf: boolean) => number,
): Forest {
  const size = trees.reduce((sum, { feature }) => sum + feature.length, 0)
  const roots = new Int32Array(trees.length)
  const feature = new Int32Array(size)
  const number = new Float64Array(size)
  const left = new Int32Array(size)
  const right = new Int32Array(size)
  let base = 0
  trees.forEach((tree, t) => {
    roots[t] = base
    for (let node = 0; node < tree.feature.length; node++) {
      const leaf = tree.left[node]! < 0
      feature[base + node] = leaf ? 0 : tree.feature[node]!
      number[base + node] = numberOf(tree, node, leaf)
      left[base + node] = leaf ? -1 : base + tree.left[node]!
      right[base + node] = leaf ? -1 : base + tree.right[node]!
    }
    base += tree.feature.length
  })
  return { roots, feature, number, left, right }
}
