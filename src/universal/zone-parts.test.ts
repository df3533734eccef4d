import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import {
  calibrationPath,
  forgetCalibration,
  machineIdentity,
  readCalibration,
  writeCalibration,
} from './calibrate/calibration-file.js'
import { parseCalibrationPoint, wallPointOfPackage } from './calibrate/parse-point.js'
import { pointsOfMeasurements } from './calibrate/points-of-measurements.js'
import { dynamicBand } from './dynamic-band.js'
import { loads } from './machine.js'
import { shapeSpace } from './shape.js'
import type { CurveAnswer } from './universal-model.js'
import { hostOfInstance, virtualBand } from './virtual/host.js'
import { dramBand, logRatio, packageBand } from './zones.js'

const close = (a: number | undefined, b: number, within = 1e-9) =>
  assert.ok(Math.abs((a ?? Number.NaN) - b) <= within * Math.max(1, Math.abs(b)), `${a} is not ${b}`)
const line = (idle: number, full: number) => Float64Array.from(loads, (load) => idle + (full - idle) * load)
const answer = (watts: Float64Array, factor = 1.5) =>
  ({ watts, low: watts.map((one) => one / factor), high: watts.map((one) => one * factor) }) as CurveAnswer

describe('zones', () => {
  it('have a ratio that goes from load to load', () => {
    close(logRatio('package', 0).mean, Math.log(0.4))
    close(logRatio('package', 0.25).mean, (Math.log(0.4) + Math.log(0.65)) / 2)
    close(logRatio('package', 1).mean, Math.log(0.7))
    close(logRatio('package', 0).deviation, Math.log(0.8 / 0.15) / 3.2898)
    close(logRatio('dram', 0.5).mean, Math.log(0.13))
    close(logRatio('dram', 0.75).mean, (Math.log(0.13) + Math.log(0.17)) / 2)
  })

  it('never draw more than their limits', () => {
    const wall = answer(line(100, 300))
    const free = packageBand(wall, undefined, undefined)
    close(free.watts[0], 40)
    close(free.watts[10], 210)
    assert.ok(free.low[5]! < free.watts[5]! && free.watts[5]! < free.high[5]! && free.high[5]! <= wall.high[5]!)
    const limited = packageBand(wall, 50, 2)
    close(limited.watts[10], 100)
    close(limited.high[10], 100)
    assert.equal(dramBand(wall, undefined), undefined)
    const dram = dramBand(wall, 100)!
    close(dram.watts[0], 8)
    close(dram.watts[10], 17)
    close(dramBand(wall, 10_000)!.watts[0], 40)
    const assumed = dramBand(wall, 100, false)!
    assert.ok(assumed.low[0]! < dram.low[0]! && assumed.high[0]! > dram.high[0]!)
    close(assumed.watts[0], 8)
  })

  it('above idle are as sure as those whose interval does not reach nothing', () => {
    const band = answer(line(100, 300), Math.exp(0.16449))
    const apart = new Float64Array(121)
    const of = (low: number, watts = band.watts[0]!) =>
      dynamicBand({ ...band, watts: band.watts.with(0, watts), low: band.low.with(0, low) }, apart)
    // Nothing is known of how far idle is off: full load alone is, by a tenth of 300 W in two deviations.
    const half = 300 * (0.16449 / 1.6449) * 1.6449
    for (const low of [0, -1]) {
      const { watts, high } = of(low)
      close(watts[10], 200)
      close(high[10], 200 + half)
    }
    assert.ok(of(band.low[0]!).high[10]! > 200 + half)
    close(of(50, 0).high[10], 300 + half)
    assert.ok([...of(0).low, ...of(0).high].every((value) => value >= 0 && Number.isFinite(value)))
  })

  it('above idle have the interval of a difference', () => {
    const band = answer(line(100, 300), Math.exp(0.16449))
    const same = dynamicBand(band, new Float64Array(121).fill(1))
    assert.deepEqual([same.watts[0], same.watts[10], same.low[0], same.high[0]], [0, 200, 0, 0])
    // Deviations of 30 and 10 W that go together, or do not.
    close(same.high[10], 200 + 1.6449 * 20)
    const apart = dynamicBand(band, new Float64Array(121))
    close(apart.high[10], 200 + 1.6449 * Math.hypot(30, 10))
    // At idle there is nothing above it, whatever goes together.
    assert.deepEqual([apart.low[0], apart.high[0]], [0, 0])
    close(apart.low[1], Math.max(0, 20 - 1.6449 * Math.hypot(12, 10)))
  })

  it('of a virtual machine are its share, and less sure', () => {
    const wall = answer(line(100, 300))
    const half = virtualBand(wall, 0.5)
    close(half.watts[0], 50)
    close(half.watts[10], 150)
    // A straight line is the same whatever the neighbours do: the interval and how hosts are filled remain, and idle.
    const alone = Math.abs(Math.log((50 + 100 * 1) / 150))
    close(half.high[10], 150 * Math.exp(Math.hypot(Math.log(1.5), alone, 1.6449 * 0.2)))
    const whole = virtualBand(wall, 1)
    close(whole.high[10], 450)
    close(whole.low[0], 100 / 1.5)
    const host = hostOfInstance({
      provider: 'aws',
      name: 'x',
      vcpus: 4,
      memory: 1,
      hosts: [{ processor: '', threads: 16, memory: 0 }],
    })
    assert.deepEqual(host, { machine: { threads: 16 }, share: 0.25, from: 'instance table' })
    assert.throws(() => hostOfInstance({ provider: 'aws', name: 'x', vcpus: 4, memory: 1, hosts: [] }), {
      field: 'instance',
    })
  })

  it('have shapes whose components give curves back', () => {
    const curves = [0.5, 0.8, 1, 1.3, 2].map((power) => Float64Array.from(loads, (load) => 50 + 100 * load ** power))
    const space = shapeSpace(curves)
    for (const curve of curves) {
      const { shares } = space.shape(space.scores(curve), [0, 0, 0])
      for (const [u, share] of shares.entries()) close(50 + 100 * share, curve[u]!, 0.01)
    }
    const wild = space.shape([-50, 0, 0], [1, 0, 0])
    assert.ok(wild.shares.every((share, u) => u === 0 || share >= wild.shares[u - 1]!))
    assert.deepEqual([wild.shares[0], wild.shares[10], wild.variances[0], wild.variances[10]], [0, 1, 0, 0])
    assert.ok(Math.min(...wild.shares.slice(1)) >= 0.003 && Math.max(...wild.shares.slice(0, 10)) <= 0.997)
    close(space.shape([0, 0, 0], [0, 0, 0]).variances[5], 0.0001)
  })
})

