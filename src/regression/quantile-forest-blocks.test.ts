import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { matrix } from '../numeric/matrix.js'
import { seededRandom } from '../numeric/random.js'
import { type QuantileForestOptions, quantileForestRegressor } from './quantile-forest.js'

/** Of a feature that stands still every tree is one leaf, so its pool is all that it learnt. */
function stillForest(y: readonly number[], options: QuantileForestOptions = {}) {
  const x = matrix(y.map(() => [1]))
  return quantileForestRegressor({ treesPerBlock: 1, ...options }).fit(x, Float64Array.from(y))
}

function targetsOf({ trees }: ReturnType<typeof stillForest>, tree: number): number[] {
  const [from, to] = [trees.poolStart[tree]!, trees.poolStart[tree + 1]!]
  const levels = trees.onResiduals[tree] === 1 ? trees.residuals : trees.targets
  return Array.from(trees.pool.subarray(from, to), (level) => levels[level]!)
}

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i)

describe('the trees of a block', () => {
  it('learn from the rows of all other blocks', () => {
    // Five blocks of five rows, whose watts are in no order.
    const y = upTo(25).map((row) => (7 * row) % 25)
    const model = stillForest(y)
    for (let block = 0; block < 5; block++) {
      const others = y.filter((_, row) => Math.floor(row / 5) !== block).sort((a, b) => a - b)
      assert.deepEqual(targetsOf(model, block), others)
    }
  })

  it('learn from residuals of the base in every second tree', () => {
    const model = stillForest(upTo(10), { treesPerBlock: 2 })
    assert.deepEqual([...model.trees.onResiduals], [0, 1, 0, 1])
    const [watts, residuals] = [targetsOf(model, 0), targetsOf(model, 1)]
    const base = watts[0]! - residuals[0]!
    assert.ok(base > 0)
    residuals.forEach((residual, i) => {
      assert.ok(Math.abs(watts[i]! - residual - base) < 1e-9)
    })
  })

  it('are of blocks that differ by a row at most', () => {
    // Seven rows are two blocks: three rows and four.
    const model = stillForest(upTo(7))
    assert.deepEqual(targetsOf(model, 0), [3, 4, 5, 6])
    assert.deepEqual(targetsOf(model, 1), [0, 1, 2])
  })

  it('is one tree of the only row', () => {
    const model = stillForest([7], { treesPerBlock: 12 })
    assert.equal(model.trees.onResiduals.length, 1)
    assert.deepEqual(targetsOf(model, 0), [7])
    assert.equal(model.span, 0)
  })

  it('grow on a sample of 4096 rows where there are more, from the first to the last alike', () => {
    const rows = 6000
    const model = stillForest(upTo(rows))
    for (let block = 0; block < 5; block++) {
      const held = targetsOf(model, block)
      assert.equal(held.length, 32)
      // The order statistics of all other rows, less or more by what a sample of two thirds may miss.
      const others = upTo(rows).filter((row) => Math.floor(row / 1200) !== block)
      held.forEach((watts, k) => {
        const expected = others[Math.floor(((k + 0.5) * others.length) / 32)]!
        // A block of 1200 rows may stand between two rows of others that are neighbours.
        const near = Math.abs(watts - expected) < 150 || Math.abs(Math.abs(watts - expected) - 1200) < 150
        assert.ok(near, `block ${block}: ${watts} for ${expected}`)
      })
    }
    assert.notDeepEqual(targetsOf(stillForest(upTo(rows), { seed: 1 }), 0), targetsOf(model, 0))
  })
})

describe('the scores of a quantile forest', () => {
  it('are how far rows lie outside what other blocks drew, in half widths of that band', () => {
    // A block of 10 W and one of 30 W: each has a band of no width 20 W away.
    const { scores, leastHalfWidth } = stillForest([10, 10, 10, 10, 10, 30, 30, 30, 30, 30])
    assert.ok(Math.abs(leastHalfWidth - 0.2) < 1e-6)
    assert.equal(scores.length, 10)
    for (const score of scores) assert.ok(Math.abs(score * leastHalfWidth - 20) < 1e-9)
  })

  it('are below 0 inside the band, the middle of which is one half width away', () => {
    const block = [0, 1, 2, 3, 4]
    const { scores, leastHalfWidth } = stillForest([...block, ...block])
    // The band is 0 to 4 W, its half width 2 W and what is added.
    const expected = [-2, -1, -1, 0, 0].flatMap((watts) => [watts, watts]).map((watts) => watts / (2 + leastHalfWidth))
    scores.forEach((score, i) => {
      assert.ok(Math.abs(score - expected[i]!) < 1e-9, `${scores} for ${expected}`)
    })
  })

  it('are of every row up to a thousand, and of every second one beyond', () => {
    const count = (rows: number) => stillForest(upTo(rows)).scores.length
    assert.deepEqual([count(1000), count(1001), count(2000), count(2001)], [1000, 501, 1000, 667])
  })

  it('are measured in at least a billionth of a watt', () => {
    assert.equal(stillForest([35, 35, 35]).leastHalfWidth, 1e-9)
  })
})

describe('the nodes of a quantile forest', () => {
  const forest = (watts: (load: number, row: number) => number) => {
    const random = seededRandom(6)
    const loads = Array.from({ length: 400 }, () => random.next())
    return quantileForestRegressor({ treesPerBlock: 2 }).fit(
      matrix(loads.map((load) => [load])),
      Float64Array.from(loads, watts),
    )
  }

  it('are large where usage tells nothing of the watts, and small where it tells all', () => {
    const random = seededRandom(7)
    const noise = forest(() => 50 + 10 * random.normal()).trees
    // Many steps up and down: a larger node would have rows of both.
    const steps = forest((load) => (Math.floor(load * 25) % 2 === 0 ? 20 : 80)).trees
    const held = ({ poolStart }: typeof noise) => {
      const sizes = Array.from(poolStart.subarray(1), (end, node) => end - poolStart[node]!).filter((size) => size > 0)
      return Math.min(...sizes)
    }
    assert.ok(held(noise) > 15 && noise.feature.length < 200, `${held(noise)} rows, ${noise.feature.length} nodes`)
    assert.ok(held(steps) <= 15 && steps.feature.length > 300, `${held(steps)} rows, ${steps.feature.length} nodes`)
  })
})
