import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, describe, it } from 'node:test'
import { fakeSystem } from '../../test/support/fake-proc.js'
import { plainPowerSource, plainProvenance } from '../../test/support/plain-power-source.js'
import { recordedLog } from '../../test/support/recorded-log.js'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { until } from '../../test/support/until.js'
import { loadConfig } from '../config/config.js'
import { ModelError } from '../core/errors.js'
import type { PowerProvenance, PowerSource } from '../meter/power-source.js'
import { startFollowingMeter } from './following-meter.js'

/** Trained models that are what a test says, and a machine to measure. */
function scene(environment: Record<string, string> = {}) {
  const system = fakeSystem(temporaryFolder())
  system.file('proc/cpuinfo', 'processor\t: 0\nmodel name\t: Made Up\n')
  system.cpus([[0, 0, 0, 0, 0, 0, 0, 0]])
  const config = loadConfig({
    environment: {
      ...{ CONFIG_PATH: '/nonexistent', METER_PROCFS: system.proc, METER_SYSFS: system.sys, MODEL_PATH: system.sys },
      ...{ METER_HTTP_HOST: '127.0.0.1', METER_HTTP_PORT: '0', METER_LEVELS: 'node', METER_INTERVAL: '0.1' },
      ...{ MODEL_REFRESH_INTERVAL: '1', ...environment },
    },
  })
  const logger = recordedLog()
  let next: () => PowerSource | Promise<PowerSource> = () => trained('one')
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
    after(() => meter.stop())
    return meter
  }
  return {
    ...{ logger, start },
    loads: () => loads,
    closed: () => closed,
    become: (load: () => PowerSource | Promise<PowerSource>) => (next = load),
    said: (level: string) =>
      logger.lines.filter((line) => line.level === level && line.fields.from === 'a place').map(({ fields }) => fields),
  }
}

const trained = (model: string, more: Partial<PowerProvenance> = {}): PowerSource => ({
  ...plainPowerSource(),
  provenance: { ...plainProvenance, kind: 'trained', model, ...more },
})

describe('a meter that follows models', () => {
  it('says which model its watts are from, and goes on where it is with another one', async () => {
    const { become, said, start } = scene()
    const meter = await start()
    const { url } = meter.current
    assert.equal(meter.name, 'power meter')
    assert.equal(meter.current.source.provenance.model, 'one')
    assert.deepEqual(said('info'), [{ model: 'one', from: 'a place' }])
    become(() => trained('two'))
    await until('the other is in use', () => meter.current.source.provenance.model === 'two')
    await until('that is said', () => said('info').length === 2)
    assert.equal(meter.current.url, url)
    assert.equal((await fetch(`${url}/healthz`)).status, 200)
    assert.deepEqual(said('info')[1], { model: 'two', from: 'a place' })
    assert.deepEqual(said('warn'), [])
  })

  it('starts again for the same model trained anew, and not for the same', async () => {
    const { become, loads, said, start } = scene()
    const meter = await start()
    const before = loads()
    await until('it was asked twice more', () => loads() > before + 1)
    assert.equal(said('info').length, 1)
    become(() => trained('one', { error: { metric: 'mape', value: 1 } }))
    await until('it is in use', () => meter.current.source.provenance.error?.value === 1)
    await until('that is said', () => said('info').length === 2)
  })

  it('says what is assumed of a model that was not trained for this machine', async () => {
    const { become, said, start } = scene()
    become(() => plainPowerSource())
    await start()
    assert.deepEqual(said('warn'), [{ model: 'straight line', from: 'a place' }])
  })

  it('keeps its model while nobody answers, and says so once', async () => {
    const { become, loads, logger, start } = scene()
    const meter = await start()
    become(() => {
      throw new ModelError('UNAVAILABLE', 'nobody is there')
    })
    const before = loads()
    await until('it was asked twice more', () => loads() > before + 2)
    assert.equal(meter.current.source.provenance.model, 'one')
    const lines = logger.lines.filter(({ message }) => message === 'trained models: nobody is there')
    assert.deepEqual(
      lines.map(({ level, fields }) => [level, fields]),
      [['warn', { model: 'one', kind: 'trained', more: 0 }]],
    )
  })

  it('closes its models when it stops, and asks them no more', async () => {
    const { closed, loads, start } = scene()
    const meter = await start()
    assert.equal(closed(), 0)
    await meter.stop()
    assert.equal(closed(), 1)
    const asked = loads()
    await assert.rejects(fetch(meter.current.url))
    assert.equal(loads(), asked)
  })

  it('takes no model, and says nothing, of a look that its stop interrupts', async (t) => {
    for (const end of [
      () => trained('two'),
      () => {
        throw new ModelError('UNAVAILABLE', 'it was interrupted')
      },
    ]) {
      const { become, loads, logger, start } = scene()
      const meter = await start()
      let answer = () => {}
      const answered = new Promise<void>((resolve) => (answer = resolve))
      const before = loads()
      become(() => answered.then(end))
      await until('it is asked', () => loads() > before)
      const lines = logger.lines.length
      const pauses = t.mock.method(globalThis, 'setTimeout').mock
      const stopped = meter.stop()
      answer()
      await stopped
      const said = logger.lines.slice(lines).filter(({ message }) => /watts come|models|start again/.test(message))
      assert.deepEqual(said, [])
      assert.equal(meter.current.source.provenance.model, 'one')
      assert.ok(pauses.calls.every(({ arguments: [, milliseconds] }) => milliseconds !== 1000))
      pauses.restore()
    }
  })

  it('closes its models when it cannot start', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    after(() => server.close())
    const { closed, start } = scene({ METER_HTTP_PORT: String((server.address() as AddressInfo).port) })
    await assert.rejects(start(), { code: 'UNAVAILABLE' })
    assert.equal(closed(), 1)
  })
})