describe('calibration', () => {
  it('reads points at the wall and of packages', () => {
    assert.deepEqual(parseCalibrationPoint('50%=212W'), { load: 0.5, watts: 212 })
    assert.deepEqual(parseCalibrationPoint(' 12.5 % = 95.5 w:wall '), { load: 0.125, watts: 95.5 })
    assert.deepEqual(
      [parseCalibrationPoint('IDLE=1').load, parseCalibrationPoint('full=1e6'.replace('1e6', '1000000')).load],
      [0, 1],
    )
    assert.deepEqual(parseCalibrationPoint('100%=5W:package'), wallPointOfPackage(1, 5))
    const { watts, deviation } = wallPointOfPackage(1, 70)
    close(watts, 100)
    close(deviation, logRatio('package', 1).deviation)
    for (const text of ['', '50=5', '101%=5', 'idle=0', 'idle=1000001', 'idle=-5', '5%=5W:dram', 'idle=1e3']) {
      assert.throws(() => parseCalibrationPoint(text), { code: 'INVALID_REQUEST', field: 'point' }, text)
    }
  })

  it('makes points of samples, each as sure as they agree', () => {
    const at = (load: number, ...watts: readonly number[]) => watts.map((one) => ({ load, watts: one }))
    const points = pointsOfMeasurements([
      ...at(1.02, 200, 200, 200, 200, 200),
      ...at(0, 90, 95, 100, 105, 110),
      ...at(0.5, 1, 2, 3, 4),
      ...at(1.03, 1, 1, 1, 1, 1),
      ...at(0.35, 0, 0, 0, 0, 0),
    ])
    assert.deepEqual(
      points.map(({ load, watts }) => [load, watts]),
      [
        [0, 100],
        [1, 200],
      ],
    )
    close(points[1]!.deviation, 0.02)
    // Quantiles of 0.84 and 0.16 are 106.8 and 93.2 W.
    close(points[0]!.deviation, Math.hypot(0.02, 13.6 / 200 / Math.sqrt(5)))
  })

  it('is kept for the machine that was measured', () => {
    const path = calibrationPath(temporaryFolder())
    const machine = { processor: 'x', chips: 1, threads: 8, memory: 16 }
    const calibration = {
      machine: machineIdentity(machine),
      points: [{ load: 0.5, watts: 9 }],
      source: 's',
      measured: 'm',
    }
    assert.equal(readCalibration(path, machine), undefined)
    assert.equal(forgetCalibration(path), false)
    writeCalibration(path, calibration)
    assert.deepEqual(readCalibration(path, machine), calibration)
    for (const other of [{ processor: 'y' }, { chips: 2 }, { threads: 9 }, { memory: 17 }]) {
      assert.equal(readCalibration(path, { ...machine, ...other }), undefined)
    }
    for (const wrong of [{ points: [] }, { points: [{ load: 1.1, watts: 1 }] }, { points: [{ load: 1, watts: 0 }] }]) {
      writeFileSync(path, JSON.stringify({ ...calibration, ...wrong }))
      assert.throws(() => readCalibration(path, machine), { code: 'INVALID_CONFIG' })
    }
    assert.equal(forgetCalibration(path), true)
    assert.equal(forgetCalibration(join(path, '..', 'none')), false)
  })
})
