import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { levenbergMarquardt } from './levenberg-marquardt.js'

function close(actual: ArrayLike<number>, expected: number[], tolerance: number): void {
  expected.forEach((value, k) => {
    assert.ok(Math.abs(actual[k]! - value) <= tolerance, `${Array.from(actual)} is not ${expected}`)
  })
}

describe('levenbergMarquardt', () => {
  it('solves Rosenbrock from the far side of the valley', () => {
    const { parameters, residualLength, converged } = levenbergMarquardt(
      (p, out) => {
        out[0] = 10 * (p[1]! - p[0]! ** 2)
        out[1] = 1 - p[0]!
      },
      [-1.2, 1],
      2,
    )
    close(parameters, [1, 1], 1e-7)
    assert.ok(converged && residualLength < 1e-7)
  })

  it("finds the known minimum of MINPACK's Bard problem", () => {
    const y = [0.14, 0.18, 0.22, 0.25, 0.29, 0.32, 0.35, 0.39, 0.37, 0.58, 0.73, 0.96, 1.34, 2.1, 4.39]
    const { parameters, residualLength } = levenbergMarquardt(
      (p, out) => {
        for (let i = 0; i < 15; i++) {
          const u = i + 1
          const v = 15 - i
          out[i] = y[i]! - (p[0]! + u / (v * p[1]! + Math.min(u, v) * p[2]!))
        }
      },
      [1, 1, 1],
      15,
    )
    close([residualLength], [0.0906359603390466], 1e-10)
    close(parameters, [0.0824106, 1.1330367, 2.3436946], 1e-5)
  })

  it('stops at once where nothing can be better', () => {
    const { converged, evaluations } = levenbergMarquardt((p, out) => out.fill(0 * p[0]!), [3, 4], 5)
    assert.ok(converged && evaluations <= 4)
  })

  it('takes fewer residuals than parameters', () => {
    const { residualLength } = levenbergMarquardt(
      (p, out) => {
        out[0] = p[0]! + p[1]! - 3
      },
      [0, 0],
      1,
    )
    assert.ok(residualLength < 1e-8)
  })

  it('leaves a parameter alone that changes nothing', () => {
    const { parameters } = levenbergMarquardt(
      (p, out) => {
        out[0] = p[0]! - 2
        out[1] = 2 * p[0]! - 4
      },
      [10, 7],
      2,
    )
    close(parameters, [2, 7], 1e-8)
  })

  it('steps back from where the model has no value', () => {
    const { parameters } = levenbergMarquardt(
      (p, out) => {
        for (let i = 0; i < 4; i++) out[i] = Math.log(p[0]!) - 1
      },
      [20],
      4,
    )
    close(parameters, [Math.E], 1e-6)
  })

  it('gives up, and gives the start back, where it has no value at all', () => {
    const { parameters, converged } = levenbergMarquardt((_, out) => out.fill(Number.NaN), [1, 2], 3)
    assert.deepEqual([...parameters, converged], [1, 2, false])
  })

  it('respects the limit of evaluations', () => {
    let calls = 0
    const { converged } = levenbergMarquardt(
      (p, out) => {
        calls++
        out[0] = 10 * (p[1]! - p[0]! ** 2)
        out[1] = 1 - p[0]!
      },
      [-1.2, 1],
      2,
      { maxEvaluations: 10 },
    )
    assert.equal(converged, false)
    assert.ok(calls <= 13)
  })
})
