import assert from 'node:assert/strict'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { defaultConfig, loadConfig } from '../config/config.js'
import { calibrationPath, machineIdentity, writeCalibration } from '../universal/calibrate/calibration-file.js'
import { localMachine, localQuestion, ownMachine } from './local-machine.js'
import { thisMachine } from './machine.js'

const spec = { processor: 'amd_epyc_9654', cores: 192, chips: 2, memory: 384, frequency: 3700 }
const machine = { processor: 'amd_epyc_9654', threads: 192, chips: 2, memory: 384 }

function scene(given: object = spec) {
  const folder = temporaryFolder()
  const path = join(folder, 'spec.json')
  writeFileSync(path, JSON.stringify(given))
  const config = loadConfig({
    environment: { CONFIG_PATH: '/nonexistent', MACHINE_SPEC_PATH: path, MODEL_PATH: folder },
  })
  const calibrate = (watts: readonly number[], of = machine) =>
    writeCalibration(calibrationPath(folder), {
      machine: machineIdentity(of),
      points: watts.map((value, index) => ({ load: index / 2, watts: value })),
      source: 'a meter',
      measured: '2026-01-01T00:00:00Z',
    })
  return { folder, path, config, calibrate }
}

describe('thisMachine', () => {
  it('is what the file says, or found where there is no default file', () => {
    const { config, path } = scene()
    assert.deepEqual(thisMachine(config), { spec, origin: path })
    const found = thisMachine({ MACHINE_SPEC_PATH: defaultConfig('MACHINE_SPEC_PATH') })
    assert.equal(found.origin, 'discovered')
    assert.ok((found.spec.cores ?? 0) >= 1)
  })

  it('must be readable where the user named a file', () => {
    assert.throws(() => thisMachine({ MACHINE_SPEC_PATH: '/nowhere/spec.json' }), {
      code: 'INVALID_CONFIG',
      field: 'MACHINE_SPEC_PATH',
      message: /\/nowhere\/spec\.json cannot be read: ENOENT/,
    })
  })
})

describe('localMachine', () => {
  it('has the processors of a spec as threads, and is not virtual', () => {
    assert.deepEqual(localMachine(scene().config), { machine, virtual: false })
    assert.deepEqual(localMachine(scene({ processor: 'amd_epyc_9654' }).config), {
      machine: { processor: 'amd_epyc_9654' },
      virtual: false,
    })
    assert.deepEqual(localMachine(scene({ cores: 4 }).config).machine, { threads: 4 })
  })
})

describe('localQuestion', () => {
  it('has the points that were measured of this machine', () => {
    const { config, calibrate } = scene()
    const none = localQuestion(config)
    assert.deepEqual(none.question, { machine, virtual: false, instance: undefined, points: [] })
    assert.equal('calibration' in none, false)
    calibrate([100, 200])
    const { question, calibration } = localQuestion(config)
    assert.deepEqual(question.points, [
      { load: 0, watts: 100 },
      { load: 0.5, watts: 200 },
    ])
    assert.equal(calibration?.source, 'a meter')
    calibrate([100], { ...machine, threads: 96 })
    assert.deepEqual(localQuestion(config).question.points, [])
  })
})

describe('ownMachine', () => {
  it('reads the calibration again only when the file changed', () => {
    const { folder, path, config, calibrate } = scene()
    const own = ownMachine(config, folder)
    const first = own()
    assert.deepEqual(first.spec, spec)
    assert.deepEqual(first.question, { machine, virtual: false, points: [] })
    assert.equal(own(), first)
    calibrate([100, 200])
    const measured = own()
    assert.equal(measured.question.points?.length, 2)
    assert.equal(measured.calibration?.points.length, 2)
    assert.equal(own(), measured)
    rmSync(path)
    rmSync(calibrationPath(folder))
    assert.deepEqual(own().question.points, [])
    assert.deepEqual(own().spec, spec)
  })
})
