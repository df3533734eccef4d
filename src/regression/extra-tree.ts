import type { Random } from '../numeric/random.js'
import { lastNotAbove, type RankedColumn, thresholdBetween } from './ranked-columns.js'

/**
 * A tree whose nodes are numbered in preorder, so that children stand behind their parent. Node `k` holds
 * `rows[from[k]] .. rows[to[k] - 1]`, those of a leaf by ascending target; `x[feature] <= threshold` goes left.
 */
export interface ExtraTree {
  readonly rows: Int32Array
  readonly from: Int32Array
  readonly to: Int32Array
  /** -1 in a leaf. */
  readonly feature: Int32Array
  readonly threshold: Float64Array
  readonly left: Int32Array
  readonly right: Int32Array
}

/** A split of one node while candidates are compared, and the node's rows side by side. */
interface Split {
  gain: number
  feature: number
  /** Ranks up to this go left. */
  rank: number
  threshold: number
  readonly targets: Float64Array
  readonly ranks: Int32Array
}

/**
 * An extremely randomised tree (Geurts, Ernst and Wehenkel, 2006): of one random threshold per candidate column, the one
 * that lowers the squared error most. Every feature is two candidates, one drawn between its values and one between its
 * ranks: usage is heavy-tailed, and a threshold drawn between values alone would seldom fall where the rows are.
 *
 * @param rows rows to grow on, by ascending target
 * @param fewest rows that each side of a split must keep
 */
export function growExtraTree(
  columns: readonly RankedColumn[],
  target: Float64Array,
  rows: Int32Array,
  fewest: number,
  random: Random,
): ExtraTree {
  const most = 2 * Math.max(1, Math.floor(rows.length / fewest)) - 1
  const order = rows.slice()
  const kept = new Int32Array(rows.length)
  const from = new Int32Array(most)
  const to = new Int32Array(most)
  const feature = new Int32Array(most).fill(-1)
  const threshold = new Float64Array(most)
  const left = new Int32Array(most).fill(-1)
  const right = new Int32Array(most).fill(-1)
  const flat = 1e-12 * Math.max(Math.abs(target[order[0]!]!), Math.abs(target[order.at(-1)!]!))
  const split: Split = {
    gain: 0,
    feature: -1,
    rank: 0,
    threshold: 0,
    targets: new Float64Array(rows.length),
    ranks: new Int32Array(rows.length),
  }

  let count = 0
  const grow = (start: number, end: number): number => {
    const node = count++
    from[node] = start
    to[node] = end
    if (end - start < 2 * fewest || !(target[order[end - 1]!]! - target[order[start]!]! > flat)) return node
    findSplit(columns, target, order, start, end, fewest, random, split)
    if (split.feature < 0) return node
    feature[node] = split.feature
    threshold[node] = split.threshold
    const middle = partition(columns[split.feature]!.rank, split.rank, order, kept, start, end)
    left[node] = grow(start, middle)
    right[node] = grow(middle, end)
    return node
  }
  grow(0, order.length)
  return {
    rows: order,
    from: from.slice(0, count),
    to: to.slice(0, count),
    feature: feature.slice(0, count),
    threshold: threshold.slice(0, count),
    left: left.slice(0, count),
    right: right.slice(0, count),
  }
}

function findSplit(
  columns: readonly RankedColumn[],
  target: Float64Array,
  order: Int32Array,
  start: number,
  end: number,
  fewest: number,
  random: Random,
  split: Split,
): void {
  const { targets, ranks } = split
  const count = end - start
  split.gain = 0
  split.feature = -1
  let total = 0
  for (let k = 0; k < count; k++) {
    const y = target[order[start + k]!]!
    targets[k] = y
    total += y
  }
  for (let j = 0; j < columns.length; j++) {
    const column = columns[j]!
    const { rank, values, share } = column
    let low = rank[order[start]!]!
    let high = low
    for (let k = 0; k < count; k++) {
      const value = rank[order[start + k]!]!
      ranks[k] = value
      low = Math.min(low, value)
      high = Math.max(high, value)
    }
    if (low === high) continue
    const byValue = values[low]! + random.next() * (values[high]! - values[low]!)
    const byShare = share[low]! + random.next() * (share[high]! - share[low]!)
    const first = lastNotAbove(values, byValue, low, high)
    const second = lastNotAbove(share, byShare, low, high)
    let firstCount = 0
    let firstSum = 0
    let secondCount = 0
    let secondSum = 0
    for (let k = 0; k < count; k++) {
      const value = ranks[k]!
      const y = targets[k]!
      // 1 where the rank is not above the threshold's: the sign of a whole number, without a branch to mispredict.
      const inFirst = (value - first - 1) >>> 31
      const inSecond = (value - second - 1) >>> 31
      firstCount += inFirst
      firstSum += inFirst * y
      secondCount += inSecond
      secondSum += inSecond * y
    }
    if (improves(split, firstCount, firstSum, count, total, fewest)) {
      split.feature = j
      split.rank = first
      split.threshold = thresholdBetween(
        column,
        first,
        (byValue - values[first]!) / (values[first + 1]! - values[first]!),
      )
    }
    if (improves(split, secondCount, secondSum, count, total, fewest)) {
      split.feature = j
      split.rank = second
      split.threshold = thresholdBetween(
        column,
        second,
        (byShare - share[second]!) / (share[second + 1]! - share[second]!),
      )
    }
  }
}

/** Keeps the gain when it is the best so far: n_l n_r (mean_l - mean_r)^2, the fall of the squared error times n. */
function improves(
  split: Split,
  leftCount: number,
  leftSum: number,
  count: number,
  total: number,
  fewest: number,
): boolean {
  const rightCount = count - leftCount
  if (leftCount < fewest || rightCount < fewest) return false
  const difference = leftSum / leftCount - (total - leftSum) / rightCount
  const gain = leftCount * rightCount * difference * difference
  if (!(gain > split.gain)) return false
  split.gain = gain
  return true
}

/** Rows up to `threshold` first, each side in its old order; where the second side begins. */
function partition(
  rank: Int32Array,
  threshold: number,
  order: Int32Array,
  kept: Int32Array,
  start: number,
  end: number,
): number {
  let middle = start
  let right = 0
  for (let r = start; r < end; r++) {
    const row = order[r]!
    const goesLeft = (rank[row]! - threshold - 1) >>> 31
    order[middle] = row
    kept[right] = row
    middle += goesLeft
    right += 1 - goesLeft
  }
  for (let k = 0; k < right; k++) order[middle + k] = kept[k]!
  return middle
}
