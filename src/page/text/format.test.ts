import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { bytes, counted, machineText, percent, share, shownNumber, time, unitOf, watts } from './format.js'

describe('numbers', () => {
  it('have as many digits as their size deserves', () => {
    const shown = [0, 0.4217, 8.126, 97.26, 1204.4, 1e12, -2.555, Number.NaN].map(shownNumber)
    assert.deepEqual(shown, ['0', '0.422', '8.13', '97.3', '1,204', '1.00e+12', '-2.56', '–'])
  })

  it('stand with their units, and a dash for what is not known', () => {
    assert.equal(watts(97.26), '97.3 W')
    assert.equal(watts(null), '–')
    assert.equal(watts(undefined), '–')
    assert.equal(percent(0.21), '0.21 %')
    assert.equal(share(0.456), '46 %')
    assert.deepEqual([0, 999, 1000, 1_234_567, 5e12].map(bytes), ['0 B', '999 B', '1.00 kB', '1.23 MB', '5.00 TB'])
    assert.equal(counted(1, 'model'), '1 model')
    assert.equal(counted(5449, 'model'), '5,449 models')
  })
})

describe('texts', () => {
  it('say when, in UTC', () => {
    assert.equal(time('2026-11-28T09:31:07.123Z'), '2026-11-28 09:31 UTC')
    assert.equal(time('unknown'), 'unknown')
  })

  it('say of a machine what is known', () => {
    assert.equal(machineText({}), 'not known')
    assert.equal(machineText({ chips: 1 }), '1 chip')
    assert.equal(
      machineText({ processor: 'xeon', cores: 32, chips: 2, memory: 1024, frequency: 2300 }),
      'xeon, 32 threads in 2 chips, 1,024 GB, 2,300 MHz',
    )
  })

  it('name the unit of a feature', () => {
    const features = ['bpf_cpu_time_ms', 'cgroupfs_cpu_usage_us', 'kubelet_memory_bytes', 'cpu_cycles']
    assert.deepEqual(features.map(unitOf), ['ms per second', 'µs per second', 'bytes', 'per second'])
  })
})
