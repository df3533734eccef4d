import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { minimiseBounded } from './bounded-minimum.js'

/** Rosenbrock's valley: its minimum is at (1, 1). */
function rosenbrock(x: Float64Array) {
  const [a, b] = [x[0]!, x[1]!]
  const value = (1 - a) ** 2 + 100 * (b - a * a) ** 2
  return { value, gradient: Float64Array.of(-2 * (1 - a) - 400 * a * (b - a * a), 200 * (b - a * a)) }
}
const wide = { lower: [-5, -5], upper: [5, 5], maxIterations: 500, tolerance: 1e-14 }

describe('minimiseBounded', () => {
  it('finds a minimum inside the bounds', () => {
    const { x } = minimiseBounded(rosenbrock, [-1.2, 1], wide)
    assert.ok(Math.abs(x[0]! - 1) < 1e-4 && Math.abs(x[1]! - 1) < 1e-4, String(x))
  })

  it('finds the best point of a bound that the minimum is behind', () => {
    const { x } = minimiseBounded(rosenbrock, [-1.2, 1], { ...wide, upper: [0.5, 5] })
    assert.ok(Math.abs(x[0]! - 0.5) < 1e-9 && Math.abs(x[1]! - 0.25) < 1e-4, String(x))
  })

  it('turns back where the function has no value', () => {
    const objective = ([at = 0]: Float64Array) => ({
      value: at < 0 ? Number.POSITIVE_INFINITY : (at - 0.1) ** 2,
      gradient: Float64Array.of(2 * (at - 0.1)),
    })
    const { x } = minimiseBounded(objective, [3], { lower: [-9], upper: [9], maxIterations: 50, tolerance: 1e-14 })
    assert.ok(Math.abs(x[0]! - 0.1) < 1e-4, String(x))
  })

  it('stops after the iterations it is given', () => {
    assert.equal(minimiseBounded(rosenbrock, [-1.2, 1], { ...wide, maxIterations: 3 }).iterations, 3)
  })
})
