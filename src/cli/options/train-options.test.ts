import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { recordedIo } from '../../../test/support/cli.js'
import { trainerNames } from '../../regression/trainers.js'
import { packageVersion } from '../package-version.js'
import { describedProgram } from '../help/described-program.js'
import { addIsolateOptions, isolatorOf } from './isolate-options.js'
import { addMachineOptions, describedMachine } from './machine-options.js'
import { serverSetup } from './server-setup.js'
import { addSettingOptions, settingOverrides } from './setting-options.js'
import { addTrainOptions, type TrainOptions, trainersOf, trainSettings, wholeNumber } from './train-options.js'

describe('training options', () => {
  const parsed = (...args: string[]): TrainOptions => {
    const program = addTrainOptions(describedProgram('p', '')).action(() => {})
    return program.parse(args, { from: 'user' }).opts()
  }

  it('have defaults', () => {
    assert.deepEqual(parsed(), { pipelineName: 'std_v0.7.11', seed: '0', rankBy: 'held-out' })
    assert.deepEqual(trainSettings(parsed()), { name: 'std_v0.7.11', seed: 0, crossValidation: true })
  })

  it('become settings of training', () => {
    assert.deepEqual(trainSettings(parsed('-p', 'mine', '--seed', '7', '--threads', '0', '--fast')), {
      ...{ name: 'mine', seed: 7, crossValidation: false, threads: 0 },
    })
  })

  it('name what is wrong', () => {
    const wrong = (field: string, message: RegExp) => ({ code: 'INVALID_REQUEST', field, message })
    assert.throws(
      () => trainSettings(parsed('-p', 'a/b')),
      wrong('pipeline-name', /^--pipeline-name: "a\/b" is no name/),
    )
    assert.throws(() => trainSettings(parsed('--seed', '-1')), wrong('seed', /^--seed: "-1" is no whole number/))
    assert.throws(() => trainSettings(parsed('--threads', '1.5')), wrong('threads', /^--threads: "1.5"/))
    assert.throws(
      () => trainersOf('dyn-trainers', 'Magic'),
      wrong('dyn-trainers', /unknown trainer "Magic"; there are P/),
    )
    assert.equal(wholeNumber('seed', '999999999'), 999_999_999)
    for (const text of ['1000000000', 'x1', '1x', '']) assert.throws(() => wholeNumber('seed', text), { field: 'seed' })
  })

  it('trainers are all, or those that are named, each once', () => {
    assert.equal(trainersOf('trainers', undefined), trainerNames)
    assert.equal(trainersOf('trainers', 'default'), trainerNames)
    assert.deepEqual(trainersOf('trainers', 'SGDRegressorTrainer, Linear,SGDRegressorTrainer'), [
      ...['SGDRegressorTrainer', 'LinearRegressionTrainer'],
    ])
  })
})

describe('options of an isolator', () => {
  const { io } = recordedIo()
  const config = { ...io.loadConfig({ DATAPATH: '/nonexistent', MODEL_PATH: '/nonexistent' }) }

  it('choose auto unless they say otherwise', () => {
    const program = addIsolateOptions(describedProgram('p', '')).action(() => {})
    assert.deepEqual(program.parse([], { from: 'user' }).opts(), { isolator: 'auto' })
  })

  it('give the isolator of that name', async () => {
    const needs = async (isolator: string) => (await isolatorOf(io, config, { isolator }, 'acpi')).needsContainers
    assert.deepEqual([await needs('none'), await needs('min')], [false, false])
    await assert.rejects(needs('best'), { code: 'INVALID_REQUEST', message: /unknown isolator "best"/ })
    await assert.rejects(needs('profile'), { code: 'INVALID_REQUEST', field: 'profile', message: /needs --profile/ })
  })

  it('name a profile and a pipeline that are not there by their option', async () => {
    const profile = { isolator: 'profile', profile: 'gone' }
    await assert.rejects(isolatorOf(io, config, profile, 'acpi'), {
      ...{ code: 'INVALID_REQUEST', field: 'profile', message: /--profile: .*"gone"; looked for\n {2}\S+gone\.json\n/ },
    })
    await assert.rejects(isolatorOf(io, config, { isolator: 'trainer', absPipelineName: 'gone' }, 'acpi'), {
      ...{ code: 'INVALID_CONFIG', field: 'abs-pipeline-name', reason: 'file_not_found' },
    })
  })
})

describe('describedMachine', () => {
  const machine = (...args: string[]) => {
    const program = addMachineOptions(describedProgram('p', '')).action(() => {})
    return describedMachine(program.parse(args, { from: 'user' }).opts())
  }

  it('is nothing where nothing is said', () => {
    assert.equal(machine(), undefined)
  })

  it('has each field of its option', () => {
    const texts = ['--processor', 'P', '--vendor', 'V', '--form', '2U']
    const sizes = ['--chips', '2', '--cores', '16', '--threads', '32', '--nodes', '4', '--memory', '0.5']
    const more = ['--frequency', '2400', '--tdp', '1e2', '--year', '2024', '--psu', '800']
    assert.deepEqual(machine(...texts, ...sizes, ...more), {
      ...{ processor: 'P', vendor: 'V', form: '2U', chips: 2, cores: 16, threads: 32, nodes: 4, memory: 0.5 },
      ...{ megahertz: 2400, tdp: 100, year: 2024, supply: 800 },
    })
    assert.deepEqual(machine('--form', 'Tower'), { form: 'Tower' })
    assert.deepEqual(machine('--chips', '1'), { chips: 1 })
  })

  it('names the option that is no number', () => {
    for (const text of ['many', '', ' ', '1e999']) {
      assert.throws(() => machine('--psu', text), {
        ...{ code: 'INVALID_REQUEST', field: 'psu', message: `--psu: expected a number, got ${JSON.stringify(text)}` },
      })
    }
  })
})

describe('options that are settings', () => {
  it('join what is given several times with the separator of the setting', () => {
    const flags = { MODEL_PATH: '--model-path <folder>', PROM_SELECTOR: '--select <matchers>' } as const
    const program = addSettingOptions(describedProgram('p', ''), flags).action(() => {})
    program.parse(['--model-path', 'a', '--select', 'x="1"'], { from: 'user' })
    assert.deepEqual(settingOverrides(program, flags), { MODEL_PATH: 'a', PROM_SELECTOR: 'x="1"' })
  })

  it('start a server whose log has the warnings', async () => {
    const { io, written } = recordedIo({ environment: { MODEL_CONFIG: 'MODEL_SERVR_URL=x', LOG_FORMAT: 'json' } })
    const flags = { LOG_LEVEL: '--log-level <level>', MODEL_SERVER_PORT: '--port <port>' } as const
    const command = addSettingOptions(describedProgram('p', ''), flags).action(() => {})
    command.parse(['--port', '7', '--log-level', 'warn'], { from: 'user' })
    const { config, logger, version } = await serverSetup(io, command, flags)
    assert.equal(config.MODEL_SERVER_PORT, 7)
    assert.equal(version, packageVersion())
    logger.info({}, 'too much')
    const [line, ...others] = written.stderr.trim().split('\n')
    assert.match(line ?? '', /^\{.*MODEL_SERVR_URL/)
    assert.deepEqual(others, [])
  })
})
