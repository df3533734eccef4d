import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { calibrationPath, machineIdentity, readCalibration, writeCalibration } from './calibration-file.js'

describe('the file of a calibration', () => {
  const path = calibrationPath(temporaryFolder())
  const machine = { processor: 'x', threads: 8 }
  const calibration = {
    machine: machineIdentity(machine),
    points: [
      { load: 0, watts: 40, deviation: 0.05 },
      { load: 1, watts: 90 },
    ],
    source: 'points',
    measured: '2026-11-28T10:00:00Z',
  }

  it('has each point with the deviation that was given, and none where none was', () => {
    writeCalibration(path, calibration)
    assert.deepEqual(readCalibration(path, machine), calibration)
  })

  it('tells machines apart by what is known of them, and says so alike each time', () => {
    assert.equal(machineIdentity({}), '|0|0|0')
    assert.equal(machineIdentity({ processor: 'x', chips: 2, threads: 8, memory: 16, vendor: 'v' }), 'x|2|8|16')
  })

  const point = { load: 1, watts: 1 }
  const bounds: readonly (readonly [what: string, good: object, bad: object])[] = [
    ['a hundred points', { points: Array(100).fill(point) }, { points: Array(101).fill(point) }],
    ['one point', { points: [point] }, { points: [] }],
    ['loads from 0', { points: [{ ...point, load: 0 }] }, { points: [{ ...point, load: -0.01 }] }],
    ['loads to 1', { points: [point] }, { points: [{ ...point, load: 1.01 }] }],
    ['watts above 0', { points: [{ ...point, watts: 1e-9 }] }, { points: [{ ...point, watts: 0 }] }],
    ['deviations above 0', { points: [{ ...point, deviation: 1e-9 }] }, { points: [{ ...point, deviation: 0 }] }],
    ['a source of 2048 letters', { source: 's'.repeat(2048) }, { source: 's'.repeat(2049) }],
    ['a time of 64 letters', { measured: 'm'.repeat(64) }, { measured: 'm'.repeat(65) }],
    ['a machine of 512 letters', {}, { machine: 'm'.repeat(513) }],
  ]
  for (const [what, good, bad] of bounds) {
    it(`has ${what}, and is damaged beyond`, () => {
      writeFileSync(path, JSON.stringify({ ...calibration, ...good }))
      assert.deepEqual(readCalibration(path, machine), { ...calibration, ...good })
      writeFileSync(path, JSON.stringify({ ...calibration, ...bad }))
      assert.throws(
        () => readCalibration(path, machine),
        (error: Error) => error.message.startsWith(path),
      )
    })
  }

  it('is damaged where it is no JSON, and how to remove it is told', () => {
    writeFileSync(path, '{')
    assert.throws(() => readCalibration(path, machine), { code: 'INVALID_CONFIG', message: /calibrate --forget/ })
  })
})
