import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readModelArchive } from '../../archive/read-model-archive.js'
import { loads } from '../../universal/machine.js'
import type { Band } from '../../universal/zones.js'
import { type AskedMachine, machineOfSpec, type OwnMachine } from './machine-of-spec.js'
import {
  absolutePower,
  archiveOf,
  dynamicPower,
  expectedError,
  type MachineModel,
  servedWatts,
  weightsOf,
} from './power-model-of-machine.js'
import { usageFeatureIn, usageFeatures } from './usage-features.js'

/** A straight line from 100 W to 200 W, with this much below and above. */
function straight(below: number, above = below): Band {
  const at = (add: number) => Float64Array.from(loads, (load) => 100 + 100 * load + add)
  return { watts: at(0), low: at(-below), high: at(above) }
}
const bent: Band = { ...straight(5), watts: Float64Array.from(loads, (load) => 100 + 100 * Math.sqrt(load)) }
const close = (a: number, b: number, within = 1e-9) => assert.ok(Math.abs(a - b) <= within, `${a} is not ${b}`)

describe('the power of a component', () => {
  it('is the curve, or a line with its distance from it', () => {
    assert.deepEqual(absolutePower('package', bent, false), { component: 'package', band: bent })
    assert.equal(servedWatts(absolutePower('package', bent, false)), bent.watts)
    const line = absolutePower('package', bent, true)
    const served = servedWatts(line)
    close(served[0]!, line.line!.idle)
    close(served.at(-1)!, line.line!.idle + line.line!.slope)
    assert.ok(line.distance!.largest > 0.05 && line.distance!.mean < line.distance!.largest)
    const exact = absolutePower('package', straight(5), true)
    close(exact.line!.idle, 100)
    close(exact.line!.slope, 100)
    close(exact.distance!.largest, 0)
  })

  it('above idle is the slope of the whole curve, without its idle', () => {
    const dynamic: Band = { watts: Float64Array.from(loads, (load) => 100 * load), low: bent.low, high: bent.high }
    const power = dynamicPower('platform', straight(5), dynamic)
    assert.equal(power.line!.idle, 0)
    close(power.line!.slope, 100)
    assert.equal(power.band, dynamic)
  })

  it('has the error that its interval stands for, with the distance of its line', () => {
    // The mean distance of a normal value is sqrt(2 / pi) deviations; 1.6449 of them are half the interval.
    const spread = (16.449 / 1.6449) * Math.sqrt(2 / Math.PI)
    const { mae, mape } = expectedError(absolutePower('package', straight(16.449), false))
    close(mae, spread)
    const shares = Array.from(loads, (load) => spread / (100 + 100 * load))
    close(mape, (100 * shares.reduce((sum, one) => sum + one, 0)) / loads.length)
    close(expectedError(absolutePower('package', straight(6, 26.898), false)).mae, spread)
    const away = expectedError({ component: 'package', band: straight(0), line: { idle: 103, slope: 100 } })
    close(away.mae, 3)
    const both = expectedError({ component: 'package', band: straight(16.449), line: { idle: 103, slope: 100 } })
    close(both.mae, Math.hypot(3, spread))
  })

  it('leaves no load without watts out of percentages', () => {
    const watts = Float64Array.from(loads, (load) => 50 * load)
    const { mape } = expectedError({ component: 'package', band: { watts, low: watts, high: watts } })
    assert.equal(mape, 0)
    const none = watts.map(() => 0)
    const { mape: ofNone } = expectedError({ component: 'package', band: { watts: none, low: none, high: watts } })
    assert.equal(ofNone, 0)
  })
})

