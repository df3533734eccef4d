import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { matrix } from '../numeric/matrix.js'
import type { Random } from '../numeric/random.js'
import { compactForest, targetLevels } from './compact-forest.js'
import { type ExtraTree, growExtraTree } from './extra-tree.js'
import { rankColumn, rankColumns } from './ranked-columns.js'

/** Chance that always says the same. */
const always = (value: number): Random => ({ next: () => value, below: () => 0, normal: () => 0 })

function grown(rows: readonly (readonly number[])[], y: readonly number[], fewest = 1, chance = 0.5): ExtraTree {
  const target = Float64Array.from(y)
  const order = Int32Array.from(target.keys()).sort((a, b) => target[a]! - target[b]!)
  return growExtraTree(rankColumns(matrix(rows.map((row) => [...row]))), target, order, fewest, always(chance))
}
const column = (...values: number[]) => values.map((value) => [value])
const root = ({ feature, threshold }: ExtraTree) => [feature[0], threshold[0]]

describe('a split of an extra tree', () => {
  const skewed = column(0, 1, 2, 3, 10)

  it('is drawn between the values or between the ranks, whichever gains more', () => {
    // Half between 0 and 10 is 5, half of the ranks is 2.
    assert.deepEqual(root(grown(skewed, [0, 0, 0, 0, 10])), [0, 5])
    assert.deepEqual(root(grown(skewed, [0, 0, 0, 10, 10])), [0, 2])
    assert.deepEqual(root(grown(skewed, [10, 10, 10, 0, 0])), [0, 2])
    // 0.55 of the ranks is a fifth of the way from the middle one to the next.
    assert.deepEqual(root(grown(skewed, [0, 0, 0, 10, 10], 1, 0.55)), [0, Math.fround(2.2)])
    // At the lowest end only the lowest value goes left.
    assert.deepEqual(root(grown(skewed, [0, 0, 0, 0, 10], 1, 0)), [0, 0])
    assert.deepEqual(root(grown(skewed, [0, 0, 0, 0, 10], 1, 0.25)), [0, 2.5])
  })

  it('keeps so many rows on each side', () => {
    assert.deepEqual(root(grown(skewed, [0, 0, 0, 0, 10], 2)), [0, 2])
    assert.equal(grown(skewed, [0, 0, 0, 0, 10], 3).feature.length, 1)
    assert.equal(grown(column(0, 1, 2, 3), [0, 1, 2, 3], 2).feature.length, 3)
    // Two on the left of each threshold, where three are wanted.
    assert.equal(grown(column(0, 0, 9, 9, 9, 9), [0, 0, 9, 9, 9, 9], 3).feature.length, 1)
    assert.equal(grown(column(0, 0, 9, 9, 9, 9), [0, 0, 9, 9, 9, 9], 2).feature.length, 3)
  })

  it('asks the column that gains most, the first of equal ones, and none that stands still', () => {
    const y = [0, 0, 5, 5]
    const asked = (rows: number[][]) => root(grown(rows, y, 2))[0]
    assert.equal(
      asked([
        [0, 0],
        [9, 1],
        [0, 8],
        [9, 9],
      ]),
      1,
    )
    assert.equal(
      asked([
        [0, 0],
        [1, 1],
        [8, 8],
        [9, 9],
      ]),
      0,
    )
    assert.equal(
      asked([
        [7, 0],
        [7, 1],
        [7, 8],
        [7, 9],
      ]),
      1,
    )
  })

  it('is not made of targets that are equal but for rounding', () => {
    const nodes = (y: number[]) => grown(column(0, 1), y).feature.length
    assert.deepEqual([nodes([1e6, 1e6 + 1e-7]), nodes([1e6, 1e6 + 1e-5])], [1, 3])
    assert.deepEqual([nodes([-1e6, -1e6 + 1e-7]), nodes([-1e6, -1e6 + 1e-5])], [1, 3])
    assert.deepEqual([nodes([0, 0]), nodes([0, 1e-9])], [1, 3])
  })

  it('takes chance twice for each column that moves, and none where no split can be', () => {
    const taken = (rows: readonly (readonly number[])[], y: readonly number[], fewest: number) => {
      let count = 0
      const chance = {
        ...always(0.5),
        next() {
          count++
          return 0.5
        },
      }
      const target = Float64Array.from(y)
      growExtraTree(rankColumns(matrix(rows.map((row) => [...row]))), target, Int32Array.from(y.keys()), fewest, chance)
      return count
    }
    const moves = [0, 1, 2, 3]
    const both = moves.map((value) => [value, 7, -value])
    assert.equal(taken(column(...moves), moves, 2), 2)
    assert.equal(taken(both, moves, 2), 4)
    assert.equal(taken(both, [5, 5, 5, 5], 2), 0)
    // Of three rows no two sides have two.
    assert.equal(taken(column(...moves.slice(1)), moves.slice(1), 2), 0)
  })

  it('leaves a tree in preorder, with the rows of each node side by side', () => {
    // Rows by target: 2, 0, 3, 1.
    const { feature, threshold, left, right, from, to, rows } = grown(column(1, 3, 0, 2), [10, 30, 0, 20])
    assert.deepEqual([...feature], [0, 0, -1, -1, 0, -1, -1])
    assert.deepEqual([...threshold], [1.5, 0.5, 0, 0, 2.5, 0, 0])
    assert.deepEqual([...left], [1, 2, -1, -1, 5, -1, -1])
    assert.deepEqual([...right], [4, 3, -1, -1, 6, -1, -1])
    assert.deepEqual([...from], [0, 0, 0, 1, 2, 2, 3])
    assert.deepEqual([...to], [4, 2, 1, 2, 4, 3, 4])
    assert.deepEqual([...rows], [2, 0, 3, 1])
    // By falling values the rows of high targets stand first.
    assert.deepEqual([...grown(column(9, 1, 8, 0), [0, 1, 2, 3], 2).rows], [1, 3, 0, 2])
  })
})

