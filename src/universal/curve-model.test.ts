import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type CurveModelParameters, curveModel } from './curve-model.js'
import { categoryNames, rawFeatures } from './features.js'
import { loadUniversalModel } from './load-model.js'
import { hasWholeCurve, loads } from './machine.js'

const { file } = loadUniversalModel()
const whole = file.machines.filter(hasWholeCurve)
/** Which rows are far off is of the whole table: found anew for a part of it. */
const parameters: CurveModelParameters = {
  full: { theta: file.parameters.full.theta },
  idle: { theta: file.parameters.idle.theta },
  shapes: file.parameters.shapes.map(({ theta }) => ({ theta })),
}
const ends = whole[39]!
const machines = [
  ...whole.slice(0, 39),
  { ...ends, watts: ends.watts.map((watts, u) => (u === 0 || u === 10 ? watts : Number.NaN)) },
]
const model = curveModel(machines, parameters)
const last = loads.length - 1

describe('a model of curves', () => {
  it('needs twenty machines with all loads', () => {
    assert.throws(() => curveModel([...whole.slice(0, 19), machines[39]!], parameters), {
      code: 'INVALID_DATA',
      message: /at least 20 .*, got 19$/,
    })
    assert.equal(curveModel(whole.slice(0, 20), parameters).machines.length, 20)
  })

  it('has rising curves, of which the deviations are above nothing', () => {
    for (const row of model.rows) {
      const { watts, deviations } = model.estimate(row)
      for (let u = 1; u <= last; u++) assert.ok(watts[u]! >= watts[u - 1]!)
      assert.ok(watts[0]! > 0 && watts[0]! < watts[last]!)
      assert.ok(deviations.every((deviation) => deviation > 0 && Number.isFinite(deviation)))
    }
  })

  it('is as sure of a load as of idle, of full load and of the shape between them', () => {
    const groups = machines.map((_, i) => String(i))
    for (const { watts, deviations } of [...model.rows.map(model.estimate), ...model.leaveGroupsOut(groups)]) {
      const [idle, full] = [watts[0]!, watts[last]!]
      watts.forEach((value, u) => {
        // To first order: what idle and full load have a share in, each with its own deviation.
        const ofIdle = (idle * (1 - (value - idle) / (full - idle))) / value
        const ofEnds = Math.hypot(ofIdle * deviations[0]!, (1 - ofIdle) * deviations[last]!)
        const rest = Math.sqrt(Math.max(0, deviations[u]! ** 2 - ofEnds ** 2))
        const ofShape = (rest * value) / (full - idle)
        if (u === 0 || u === last) assert.ok(ofShape < 1e-6, `${u}: ${ofShape}`)
        else assert.ok(ofShape > 0.0099 && ofShape < 0.2, `${u}: ${ofShape}`)
      })
    }
  })

  it('has the same curve of a machine alike in shape as of the machine itself', () => {
    const { watts } = model.estimate(model.rows[3]!)
    const [same, other] = model.alike([model.rows[3]!, model.rows[30]!], watts)
    same!.forEach((value, u) => {
      assert.ok(Math.abs(value / watts[u]! - 1) < 1e-9)
    })
    const theirs = model.estimate(model.rows[30]!).watts
    for (const u of [0, last]) assert.ok(Math.abs(other![u]! / theirs[u]! - 1) < 1e-9)
    const share = (curve: Float64Array) => (curve[5]! - curve[0]!) / (curve[last]! - curve[0]!)
    assert.ok(Math.abs(share(other!) - share(watts)) < 1e-9)
  })

  it('is less sure of machines without those of their group, also where only the ends are known', () => {
    const alone = model.leaveGroupsOut(machines.map((_, i) => String(i)))
    const together = model.leaveGroupsOut(machines.map(({ processor }) => processor))
    assert.equal(alone.length, machines.length)
    const sum = (estimates: typeof alone) => estimates.reduce((all, { deviations }) => all + deviations[last]!, 0)
    assert.ok(sum(together) >= sum(alone))
    assert.ok(sum(alone) > sum(model.rows.map((row) => model.estimate(row))))
    assert.ok(alone[39]!.watts.every(Number.isFinite))
  })

  it('is most like itself, of all machines', () => {
    const likeness = model.likeness(model.rows[7]!)
    assert.equal(likeness.length, machines.length)
    assert.ok(Math.abs(Math.max(...likeness) - likeness[7]!) < 1e-9)
  })

  it('numbers what machines have in common, and has -1 for what they have not', () => {
    const { categories } = rawFeatures(machines[0]!)
    const codes = model.codesOf(categories)
    assert.deepEqual([...codes], [...model.rows[0]!.codes])
    assert.ok(codes.every((code) => code >= 0))
    assert.deepEqual(
      [...model.codesOf({ family: 'none', vendor: 'nobody' })],
      categoryNames.map(() => -1),
    )
  })

  it('says which rows are far off, of all and of those with whole curves', () => {
    const { full, idle, shapes } = model.parameters
    assert.deepEqual([full.noiseWeights?.length, idle.noiseWeights?.length], [40, 40])
    assert.deepEqual(
      shapes.map(({ noiseWeights }) => noiseWeights?.length),
      [39, 39, 39],
    )
    const again = curveModel(machines, model.parameters)
    assert.deepEqual(again.estimate(model.rows[5]!), model.estimate(model.rows[5]!))
  })
})
