import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { plainProvenance } from '../../../test/support/plain-power-source.js'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { errorCode, type ModelError } from '../../core/errors.js'
import type { ZonePower } from '../power-source.js'
import type { Zone } from '../zone.js'
import { createEnergyCounter, maxMicrojoules, parseMicrojoules } from './energy-counter.js'
import { zoneFolders } from './layout.js'
import { openPowercapTree } from './tree.js'

const zones: readonly Zone[] = ['psys', 'package', 'dram']

function powers(watts: Partial<Record<Zone, number>>): ZonePower[] {
  return Object.entries(watts).map(([zone, value]) => ({
    zone: zone as Zone,
    watts: value,
    low: value,
    high: value,
    idleWatts: 0,
    outOfRange: false,
  }))
}

function open(folder: string, bootId = 'boot-1') {
  return openPowercapTree({ folder, zones, provenance: plainProvenance, bootId })
}

const read = (folder: string, path: string) => readFileSync(join(folder, path), 'utf8')
const energy = (folder: string, entry: string) => Number(read(folder, `class/powercap/${entry}/energy_uj`))

describe('createEnergyCounter', () => {
  it('is the integral of the watts, to a microjoule, however small the steps', () => {
    const counter = createEnergyCounter(0n)
    for (let step = 0; step < 1_000_000; step++) counter.add(0.1234567, 0.001)
    assert.ok(Math.abs(Number(counter.microjoules) - 123_456_700) <= 1, String(counter.microjoules))
  })

  it('counts single microjoules after years, and does not wrap within a century', () => {
    const counter = createEnergyCounter(10n ** 17n)
    counter.add(1e-6, 1)
    assert.equal(counter.microjoules, 10n ** 17n + 1n)
    const century = 100 * 365.25 * 86_400
    assert.ok(2_900 * century < Number(maxMicrojoules) / 1e6)
  })

  it('adds nothing for what is no energy, and stays at its end', () => {
    const counter = createEnergyCounter(5n)
    for (const [watts, seconds] of [
      [-1, 1],
      [1, -1],
      [Number.NaN, 1],
      [Number.POSITIVE_INFINITY, 1],
      [0, 9],
    ] as const) {
      counter.add(watts, seconds)
    }
    assert.equal(counter.microjoules, 5n)
    counter.raise(3n)
    assert.equal(counter.microjoules, 5n)
    counter.raise(maxMicrojoules)
    counter.add(1e3, 1e3)
    assert.equal(counter.microjoules, maxMicrojoules)
  })

  it('takes only whole numbers that fit', () => {
    const texts = [undefined, '', '\n', '12x', '-1', '1e3', '99999999999999999999', '1\n2\n', ' 1']
    for (const text of texts) assert.equal(parseMicrojoules(text), undefined, JSON.stringify(text))
    assert.equal(parseMicrojoules('123\n'), 123n)
  })
})

describe('zoneFolders', () => {
  it('puts parts inside the package, and the platform beside it', () => {
    assert.deepEqual(
      zoneFolders(['psys', 'package', 'core', 'uncore', 'dram']).map(({ entry, name }) => `${entry} ${name}`),
      [
        'intel-rapl:0 package-0',
        'intel-rapl:1 psys',
        'intel-rapl:0:0 core',
        'intel-rapl:0:1 uncore',
        'intel-rapl:0:2 dram',
      ],
    )
  })

  it('puts what has no package at the top', () => {
    assert.deepEqual(
      zoneFolders(['psys', 'dram']).map(({ entry, name }) => `${entry} ${name}`),
      ['intel-rapl:0 psys', 'intel-rapl:1 dram'],
    )
  })
})

