import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { fakeSystem } from '../../test/support/fake-proc.js'
import { plainPowerSource } from '../../test/support/plain-power-source.js'
import { recordedLog } from '../../test/support/recorded-log.js'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { until } from '../../test/support/until.js'
import { loadConfig } from '../config/config.js'
import { startTop } from './local-top.js'
import { startPowerMeter } from './power-meter.js'

/** A machine of two processors that are half busy, tick by tick. */
function scene() {
  const system = fakeSystem(temporaryFolder())
  system.file('proc/cpuinfo', 'processor\t: 0\nvendor_id\t: Made\nmodel name\t: Made Up\n')
  let ticks = 100
  const work = () => {
    ticks += 10
    const row = [ticks, 0, 0, ticks, 0, 0, 0, 0]
    system.cpus([row, row])
    system.process({ pid: 12, comm: 'busy', ticks: 2 * ticks })
  }
  work()
  const logger = recordedLog()
  const config = (environment: Record<string, string>) =>
    loadConfig({
      environment: {
        ...{ CONFIG_PATH: '/nonexistent', METER_PROCFS: system.proc, METER_SYSFS: system.sys },
        ...{ METER_HTTP_HOST: '127.0.0.1', METER_HTTP_PORT: '0', METER_NODE_NAME: 'worker-1' },
        ...{ METER_INTERVAL: '0.1', METER_LEVELS: 'node', MODEL_PATH: system.sys, ...environment },
      },
    })
  const start = async (environment: Record<string, string> = {}) => {
    const meter = await startPowerMeter(config(environment), { logger, version: '9.9.9', source: plainPowerSource() })
    after(() => meter.stop())
    const text = async (path: string) => (await fetch(meter.url + path)).text()
    const ready = async () => {
      const answer = await fetch(`${meter.url}/readyz`)
      const { reasons }: { reasons: readonly string[] } = JSON.parse(await answer.text())
      return { status: answer.status, reasons }
    }
    const working = (what: string, holds: () => Promise<boolean>) =>
      until(what, async () => {
        work()
        return holds()
      })
    return { meter, text, ready, working }
  }
  /** A meter of the hardware that has used so many microjoules. */
  const hardware = (energy: number | undefined) => {
    const folder = join(system.sys, 'class/powercap/intel-rapl:0')
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'name'), 'package-0\n')
    writeFileSync(join(folder, 'max_energy_range_uj'), '262143328850\n')
    writeFileSync(join(folder, 'energy_uj'), energy === undefined ? '' : `${energy}\n`)
  }
  return { system, logger, config, start, work, hardware }
}

