import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { seededRandom } from '../numeric/random.js'
import { offsetsAt } from '../predictor/interval-table.js'
import { type HeldOutRows, heldOutIntervals } from './held-out-intervals.js'

/** Predictions from 0 to 100 W, whose errors grow with them, in five folds. */
function noisy(rows: number, seed: number, shift = 0): HeldOutRows {
  const random = seededRandom(seed)
  const predicted = Float64Array.from({ length: rows }, () => 100 * random.next())
  const fold = Int32Array.from({ length: rows }, (_, i) => Math.floor((5 * i) / rows))
  return {
    predicted,
    actual: predicted.map((watts, i) => watts + (1 + watts / 10) * random.normal() + shift * fold[i]!),
    fold,
  }
}

function coverage(rows: HeldOutRows, table: ReturnType<typeof heldOutIntervals>): number {
  const inside = [...rows.predicted].filter((watts, i) => {
    const { lower, upper } = offsetsAt(table, watts)
    return rows.actual[i]! >= watts + lower && rows.actual[i]! <= watts + upper
  })
  return inside.length / rows.predicted.length
}

describe('heldOutIntervals', () => {
  it('hold nine of ten rows that they were not made from', () => {
    const table = heldOutIntervals(noisy(2000, 1), 0.9)
    for (const seed of [2, 3, 4]) {
      const share = coverage(noisy(2000, seed), table)
      assert.ok(share > 0.86 && share < 0.94, String(share))
    }
  })

  it('are narrow where the model errs little and wide where it errs much', () => {
    const table = heldOutIntervals(noisy(2000, 1), 0.9)
    const width = (watts: number) => offsetsAt(table, watts).upper - offsetsAt(table, watts).lower
    assert.ok(width(90) > 3 * width(5), `${width(5)} W at 5 W, ${width(90)} W at 90 W`)
  })

  it('are wider where folds are shifted against each other than within a fold', () => {
    const width = (shift: number) => {
      const { lower, upper } = offsetsAt(heldOutIntervals(noisy(2000, 1, shift), 0.9), 10)
      return upper - lower
    }
    assert.ok(width(3) > width(0) + 5, `${width(0)} and ${width(3)} W`)
  })

  it('hold nine of ten rows of few that they were not made from, on average', () => {
    const shares = Array.from({ length: 40 }, (_, k) =>
      coverage(noisy(2000, 100 + k), heldOutIntervals(noisy(120, k), 0.9)),
    )
    const average = shares.reduce((sum, share) => sum + share, 0) / shares.length
    assert.ok(average > 0.88 && average < 0.92, String(average))
  })

  it('always contain the prediction, and are never nothing', () => {
    const exact = {
      predicted: Float64Array.of(1, 2, 3, 4),
      actual: Float64Array.of(1, 2, 3, 4),
      fold: Int32Array.of(0, 0, 1, 1),
    }
    for (const rows of [exact, noisy(40, 1), noisy(3, 1)]) {
      const table = heldOutIntervals(rows, 0.9)
      for (const watts of [0, 1, 50, 200]) {
        const { lower, upper } = offsetsAt(table, watts)
        assert.ok(lower <= 0 && upper >= 0 && Number.isFinite(upper - lower), `${lower} ${upper}`)
      }
    }
  })
})

describe('offsetsAt', () => {
  const table = { levels: [10, 20], lower: [-1, -3], upper: [2, 6] }
  it('is linear between levels and constant beyond them', () => {
    assert.deepEqual(offsetsAt(table, 15), { lower: -2, upper: 4 })
    assert.deepEqual(offsetsAt(table, 0), { lower: -1, upper: 2 })
    assert.deepEqual(offsetsAt(table, 1000), { lower: -3, upper: 6 })
  })
})
