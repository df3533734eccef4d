import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import type { Zone } from '../zone.js'
import { createEnergyCounter, maxMicrojoules, parseMicrojoules } from './energy-counter.js'
import { zoneFolders } from './layout.js'
import { openReservation } from './reservation.js'

describe('an energy counter', () => {
  it('adds whole microjoules, and keeps what is less for the next time', () => {
    const counter = createEnergyCounter(5n)
    counter.add(0.0000004, 1)
    assert.equal(counter.microjoules, 5n)
    counter.add(0.0000007, 1)
    assert.equal(counter.microjoules, 6n)
    counter.add(2.5, 4)
    assert.equal(counter.microjoules, 10_000_006n)
  })

  it('adds nothing of what is no energy', () => {
    const counter = createEnergyCounter(5n)
    for (const [watts, seconds] of [
      [0, 1],
      [-1, 1],
      [1, -1],
      [Number.NaN, 1],
      [Number.POSITIVE_INFINITY, 1],
    ] as const) {
      counter.add(watts, seconds)
    }
    assert.equal(counter.microjoules, 5n)
  })

  it('ends at what the kernel can hold, and goes on from a larger value alone', () => {
    const counter = createEnergyCounter(maxMicrojoules - 1n)
    counter.add(1, 1)
    assert.equal(counter.microjoules, maxMicrojoules)
    const raised = createEnergyCounter(5n)
    raised.raise(4n)
    assert.equal(raised.microjoules, 5n)
    raised.raise(9n)
    assert.equal(raised.microjoules, 9n)
  })

  it('is read from its file, if that is one', () => {
    assert.deepEqual(['0', '12\n', String(maxMicrojoules)].map(parseMicrojoules), [0n, 12n, maxMicrojoules])
    const none = [
      undefined,
      '',
      '\n',
      '-1',
      '1 ',
      ' 1',
      '1\n\n',
      'x',
      '1x',
      String(maxMicrojoules + 1n),
      '1'.repeat(20),
    ]
    for (const text of none) assert.equal(parseMicrojoules(text), undefined, JSON.stringify(text))
  })
})

describe('zoneFolders', () => {
  const told = (...zones: readonly Zone[]) => zoneFolders(zones).map(({ name, entry, folder }) => [name, entry, folder])
  const root = 'devices/virtual/powercap/intel-rapl'

  it('has parts inside the package, and the platform after it', () => {
    assert.deepEqual(told('dram', 'psys', 'core', 'package'), [
      ['package-0', 'intel-rapl:0', `${root}/intel-rapl:0`],
      ['psys', 'intel-rapl:1', `${root}/intel-rapl:1`],
      ['core', 'intel-rapl:0:0', `${root}/intel-rapl:0/intel-rapl:0:0`],
      ['dram', 'intel-rapl:0:1', `${root}/intel-rapl:0/intel-rapl:0:1`],
    ])
  })

  it('has parts on their own without a package', () => {
    assert.deepEqual(told('psys', 'dram'), [
      ['psys', 'intel-rapl:0', `${root}/intel-rapl:0`],
      ['dram', 'intel-rapl:1', `${root}/intel-rapl:1`],
    ])
    assert.deepEqual(told('dram'), [['dram', 'intel-rapl:0', `${root}/intel-rapl:0`]])
    assert.deepEqual(told(), [])
  })
})

describe('a reservation', () => {
  function scene(text?: string) {
    const folder = temporaryFolder()
    const path = join(folder, 'reserved.json')
    if (text !== undefined) writeFileSync(path, text)
    const open = (boot = 'b1') => openReservation(path, join(folder, 'next'), boot)
    return { folder, path, open, read: () => JSON.parse(readFileSync(path, 'utf8')) }
  }
  const counters = (psys: bigint) => new Map<Zone, bigint>([['psys', psys]])
  const watts = (psys: number) => new Map<Zone, number>([['psys', psys]])

  it('is a minute of the present power ahead, at least a joule', () => {
    const { open, read } = scene()
    const one = open()
    assert.deepEqual([one.shown('psys'), one.rebooted], [0n, false])
    one.reserve(counters(1000n), watts(2))
    assert.deepEqual(read(), { boot_id: 'b1', reserved_uj: { psys: '120001000' } })
    assert.equal(open().shown('psys'), 120_001_000n)
    const idle = scene()
    idle.open().reserve(counters(0n), new Map())
    assert.equal(idle.read().reserved_uj.psys, '1000000')
  })

  it('is renewed when it is passed, and not before', () => {
    const { open, path, read } = scene()
    const one = open()
    one.reserve(counters(0n), watts(1))
    rmSync(path)
    one.reserve(counters(60_000_000n), watts(1))
    assert.throws(read, { code: 'ENOENT' })
    one.reserve(counters(60_000_001n), watts(1))
    assert.equal(read().reserved_uj.psys, '120000001')
  })

  it('is exact at the end', () => {
    const { open } = scene()
    const one = open()
    one.reserve(counters(0n), watts(1))
    one.finish(counters(7n))
    assert.equal(open().shown('psys'), 7n)
  })

  it('knows another boot, and takes a file that is none for nothing', () => {
    const { open } = scene()
    open('b1').finish(counters(7n))
    assert.deepEqual([open('b1').rebooted, open('b2').rebooted], [false, true])
    for (const text of ['', '{"boot_id": 1}', '[]', 'x'.repeat(20_000)]) {
      const none = scene(text).open()
      assert.deepEqual([none.shown('psys'), none.rebooted], [0n, false], text.slice(0, 20))
    }
    const partly = scene('{"boot_id": "b1", "reserved_uj": {"psys": "x", "dram": "5"}}').open()
    assert.deepEqual([partly.shown('psys'), partly.shown('dram')], [0n, 5n])
  })

  it('is in a file of at most ten thousand characters', () => {
    const text = '{"boot_id": "b1", "reserved_uj": {"dram": "5"}}'
    const shown = (length: number) => scene(text.padStart(length)).open().shown('dram')
    assert.deepEqual([shown(10_000), shown(10_001)], [5n, 0n])
  })

  it('reserves nothing that could not be written', () => {
    const { folder, path, open } = scene()
    const one = open()
    one.reserve(counters(0n), watts(1))
    rmSync(path)
    mkdirSync(join(folder, 'next'))
    assert.throws(() => one.reserve(counters(70_000_000n), watts(1)))
    assert.equal(one.shown('psys'), 60_000_000n)
  })
})
