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
  const most = grown.reduce((sum, { tree }) => sum + tree.feature.length, 0)
  const treeStart = new Int32Array(grown.length + 1)
  const feature = new Int32Array(most).fill(-1)
  const threshold = new Float64Array(most)
  const left = new Int32Array(most).fill(-1)
  const right = new Int32Array(most).fill(-1)
  const poolStart = new Int32Array(most + 1)
  let pool = new Uint16Array(grown.reduce((sum, { tree }) => sum + 2 * tree.rows.length, mostPerNode))
  const scratch = new Uint16Array(grown.reduce((most, { tree }) => Math.max(most, tree.rows.length), 0))
  let nodes = 0
  let held = 0

  grown.forEach(({ tree, onResiduals }, t) => {
    const { ofRow } = onResiduals ? residuals : targets
    treeStart[t] = nodes
    const visit = (node: number): number => {
      const own = nodes++
      const goesLeft = reaches(tree, tree.left[node]!, fewest)
      const goesRight = reaches(tree, tree.right[node]!, fewest)
      poolStart[own] = held
      if (!goesLeft || !goesRight) {
        if (held + mostPerNode > pool.length) pool = widened(pool)
        held = addPool(tree, node, ofRow, scratch, pool, held)
      }
      if (goesLeft || goesRight) {
        feature[own] = tree.feature[node]!
        threshold[own] = tree.threshold[node]!
      }
      if (goesLeft) left[own] = visit(tree.left[node]!)
      if (goesRight) right[own] = visit(tree.right[node]!)
      return own
    }
    visit(0)
  })
  treeStart[grown.length] = nodes
  poolStart[nodes] = held
  return {
    treeStart,
    onResiduals: Uint8Array.from(grown, ({ onResiduals }) => (onResiduals ? 1 : 0)),
    feature: feature.slice(0, nodes),
    threshold: threshold.slice(0, nodes),
    left: left.slice(0, nodes),
    right: right.slice(0, nodes),
    poolStart: poolStart.slice(0, nodes + 1),
    pool: pool.slice(0, held),
    targets: targets.levels,
    residuals: residuals.levels,
  }
}

function widened(pool: Uint16Array): Uint16Array<ArrayBuffer> {
  const wider = new Uint16Array(2 * pool.length)
  wider.set(pool)
  return wider
}

function reaches({ from, to }: ExtraTree, node: number, fewest: number): boolean {
  return node >= 0 && to[node]! - from[node]! >= fewest
}

/** Writes the levels of a node's rows to `pool` at `at`, of many rows so many order statistics; returns the end. */
function addPool(
  { rows, from, to, feature }: ExtraTree,
  node: number,
  ofRow: Int32Array,
  scratch: Uint16Array,
  pool: Uint16Array,
  at: number,
): number {
  const start = from[node]!
  const count = to[node]! - start
  for (let i = 0; i < count; i++) scratch[i] = ofRow[rows[start + i]!]!
  // Only leaves stand by ascending target already.
  if (feature[node]! >= 0) scratch.subarray(0, count).sort()
  const kept = Math.min(count, mostPerNode)
  for (let i = 0; i < kept; i++) pool[at + i] = scratch[Math.floor(((i + 0.5) * count) / kept)]!
  return at + kept
}
