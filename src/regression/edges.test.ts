import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { matrix } from '../numeric/matrix.js'
import { fitConcaveBase, rangeOf } from './concave-base.js'
import { withKernelRows } from './kernel-rows.js'
import { slopeTrust } from './slope-trust.js'
import { solveSvr } from './svr-solver.js'
import { svrRegressor } from './svr.js'
import { seededRandom } from '../numeric/random.js'
import { presort, rowRanges } from './presorted.js'
import { growRegressionTree } from './regression-tree.js'

describe('slopeTrust', () => {
  it('reads each row where it stands, whatever columns are beside it', () => {
    // The second column moves, and says nothing.
    const load = (i: number) => ((37 * i) % 100) / 100
    const noise = (i: number) => (i % 7) / 1e6
    const trust = (watts: (u: number) => number, wide: boolean) => {
      const x = matrix(Array.from({ length: 100 }, (_, i) => (wide ? [noise(i), load(i), 5] : [load(i)])))
      const y = Float64Array.from({ length: 100 }, (_, i) => watts(load(i)))
      const all = Int32Array.from({ length: 100 }, (_, i) => i)
      return slopeTrust(x, y, fitConcaveBase(x, y, all), rangeOf(x, all))
    }
    for (const watts of [(u: number) => 20 + 50 * u, (u: number) => 20 + 50 * Math.min(u, 0.68)]) {
      assert.equal(trust(watts, true), trust(watts, false))
    }
  })

  it('is the share of the slope that goes on', () => {
    const line = matrix(Array.from({ length: 101 }, (_, i) => [i / 100]))
    const all = Int32Array.from({ length: 101 }, (_, i) => i)
    for (const share of [0, 0.25, 0.5, 0.75, 1]) {
      // Seven tenths of the rows teach a slope of 50 W.
      const y = Float64Array.from(line.data, (u) => 20 + 50 * Math.min(u, 0.7) + share * 50 * Math.max(0, u - 0.7))
      assert.equal(slopeTrust(line, y, fitConcaveBase(line, y, all), rangeOf(line, all)), share)
    }
  })

  it('needs five rows above, which are three tenths', () => {
    const trust = (rows: number) => {
      const x = matrix(Array.from({ length: rows }, (_, i) => [i]))
      const y = Float64Array.from({ length: rows }, (_, i) => 10 + i)
      const all = Int32Array.from({ length: rows }, (_, i) => i)
      return slopeTrust(x, y, fitConcaveBase(x, y, all), rangeOf(x, all))
    }
    // Of 14 rows four are above, of 15 five.
    assert.deepEqual([trust(14), trust(15), trust(16), trust(18)], [0.5, 1, 1, 1])
  })
})

describe('support vectors with outliers', () => {
  const x = matrix(Array.from({ length: 12 }, (_, i) => [i / 2]))
  const y = Float64Array.from({ length: 12 }, (_, i) => 10 + Math.sin(i / 2) + (i === 5 ? 40 : i === 8 ? -40 : 0))

  for (const cost of [0.3, 1, 5]) {
    it(`keep to the tube where they are free, at a cost of ${cost}`, () => {
      const problem = { cost, epsilon: 0.05, tolerance: 1e-9 }
      const [solution, kernel] = withKernelRows(x, 1, (rows) => [
        solveSvr(rows, y, problem),
        Array.from(y, (_, t) => rows.row(t).slice()),
      ])
      const { coefficients, intercept } = solution
      const at = (t: number) => intercept + coefficients.reduce((sum, b, i) => sum + b * kernel[t]![i]!, 0)
      const kinds = { free: 0, bounded: 0 }
      coefficients.forEach((b, t) => {
        const off = y[t]! - at(t)
        if (b === 0) assert.ok(Math.abs(off) <= 0.05 + 1e-6)
        else if (Math.abs(b) < cost) {
          kinds.free++
          assert.ok(Math.abs(off - Math.sign(b) * 0.05) < 1e-6, `${t}: ${off}`)
        } else {
          kinds.bounded++
          assert.ok(Math.sign(b) * off >= 0.05 - 1e-6)
        }
      })
      assert.ok(kinds.free > 0 && kinds.bounded > 0, JSON.stringify(kinds))
    })
  }

  it('have the middle of what is allowed where none is free', () => {
    // Two groups that are far apart: all are bounded, one up and one down.
    const far = matrix([[0], [100]])
    const { coefficients, intercept } = withKernelRows(far, 1, (rows) =>
      solveSvr(rows, Float64Array.of(0, 10), { cost: 1, epsilon: 0.5, tolerance: 1e-9 }),
    )
    assert.deepEqual([...coefficients], [-1, 1])
    assert.ok(Math.abs(intercept - 5) < 1e-9)
  })

  it('are fitted with the options that are given', () => {
    const of = (options: object) => svrRegressor(options).fit(x, y)
    const told = of({ cost: 1, epsilon: 0.2, tolerance: 1e-6 })
    assert.deepEqual([of({}).dualCoefficients, of({}).intercept], [told.dualCoefficients, told.intercept])
    assert.equal(of({ gamma: 0.7 }).gamma, 0.7)
    assert.ok(Math.max(...of({ cost: 0.3 }).dualCoefficients) <= 0.3)
    assert.equal(of({ epsilon: 100 }).supportVectors.rows, 0)
  })
})

describe('a regression tree on sums that are rounded', () => {
  it('has rows on both sides of each split, and each row once', () => {
    const random = seededRandom(4)
    for (let round = 0; round < 20; round++) {
      const columns = presort(matrix(Array.from({ length: 40 }, () => [random.next(), random.next(), random.next()])))
      const y = Float64Array.from({ length: 40 }, () => Math.round(10 * random.next()) / 10)
      const seen: number[] = []
      const { value } = growRegressionTree(columns, rowRanges(columns), y, 9, (rows, from, to) => {
        assert.ok(from < to)
        seen.push(...rows.subarray(from, to))
      })
      assert.ok(value.every(Number.isFinite))
      assert.deepEqual(
        seen.sort((a, b) => a - b),
        [...y.keys()],
      )
    }
  })
})
