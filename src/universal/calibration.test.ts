import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { conditionOnPoints, loadCorrelation } from './calibration.js'
import { coverageFactors } from './coverage.js'
import type { CurveEstimate, CurveModel } from './curve-model.js'
import { rawFeatures } from './features.js'
import { loads, type MeasuredMachine } from './machine.js'

const close = (a: number | undefined, b: number, within = 1e-9) =>
  assert.ok(Math.abs((a ?? Number.NaN) - b) <= within * Math.max(1, Math.abs(b)), `${a} is not ${b}`)
const size = loads.length
/** A steep curve, so that no load that is moved gets past the next one. */
const watts = Float64Array.from(loads, (_, u) => 10 * 2 ** u)
const deviations = new Float64Array(size).fill(0.3)
const estimate: CurveEstimate = { watts, deviations }
const apart = Float64Array.from({ length: size ** 2 }, (_, k) => (k % (size + 1) === 0 ? 1 : 0))
const together = new Float64Array(size ** 2).fill(1)

describe('a curve that is conditioned on points', () => {
  it('is the same without any', () => {
    assert.equal(conditionOnPoints(estimate, apart, []), estimate)
  })

  it('moves by the share of its variance in that of the measurement', () => {
    const away = 0.2
    const point = { load: 0.5, watts: watts[5]! * Math.exp(away), deviation: 0.1 }
    const { watts: moved, deviations: left } = conditionOnPoints(estimate, apart, [point])
    const gain = 0.09 / (0.09 + 0.01)
    close(Math.log(moved[5]! / watts[5]!), gain * away)
    close(left[5], Math.sqrt(0.09 * (1 - gain)))
    for (const u of [0, 4, 6, 10]) {
      close(moved[u], watts[u]!)
      close(left[u], 0.3)
    }
  })

  it('takes a meter to be right to 2 %', () => {
    const { deviations: left } = conditionOnPoints(estimate, apart, [{ load: 1, watts: 1 }])
    close(left[10], Math.sqrt(0.09 * (1 - 0.09 / (0.09 + 0.0004))))
  })

  it('moves as a whole where the errors go together', () => {
    const point = { load: 0, watts: 10 * Math.exp(0.1), deviation: 0.3 }
    const { watts: moved, deviations: left } = conditionOnPoints(estimate, together, [point])
    moved.forEach((value, u) => {
      close(Math.log(value / watts[u]!), 0.05)
      close(left[u], 0.3 * Math.SQRT1_2)
    })
  })

  it('has a point between two loads of both, and one beyond the ends of the end', () => {
    // ln of the curve goes up by ln 2 a load: at 0.55 it is half way.
    const middle = Math.exp((Math.log(watts[5]!) + Math.log(watts[6]!)) / 2)
    const { watts: moved } = conditionOnPoints(estimate, apart, [
      { load: 0.55, watts: middle * Math.exp(0.1), deviation: 0.1 },
    ])
    const gain = (0.5 * 0.09) / (0.5 * 0.09 + 0.01)
    close(Math.log(moved[5]! / watts[5]!), gain * 0.1, 1e-6)
    close(Math.log(moved[6]! / watts[6]!), gain * 0.1, 1e-6)
    const at = (load: number) => conditionOnPoints(estimate, apart, [{ load, watts: 11_000 }]).watts
    assert.deepEqual(at(1.5), at(1))
    assert.deepEqual(at(-1), at(0))
    assert.ok(at(1)[10]! > watts[10]!)
  })

  it('weighs several points together', () => {
    const point = { load: 0, watts: 10 * Math.exp(0.3), deviation: 0.3 }
    const { watts: moved, deviations: left } = conditionOnPoints(estimate, together, [point, { ...point, load: 0 }])
    close(Math.log(moved[0]! / watts[0]!), (2 / 3) * 0.3)
    close(left[0], Math.sqrt(0.09 / 3))
  })

  it('never falls, and rises by 3 % of idle at least', () => {
    const { watts: moved } = conditionOnPoints(estimate, apart, [{ load: 0, watts: 1e6, deviation: 0.001 }])
    for (let u = 1; u < size; u++) close(moved[u], moved[0]! * (1 + 0.03 * loads[u]!))
  })
})