describe('a machine as a model', () => {
  const powers = [absolutePower('package', bent, true), absolutePower('dram', straight(5, 10), true)]
  const model: MachineModel = { name: 'SGDRegressorTrainer_-1', feature: 'cpu_time_ms', fullLoad: 8000, powers }
  const estimate = (forOriginal: boolean, value: number, of: MachineModel = model) =>
    readModelArchive(archiveOf(of, { mae: 1 }, forOriginal)).estimate(['cpu_time_ms'], [[value]])

  it('has weights as Kepler evaluates them', () => {
    const { package: pkg, dram } = weightsOf(model)
    close(dram!.All_Weights.Bias_Weight!, 100)
    const unit = dram!.All_Weights.Numerical_Variables.cpu_time_ms!
    assert.equal(unit.scale, 8000)
    close(unit.weight!, 100)
    assert.deepEqual(Object.keys(pkg!.All_Weights.Numerical_Variables), ['cpu_time_ms'])
    const { package: none } = weightsOf({ ...model, powers: [absolutePower('package', bent, false)] })
    assert.equal(none!.All_Weights.Bias_Weight, 0)
    assert.deepEqual(none!.All_Weights.Numerical_Variables, { cpu_time_ms: { scale: 8000, weight: 0 } })
  })

  it('has the line in both formats, which only ours ends at full load', () => {
    for (const forOriginal of [true, false]) {
      close(estimate(forOriginal, 4000).powers.dram![0]!, 150, 1e-6)
      close(estimate(forOriginal, 8000).powers.dram![0]!, 200, 1e-6)
    }
    close(estimate(false, 16_000).powers.dram![0]!, 200, 1e-6)
    close(estimate(true, 16_000).powers.dram![0]!, 300, 1e-6)
  })

  it('has the curve where no line is served', () => {
    const curve = { ...model, powers: [absolutePower('package', bent, false)] }
    close(estimate(false, 8000 * loads[1]!, curve).powers.package![0]!, bent.watts[1]!, 1e-6)
  })

  it('has its interval, which never leaves out the watts themselves', () => {
    const { intervals } = estimate(false, 4000)
    close(intervals.dram!.lower[0]!, 145, 0.01)
    close(intervals.dram!.upper[0]!, 160, 0.01)
    const beside = { ...model, powers: [{ ...powers[1]!, line: { idle: 300, slope: 100 } }] }
    const { intervals: of } = estimate(false, 4000, beside)
    close(of.dram!.upper[0]!, 350, 0.01)
    close(of.dram!.lower[0]!, 145, 0.01)
  })
})

describe('usage features', () => {
  it('are full when every thread is busy', () => {
    const full = Object.fromEntries(usageFeatures.map(({ name, fullLoad }) => [name, fullLoad(8)]))
    assert.deepEqual(full, { bpf_cpu_time_ms: 8000, cpu_time_ms: 8000, cpu_seconds: 8, cpu_usage_ratio: 1 })
  })

  it('are the first that a client measures', () => {
    assert.equal(usageFeatureIn(['cpu_seconds', 'cpu_time_ms', 'cache_miss'])?.name, 'cpu_time_ms')
    assert.equal(usageFeatureIn(['cache_miss']), undefined)
    assert.equal(usageFeatureIn([]), undefined)
  })
})

describe('machineOfSpec', () => {
  const spec = { processor: 'amd_epyc_9654', cores: 192, chips: 2, memory: 384 }
  const own: OwnMachine = { spec, question: { machine: { processor: 'AMD EPYC 9654', threads: 192 }, virtual: true } }
  const of = (asked: AskedMachine['spec']) => machineOfSpec(asked, () => own)

  it('is this machine where the spec says nothing that tells machines apart', () => {
    assert.deepEqual(of({}), { of: 'this machine', ...own })
    assert.deepEqual(of({ frequency: 3000 }), { of: 'this machine', ...own })
  })

  it('is this machine where all that the spec says is true of it', () => {
    for (const same of [spec, { ...spec, frequency: 1 }, { processor: spec.processor, cores: 192 }]) {
      assert.equal(of(same).of, 'this machine', JSON.stringify(same))
    }
  })

  it('is another machine where one attribute differs, or processor or cores are not said', () => {
    for (const other of [
      { ...spec, memory: 385 },
      { ...spec, chips: 1 },
      { processor: spec.processor },
      { cores: 192 },
    ]) {
      assert.equal(of(other).of, 'the spec', JSON.stringify(other))
    }
    assert.deepEqual(of({ processor: 'x', cores: 4, chips: 1, memory: 8, frequency: 9 }).question, {
      machine: { processor: 'x', threads: 4, chips: 1, memory: 8 },
    })
    assert.deepEqual(of({ cores: 4 }).question, { machine: { threads: 4 } })
  })
})
