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

  it('learns the curvature: a narrow valley takes few steps', () => {
    assert.ok(minimiseBounded(rosenbrock, [-1.2, 1], wide).iterations <= 60)
    assert.ok(minimiseBounded(rosenbrock, [-1.2, 1], { ...wide, upper: [0.5, 5] }).iterations <= 60)
    const scale = [1, 4, 9, 16, 25, 36, 49, 64, 81, 100]
    const bowl = (x: Float64Array) => ({
      value: x.reduce((sum, value, i) => sum + (scale[i]! * (value - i) ** 2) / 2, 0),
      gradient: x.map((value, i) => scale[i]! * (value - i)),
    })
    const bounds = { lower: new Float64Array(10).fill(-1e9), upper: new Float64Array(10).fill(1e9) }
    const { x, iterations } = minimiseBounded(bowl, new Float64Array(10), { ...wide, ...bounds, tolerance: 1e-15 })
    assert.ok(iterations <= 60, `${iterations}`)
    x.forEach((value, i) => {
      assert.ok(Math.abs(value - i) < 1e-6, `${i}: ${value}`)
    })
  })

  it('ends where a bound stops every way down, and begins within the bounds', () => {
    const slope = (x: Float64Array) => ({ value: x[0]! - x[1]!, gradient: Float64Array.of(1, -1) })
    const { x, value, iterations } = minimiseBounded(slope, [99, -99], {
      lower: [0, 1],
      upper: [2, 3],
      maxIterations: 50,
    })
    assert.deepEqual([...x, value], [0, 3, -3])
    assert.ok(iterations <= 5, `${iterations}`)
    const at = minimiseBounded(slope, [0, 3], { lower: [0, 1], upper: [2, 3], maxIterations: 50 })
    assert.deepEqual([...at.x, at.iterations], [0, 3, 1])
  })

  it('asks nothing more where a bound stops every way down', () => {
    let calls = 0
    const bowl = ([at = 0]: Float64Array) => {
      calls++
      return { value: (at - 5) ** 2, gradient: Float64Array.of(2 * (at - 5)) }
    }
    const { x, iterations } = minimiseBounded(bowl, [0], { lower: [-9], upper: [3], maxIterations: 50 })
    // The start, a step of one, and one to the bound; the third iteration finds no way.
    assert.deepEqual([...x, calls, iterations], [3, 3, 3])
  })

  it('leaves a bound again that it begins at', () => {
    const { x } = minimiseBounded(rosenbrock, [5, -5], wide)
    assert.ok(Math.abs(x[0]! - 1) < 1e-4, String(x))
    const bowl = ([at = 0]: Float64Array) => ({ value: at * at, gradient: Float64Array.of(2 * at) })
    for (const start of [-3, 3]) {
      const found = minimiseBounded(bowl, [start], { lower: [-3], upper: [3], maxIterations: 50 })
      assert.ok(Math.abs(found.x[0]!) < 1e-6, String(found.x))
    }
  })

  it('steps no further than one at first', () => {
    const seen: number[] = []
    const bowl = ([at = 0]: Float64Array) => {
      seen.push(at)
      return { value: 500 * at * at, gradient: Float64Array.of(1000 * at) }
    }
    minimiseBounded(bowl, [7], { lower: [-9], upper: [9], maxIterations: 1 })
    assert.deepEqual(seen.slice(0, 2), [7, 6])
    seen.length = 0
    const gentle = ([at = 0]: Float64Array) => {
      seen.push(at)
      return { value: (at * at) / 8, gradient: Float64Array.of(at / 4) }
    }
    minimiseBounded(gentle, [2], { lower: [-9], upper: [9], maxIterations: 1 })
    assert.deepEqual(seen.slice(0, 2), [2, 1.5])
  })

  it('halves a step that gains too little for its length', () => {
    const seen: number[] = []
    // Promises 1 a unit and gives 0.00005 of it beyond 0.3.
    const trap = ([at = 0]: Float64Array) => {
      seen.push(at)
      return { value: at < 0.3 ? -at : -0.00005 * at, gradient: Float64Array.of(-1) }
    }
    const { x } = minimiseBounded(trap, [0], { lower: [-9], upper: [9], maxIterations: 1 })
    assert.deepEqual(seen, [0, 1, 0.5, 0.25])
    assert.deepEqual([...x], [0.25])
  })

  it('is done when it gains less than the tolerance, of the value or of one', () => {
    const tries = (offset: number, tolerance?: number) => {
      const bowl = ([at = 0]: Float64Array) => ({ value: offset + at ** 4, gradient: Float64Array.of(4 * at ** 3) })
      const options = { lower: [-9], upper: [9], maxIterations: 200 }
      return minimiseBounded(bowl, [1.5], { ...options, ...(tolerance !== undefined && { tolerance }) }).iterations
    }
    assert.equal(tries(0), tries(0, 1e-7))
    assert.ok(tries(0, 1e-12) > tries(0) && tries(0) > tries(0, 1e-2))
    assert.ok(tries(1e6) < tries(0), 'a share of the value')
  })
})