const machine = (curve: Float64Array, more: Partial<MeasuredMachine> = {}): MeasuredMachine => ({
  ...{ processor: 'EPYC 9654', chips: 1, cores: 4, threads: 8, megahertz: 2000, model: 'm', watts: curve },
  ...more,
})

/** A model that said `watts` of each machine, whatever was left out. */
function modelOf(machines: readonly MeasuredMachine[]) {
  const asked: (readonly string[])[] = []
  const model = {
    ...{ machines, raw: machines.map(rawFeatures) },
    leaveGroupsOut(groups: readonly string[]) {
      asked.push(groups)
      return machines.map(() => estimate)
    },
  } as unknown as CurveModel
  return { model, asked }
}
/** A curve that is so many deviations off at each load. */
const off = (by: (u: number) => number) => watts.map((value, u) => value * Math.exp(0.3 * by(u)))

describe('the correlation of errors between loads', () => {
  it('is that of the machines, each judged without its processor, drawn a little to nothing', () => {
    const { model, asked } = modelOf([
      machine(off((u) => (u === 1 ? -1 : 1))),
      machine(
        off((u) => (u === 1 ? 1 : -1)),
        { processor: 'EPYC 9754' },
      ),
      machine(off((u) => (u === 2 ? 3 : 0))),
    ])
    const correlation = loadCorrelation(model)
    assert.deepEqual(asked, [['epyc:9654', 'epyc:9754', 'epyc:9654']])
    close(correlation[0], 1)
    close(correlation[1], -0.97)
    close(correlation[size], -0.97)
    close(correlation[3], 0.97)
    // (1, -1, 0) and (1, -1, 3), whose means are 0 and 1.
    close(correlation[2], (0.97 * 2) / Math.sqrt(2 * 8))
    assert.deepEqual(
      loads.map((_, u) => correlation[u * size + u]),
      loads.map(() => 1),
    )
  })

  it('passes over machines without a whole curve, and holds errors within four deviations', () => {
    const whole = [
      machine(off((u) => (u === 0 ? 100 : 1))),
      machine(off((u) => (u === 0 ? 4 : -1))),
      machine(off((u) => -u - 1)),
    ]
    const half = machine(off((u) => (u === 5 ? Number.NaN : 50)))
    const { model } = modelOf([...whole, half])
    const held = modelOf([machine(off((u) => (u === 0 ? 4 : 1))), whole[1]!, machine(off((u) => Math.max(-4, -u - 1)))])
    const [a, b] = [loadCorrelation(model), loadCorrelation(held.model)]
    a.forEach((value, k) => {
      close(value, b[k]!)
    })
  })
})

describe('the factors of coverage', () => {
  it('judge each machine without itself, its processor, and its family', () => {
    const { model, asked } = modelOf([
      machine(off(() => 1)),
      machine(
        off(() => -2),
        { processor: 'EPYC 9754' },
      ),
      machine(
        off(() => 3),
        { processor: 'Xeon Gold 6338' },
      ),
    ])
    const { processor, family, new: fresh } = coverageFactors(model)
    assert.equal(asked.length, 3)
    assert.deepEqual(asked[0], ['0', '1', '2'])
    assert.deepEqual(asked[1], ['epyc:9654', 'epyc:9754', 'xeon:6338'])
    assert.equal(asked[2]?.[0] === asked[2]?.[2], false)
    for (const factors of [processor, family, fresh]) close(factors[4], 3)
  })

  it('count a family of many machines by the root of their number, and a new one once', () => {
    // Nine machines of one family are far off, and sixteen of others near.
    const errors = Array.from({ length: 25 }, (_, i) => (i < 9 ? 5 : 1))
    const { model } = modelOf(errors.map((error) => machine(off(() => error))))
    const raw = errors.map((error, i) => {
      const name = error === 5 ? 'far' : String(i)
      return { categories: { family: name, group: name } }
    })
    const factors = coverageFactors({ ...model, raw } as unknown as CurveModel)
    // 0.9 x 26 / 25 of a weight of 16 + 3 is more than 16, and of 16 + 1 it is less.
    close(factors.processor[0], 5)
    close(factors.family[0], 5)
    close(factors.new[0], 1)
  })
})
