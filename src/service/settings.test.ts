import assert from 'node:assert/strict'
import { hostname } from 'node:os'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fakeSystem } from '../../test/support/fake-proc.js'
import { plainPowerSource } from '../../test/support/plain-power-source.js'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { loadConfig } from '../config/config.js'
import { silentLogger } from '../runtime/ports.js'
import { measurementSettings } from './measurement-settings.js'
import { createLocalMeter, levelsOf, monotonicSeconds, nodeNameOf, rootsOf } from './meter-parts.js'
import { secretFile, settingFile } from './setting-file.js'
import { folderToRead, knownFolder, writableFolder } from './writable-folder.js'

const configOf = (environment: Record<string, string> = {}) =>
  loadConfig({ environment: { CONFIG_PATH: '/nonexistent', ...environment } })

describe('measurementSettings', () => {
  it('are those of any Kepler unless something is set', async () => {
    const { select, identity, meters } = await measurementSettings(configOf())
    assert.deepEqual([select, identity, meters], [[], [], []])
  })

  it('have the labels and rules that tell machines apart', async () => {
    const { machineLabels, identity } = await measurementSettings(
      configOf({ MACHINE_LABELS: 'rack,slot', MACHINE_IDENTITY: 'node_exporter: instance -> node' }),
    )
    assert.deepEqual(machineLabels, ['rack', 'slot'])
    assert.equal(identity.length, 1)
  })

  it('have the usual source of a meter whose source is not said', async () => {
    const sourceOf = async (environment: Record<string, string>) => {
      const { meters } = await measurementSettings(configOf({ POWER_METRIC: 'ipmi_watts', ...environment }))
      return meters.map(({ source, component }) => [component, source])
    }
    assert.deepEqual(await sourceOf({}), [['platform', 'acpi']])
    assert.deepEqual(await sourceOf({ POWER_COMPONENT: 'package' }), [['package', 'rapl-sysfs']])
  })

  it('have the meter of the settings before those of the file', async () => {
    const file = join(temporaryFolder(), 'meters.json')
    writeFileSync(file, JSON.stringify([{ metric: 'rack_watts', unit: 'watts', component: 'platform' }]))
    const { select, meters } = await measurementSettings(
      configOf({
        ...{ PROM_SELECTOR: 'job="kepler"', POWER_METRIC: 'ipmi_watts', POWER_UNIT: 'watts' },
        ...{ POWER_COMPONENT: 'platform', POWER_SOURCE: 'acpi', POWER_METERS: file },
      }),
    )
    assert.deepEqual(
      meters.map(({ selector }) => selector.metric),
      ['ipmi_watts', 'rack_watts'],
    )
    assert.equal(meters[0]?.source, 'acpi')
    assert.equal(select.length, 1)
  })

  it('name the file of meters that cannot be read', async () => {
    await assert.rejects(measurementSettings(configOf({ POWER_METERS: '/nowhere/meters.json' })), {
      code: 'INVALID_CONFIG',
      field: 'POWER_METERS',
      message: /\/nowhere\/meters\.json/,
    })
  })
})

describe('setting files', () => {
  it('are read as they are, secrets without white space around them', async () => {
    const file = join(temporaryFolder(), 'token')
    writeFileSync(file, ' a b \n')
    assert.equal(await settingFile(file, 'X'), ' a b \n')
    assert.equal(await secretFile(file, 'X'), 'a b')
    await assert.rejects(settingFile(`${file}2`, 'X'), { code: 'INVALID_CONFIG', field: 'X', message: /token2 cannot/ })
  })
})

describe('the parts of a meter', () => {
  it('take their names and roots from the settings', () => {
    assert.equal(nodeNameOf(configOf({ METER_NODE_NAME: 'worker-1' })), 'worker-1')
    assert.equal(nodeNameOf(configOf()), hostname())
    assert.deepEqual(rootsOf(configOf({ METER_PROCFS: '/host/proc', METER_SYSFS: '/host/sys' })), {
      proc: '/host/proc',
      sys: '/host/sys',
    })
    const [before, after] = [monotonicSeconds(), monotonicSeconds()]
    assert.ok(before <= after && after < performance.now() / 1000 + 1)
  })

  it('know the levels of metrics, and name one that there is none of', () => {
    assert.deepEqual(levelsOf(configOf({ METER_LEVELS: 'node,process' })), ['node', 'process'])
    assert.throws(() => levelsOf(configOf({ METER_LEVELS: 'node,rack' })), {
      code: 'INVALID_CONFIG',
      field: 'METER_LEVELS',
      message: /node, .*got "rack"/,
    })
  })

  it('look at processes only where a level needs them', () => {
    const system = fakeSystem(temporaryFolder())
    system.cpus([[0, 0, 0, 0, 0, 0, 0, 0]])
    system.process({ pid: 12, ticks: 5 })
    const meterOf = (levels: string) =>
      createLocalMeter(
        configOf({ METER_PROCFS: system.proc, METER_SYSFS: system.sys, METER_LEVELS: levels }),
        plainPowerSource(),
      )
    for (const [levels, looks] of [
      ['node', false],
      ['process', true],
      ['node,container', true],
    ] as const) {
      const { meter, attribution, close } = meterOf(levels)
      meter.tick(1)
      assert.equal(attribution !== undefined, looks, levels)
      close()
    }
  })
})

describe('folderToRead', () => {
  const scene = (more: Record<string, string> = {}) => {
    const folder = temporaryFolder()
    return { folder, config: configOf({ XDG_STATE_HOME: join(folder, 'state'), ...more }) }
  }

  it('makes a folder that was set', () => {
    const MODEL_PATH = join(temporaryFolder(), 'models')
    assert.equal(folderToRead(configOf({ MODEL_PATH }), 'MODEL_PATH', silentLogger), MODEL_PATH)
    assert.equal(knownFolder(configOf({ MODEL_PATH }), 'MODEL_PATH'), MODEL_PATH)
    mkdirSync(join(MODEL_PATH, 'below'))
    assert.equal(writableFolder(configOf({ MODEL_PATH }), 'MODEL_PATH', silentLogger), MODEL_PATH)
  })

  it('is below MNT_PATH where that is set', () => {
    const { folder, config } = scene()
    const mounted = configOf({ MNT_PATH: folder })
    assert.equal(folderToRead(mounted, 'MODEL_PATH', silentLogger), join(folder, 'models'))
    assert.equal(knownFolder(mounted, 'JOBS_PATH'), mounted.JOBS_PATH)
    assert.ok(config.MODEL_PATH.startsWith('/mnt/'))
  })
})
