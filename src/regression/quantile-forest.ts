import type { OutputType } from '../core/output-type.js'
import type { Matrix } from '../numeric/matrix.js'
import { quantile } from '../numeric/quantile.js'
import { type Random, seededRandom } from '../numeric/random.js'
import { weightedQuantile } from '../numeric/weighted-values.js'
import { concaveInside } from '../predictor/concave-sum.js'
import {
  centre,
  halfWidth,
  type QuantileForestPredictor,
  quantileForestPredictor,
  tail,
} from '../predictor/quantile-forest.js'
import { type QuantileTrees, targetPool } from '../predictor/target-pool.js'
import { compactForest, type GrownTree, targetLevels } from './compact-forest.js'
import { fitConcaveBase, rangeOf } from './concave-base.js'
import { growExtraTree } from './extra-tree.js'
import { rankColumn, rankColumns } from './ranked-columns.js'
import { expectTrainable, type Regressor } from './regressor.js'
import { slopeTrust } from './slope-trust.js'

export interface QuantileForestOptions {
  /** Decides the thresholds that trees try. @default 0 */
  readonly seed?: number
  /** `DynPower` falls to 0 below the smallest usage that was seen. @default 'AbsPower' */
  readonly outputType?: OutputType
  /** Trees that leave each block of time out; half of them grow on what the base leaves over. @default 12 */
  readonly treesPerBlock?: number
}

const mostBlocks = 5
/** Rows that each side of a split keeps. */
const fewestPerSide = 5
/** Rows that a node must hold for a walk to enter it: one of these, chosen by held-out error. */
const fewestPerNode = [5, 15, 40, 120] as const
/** A larger node must be so much better: small ones follow more. */
const betterBy = 0.97
/** Rows that choose the size of nodes, and rows that calibrate intervals. */
const pilotRows = 200
const calibrationRows = 1000
/** Rows that a tree grows on; of more, a random sample, which bounds time and archives. */
const mostRowsPerTree = 4096

/**
 * Quantile regression forest of extremely randomised trees over a monotone concave base. Every tree leaves a contiguous
 * block of the rows out: neighbouring seconds are alike, and only rows of another time say how sure a model is. So rows
 * should be in the order of time.
 */
export function quantileForestRegressor(options: QuantileForestOptions = {}): Regressor<QuantileForestPredictor> {
  const { seed = 0, outputType = 'AbsPower' } = options
  return {
    kind: 'quantile-forest',
    timeOrdered: true,
    fit(x, y) {
      expectTrainable(x, y)
      const everyRow = Int32Array.from({ length: x.rows }, (_, row) => row)
      const base = fitConcaveBase(x, y, everyRow)
      const range = rangeOf(x, everyRow)
      const inside = Float64Array.from(everyRow, (row) => concaveInside(base, range, x.data, row * x.cols))
      const residuals = y.map((watts, row) => watts - inside[row]!)
      const edges = blockEdges(x.rows)
      // Trees on a target that never moves are all the same.
      const treesPerBlock = y.every((watts) => watts === y[0]) ? 1 : (options.treesPerBlock ?? 12)
      const grown = growByBlocks(x, y, residuals, edges, treesPerBlock, seededRandom(seed))

      const levels = [targetLevels(rankColumn(y)), targetLevels(rankColumn(residuals))] as const
      const heldOut: HeldOutRows = { x, y, inside, edges, treesPerBlock }
      const trees = bestTrees(heldOut, (fewest) => compactForest(grown, fewest, ...levels))
      const leastHalfWidth = 0.01 * (quantile(y, 0.95) - quantile(y, 0.05)) + 1e-9
      return quantileForestPredictor({
        featureCount: x.cols,
        base,
        range,
        trust: slopeTrust(x, y, base, range),
        span: levels[0].levels.at(-1)! - levels[0].levels[0]!,
        trees,
        scores: conformalScores(heldOut, trees, leastHalfWidth),
        leastHalfWidth,
        fallsToZero: outputType === 'DynPower',
      })
    },
  }
}

/** Where blocks begin, and the number of rows at the end. */
function blockEdges(rows: number): Int32Array {
  const blocks = Math.min(mostBlocks, rows, Math.max(2, Math.floor(rows / 5)))
  return Int32Array.from({ length: blocks + 1 }, (_, k) => Math.floor((k * rows) / blocks))
}

