import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { findRealMeter, linkToRealMeter, realMeterReader } from './real-meter.js'

/** A machine whose zones have the files that a test says. */
function machine() {
  const sys = temporaryFolder()
  const at = (entry: string) => join(sys, 'class/powercap', entry)
  const zone = (entry: string, files: Readonly<Record<string, string>>) => {
    mkdirSync(at(entry), { recursive: true })
    for (const [name, text] of Object.entries(files)) writeFileSync(join(at(entry), name), text)
  }
  const usual = (entry: string, name: string, energy: string, range = '1000000\n') =>
    zone(entry, { name: `${name}\n`, energy_uj: energy, max_energy_range_uj: range })
  const found = () => findRealMeter(sys)
  const names = () => found()?.zones.map(({ zone: name }) => name)
  return { sys, at, zone, usual, found, names }
}

describe('the zones of a real meter', () => {
  it('are those that the kernel names, of each socket', () => {
    const { usual, found, at } = machine()
    usual('intel-rapl:0', 'package-0', '5\n')
    usual('intel-rapl:1', 'package-12', '5\n')
    usual('intel-rapl:2', 'psys', '5\n')
    usual('intel-rapl:3', 'mmio', '5\n')
    usual('intel-rapl:4', 'xpackage-0', '5\n')
    usual('intel-rapl:5', 'package-0-0', '5\n')
    const zones = [...(found()?.zones ?? [])].sort((a, b) => (a.path < b.path ? -1 : 1))
    assert.deepEqual(zones, [
      { zone: 'package', path: join(at('intel-rapl:0'), 'energy_uj'), range: 1_000_000n },
      { zone: 'package', path: join(at('intel-rapl:1'), 'energy_uj'), range: 1_000_000n },
      { zone: 'psys', path: join(at('intel-rapl:2'), 'energy_uj'), range: 1_000_000n },
    ])
    assert.equal(found()?.forbidden, false)
  })

  it('are none without a counter, and may not be read without a value or a range', () => {
    const { zone, usual, found, names } = machine()
    zone('intel-rapl:0', { name: 'package-0\n', max_energy_range_uj: '10\n' })
    assert.equal(found(), undefined)
    usual('intel-rapl:1', 'psys', '5\n', '')
    assert.deepEqual(found(), { zones: [], forbidden: true })
    usual('intel-rapl:2', 'dram', '5\n')
    assert.deepEqual([names(), found()?.forbidden], [['dram'], true])
  })

  it('are none in a tree of estimates, by either of its marks', () => {
    for (const mark of ['estimate.json', '.power-meter']) {
      const { sys, usual, found } = machine()
      usual('intel-rapl:0', 'package-0', '5\n')
      writeFileSync(join(sys, mark), '')
      assert.equal(found(), undefined, mark)
    }
  })
})

describe('the watts of a real meter', () => {
  function reading() {
    const { at, usual, found } = machine()
    usual('intel-rapl:0', 'package-0', '0\n')
    const read = realMeterReader(found()!)
    const energy = (text: string) => writeFileSync(join(at('intel-rapl:0'), 'energy_uj'), text)
    const watts = (seconds: number) => read(seconds).get('package')
    return { energy, watts }
  }

  it('are none over no time', () => {
    const { energy, watts } = reading()
    watts(10)
    energy('500000\n')
    assert.equal(watts(10), undefined)
    energy('600000\n')
    assert.equal(watts(9), undefined)
    energy('700000\n')
    assert.equal(watts(9.5), 0.2)
  })

  it('begin anew after a counter that could not be read', () => {
    const { energy, watts } = reading()
    watts(1)
    energy('')
    assert.equal(watts(2), undefined)
    energy('100000\n')
    assert.equal(watts(3), undefined)
    energy('100000\n')
    assert.equal(watts(4), 0)
    energy('50000\n')
    assert.equal(watts(5), 0.95, 'it went round')
  })
})

describe('a link to the real meter', () => {
  it('is made in a folder that is not there yet, and over what a killed program left', () => {
    const { sys } = machine()
    const folder = join(temporaryFolder(), 'a/tree')
    linkToRealMeter(folder, sys)
    assert.equal(readlinkSync(join(folder, 'class/powercap')), join(sys, 'class/powercap'))
    writeFileSync(join(folder, '.power-meter/next'), 'left')
    const other = machine()
    linkToRealMeter(folder, other.sys)
    assert.equal(readlinkSync(join(folder, 'class/powercap')), join(other.sys, 'class/powercap'))
    assert.ok(!existsSync(join(folder, '.power-meter/next')))
  })

  it('is made where the old one leads nowhere', () => {
    const { sys } = machine()
    const [folder, gone] = [temporaryFolder(), temporaryFolder()]
    linkToRealMeter(folder, gone)
    rmSync(gone, { recursive: true })
    linkToRealMeter(folder, sys)
    assert.equal(readlinkSync(join(folder, 'class/powercap')), join(sys, 'class/powercap'))
  })

  it('is refused in a tree that is not ours', () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'class/powercap'), { recursive: true })
    assert.throws(() => linkToRealMeter(folder, '/sys'), { code: 'INVALID_CONFIG' })
  })
})
