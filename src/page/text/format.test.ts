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

  it('name every unit, at the end of a name alone', () => {
    assert.deepEqual(['x_hertz', 'x_ms_y', 'x_us_y', 'x_bytes_y', 'x_hertz_y'].map(unitOf), [
      ...['Hz', 'per second', 'per second', 'per second', 'per second'],
    ])
  })

  it('are no time that only begins or ends as one', () => {
    for (const text of ['x2026-11-28T09:31:07Z', '2026-11-28', '026-11-28T09:31', '2026-11-28T9:31', '']) {
      assert.equal(time(text), text)
    }
  })

  it('say how many threads and chips, each where it is known', () => {
    assert.equal(machineText({ cores: 1, chips: 1 }), '1 thread in 1 chip')
    assert.equal(machineText({ cores: 2 }), '2 threads')
    assert.equal(machineText({ chips: 2, memory: 16 }), '2 chips, 16 GB')
  })
})

describe('bounds of numbers', () => {
  it('are where digits and units change', () => {
    assert.deepEqual([0.9994, 1, 9.994, 10, 99.94, 100, 9_999_999, 1e7, -10.06].map(shownNumber), [
      ...['0.999', '1', '9.99', '10', '99.9', '100', '9,999,999', '1.00e+7', '-10.1'],
    ])
    assert.deepEqual([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map(shownNumber), ['–', '–'])
    assert.deepEqual([1e6, 1e9, 1e12, 1e15, 999_999].map(bytes), [
      '1.00 MB',
      '1.00 GB',
      '1.00 TB',
      '1.00e+3 TB',
      '1.00e+3 kB',
    ])
    assert.deepEqual([null, undefined].map(percent), ['–', '–'])
    assert.deepEqual([0, 0.005, 1].map(share), ['0 %', '1 %', '100 %'])
    assert.deepEqual([counted(0, 'x'), counted(2, 'entry', 'entries')], ['0 xs', '2 entries'])
  })
})
