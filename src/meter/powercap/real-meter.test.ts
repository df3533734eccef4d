import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fakeSystem } from '../../../test/support/fake-proc.js'
import { plainProvenance } from '../../../test/support/plain-power-source.js'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { findRealMeter, linkToRealMeter, realMeterReader } from './real-meter.js'
import { openPowercapTree } from './tree.js'

function machine() {
  const root = temporaryFolder()
  const system = fakeSystem(root)
  const zone = (entry: string, name: string, energy: string, range = '1000000000') => {
    system.file(`sys/class/powercap/${entry}/name`, `${name}\n`)
    system.file(`sys/class/powercap/${entry}/energy_uj`, energy)
    system.file(`sys/class/powercap/${entry}/max_energy_range_uj`, `${range}\n`)
  }
  return { ...system, root, zone }
}

describe('findRealMeter', () => {
  it('finds none on a machine without, or with an empty class', () => {
    const { sys } = machine()
    assert.equal(findRealMeter(sys), undefined)
    mkdirSync(join(sys, 'class/powercap/dtpm'), { recursive: true })
    assert.equal(findRealMeter(sys), undefined)
  })

  it('finds zones that it may read, and says when it may not', () => {
    const { sys, zone } = machine()
    zone('intel-rapl:0', 'package-0', '5\n')
    assert.deepEqual(findRealMeter(sys)?.forbidden, false)
    zone('intel-rapl:0', 'package-0', '')
    assert.deepEqual(findRealMeter(sys), { zones: [], forbidden: true })
  })

  it('takes no tree of ours for a meter', () => {
    const folder = temporaryFolder()
    openPowercapTree({ folder, zones: ['psys'], provenance: plainProvenance, bootId: '' }).add(
      [{ zone: 'psys', watts: 1, low: 1, high: 1, idleWatts: 1, outOfRange: false }],
      1,
    )
    assert.equal(findRealMeter(folder), undefined)
  })
})

describe('realMeterReader', () => {
  it('adds up sockets, and follows a counter that wraps', () => {
    const { sys, zone } = machine()
    zone('intel-rapl:0', 'package-0', '999000000\n')
    zone('intel-rapl:1', 'package-1', '0\n')
    zone('intel-rapl:0:0', 'dram', '0\n')
    const meter = findRealMeter(sys)
    assert.ok(meter)
    const read = realMeterReader(meter)
    assert.equal(read(10).size, 0)
    zone('intel-rapl:0', 'package-0', '1000000\n')
    zone('intel-rapl:1', 'package-1', '6000000\n')
    assert.deepEqual(
      [...read(12)],
      [
        ['package', 4],
        ['dram', 0],
      ],
    )
  })
})

describe('linkToRealMeter', () => {
  it('leads readers of our tree to the hardware, also where an estimate was before', () => {
    const { sys, zone } = machine()
    zone('intel-rapl:0', 'package-0', '5\n')
    const folder = temporaryFolder()
    const power = { zone: 'package', watts: 1, low: 1, high: 1, idleWatts: 1, outOfRange: false } as const
    openPowercapTree({ folder, zones: ['package'], provenance: plainProvenance, bootId: '' }).add([power], 1)
    for (let time = 0; time < 2; time++) linkToRealMeter(folder, sys)
    assert.equal(readlinkSync(join(folder, 'class/powercap')), join(sys, 'class/powercap'))
    const counter = () => readFileSync(join(folder, 'class/powercap/intel-rapl:0/energy_uj'), 'utf8')
    assert.equal(counter(), '5\n')
    openPowercapTree({ folder, zones: ['package'], provenance: plainProvenance, bootId: '' }).add([power], 1)
    assert.equal(counter(), '2000000\n')
  })
})