const value = (text: string, name: string) => Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (.*)$`, 'm').exec(text)?.[1])

describe('startPowerMeter', () => {
  it('is ready with the first reading, and says until then why not', async () => {
    const { start } = scene()
    const { meter, text, ready, working } = await start()
    assert.deepEqual([meter.name, meter.realMeter, meter.folder], ['power meter', 'none', undefined])
    const early = await ready()
    if (early.status === 503) assert.equal(early.reasons.length, 1)
    await working('it is ready', async () => (await ready()).status === 200)
    assert.deepEqual((await ready()).reasons, [])
    const metrics = await text('/metrics')
    assert.match(metrics, /^kepler_node_cpu_watts\{[^}]*zone="psys"[^}]*path="estimate"[^}]*\} 150$/m)
    assert.match(metrics, /node_name="worker-1"/)
    assert.match(metrics, /^kepler_node_cpu_info\{[^}]*model_name="Made Up"/m)
    assert.doesNotMatch(metrics, /^kepler_process_cpu_watts/m)
    assert.match(metrics, /^kepler_meter_http_requests_total\{/m)
  })

  it('has processes in metrics and readings where a level wants them', async () => {
    const { start } = scene()
    const { text, working } = await start({ METER_LEVELS: 'node,process' })
    await working('the process has watts', async () =>
      /^kepler_process_cpu_watts\{.*"12"/m.test(await text('/metrics')),
    )
    const reading = JSON.parse(await text('/reading'))
    assert.deepEqual(
      reading.rows.map(({ id, name }: { id: string; name: string }) => [id, name]),
      [['12', 'busy']],
    )
    assert.equal(reading.zones[0].zone, 'psys')
  })

  it('has no reading before the second look at the kernel, and no processes where no level wants them', async () => {
    const { start } = scene()
    const { text, ready } = await start({ METER_INTERVAL: '300' })
    assert.deepEqual(await ready(), { status: 503, reasons: ['no reading yet'] })
    const { rows, zones } = JSON.parse(await text('/reading'))
    assert.deepEqual([rows, zones], [[], []])
  })

  it('is not ready, and says so in the log, while the kernel tells nothing', async () => {
    const { system, logger, start } = scene()
    system.file('proc/stat', 'nonsense\n')
    const { ready } = await start()
    await until('a gap is logged', async () => logger.lines.some(({ message }) => message.startsWith('no new reading')))
    const { status, reasons } = await ready()
    assert.equal(status, 503)
    assert.notEqual(reasons[0], 'no reading yet')
  })

  it('keeps a tree where one is wanted, and shows where each zone is', async () => {
    const { start } = scene()
    const folder = join(temporaryFolder(), 'tree')
    const { meter, text, working } = await start({ METER_POWERCAP: folder })
    assert.equal(meter.folder, folder)
    const counter = join(folder, 'class/powercap/intel-rapl:0/energy_uj')
    await working('energy is counted', async () => existsSync(counter) && Number(readFileSync(counter, 'utf8')) > 0)
    const metrics = await text('/metrics')
    assert.ok(metrics.includes(`path="${folder}/class/powercap/intel-rapl:0"`))
    assert.equal(value(metrics, 'kepler_meter_powercap_up'), 1)
    await meter.stop()
  })

  it('stands aside beside a real meter, and leads readers of its tree to that one', async () => {
    for (const energy of [1000, undefined]) {
      const { system, logger, start, hardware } = scene()
      hardware(energy)
      const folder = join(temporaryFolder(), 'tree')
      const { meter, text, ready } = await start({ METER_POWERCAP: folder })
      assert.deepEqual([meter.realMeter, meter.folder], ['aside', folder])
      assert.equal(realpathSync(join(folder, 'class/powercap')), join(realpathSync(system.sys), 'class/powercap'))
      assert.deepEqual(await ready(), { status: 200, reasons: [] })
      const metrics = await text('/metrics')
      assert.doesNotMatch(metrics, /^kepler_node_cpu_watts\{/m)
      assert.match(JSON.parse(await text('/reading')).gap, /a meter of its own/)
      const { url } = meter
      const zones = logger.lines.find(({ fields }) => 'zones' in fields)?.fields.zones
      if (energy === undefined) assert.match(String(zones), /root/)
      else assert.equal(zones, 'package')
      await meter.stop()
      await assert.rejects(fetch(url))
    }
  })

  it('compares itself with a real meter where it shall', async () => {
    const { start, hardware } = scene()
    hardware(0)
    let energy = 0
    const { meter, text, working } = await start({ METER_COMPARE: 'true' })
    assert.equal(meter.realMeter, 'compared')
    await working('both are shown', async () => {
      energy += 5_000_000
      hardware(energy)
      return /^kepler_meter_\w*(compar|measured|deviation|error)\w*\{[^}]*zone="package"/m.test(await text('/metrics'))
    })
    assert.match(await text('/metrics'), /^kepler_node_cpu_watts\{[^}]*zone="package"/m)
  })

  it('sends its metrics, and says when nobody takes them and when somebody does again', async () => {
    let status = 400
    let asked = 0
    const server = createServer((request, response) => {
      asked++
      request.resume()
      response.writeHead(status).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    after(() => server.close())
    const { logger, start } = scene()
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/metrics`
    const { meter, working } = await start({ METER_OTLP_URL: url, METER_OTLP_INTERVAL: '1' })
    const lines = (level: string) =>
      logger.lines.filter((line) => line.level === level && line.fields.url === url).length
    await working('a failure is logged', async () => lines('warn') > 0)
    assert.equal(lines('info'), 0)
    status = 200
    await working('it is logged that it goes on', async () => lines('info') > 0)
    const before = asked
    await working('it is sent twice more', async () => asked > before + 1)
    assert.equal(lines('info'), 1)
    await meter.stop()
  })

  it('says for how long it had no time, and how often since that there is no reading', async (t) => {
    const { system, logger, start } = scene()
    const gaps = () => logger.lines.filter(({ message }) => message.startsWith('no new reading'))
    const late = () => logger.lines.filter(({ message }) => message.startsWith('no reading for a while'))
    await start()
    assert.deepEqual(late(), [])
    const now = performance.now.bind(performance)
    let later = 0
    t.mock.method(performance, 'now', () => now() + later)
    later = 50_000
    await until('that is logged', () => late().length > 0)
    const seconds = Number(late()[0]?.fields.seconds)
    assert.ok(seconds > 49 && seconds < 60, `${seconds} s`)
    system.file('proc/stat', 'nonsense\n')
    const before = gaps().length
    await until('a gap is logged', () => gaps().length > before)
    assert.ok(gaps().every(({ level, fields }) => level === 'warn' && typeof fields.more === 'number'))
  })

  it('sends a last time when it stops, and does not say that it goes on where it never failed', async () => {
    const asked: string[] = []
    const server = createServer((request, response) => {
      asked.push(request.url ?? '')
      request.resume()
      response.writeHead(200).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    after(() => server.close())
    const { logger, start } = scene()
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/metrics`
    const { meter, ready, working } = await start({ METER_OTLP_URL: url, METER_OTLP_INTERVAL: '3600' })
    await working('there is a reading', async () => (await ready()).status === 200)
    assert.deepEqual(asked, [])
    await meter.stop()
    assert.deepEqual(asked, ['/v1/metrics'])
    assert.ok(logger.lines.every(({ fields }) => fields.url !== url))
  })

  it('gives a collector that does not answer no more time than there is to stop', async (t) => {
    const server = createServer((request) => void request.resume())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    after(() => {
      server.closeAllConnections()
      server.close()
    })
    const { start } = scene()
    const METER_OTLP_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/metrics`
    const { meter } = await start({ METER_OTLP_URL, METER_OTLP_INTERVAL: '3600', SHUTDOWN_TIMEOUT: '1' })
    const pauses = t.mock.method(globalThis, 'setTimeout').mock
    await meter.stop()
    const asked = pauses.calls.map(({ arguments: [, milliseconds] }) => milliseconds ?? 0)
    assert.ok(asked.includes(1000) && !asked.includes(5000), asked.join())
  })

  it('has room for 64 connections, and as many that say nothing', async () => {
    const { start } = scene()
    const { meter } = await start()
    let closed = 0
    const open = async () => {
      const socket = connect(Number(new URL(meter.url).port), '127.0.0.1').resume()
      socket.on('close', () => closed++)
      await once(socket, 'connect')
    }
    for (let n = 0; n < 127; n++) await open()
    assert.equal(closed, 0)
    await open()
    await until('the first one leaves', () => closed === 1)
  })

  it('stops what it started when its port is taken', async () => {
    const { start } = scene()
    const { meter } = await start()
    const folder = join(temporaryFolder(), 'tree')
    const second = scene()
    const port = new URL(meter.url).port
    await assert.rejects(second.start({ METER_HTTP_PORT: port, METER_POWERCAP: folder }), { code: 'UNAVAILABLE' })
    const third = await scene().start({ METER_POWERCAP: folder })
    assert.equal(third.meter.folder, folder)
    await third.meter.stop()
  })
})

