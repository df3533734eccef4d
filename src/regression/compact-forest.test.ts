import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { matrix } from '../numeric/matrix.js'
import { seededRandom } from '../numeric/random.js'
import { targetPool } from '../predictor/target-pool.js'
import { compactForest, targetLevels } from './compact-forest.js'
import { growExtraTree } from './extra-tree.js'
import { rankColumn, rankColumns } from './ranked-columns.js'

const random = seededRandom(3)
const x = matrix(Array.from({ length: 300 }, () => [random.next(), random.next()]))
const y = Float64Array.from({ length: 300 }, (_, i) => 50 * x.data[2 * i]! + random.normal())
const order = Int32Array.from(y.keys()).sort((a, b) => y[a]! - y[b]!)
const tree = growExtraTree(rankColumns(x), y, order, 5, seededRandom(1))
const levels = targetLevels(rankColumn(y))

/** The node a row ends in, by the rule as it is written. */
function nodeOf(row: number, fewest: number): number {
  let node = 0
  while (tree.feature[node]! >= 0) {
    const value = x.data[2 * row + tree.feature[node]!]!
    const next = value <= tree.threshold[node]! ? tree.left[node]! : tree.right[node]!
    if (tree.to[next]! - tree.from[next]! < fewest) break
    node = next
  }
  return node
}

describe('compactForest', () => {
  for (const fewest of [5, 15, 40, 120, 1000]) {
    it(`walks as the grown tree does while a child holds ${fewest} rows`, () => {
      const trees = compactForest([{ tree, onResiduals: false }], fewest, levels, levels)
      const pool = targetPool(trees)
      for (let row = 0; row < x.rows; row += 7) {
        const node = nodeOf(row, fewest)
        const held = Array.from(tree.rows.subarray(tree.from[node]!, tree.to[node]!), (r) => y[r]!).sort(
          (a, b) => a - b,
        )
        const { count, values } = pool.collect(x.data, 2 * row, 0, 1, 0)
        if (held.length <= 32) assert.deepEqual([...values.subarray(0, count)], held)
        else {
          assert.equal(count, 32)
          assert.ok(values.subarray(0, count).every((value) => held.includes(value)))
        }
      }
    })
  }

  it('leaves out what no walk comes to', () => {
    const sizes = [5, 40, 1000].map(
      (fewest) => compactForest([{ tree, onResiduals: true }], fewest, levels, levels).feature.length,
    )
    assert.ok(sizes[0]! > sizes[1]! && sizes[1]! > sizes[2]!)
    assert.equal(sizes[2], 1)
  })
})

describe('targetLevels', () => {
  it('are the targets themselves where they are few', () => {
    const { levels, ofRow } = targetLevels(rankColumn(Float64Array.of(3, 1, 3)))
    assert.deepEqual([...levels], [1, 3])
    assert.deepEqual([...ofRow], [1, 0, 1])
  })

  it('are means of neighbours where they are many, and ascend', () => {
    const many = Float64Array.from({ length: 10_000 }, (_, i) => i)
    const { levels, ofRow } = targetLevels(rankColumn(many))
    assert.equal(levels.length, 2048)
    assert.ok(levels.every((level, k) => k === 0 || level > levels[k - 1]!))
    many.forEach((value, row) => {
      assert.ok(Math.abs(levels[ofRow[row]!]! - value) < 5)
    })
  })
})
