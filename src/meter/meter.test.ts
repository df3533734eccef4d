import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type FakeSystem, fakeSystem } from '../../test/support/fake-proc.js'
import { plainPowerSource } from '../../test/support/plain-power-source.js'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { ModelError } from '../core/errors.js'
import { noPodNames } from './attribution/account.js'
import { createAttribution } from './attribution/attribution.js'
import { createMeter, type MeterParts } from './meter.js'
import type { PowerSource, ZonePower } from './power-source.js'
import { KernelFiles } from './proc/kernel-files.js'
import { createNodeReader } from './proc/node-reader.js'
import { createProcessTable } from './workload/process-table.js'

/** A machine of two processors of which each is busy for a part of each second. */
function scene(parts: Partial<MeterParts> = {}, source: PowerSource = plainPowerSource()) {
  const system = fakeSystem(temporaryFolder())
  const files = new KernelFiles()
  const attribution = createAttribution(source.zones.length, noPodNames)
  const given: (readonly [readonly ZonePower[], number])[] = []
  const meter = createMeter({
    node: createNodeReader(files, system),
    source,
    split: 'model',
    workloads: { table: createProcessTable(files, system), attribution },
    sink: (powers, seconds) => given.push([powers, seconds]),
    now: () => 0,
    ...parts,
  })
  let busy = 0
  let all = 0
  const run = (seconds: number, load: number) => {
    busy += seconds * 100 * load
    all += seconds * 100
    cpus(system, busy, all)
  }
  cpus(system, 0, 0)
  return { system, meter, attribution, run, given }
}

function cpus(system: FakeSystem, busy: number, all: number): void {
  const row = [Math.round(busy), 0, 0, Math.round(all - busy), 0, 0, 0, 0]
  system.cpus([row, row])
}

const watts = ({ zones }: { zones: readonly { zone: string; watts: number }[] }) =>
  Object.fromEntries(zones.map(({ zone, watts: value }) => [zone, value]))

