import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { Server } from 'node:net'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { plainProvenance } from '../../../test/support/plain-power-source.js'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import type { ZonePower } from '../power-source.js'
import type { Zone } from '../zone.js'
import { lockTree } from './lock.js'
import { checkFolder, openPowercapTree } from './tree.js'

const power = (zone: Zone, watts: number): ZonePower => ({
  ...{ zone, watts, low: watts, high: watts, idleWatts: 0, outOfRange: false },
})

function scene(zones: readonly Zone[] = ['psys', 'package']) {
  const folder = temporaryFolder()
  const open = () => openPowercapTree({ folder, zones, provenance: plainProvenance, bootId: 'boot' })
  const read = (path: string) => readFileSync(join(folder, path), 'utf8')
  const shown = (entry: string) => Number(read(`class/powercap/${entry}/energy_uj`))
  return { folder, open, read, shown, has: (path: string) => existsSync(join(folder, path)) }
}

describe('a tree without the wall', () => {
  it('has no hwmon device, and says in each zone that it is an estimate', () => {
    const { folder, open, read } = scene(['package', 'dram'])
    const tree = open()
    tree.add([power('package', 5), power('dram', 1)], 1)
    tree.describe(plainProvenance)
    assert.deepEqual(readdirSync(join(folder, 'class/hwmon')), [])
    assert.ok(!existsSync(join(folder, 'devices/virtual/hwmon')))
    for (const entry of ['intel-rapl:0', 'intel-rapl:0:0'])
      assert.match(read(`class/powercap/${entry}/estimate`), /not a measurement/)
  })
})

describe('a tree with the wall', () => {
  it('shows its power in whole microwatts, named once', () => {
    const { folder, open, read, has } = scene()
    const tree = open()
    assert.ok(!has('class/hwmon/hwmon0'))
    tree.add([power('psys', 1.2345678), power('package', 1)], 1)
    assert.equal(read('class/hwmon/hwmon0/power1_input'), '1234568\n')
    assert.equal(read('class/hwmon/hwmon0/power1_label'), 'psys\n')
    assert.match(read('class/hwmon/hwmon0/estimate'), /not a measurement/)
    rmSync(join(folder, 'class/hwmon/hwmon0/power1_label'))
    tree.add([power('psys', 2), power('package', 1)], 1)
    assert.equal(read('class/hwmon/hwmon0/power1_input'), '2000000\n')
    assert.ok(!has('class/hwmon/hwmon0/power1_label'))
    tree.add([power('package', 1)], 1)
    assert.equal(read('class/hwmon/hwmon0/power1_input'), '2000000\n', 'as it was, where the wall has no watts')
  })
})

describe('a tree of the files that programs look for', () => {
  it('has them in the control type and in each zone', () => {
    const { open, read } = scene()
    open().add([power('psys', 1), power('package', 1)], 1)
    for (const entry of ['intel-rapl', 'intel-rapl:0', 'intel-rapl:1']) {
      assert.equal(read(`class/powercap/${entry}/enabled`), '1\n', entry)
      assert.equal(read(`class/powercap/${entry}/uevent`), '', entry)
      assert.equal(read(`class/powercap/${entry}/subsystem/intel-rapl:0/name`), 'package-0\n', entry)
    }
  })

  it('has names and links again after it was taken away', () => {
    const { folder, open, read } = scene()
    const tree = open()
    const both = [power('psys', 1), power('package', 1)]
    tree.add(both, 1)
    rmSync(join(folder, 'devices'), { recursive: true })
    rmSync(join(folder, 'class'), { recursive: true })
    assert.throws(() => tree.add(both, 1))
    tree.add(both, 1)
    assert.equal(read('class/powercap/intel-rapl:0/name'), 'package-0\n')
    assert.equal(read('class/powercap/intel-rapl:1/energy_uj'), '3000000\n')
  })

  it('has a link where a folder is in the way', () => {
    const { folder, open, shown } = scene()
    const tree = open()
    mkdirSync(join(folder, 'class/powercap/intel-rapl:0/deeper'), { recursive: true })
    tree.add([power('psys', 1), power('package', 2)], 1)
    assert.equal(shown('intel-rapl:0'), 2_000_000)
  })
})

describe('the counters of a tree', () => {
  it('are kept of its zones alone, and told as they are', () => {
    const { open } = scene()
    const tree = open()
    assert.deepEqual([...tree.counters()].sort(), [
      ['package', 0n],
      ['psys', 0n],
    ])
    tree.add([power('psys', 1), power('core', 9)], 2)
    assert.deepEqual([tree.counters().get('psys'), tree.counters().get('core')], [2_000_000n, undefined])
  })

  it('are written by somebody else only where that is more than was shown', () => {
    const { folder, open, shown } = scene()
    const both = [power('psys', 1), power('package', 1)]
    const tree = open()
    tree.add(both, 1)
    const counter = join(folder, 'class/powercap/intel-rapl:0/energy_uj')
    for (const [text, energy] of [
      ['1000000\n', 2_000_000],
      ['5\n', 3_000_000],
      ['nonsense', 4_000_000],
    ] as const) {
      writeFileSync(counter, text)
      tree.add(both, 1)
      assert.deepEqual([shown('intel-rapl:0'), tree.intrusions], [energy, 0], text)
    }
    // What an earlier meter has left is no intrusion.
    const next = open()
    next.add(both, 1)
    assert.deepEqual([shown('intel-rapl:0'), next.intrusions], [5_000_000, 0])
  })

  it('are noted at the end, if anything was shown', () => {
    const { read, open, has } = scene()
    open().close()
    assert.ok(!has('.power-meter/counters.json'))
    const tree = open()
    tree.add([power('psys', 1), power('package', 3)], 1)
    tree.close()
    assert.deepEqual(JSON.parse(read('.power-meter/counters.json')), {
      boot_id: 'boot',
      reserved_uj: { package: '3000000', psys: '1000000' },
    })
  })
})

describe('checkFolder', () => {
  it('takes what is new or ours', () => {
    const { folder } = scene()
    checkFolder(folder)
    mkdirSync(join(folder, 'class/powercap'), { recursive: true })
    assert.throws(() => checkFolder(folder), { code: 'INVALID_CONFIG', field: 'METER_POWERCAP' })
    mkdirSync(join(folder, '.power-meter'))
    checkFolder(folder)
  })
})

describe('the lock of a tree', () => {
  it('is not held where the file system has no sockets, and can be let go all the same', async (t) => {
    t.mock.method(Server.prototype, 'listen', function (this: Server) {
      setImmediate(() => this.emit('error', new Error('EOPNOTSUPP')))
      return this
    })
    const lock = await lockTree(temporaryFolder())
    assert.equal(lock.held, false)
    await lock.release()
  })

  it('cannot be had where the folder cannot be made', async () => {
    const file = join(temporaryFolder(), 'file')
    writeFileSync(file, '')
    await assert.rejects(lockTree(file), { code: 'UNAVAILABLE', message: /cannot be written: E/ })
  })

  it('lets go of its folder when it is let go or refused', async () => {
    const folder = temporaryFolder()
    const open = () => readdirSync('/proc/self/fd').length
    const before = open()
    const lock = await lockTree(folder)
    const held = open()
    await assert.rejects(lockTree(folder))
    assert.ok(open() <= held)
    await lock.release()
    assert.ok(open() <= before)
  })
})