describe('a compact forest', () => {
  const tree = grown(column(0, 1, 2, 3), [10, 20, 30, 40])
  const targets = targetLevels(rankColumn(Float64Array.of(10, 20, 30, 40)))
  const residuals = targetLevels(rankColumn(Float64Array.of(4, 3, 2, 1)))
  const compact = (fewest: number, onResiduals = false) =>
    compactForest([{ tree, onResiduals }], fewest, targets, residuals)

  it('keeps measurements where a walk may end', () => {
    const whole = compact(1)
    assert.deepEqual([...whole.feature], [0, 0, -1, -1, 0, -1, -1])
    assert.deepEqual([...whole.threshold], [1.5, 0.5, 0, 0, 2.5, 0, 0])
    assert.deepEqual([...whole.left], [1, 2, -1, -1, 5, -1, -1])
    assert.deepEqual([...whole.right], [4, 3, -1, -1, 6, -1, -1])
    assert.deepEqual([...whole.poolStart], [0, 0, 0, 1, 2, 2, 3, 4])
    assert.deepEqual([...whole.pool], [0, 1, 2, 3])
    const pairs = compact(2)
    assert.deepEqual(
      [[...pairs.feature], [...pairs.left], [...pairs.right]],
      [
        [0, -1, -1],
        [1, -1, -1],
        [2, -1, -1],
      ],
    )
    assert.deepEqual(
      [[...pairs.poolStart], [...pairs.pool]],
      [
        [0, 0, 2, 4],
        [0, 1, 2, 3],
      ],
    )
    const one = compact(3)
    assert.deepEqual([[...one.feature], [...one.threshold], [...one.pool]], [[-1], [0], [0, 1, 2, 3]])
  })

  it('has the levels of residuals where a tree grew on them, by ascending level', () => {
    const both = compactForest(
      [
        { tree, onResiduals: true },
        { tree, onResiduals: false },
      ],
      3,
      targets,
      residuals,
    )
    assert.deepEqual(
      [[...both.treeStart], [...both.onResiduals]],
      [
        [0, 1, 2],
        [1, 0],
      ],
    )
    assert.deepEqual(
      [[...both.poolStart], [...both.pool]],
      [
        [0, 4, 8],
        [0, 1, 2, 3, 0, 1, 2, 3],
      ],
    )
    assert.deepEqual(
      [[...both.targets], [...both.residuals]],
      [
        [10, 20, 30, 40],
        [1, 2, 3, 4],
      ],
    )
    assert.deepEqual([...compact(1, true).pool], [3, 2, 1, 0])
  })

  it('keeps 32 order statistics of a node with more rows', () => {
    const held = (count: number) => {
      const y = Float64Array.from({ length: count }, (_, i) => i)
      const levels = targetLevels(rankColumn(y))
      const leaf = grown(
        Array.from(y, () => [1]),
        [...y],
      )
      return [...compactForest([{ tree: leaf, onResiduals: false }], 1, levels, levels).pool]
    }
    const up = (count: number) => Array.from({ length: count }, (_, i) => i)
    assert.deepEqual(held(31), up(31))
    assert.deepEqual(held(32), up(32))
    // The middle of each 32nd part: of 64 every second.
    assert.deepEqual(
      held(64),
      up(32).map((i) => 2 * i + 1),
    )
    assert.deepEqual(held(33).length, 32)
  })

  it('has room for nodes of which one child alone is entered', () => {
    // A chain: the lowest row goes left in each node, down to two rows.
    const count = 40
    const y = Float64Array.from({ length: count }, (_, i) => i)
    const chain = grown(
      Array.from(y, (value) => [value]),
      [...y],
      1,
      0,
    )
    const levels = targetLevels(rankColumn(y))
    const { poolStart, pool, left, right, feature } = compactForest(
      [{ tree: chain, onResiduals: false }],
      2,
      levels,
      levels,
    )
    assert.equal(feature.length, 39)
    assert.ok(left.every((child) => child === -1))
    assert.deepEqual([...right], [...Array.from({ length: 38 }, (_, node) => node + 1), -1])
    for (let node = 8; node < 39; node++) {
      const own = [...pool.subarray(poolStart[node], poolStart[node + 1])]
      assert.deepEqual(
        own,
        Array.from({ length: count - node }, (_, i) => node + i),
      )
    }
  })
})

describe('levels of targets', () => {
  it('are the targets up to 2048 of them, and means of neighbours of more', () => {
    const levels = (count: number) => targetLevels(rankColumn(Float64Array.from({ length: count }, (_, i) => i)))
    assert.deepEqual(
      [...levels(2048).levels],
      Array.from({ length: 2048 }, (_, i) => i),
    )
    assert.equal(levels(2049).levels.length, 2048)
    const { levels: means, ofRow } = levels(4096)
    assert.deepEqual([means[0], means[1], means[2047]], [0.5, 2.5, 4094.5])
    assert.deepEqual([ofRow[0], ofRow[1], ofRow[2], ofRow[4095]], [0, 0, 1, 2047])
  })
})
