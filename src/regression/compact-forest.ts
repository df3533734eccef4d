import type { QuantileTrees } from '../predictor/target-pool.js'
import type { ExtraTree } from './extra-tree.js'
import type { RankedColumn } from './ranked-columns.js'

/** Trees in the order of their blocks. */
export interface GrownTree {
  readonly tree: ExtraTree
  readonly onResiduals: boolean
}

/** Targets as a short ascending table, and per row an index into it. */
export interface TargetLevels {
  readonly levels: Float64Array
  readonly ofRow: Int32Array
}

/** A node that holds more keeps so many order statistics of its targets. */
const mostPerNode = 32
/** Levels that targets are told apart by: finer than any meter over the range of a machine. */
const mostLevels = 2048

/** The distinct targets; where there are very many, neighbours share their mean. */
export function targetLevels({ rank, values }: RankedColumn): TargetLevels {
  if (values.length <= mostLevels) return { levels: values, ofRow: rank }
  const levelOf = (k: number) => Math.floor((k * mostLevels) / values.length)
  const sums = new Float64Array(mostLevels)
  const counts = new Float64Array(mostLevels)
  values.forEach((value, k) => {
    sums[levelOf(k)]! += value
    counts[levelOf(k)]! += 1
  })
  return { levels: sums.map((sum, level) => sum / counts[level]!), ofRow: rank.map(levelOf) }
}

/**
 * The trees as prediction walks them: down while the child holds at least `fewest` rows. Nodes that no walk comes to are
 * left out, and only those that a walk may end in keep measurements.
 */
export function compactForest(
  grown: readonly GrownTree[],
  fewest: number,
  targets: TargetLevels,
  residuals: TargetLevels,
): QuantileTrees {
  const treeStart: number[] = []
  const feature: number[] = []
  const threshold: number[] = []
  const left: number[] = []
  const right: number[] = []
  const poolStart: number[] = []
  const pool: number[] = []

  for (const { tree, onResiduals } of grown) {
    const { ofRow } = onResiduals ? residuals : targets
    treeStart.push(feature.length)
    const visit = (node: number): number => {
      const own = feature.length
      const goesLeft = reaches(tree, tree.left[node]!, fewest)
      const goesRight = reaches(tree, tree.right[node]!, fewest)
      const splits = goesLeft || goesRight
      feature.push(splits ? tree.feature[node]! : -1)
      threshold.push(splits ? tree.threshold[node]! : 0)
      left.push(-1)
      right.push(-1)
      poolStart.push(pool.length)
      if (!goesLeft || !goesRight) addPool(tree, node, ofRow, pool)
      if (goesLeft) left[own] = visit(tree.left[node]!)
      if (goesRight) right[own] = visit(tree.right[node]!)
      return own
    }
    visit(0)
  }
  treeStart.push(feature.length)
  poolStart.push(pool.length)
  return {
    treeStart: Int32Array.from(treeStart),
    onResiduals: Uint8Array.from(grown, ({ onResiduals }) => (onResiduals ? 1 : 0)),
    feature: Int32Array.from(feature),
    threshold: Float64Array.from(threshold),
    left: Int32Array.from(left),
    right: Int32Array.from(right),
    poolStart: Int32Array.from(poolStart),
    pool: Uint16Array.from(pool),
    targets: targets.levels,
    residuals: residuals.levels,
  }
}

function reaches({ from, to }: ExtraTree, node: number, fewest: number): boolean {
  return node >= 0 && to[node]! - from[node]! >= fewest
}

/** Rows of a node stand by ascending target, so every so-many-th is an order statistic. */
function addPool({ rows, from, to }: ExtraTree, node: number, ofRow: Int32Array, pool: number[]): void {
  const start = from[node]!
  const count = to[node]! - start
  const kept = Math.min(count, mostPerNode)
  for (let i = 0; i < kept; i++) {
    const at = kept === count ? i : Math.floor(((i + 0.5) * count) / kept)
    pool.push(ofRow[rows[start + at]!]!)
  }
}