describe('createMeter', () => {
  it('asks the model for what the machine did between two ticks', () => {
    const { meter, run, given } = scene()
    assert.deepEqual(meter.tick(10), { updated: false, gap: undefined, seconds: 0 })
    run(1, 0.5)
    assert.deepEqual(meter.tick(11), { updated: true, gap: undefined, seconds: 1 })
    assert.deepEqual(watts(meter.reading(11)), { psys: 150, package: 70, dram: 7.5 })
    run(2, 1)
    meter.tick(13)
    assert.deepEqual(watts(meter.reading(13)), { psys: 200, package: 100, dram: 10 })
    const psys = meter.reading(13).zones[0]!
    assert.deepEqual([psys.joules, psys.activeJoules, psys.restJoules], [550, 250, 300])
    assert.deepEqual(
      given.map(([, seconds]) => seconds),
      [1, 2],
    )
  })

  it('tells how old its watts are', () => {
    const { meter, run } = scene()
    assert.equal(meter.reading(5).age, 0)
    meter.tick(10)
    run(1, 0.5)
    meter.tick(11)
    assert.deepEqual([meter.reading(11).age, meter.reading(13.5).age, meter.reading(10).age], [0, 2.5, 0])
  })

  it("splits by the model's idle power, or by Kepler's rule", () => {
    for (const [split, active] of [
      ['model', 25],
      ['kepler', 31.25],
    ] as const) {
      const { meter, run } = scene({ split })
      meter.tick(0)
      run(4, 0.25)
      meter.tick(4)
      const { activeWatts, restWatts } = meter.reading(4).zones[0]!
      assert.deepEqual([activeWatts, restWatts], [active, 125 - active], split)
    }
  })

  it('gives workloads the active power, which they add up to', () => {
    const { meter, run, system, attribution } = scene()
    for (const [pid, ticks] of [
      [1, 0],
      [2, 0],
    ] as const)
      system.process({ pid, ticks })
    meter.tick(0)
    run(1, 0.5)
    system.process({ pid: 1, ticks: 75 })
    system.process({ pid: 2, ticks: 25 })
    meter.tick(1)
    const { processes, activeWatts } = attribution.snapshot()
    assert.deepEqual([...activeWatts], [50, 30, 2.5])
    assert.deepEqual(
      [...processes.running].map(({ joules }) => joules[0]),
      [37.5, 12.5],
    )
  })

  it('loses no energy while /proc/stat cannot be read, and says so', () => {
    const { meter, run, system } = scene()
    meter.tick(0)
    run(1, 1)
    for (const [second, text] of [
      [1, ''],
      [2, 'cpu  1 2'],
      [3, 'something else\n'],
    ] as const) {
      system.file('proc/stat', text)
      assert.deepEqual(meter.tick(second).updated, false)
      assert.match(meter.reading(second).gap ?? '', /\/proc\/stat cannot be read/)
    }
    run(3, 0)
    assert.equal(meter.tick(4).seconds, 4)
    const { gap, zones } = meter.reading(4)
    assert.deepEqual([gap, zones[0]?.watts, zones[0]?.joules], [undefined, 125, 500])
  })

  it('loses no energy while the model cannot answer, and says why', () => {
    const source = plainPowerSource()
    let broken: (() => ZonePower[]) | undefined
    const { meter, run } = scene({}, { ...source, power: (usage) => broken?.() ?? source.power(usage) })
    meter.tick(0)
    const failures: (readonly [() => ZonePower[], RegExp])[] = [
      [
        () => {
          throw new ModelError('NO_MODEL', 'none fits')
        },
        /none fits/,
      ],
      [() => [{ zone: 'psys', watts: Number.NaN, low: 0, high: 0, idleWatts: 0, outOfRange: false }], /NaN W for psys/],
      [() => [{ zone: 'psys', watts: -1, low: -2, high: 0, idleWatts: 0, outOfRange: false }], /-1 W for psys/],
    ]
    failures.forEach(([fail, message], index) => {
      broken = fail
      run(1, 1)
      const { updated, gap, seconds } = meter.tick(index + 1)
      assert.match(gap ?? '', message)
      assert.deepEqual([updated, seconds], [false, 0])
    })
    broken = undefined
    run(1, 1)
    assert.equal(meter.tick(4).seconds, 4)
    assert.equal(meter.reading(4).zones[0]?.joules, 800)
  })

  it('waits for the next tick of the kernel when two readings show the same', () => {
    const { meter, run } = scene()
    meter.tick(0)
    assert.deepEqual(meter.tick(0.001), { updated: false, gap: undefined, seconds: 0 })
    run(1, 1)
    assert.equal(meter.tick(1).seconds, 1)
  })

  it('does not count time that was stolen as its own work', () => {
    const source = plainPowerSource()
    const { meter, system } = scene({}, source)
    system.cpus([[0, 0, 0, 0, 0, 0, 0, 0]])
    meter.tick(0)
    system.cpus([[25, 0, 0, 25, 0, 0, 0, 50]])
    meter.tick(1)
    assert.deepEqual([source.asked[0]?.utilisation, source.asked[0]?.steal], [0.25, 0.5])
  })

  it('goes on when processors come and go', () => {
    const { meter, system } = scene()
    const idle = [0, 0, 0, 1000, 0, 0, 0, 0]
    system.cpus([idle, idle, idle], [0, 1, 2])
    meter.tick(0)
    system.cpus([[0, 0, 0, 1100, 0, 0, 0, 0]], [0])
    meter.tick(1)
    assert.deepEqual([meter.reading(1).usage?.onlineCpus, meter.reading(1).usage?.utilisation], [1, 0])
    system.cpus([[100, 0, 0, 1100, 0, 0, 0, 0], idle], [0, 5])
    meter.tick(2)
    assert.deepEqual([meter.reading(2).usage?.onlineCpus, meter.reading(2).usage?.utilisation], [2, 1])
  })

  it('looks at processes less often when that takes long, and gives them all energy all the same', () => {
    let clock = 0
    const source = plainPowerSource()
    const { meter, run, system, attribution } = scene({ now: () => (clock += 0.5) }, source)
    system.process({ pid: 1, ticks: 0 })
    meter.tick(0)
    let ticks = 0
    for (let second = 1; second <= 30; second++) {
      run(1, 1)
      ticks += 200
      system.process({ pid: 1, ticks })
      meter.tick(second)
    }
    // A scan takes half a second, and may take a twentieth of the time: one in ten seconds.
    const [process] = [...attribution.snapshot().processes.running]
    assert.ok(process!.joules[0]! >= 2000 && process!.joules[0]! % 100 === 0, String(process!.joules[0]))
    assert.ok(process!.joules[0]! < 3000)
  })

  it('tells its error beside a real meter', () => {
    const { meter, run } = scene({
      measured: () =>
        new Map([
          ['package', 100],
          ['psys', 160],
        ]),
    })
    meter.tick(0)
    run(1, 0.5)
    meter.tick(1)
    const [psys, zone] = meter.comparison.zones()
    assert.deepEqual(
      [zone?.zone, zone?.measuredWatts, zone?.mae, zone?.mape, zone?.bias, zone?.covered],
      ['package', 100, 30, 30, -30, 0],
    )
    assert.deepEqual([psys?.bias, psys?.covered], [-10, 1])
  })
})
