import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type CurveModelParameters, curveModel, fitCurveModel, type ProcessParameters } from './curve-model.js'
import { loadUniversalModel } from './load-model.js'
import { hasWholeCurve } from './machine.js'

const whole = loadUniversalModel().file.machines.filter(hasWholeCurve)
const machines = whole.slice(0, 20)
const fitted = fitCurveModel(machines)

const processesOf = ({ full, idle, shapes }: CurveModelParameters): readonly ProcessParameters[] => [
  full,
  idle,
  ...shapes,
]
const thetas = (parameters: CurveModelParameters) => processesOf(parameters).map(({ theta }) => theta)
const withoutNoise = ({ full, idle, shapes }: CurveModelParameters): CurveModelParameters => ({
  full: { theta: full.theta },
  idle: { theta: idle.theta },
  shapes: shapes.map(({ theta }) => ({ theta })),
})
/** The largest distance between two processes' parameters. */
const distances = (a: CurveModelParameters, b: CurveModelParameters) =>
  thetas(a).map((theta, k) => Math.max(...theta.map((value, i) => Math.abs(value - thetas(b)[k]![i]!))))

describe('fitting a model of curves', () => {
  it('has parameters for full load, idle and each component of the shape, all within their bounds', () => {
    const all = thetas(fitted.parameters)
    assert.equal(all.length, 2 + 3)
    assert.ok(all.every((theta) => theta.every((value) => value >= -7 && value <= 4)))
    // What shapes are learnt from has one feature more: the ratio of idle to full load.
    assert.deepEqual(
      all.map(({ length }) => length - all[0]!.length),
      [0, 0, 1, 1, 1],
    )
    assert.equal(new Set(all.map((theta) => theta.join())).size, 5, 'each is searched for itself')
  })

  it('is nearer to its machines than a model whose parameters are of nobody', () => {
    const off = (model: typeof fitted) =>
      model.rows.reduce((sum, row, i) => {
        const { watts } = model.estimate(row)
        return sum + watts.reduce((own, value, u) => own + Math.abs(Math.log(value / machines[i]!.watts[u]!)), 0)
      }, 0)
    const flat = (theta: Float64Array) => ({ theta: new Float64Array(theta.length) })
    const { full, idle, shapes } = fitted.parameters
    const unfitted = curveModel(machines, {
      full: flat(full.theta),
      idle: flat(idle.theta),
      shapes: shapes.map(({ theta }) => flat(theta)),
    })
    assert.ok(off(fitted) < off(unfitted), `${off(fitted)} and ${off(unfitted)}`)
  })

  it('begins where it is told to: from its own end it goes a little way, each time the same', () => {
    const again = fitCurveModel(machines, withoutNoise(fitted.parameters))
    for (const distance of distances(fitted.parameters, again.parameters)) {
      assert.ok(distance > 0 && distance < 0.1, String(distance))
    }
    assert.deepEqual(thetas(fitCurveModel(machines).parameters), thetas(fitted.parameters))
  })

  it('weighs rows that are far off itself, whatever the model weighed that it begins from', () => {
    const heavy = { full: fitted.parameters.full, idle: fitted.parameters.idle, shapes: fitted.parameters.shapes }
    const noise = new Float64Array(20).fill(7)
    const from = { ...heavy, full: { ...heavy.full, noiseWeights: noise } }
    const again = fitCurveModel(machines, from)
    assert.notDeepEqual(again.parameters.full.noiseWeights, noise)
    assert.ok(again.parameters.full.noiseWeights!.every((weight) => weight >= 1 && weight <= 20))
    for (const { noiseWeights } of again.parameters.shapes) assert.deepEqual(noiseWeights, new Float64Array(20).fill(1))
  })

  it('needs twenty machines', () => {
    assert.throws(() => fitCurveModel(machines.slice(1)), { code: 'INVALID_DATA', message: /got 19$/ })
  })
})
