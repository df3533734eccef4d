import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { solvePositiveDefinite } from './cholesky.js'
import { lengthOf, pivotedQr } from './householder.js'
import { dampedStep } from './marquardt-parameter.js'
import { seededRandom } from './random.js'

/** A random Jacobian (column after column) and residuals. */
function scene(rows: number, n: number) {
  const random = seededRandom(rows + 31 * n)
  const jacobian = Float64Array.from({ length: rows * n }, random.normal)
  const residuals = Float64Array.from({ length: rows }, random.normal)
  const scale = Float64Array.from({ length: n }, () => 0.5 + 3 * random.next())
  const qr = pivotedQr({ rows, cols: n, data: jacobian.slice() }, residuals.slice())
  return { rows, n, jacobian, residuals, scale, qr }
}
type Scene = ReturnType<typeof scene>

/** (J'J + damping D²) step = J'r, which is what a damped step solves. */
function byNormalEquations({ rows, n, jacobian, residuals, scale }: Scene, damping: number): Float64Array {
  const a = new Float64Array(n * n)
  const b = new Float64Array(n)
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < n; j++) {
      b[j]! += jacobian[j * rows + i]! * residuals[i]!
      for (let k = 0; k < n; k++) a[j * n + k]! += jacobian[j * rows + i]! * jacobian[k * rows + i]!
    }
  }
  for (let j = 0; j < n; j++) a[j * n + j]! += damping * scale[j]! ** 2
  return solvePositiveDefinite(a, n, b)!
}

const scaledLength = (scale: Float64Array, step: Float64Array) => lengthOf(step.map((value, j) => value * scale[j]!))

describe('dampedStep', () => {
  for (const [rows, n] of [
    [5, 1],
    [6, 2],
    [12, 4],
    [4, 4],
  ] as const) {
    it(`of ${n} parameters is the Gauss-Newton step within its radius, and else as long as that`, () => {
      const made = scene(rows, n)
      const free = byNormalEquations(made, 0)
      const length = scaledLength(made.scale, free)
      for (const share of [2, 1, 0.92, 0.9, 0.5, 0.1, 1e-3]) {
        const radius = share * length
        const { damping, step } = dampedStep(made.qr, made.scale, radius, 0)
        const expected = byNormalEquations(made, damping)
        step.forEach((value, j) => {
          assert.ok(Math.abs(value - expected[j]!) < 1e-9 * (1 + length), `${share}, ${j}`)
        })
        if (share > 0.91) assert.equal(damping, 0)
        else assert.ok(damping > 0 && Math.abs(scaledLength(made.scale, step) - radius) <= 0.1 * radius, `${share}`)
      }
    })
  }

  it('is the same wherever the search for the damping begins, within its tenth', () => {
    const made = scene(12, 4)
    const radius = 0.2 * scaledLength(made.scale, byNormalEquations(made, 0))
    for (const start of [0, 1e-9, 1, 1e9]) {
      const { damping, step } = dampedStep(made.qr, made.scale, radius, start)
      const expected = byNormalEquations(made, damping)
      step.forEach((value, j) => {
        assert.ok(Math.abs(value - expected[j]!) < 1e-9)
      })
      assert.ok(Math.abs(scaledLength(made.scale, step) - radius) <= 0.1 * radius, `from ${start}`)
    }
  })

  it('leaves out a column that depends on others, and can be damped all the same', () => {
    // The second column is zero; the first alone has the step 5 / 5.
    const jacobian = Float64Array.of(3, 4, 0, 0)
    const qr = pivotedQr({ rows: 2, cols: 2, data: jacobian }, Float64Array.of(3, 4))
    const scale = Float64Array.of(1, 1)
    const free = dampedStep(qr, scale, 10, 0)
    assert.equal(free.damping, 0)
    assert.ok(Math.abs(free.step[0]! - 1) < 1e-12 && free.step[1] === 0)
    const short = dampedStep(qr, scale, 0.5, 0)
    assert.ok(short.damping > 0 && Math.abs(Math.abs(short.step[0]!) - 0.5) <= 0.05, String(short.step))
    assert.equal(Math.abs(short.step[1]!), 0)
    // 25 / (25 + damping) is the step of one column of length 5.
    assert.ok(Math.abs(short.step[0]! - 25 / (25 + short.damping)) < 1e-12)
  })

  it('ends where less damping makes the step no longer, though it is shorter than the radius', () => {
    // Two equal columns: undamped, one has the step of both, 1; damped ever less, each nears a half, together 0.71.
    const qr = pivotedQr({ rows: 2, cols: 2, data: Float64Array.of(1, 0, 1, 0) }, Float64Array.of(1, 0))
    for (const start of [0, 1e-3, 1]) {
      const { damping, step } = dampedStep(qr, Float64Array.of(1, 1), 0.8, start)
      for (const value of step) assert.ok(Math.abs(value - 0.5) < 1e-12, `${value}`)
      // A thousandth each time: 1e-15 is nothing beside 1, and 1e-21 no less.
      assert.ok(damping > 1e-23 && damping < 1e-14, `${damping}`)
    }
    const within = dampedStep(qr, Float64Array.of(1, 1), 0.75, 1)
    assert.ok(within.damping > 1e-4, `${within.damping}`)
  })
})
