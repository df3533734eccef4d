import assert from 'node:assert/strict'
import { readdirSync, readlinkSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { fakeSystem } from '../../test/support/fake-proc.js'
import { plainPowerSource } from '../../test/support/plain-power-source.js'
import { recordedLog } from '../../test/support/recorded-log.js'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { until } from '../../test/support/until.js'
import { loadConfig } from '../config/config.js'
import { startPowerMeter } from './power-meter.js'
import { startModelServer } from './start-model-server.js'
import { startOfflineTrainer } from './start-offline-trainer.js'
import { startOnlineTrainer } from './start-online-trainer.js'

const nobody = 'http://127.0.0.1:1'
const here = '127.0.0.1'

function scene(environment: Record<string, string> = {}) {
  const folder = temporaryFolder()
  const config = loadConfig({
    environment: {
      ...{ CONFIG_PATH: '/nonexistent', MNT_PATH: folder, MODEL_TOPURL: nobody, PROM_SERVER: nobody, OFFLINE: 'true' },
      ...{ MODEL_SERVER_HOST: here, MODEL_SERVER_PORT: '0', OFFLINE_TRAINER_HOST: here, OFFLINE_TRAINER_PORT: '0' },
      ...{ ONLINE_TRAINER_HOST: here, ONLINE_TRAINER_PORT: '0', ...environment },
    },
  })
  return { folder, config, deps: { logger: recordedLog(), version: '9.9.9' } }
}

/** A server that answers each request by what `answer` makes of its URL. */
async function answering(answer: (url: URL) => object): Promise<string> {
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      const url = new URL(request.url ?? '', nobody)
      for (const [name, value] of new URLSearchParams(body)) url.searchParams.append(name, value)
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer(url)))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, here, resolve))
  after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://${here}:${(server.address() as AddressInfo).port}`
}

const json = async (url: string): Promise<Record<string, unknown>> => JSON.parse(await (await fetch(url)).text())

describe('a model server', () => {
  const live = async (environment: Record<string, string>) => {
    const { config, deps } = scene(environment)
    const server = await startModelServer(config, deps)
    after(() => server.stop())
    return json(`${server.url}/api/v1/live`)
  }

  it('asks the meter of its settings, else the one of this machine', async () => {
    const zones = [{ zone: 'psys', watts: 90, low: 70, high: 110 }]
    const meter = await answering(() => ({ model: { kind: 'universal', name: 'mine' }, zones }))
    const { reading } = await live({ PAGE_METER_URL: `${meter}/`, METER_HTTP_PORT: '1' })
    assert.deepEqual(reading, {
      ...{ model: { kind: 'universal', name: 'mine' }, utilisation: null, gap: null },
      zones: [{ ...zones[0], out_of_range: false }],
    })
    const usual = await live({ METER_HTTP_PORT: new URL(meter).port })
    assert.deepEqual(usual.reading, reading)
    assert.deepEqual(await live({ PAGE_METER_URL: nobody, METER_HTTP_PORT: new URL(meter).port }), {
      reading: null,
      reason: 'no power meter answers',
    })
  })

  it('has no live watts without its page', async () => {
    assert.equal('reading' in (await live({ PAGE: 'false' })), false)
  })
})

describe('an offline trainer', () => {
  it('names the address that whoever reaches it may train at', async () => {
    const { config, deps } = scene({ OFFLINE_TRAINER_HOST: '0.0.0.0' })
    const trainer = await startOfflineTrainer(config, deps)
    await trainer.stop()
    const warnings = deps.logger.lines.filter(({ level }) => level === 'warn')
    assert.deepEqual(
      warnings.map(({ fields }) => fields),
      [{ host: '0.0.0.0' }],
    )
  })
})

describe('an online trainer', () => {
  it('asks for the step and time of its settings, again and again, and passes on what Prometheus remarks', async () => {
    const asked: URL[] = []
    const prometheus = await answering((url) => {
      asked.push(url)
      const data = url.pathname.endsWith('/values')
        ? ['kepler_node_platform_joules_total', 'kepler_container_bpf_cpu_time_ms_total']
        : { resultType: 'matrix', result: [] }
      return { status: 'success', data, infos: ['it is a gauge'] }
    })
    const { config, deps } = scene({
      ...{ PROM_SERVER: prometheus, PROM_QUERY_STEP: '7', PROM_QUERY_INTERVAL: '70', SAMPLING_INTERVAL: '1' },
      ONLINE_HISTORY_SECONDS: '600',
    })
    const trainer = await startOnlineTrainer(config, deps)
    after(() => trainer.stop())
    const queries = () => asked.filter(({ pathname }) => pathname.endsWith('/query_range'))
    const metrics = async () => (await fetch(`${trainer.url}/metrics`)).text()
    const rounds = /^kepler_online_trainer_round_duration_seconds_count ([1-9]\d|[2-9])/m
    await until('two rounds are over', async () => rounds.test(await metrics()))
    assert.ok(queries().length > 0)
    for (const { searchParams } of queries()) {
      assert.equal(searchParams.get('step'), '7')
      assert.ok(Number(searchParams.get('end')) - Number(searchParams.get('start')) <= 70)
    }
    const remarks = deps.logger.lines.filter(({ message }) => message === 'Prometheus warned or remarked')
    assert.deepEqual(
      remarks.map(({ level, fields }) => [level, fields.kind, fields.text, fields.more]),
      [['warn', 'infos', 'it is a gauge', 0]],
    )
    assert.match(await metrics(), /^kepler_online_trainer_prometheus_notices_total\{kind="infos"\} [1-9]/m)
  })
})

describe('a power meter', () => {
  it('leaves no file of the kernel open', async () => {
    const system = fakeSystem(temporaryFolder())
    system.cpus([[0, 0, 0, 0, 0, 0, 0, 0]])
    system.process({ pid: 12, ticks: 5 })
    const { config, deps } = scene({
      ...{ METER_PROCFS: system.proc, METER_SYSFS: system.sys, METER_LEVELS: 'process', METER_INTERVAL: '0.1' },
      ...{ METER_HTTP_HOST: here, METER_HTTP_PORT: '0' },
    })
    const open = () =>
      readdirSync('/proc/self/fd').filter((descriptor) => {
        try {
          return readlinkSync(join('/proc/self/fd', descriptor)).startsWith(join(system.proc, '12'))
        } catch {
          return false
        }
      })
    const meter = await startPowerMeter(config, { ...deps, source: plainPowerSource() })
    after(() => meter.stop())
    await until('it looks at the process', () => open().length > 0)
    await meter.stop()
    assert.deepEqual(open(), [])
  })
})
