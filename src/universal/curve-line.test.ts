import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { lineOfCurve } from './curve-line.js'
import { loadUniversalModel } from './load-model.js'
import { loads } from './machine.js'

const rising = fc
  .tuple(
    fc.double({ min: 0.5, max: 500, noNaN: true }),
    fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 10, maxLength: 10 }),
  )
  .map(([idle, steps]) => {
    let watts = idle
    return Float64Array.of(idle, ...steps.map((step) => (watts += step)))
  })

function farthest(watts: Float64Array, idle: number, slope: number): number {
  return Math.max(...watts.map((value, u) => Math.abs(idle + slope * loads[u]! - value) / value))
}

describe('lineOfCurve', () => {
  it('is the curve itself where that is a line', () => {
    const { idle, slope, largest, mean } = lineOfCurve(Float64Array.from(loads, (load) => 100 + 300 * load))
    assert.ok(Math.abs(idle - 100) < 1e-9 && Math.abs(slope - 300) < 1e-9)
    assert.ok(largest < 1e-12 && mean < 1e-12)
  })

  it('rises, is never negative, and says how far it is off', () => {
    fc.assert(
      fc.property(rising, (watts) => {
        const { idle, slope, largest, mean } = lineOfCurve(watts)
        assert.ok(idle >= 0 && slope >= 0, `${idle} + ${slope} u`)
        assert.ok(Math.abs(farthest(watts, idle, slope) - largest) < 1e-9)
        assert.ok(mean <= largest + 1e-12)
      }),
    )
  })

  it('is nearer in least squares than other lines', () => {
    const squares = (watts: Float64Array, idle: number, slope: number) =>
      watts.reduce((sum, value, u) => sum + (idle + slope * loads[u]! - value) ** 2 * value ** -1.5, 0)
    const factor = fc.double({ min: 0.8, max: 1.2, noNaN: true })
    fc.assert(
      fc.property(rising, factor, factor, (watts, a, b) => {
        const { idle, slope } = lineOfCurve(watts)
        assert.ok(squares(watts, idle * a, slope * b) >= squares(watts, idle, slope) * (1 - 1e-9))
      }),
    )
  })

  it('is within 12 % of the curves of all machines of the table, on the mean over the loads', () => {
    const { file, model } = loadUniversalModel()
    for (const { watts: _, ...machine } of file.machines) {
      const { mean } = lineOfCurve(model().answer(machine).watts)
      assert.ok(mean < 0.12, `${machine.model}: ${mean}`)
    }
  })
})