describe('startTop', () => {
  it('waits for an interval, unless it is aborted, and needs no processes', async () => {
    const { config, work } = scene()
    const top = await startTop(config({ METER_INTERVAL: '0.2' }))
    const begin = performance.now()
    work()
    await top.nextReading(new AbortController().signal)
    assert.ok(performance.now() - begin > 190)
    const { zones, rows } = top.view({ kind: 'processes', order: 'watts', limit: 5, zone: 0 })
    assert.deepEqual([zones.length, rows], [3, []])
    top.close()
    const slow = await startTop(config({ METER_INTERVAL: '300' }))
    const stop = new AbortController()
    const waiting = slow.nextReading(stop.signal)
    stop.abort()
    await waiting
    slow.close()
  })

  it('reads once an interval, and at once but not again when it is aborted', async () => {
    const { config, work } = scene()
    const top = await startTop(config({ METER_LEVELS: 'node,process' }))
    const view = () => top.view({ kind: 'processes', order: 'watts', limit: 5, zone: 0 })
    assert.deepEqual(view().zones, [])
    const stop = new AbortController()
    await until('there are watts', async () => {
      work()
      await top.nextReading(stop.signal)
      return view().zones.length > 0
    })
    const before = view().utilisation
    stop.abort()
    work()
    await top.nextReading(stop.signal)
    assert.equal(view().utilisation, before)
    assert.equal(view().rows[0]?.name, 'busy')
    top.close()
  })
})