/** The trees of each block one after another, in turns on targets and on residuals. */
function growByBlocks(
  x: Matrix,
  y: Float64Array,
  residuals: Float64Array,
  edges: Int32Array,
  treesPerBlock: number,
  random: Random,
): readonly GrownTree[] {
  const columns = rankColumns(x)
  const kinds = [y, residuals].map((target) => ({
    target,
    order: Int32Array.from(target.keys()).sort((a, b) => target[a]! - target[b]!),
  }))
  const grown: GrownTree[] = []
  for (let block = 0; block + 1 < edges.length; block++) {
    const outside = (row: number) => row < edges[block]! || row >= edges[block + 1]!
    // A single row is all there is to learn from.
    const learnt = kinds.map(({ order }) => (order.length === 1 ? order : order.filter(outside)))
    for (let t = 0; t < treesPerBlock; t++) {
      const kind = t % 2
      const rows = sampleOf(learnt[kind]!, mostRowsPerTree, random)
      const tree = growExtraTree(columns, kinds[kind]!.target, rows, fewestPerSide, random)
      grown.push({ tree, onResiduals: kind === 1 })
    }
  }
  return grown
}

/** So many of the rows in their order, each with the same chance (Knuth, algorithm S). */
function sampleOf(rows: Int32Array, most: number, random: Random): Int32Array {
  if (rows.length <= most) return rows
  const sample = new Int32Array(most)
  for (let i = 0, taken = 0; taken < most; i++) {
    if (random.next() * (rows.length - i) < most - taken) sample[taken++] = rows[i]!
  }
  return sample
}

/** Rows, the base's watts for them, and which trees saw nothing of which. */
interface HeldOutRows {
  readonly x: Matrix
  readonly y: Float64Array
  readonly inside: Float64Array
  readonly edges: Int32Array
  readonly treesPerBlock: number
}

/** Visits `most` rows at most, evenly spread, with the first of the trees that saw nothing of each. */
function eachHeldOut(
  { x, edges, treesPerBlock }: HeldOutRows,
  most: number,
  visit: (row: number, firstTree: number) => void,
): void {
  const step = Math.ceil(x.rows / most)
  for (let row = 0, block = 0; row < x.rows; row += step) {
    while (row >= edges[block + 1]!) block++
    visit(row, block * treesPerBlock)
  }
}

/**
 * The trees whose walks end in the best size of node: sizes are tried on held-out rows, as prediction does it but with the
 * trees alone that saw nothing of them, until a larger one errs more.
 *
 * @param treesOf the trees whose walks enter nodes of at least so many rows
 */
function bestTrees(heldOut: HeldOutRows, treesOf: (fewest: number) => QuantileTrees): QuantileTrees {
  let best = treesOf(fewestPerNode[0])
  let least = heldOutError(heldOut, best)
  for (const fewest of fewestPerNode.slice(1)) {
    const trees = treesOf(fewest)
    const error = heldOutError(heldOut, trees)
    if (error > least) break
    if (error >= betterBy * least) continue
    best = trees
    least = error
  }
  return best
}

/** Sum of the absolute errors, in watts. */
function heldOutError(heldOut: HeldOutRows, trees: QuantileTrees): number {
  const { x, y, inside, treesPerBlock } = heldOut
  const pool = targetPool(trees)
  let error = 0
  eachHeldOut(heldOut, pilotRows, (row, first) => {
    const measured = pool.collect(x.data, row * x.cols, first, first + treesPerBlock, inside[row]!)
    error += Math.abs(Math.max(0, centre(measured)) - y[row]!)
  })
  return error
}

/** How far rows lie outside the bands of their left-out trees (below 0: inside), in half widths; ascending. */
function conformalScores(heldOut: HeldOutRows, trees: QuantileTrees, leastHalfWidth: number): Float64Array {
  const { x, y, inside, treesPerBlock } = heldOut
  const pool = targetPool(trees)
  const scores: number[] = []
  eachHeldOut(heldOut, calibrationRows, (row, first) => {
    const held = pool.collect(x.data, row * x.cols, first, first + treesPerBlock, inside[row]!)
    const low = weightedQuantile(held, tail)
    const high = weightedQuantile(held, 1 - tail)
    scores.push(Math.max(low - y[row]!, y[row]! - high) / halfWidth(low, high, leastHalfWidth))
  })
  return Float64Array.from(scores).sort()
}
