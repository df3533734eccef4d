import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { matrix, rowOf } from '../numeric/matrix.js'
import { seededRandom } from '../numeric/random.js'
import { growExtraTree } from './extra-tree.js'
import { rankColumns } from './ranked-columns.js'

const random = seededRandom(8)
const x = matrix(Array.from({ length: 200 }, () => [random.next(), random.next() ** 6, Math.floor(3 * random.next())]))
const y = Float64Array.from({ length: 200 }, (_, i) => 30 * x.data[3 * i]! + 5 * x.data[3 * i + 2]! + random.normal())
const byTarget = Int32Array.from(y.keys()).sort((a, b) => y[a]! - y[b]!)
const columns = rankColumns(x)
const tree = growExtraTree(columns, y, byTarget, 5, seededRandom(1))

describe('growExtraTree', () => {
  it('keeps so many rows on each side, in preorder, with all rows below the root', () => {
    assert.deepEqual([tree.from[0], tree.to[0]], [0, 200])
    assert.deepEqual(
      [...tree.rows].sort((a, b) => a - b),
      [...y.keys()],
    )
    assert.ok(tree.feature.length > 10)
    tree.feature.forEach((feature, node) => {
      assert.ok(tree.to[node]! - tree.from[node]! >= 5)
      if (feature < 0) return
      const [left, right] = [tree.left[node]!, tree.right[node]!]
      assert.equal(left, node + 1)
      assert.ok(right > left)
      assert.equal(tree.from[left], tree.from[node])
      assert.equal(tree.to[left], tree.from[right])
      assert.equal(tree.to[right], tree.to[node])
    })
  })

  it('has every row where its thresholds send it', () => {
    tree.feature.forEach((feature, node) => {
      if (feature < 0) return
      const goesLeft = (row: number) => rowOf(x, row)[feature]! <= tree.threshold[node]!
      const [left, right] = [tree.left[node]!, tree.right[node]!]
      assert.ok(tree.rows.subarray(tree.from[left]!, tree.to[left]!).every(goesLeft))
      assert.ok(!tree.rows.subarray(tree.from[right]!, tree.to[right]!).some(goesLeft))
    })
  })

  it('keeps each leaf by ascending target', () => {
    tree.from.forEach((from, node) => {
      if (tree.feature[node]! >= 0) return
      for (let k = from + 1; k < tree.to[node]!; k++) assert.ok(y[tree.rows[k - 1]!]! <= y[tree.rows[k]!]!)
    })
  })

  it('asks most for what matters', () => {
    const asked = [0, 1, 2].map((feature) => tree.feature.filter((f) => f === feature).length)
    assert.ok(asked[0]! > asked[1]!, `asked ${asked}`)
    assert.equal(tree.feature[0], 0)
  })

  it('is decided by the stream of chance, and leaves its rows as they were', () => {
    const before = byTarget.slice()
    assert.deepEqual(growExtraTree(columns, y, byTarget, 5, seededRandom(1)), tree)
    assert.notDeepEqual(growExtraTree(columns, y, byTarget, 5, seededRandom(2)).threshold, tree.threshold)
    assert.deepEqual(byTarget, before)
  })

  it('does not split equal targets, equal rows, or too few', () => {
    const nodes = (rows: number[][], watts: number[]) => {
      const target = Float64Array.from(watts)
      const order = Int32Array.from(target.keys()).sort((a, b) => target[a]! - target[b]!)
      return growExtraTree(rankColumns(matrix(rows)), target, order, 5, seededRandom(0)).feature.length
    }
    const twenty = Array.from({ length: 20 }, (_, i) => i)
    assert.equal(
      nodes(
        twenty.map((i) => [i]),
        twenty.map(() => 7),
      ),
      1,
    )
    assert.equal(
      nodes(
        twenty.map(() => [1]),
        twenty,
      ),
      1,
    )
    assert.equal(nodes([[1], [2], [3]], [1, 2, 3]), 1)
    assert.ok(
      nodes(
        twenty.map((i) => [i]),
        twenty,
      ) >= 3,
    )
  })
})