describe('openPowercapTree', () => {
  it('is laid out as the kernel lays it out, and says that it is an estimate', () => {
    const folder = temporaryFolder()
    const tree = open(folder)
    assert.deepEqual(readdirSync(join(folder, 'class/powercap')), [], 'no zone before its first value')
    tree.add(powers({ psys: 100, package: 50, dram: 5 }), 2)
    assert.deepEqual(readdirSync(join(folder, 'class/powercap')).sort(), [
      'intel-rapl',
      'intel-rapl:0',
      'intel-rapl:0:0',
      'intel-rapl:1',
    ])
    assert.equal(read(folder, 'class/powercap/intel-rapl:0/name'), 'package-0\n')
    assert.equal(read(folder, 'class/powercap/intel-rapl:0/energy_uj'), '100000000\n')
    assert.equal(read(folder, 'class/powercap/intel-rapl:0/intel-rapl:0:0/energy_uj'), '10000000\n')
    assert.equal(read(folder, 'class/powercap/intel-rapl:1/max_energy_range_uj'), `${maxMicrojoules}\n`)
    assert.equal(read(folder, 'class/powercap/intel-rapl/subsystem/intel-rapl:1/name'), 'psys\n')
    assert.equal(read(folder, 'class/hwmon/hwmon0/power1_input'), '100000000\n')
    assert.equal(read(folder, 'class/hwmon/hwmon0/name'), 'power_meter\n')
    assert.match(readlinkSync(join(folder, 'class/powercap/intel-rapl:0')), /^\.\.\/\.\.\/devices\/virtual/)
    const about = JSON.parse(read(folder, 'estimate.json'))
    assert.deepEqual([about.estimate, about.model, about.kind], [true, 'straight line', 'universal'])
    assert.match(read(folder, 'class/powercap/intel-rapl:0/estimate'), /estimate.*not a measurement.*straight line/)
  })

  it('goes on where the last one stopped, whether it was closed or killed', () => {
    const folder = temporaryFolder()
    const first = open(folder)
    first.add(powers({ psys: 100, package: 50, dram: 5 }), 1)
    first.close()
    const second = open(folder)
    second.add(powers({ psys: 100, package: 50, dram: 5 }), 1)
    // Not closed.
    const third = open(folder)
    third.add(powers({ psys: 1, package: 1, dram: 1 }), 0.000001)
    assert.deepEqual([energy(folder, 'intel-rapl:1'), energy(folder, 'intel-rapl:0')], [200_000_001, 100_000_001])
  })

  it('never goes below what was shown before the machine crashed, though files are old or empty', () => {
    for (const left of ['', '1000\n', '12', undefined]) {
      const folder = temporaryFolder()
      const first = open(folder)
      for (let step = 0; step < 100; step++) first.add(powers({ psys: 100, package: 50, dram: 5 }), 1)
      const file = join(folder, 'class/powercap/intel-rapl:1/energy_uj')
      if (left === undefined) rmSync(file)
      else writeFileSync(file, left)
      const second = open(folder, 'boot-2')
      second.add(powers({ psys: 0, package: 0, dram: 0 }), 1)
      const shown = energy(folder, 'intel-rapl:1')
      assert.ok(shown >= 10_000_000_000 && shown <= 16_000_000_000, `${JSON.stringify(left)}: ${shown}`)
    }
  })

  it('counts nothing twice over an orderly restart of the machine', () => {
    const folder = temporaryFolder()
    const first = open(folder)
    first.add(powers({ psys: 100, package: 50, dram: 5 }), 10)
    first.close()
    const second = open(folder, 'boot-2')
    second.add(powers({ psys: 100, package: 50, dram: 5 }), 1)
    assert.equal(energy(folder, 'intel-rapl:1'), 1_100_000_000)
  })

  it('does not go below what somebody else wrote, and counts that', () => {
    const folder = temporaryFolder()
    const tree = open(folder)
    tree.add(powers({ psys: 1, package: 1, dram: 1 }), 1)
    writeFileSync(join(folder, 'class/powercap/intel-rapl:0/energy_uj'), '5000000\n')
    tree.add(powers({ psys: 1, package: 1, dram: 1 }), 1)
    assert.deepEqual([energy(folder, 'intel-rapl:0'), tree.intrusions], [5_000_000, 1])
  })

  it('keeps energy while it cannot write, and makes the tree anew when it can', () => {
    const folder = temporaryFolder()
    const tree = open(folder)
    tree.add(powers({ psys: 100, package: 50, dram: 5 }), 1)
    rmSync(join(folder, 'devices'), { recursive: true })
    rmSync(join(folder, '.power-meter'), { recursive: true })
    writeFileSync(join(folder, '.power-meter'), 'in the way')
    for (let step = 0; step < 3; step++) {
      assert.throws(() => tree.add(powers({ psys: 100, package: 50, dram: 5 }), 1))
    }
    rmSync(join(folder, '.power-meter'))
    tree.add(powers({ psys: 100, package: 50, dram: 5 }), 1)
    assert.deepEqual([energy(folder, 'intel-rapl:1'), energy(folder, 'intel-rapl:0:0')], [500_000_000, 25_000_000])
  })

  it('refuses a folder that has a tree which is not ours', () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'class/powercap'), { recursive: true })
    assert.throws(() => open(folder), { code: 'INVALID_CONFIG', message: /class\/powercap.*folder of its own/ })
  })

  it('says so when the folder cannot be written', () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'file'), '')
    assert.throws(
      () => open(join(folder, 'file')),
      (error: ModelError) => error.code === 'UNAVAILABLE' && errorCode(error.cause) === 'ENOTDIR',
    )
  })

  it('takes a new model', () => {
    const folder = temporaryFolder()
    const tree = open(folder)
    tree.add(powers({ psys: 1, package: 1, dram: 1 }), 1)
    tree.describe({ ...plainProvenance, kind: 'trained', model: 'mine\nline' })
    assert.match(read(folder, 'class/powercap/intel-rapl:0/estimate'), /^[^\n]*trained model mine line\n$/)
  })
})
