import assert from 'node:assert/strict'
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { fakeSystem } from '../../test/support/fake-proc.js'
import { plainPowerSource, plainProvenance } from '../../test/support/plain-power-source.js'
import { recordedLog } from '../../test/support/recorded-log.js'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { until } from '../../test/support/until.js'
import { loadConfig } from '../config/config.js'
import { ModelError } from '../core/errors.js'
import type { PowerSource } from '../meter/power-source.js'
import { startFollowingMeter } from './following-meter.js'

const trained = (model: string): PowerSource => ({
  ...plainPowerSource(),
  provenance: { ...plainProvenance, kind: 'trained', model },
})

/** A machine that goes on working, and models that are what a test says. */
function scene(environment: Record<string, string> = {}) {
  const system = fakeSystem(temporaryFolder())
  let ticks = 0
  const work = () => {
    ticks += 10
    system.cpus([[ticks, 0, 0, ticks, 0, 0, 0, 0]])
  }
  work()
  const config = loadConfig({
    environment: {
      ...{ CONFIG_PATH: '/nonexistent', METER_PROCFS: system.proc, METER_SYSFS: system.sys, MODEL_PATH: system.sys },
      ...{ METER_HTTP_HOST: '127.0.0.1', METER_HTTP_PORT: '0', METER_LEVELS: 'node', METER_INTERVAL: '0.1' },
      ...environment,
    },
  })
  const logger = recordedLog()
  let next = () => trained('one')
  let loads = 0
  let closed = 0
  const models = {
    name: 'a place',
    async load() {
      loads++
      return next()
    },
    close: async () => void closed++,
  }
  const start = async () => {
    const meter = await startFollowingMeter(config, { logger, version: 'test', models })
    after(() => meter.stop().catch(() => undefined))
    return meter
  }
  const working = (what: string, holds: () => boolean | Promise<boolean>) =>
    until(what, () => {
      work()
      return holds()
    })
  const lines = (level: string, message: RegExp) =>
    logger.lines.filter((line) => line.level === level && message.test(line.message))
  const become = (load: () => PowerSource) => (next = load)
  return { system, start, working, lines, become, loads: () => loads, closed: () => closed }
}

/** Takes a folder away and puts a file in its place, and takes that back. */
function obstacle(folder: string) {
  return {
    put() {
      renameSync(folder, `${folder}-away`)
      writeFileSync(folder, 'in the way')
    },
    remove() {
      renameSync(folder, `${folder}-file`)
      renameSync(`${folder}-away`, folder)
    },
  }
}

describe('a meter that could not start again', () => {
  const folder = () => join(temporaryFolder(), 'tree')
  const counted = (tree: string) => existsSync(join(tree, 'class/powercap/intel-rapl:0/energy_uj'))

  it('is started with the next look, also with the model that it had and while nobody answers', async () => {
    for (const then of [
      () => trained('one'),
      () => {
        throw new ModelError('UNAVAILABLE', 'nobody is there')
      },
    ]) {
      const tree = folder()
      const { start, working, lines, become } = scene({ METER_POWERCAP: tree, MODEL_REFRESH_INTERVAL: '1' })
      const meter = await start()
      const { url } = meter.current
      await working('energy is counted', () => counted(tree))
      const { put, remove } = obstacle(tree)
      put()
      become(() => trained('two'))
      await working('it cannot start', () => lines('error', /^the meter could not start again: /).length > 0)
      await assert.rejects(fetch(url))
      become(then)
      remove()
      await working('it runs again', () =>
        fetch(`${url}/healthz`).then(
          ({ ok }) => ok,
          () => false,
        ),
      )
      await working('that is said', () => lines('info', /^watts come from/).length === 2)
      assert.equal(meter.current.url, url)
      assert.equal(meter.current.source.provenance.model, 'one')
      await meter.stop()
    }
  })

  it('closes its models also when it cannot be stopped well', async () => {
    const tree = folder()
    const { start, working, closed } = scene({ METER_POWERCAP: tree })
    const meter = await start()
    await working('energy is counted', () => counted(tree))
    obstacle(tree).put()
    await assert.rejects(meter.stop())
    assert.equal(closed(), 1)
  })
})

describe('a meter that follows no models', () => {
  it('starts with the universal one, and stops', async () => {
    const system = fakeSystem(temporaryFolder())
    system.cpus([[0, 0, 0, 0, 0, 0, 0, 0]])
    const environment = {
      ...{ CONFIG_PATH: '/nonexistent', METER_PROCFS: system.proc, METER_SYSFS: system.sys, MODEL_PATH: system.sys },
      ...{ METER_HTTP_HOST: '127.0.0.1', METER_HTTP_PORT: '0', METER_LEVELS: 'node' },
    }
    const meter = await startFollowingMeter(loadConfig({ environment }), { logger: recordedLog(), version: 'test' })
    assert.equal(meter.current.source.provenance.kind, 'universal')
    await meter.stop()
    await assert.rejects(fetch(meter.current.url))
  })

  it('says why it cannot start', async () => {
    const { start } = scene()
    const { url } = (await start()).current
    const system = fakeSystem(temporaryFolder())
    system.cpus([[0, 0, 0, 0, 0, 0, 0, 0]])
    const environment = {
      ...{ CONFIG_PATH: '/nonexistent', METER_PROCFS: system.proc, METER_SYSFS: system.sys, MODEL_PATH: system.sys },
      ...{ METER_HTTP_HOST: '127.0.0.1', METER_HTTP_PORT: new URL(url).port, METER_LEVELS: 'node' },
    }
    const taken = startFollowingMeter(loadConfig({ environment }), { logger: recordedLog(), version: 'test' })
    await assert.rejects(taken, { code: 'UNAVAILABLE' })
  })
})

describe('how often models are asked for', () => {
  it('is as the settings say, and at least twice a minute while there is none', async (t) => {
    const pauses = t.mock.method(globalThis, 'setTimeout').mock
    const usual = plainPowerSource()
    for (const [source, seconds, expected] of [
      [trained('one'), '300', 300_000],
      [usual, '300', 30_000],
      [usual, '20', 20_000],
    ] as const) {
      const { start, become } = scene({ MODEL_REFRESH_INTERVAL: seconds })
      become(() => source)
      pauses.resetCalls()
      const meter = await start()
      const asked = pauses.calls.map(({ arguments: [, milliseconds] }) => milliseconds ?? 0)
      assert.ok(asked.includes(expected), `${expected} among ${asked.join()}`)
      await meter.stop()
    }
  })

  it('is once beside a meter of the machine', async (t) => {
    const { system, start, loads } = scene({ MODEL_REFRESH_INTERVAL: '300' })
    const zone = join(system.sys, 'class/powercap/intel-rapl:0')
    mkdirSync(zone, { recursive: true })
    for (const [name, text] of Object.entries({ name: 'package-0', max_energy_range_uj: '1000', energy_uj: '1' }))
      writeFileSync(join(zone, name), `${text}\n`)
    const pauses = t.mock.method(globalThis, 'setTimeout').mock
    const meter = await start()
    assert.equal(meter.current.realMeter, 'aside')
    assert.ok(pauses.calls.every(({ arguments: [, milliseconds] }) => milliseconds !== 300_000))
    assert.equal(loads(), 1)
  })
})
