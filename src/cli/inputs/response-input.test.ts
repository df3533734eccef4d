import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { counter, raplEnergy, responseText } from '../../../test/fixtures/response.js'
import { recordedIo } from '../../../test/support/cli.js'
import { writeFiles } from '../../../test/support/pipeline-fixture.js'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { calibrationPath, writeCalibration } from '../../universal/calibrate/calibration-file.js'
import { askedMachine } from './asked-machine.js'
import { readProfile } from './profile-input.js'
import { readInput } from './response-input.js'

const folder = temporaryFolder()

describe('readInput', () => {
  const path = join(folder, 'response.json')
  const series = { metric: { __name__: 'a' }, values: [[1, '2']] }
  const said = { status: 'success', data: { resultType: 'matrix', result: [series] }, warnings: ['a store is away'] }
  writeFileSync(path, JSON.stringify(said))

  it('shows how far it is on a terminal, and takes that away', async () => {
    const { io, written } = recordedIo({ columns: 200 })
    const { samples } = await readInput(io, path)
    assert.equal(samples, 1)
    assert.ok(written.stderr.includes(`0.0 MB of ${path}`))
    assert.ok(
      written.stderr.endsWith(`${path}: Prometheus warned that the answer may be incomplete: "a store is away"\n`),
    )
  })

  it('says on a pipe only what the server had said', async () => {
    const { io, written } = recordedIo()
    await readInput(io, path)
    assert.match(written.stderr, /^\S+response\.json: Prometheus warned .*\n$/)
  })

  it('is stopped by a signal, and says where nothing is left of a selection', async () => {
    const stopped = recordedIo({ signal: AbortSignal.abort('SIGINT') })
    await assert.rejects(readInput(stopped.io, path), { code: 'CANCELLED' })
    const { io } = recordedIo()
    await assert.rejects(readInput(io, path, { select: () => false }), {
      code: 'INVALID_DATA',
      message: /response\.json/,
    })
  })
})

describe('readProfile', () => {
  const { io } = recordedIo()
  const config = io.loadConfig({ DATAPATH: folder })
  const profile = {
    ...{ format: 'kepler-idle-profile/1', containers: ['a'] },
    power: { acpi: { platform: { 0: { lowest: 1, highest: 2, units: 1 } } } },
  }
  const read = (name: string, text: string) => {
    writeFiles(folder, { [name]: text })
    return readProfile(io, join(folder, name), config)
  }

  it('is a profile, or what the response of an idle node gives', async () => {
    assert.deepEqual(await read('profile.json', JSON.stringify(profile)), profile)
    const response = responseText({
      ...raplEnergy({ package: [20, 24], dram: [2, 2] }),
      x: [{ labels: {}, values: counter([1]) }],
    })
    const { power } = await read('idle.json', response)
    assert.deepEqual(power['rapl-sysfs']?.package, { '0': { lowest: 10, highest: 12, units: 2 } })
  })

  it('is no longer than a profile can be, and is there', async () => {
    const padded = (bytes: number) => `${JSON.stringify(profile)}${' '.repeat(bytes - JSON.stringify(profile).length)}`
    const most = 16 * 2 ** 20
    assert.deepEqual(await read('most.json', padded(most)), profile)
    await assert.rejects(read('more.json', padded(most + 1)), {
      code: 'LIMIT_EXCEEDED',
      message: /more\.json is longer/,
    })
    await assert.rejects(readProfile(io, join(folder, 'gone.json'), config), {
      code: 'UNAVAILABLE',
      message: /gone\.json cannot be opened/,
    })
    await assert.rejects(read('wrong.json', '{"format": "kepler-idle-profile/2"}'), {
      code: 'INVALID_CONFIG',
      field: 'profile',
    })
  })
})

describe('askedMachine', () => {
  const { io } = recordedIo()
  const spec = join(folder, 'spec.json')
  writeFileSync(spec, '{"processor": "P", "cores": 8, "chips": 1, "memory": 32}')
  const config = io.loadConfig({ MODEL_PATH: folder, MACHINE_SPEC_PATH: spec })
  const point = { load: 0.5, watts: 200 }

  it('is an instance, a described machine, or both', () => {
    assert.deepEqual(askedMachine(config, { instance: 'm5.large', point: ['50%=200W'] }), {
      ...{ title: 'instance m5.large', question: { machine: {}, instance: 'm5.large', points: [point] } },
    })
    const { question } = askedMachine(config, { instance: 'm5.large', memory: '8' })
    assert.deepEqual(question, { machine: { memory: 8 }, instance: 'm5.large', points: [] })
    const described = askedMachine(config, { processor: ` ${'x'.repeat(90)} ` })
    assert.equal(described.title, 'x'.repeat(80))
    assert.equal(askedMachine(config, { chips: '2' }).title, 'the described machine')
    assert.equal(askedMachine(config, { processor: ' ' }).title, 'the described machine')
  })

  it('is this one without options, with what was measured of it and what is said now', () => {
    const kept = { machine: 'P|1|8|32', points: [{ load: 0, watts: 50 }], source: 'points', measured: 'then' }
    writeCalibration(calibrationPath(folder), kept)
    const { title, question, calibration } = askedMachine(config, { point: ['50%=200W'] })
    assert.equal(title, 'this machine')
    assert.deepEqual(question.points, [...kept.points, point])
    assert.deepEqual(calibration, kept)
    const described = askedMachine(config, { chips: '1', point: [] })
    assert.deepEqual([described.question.points, described.calibration], [[], undefined])
  })
})
