import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { fakeSystem } from '../../test/support/fake-proc.js'
import { plainPowerSource } from '../../test/support/plain-power-source.js'
import { recordedLog } from '../../test/support/recorded-log.js'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { tlsPath } from '../../test/support/tls.js'
import { until } from '../../test/support/until.js'
import { loadConfig } from '../config/config.js'
import { startPowerMeter } from './power-meter.js'

/** A machine of one processor that works whenever a test waits for something. */
function scene() {
  const system = fakeSystem(temporaryFolder())
  let ticks = 0
  const work = () => {
    ticks += 10
    system.cpus([[ticks, 0, 0, ticks, 0, 0, 0, 0]])
  }
  work()
  const logger = recordedLog()
  const start = async (environment: Record<string, string> = {}) => {
    const config = loadConfig({
      environment: {
        ...{ CONFIG_PATH: '/nonexistent', METER_PROCFS: system.proc, METER_SYSFS: system.sys, METER_LEVELS: 'node' },
        ...{ METER_HTTP_HOST: '127.0.0.1', METER_HTTP_PORT: '0', METER_INTERVAL: '0.1', METER_NODE_NAME: 'w1' },
        ...environment,
      },
    })
    const meter = await startPowerMeter(config, { logger, version: '9.9.9', source: plainPowerSource() })
    after(() => meter.stop())
    const metrics = async () => (await fetch(`${meter.url}/metrics`)).text()
    return { meter, metrics }
  }
  const working = (what: string, holds: () => boolean | Promise<boolean>) =>
    until(what, () => {
      work()
      return holds()
    })
  /** A zone of the hardware's own meter; without a value it may not be read. */
  const zone = (entry: string, name: string, energy: string) => {
    const folder = join(system.sys, 'class/powercap', entry)
    mkdirSync(folder, { recursive: true })
    for (const [file, text] of Object.entries({ name, energy_uj: energy, max_energy_range_uj: '262143328850' }))
      writeFileSync(join(folder, file), text === '' ? '' : `${text}\n`)
  }
  return { system, logger, start, working, zone }
}

describe('the tree of a power meter', () => {
  it('is of this boot of the host', async () => {
    const { system, start, working } = scene()
    system.file('proc/sys/kernel/random/boot_id', 'boot-7\n')
    const folder = join(temporaryFolder(), 'tree')
    const { meter, metrics } = await start({ METER_POWERCAP: folder })
    await working('energy is counted', () => existsSync(join(folder, 'class/powercap/intel-rapl:0')))
    assert.match(
      await metrics(),
      /^kepler_node_cpu_joules_total\{[^}]*path="\/[^"]*tree\/class\/powercap\/intel-rapl:0"/m,
    )
    await meter.stop()
    assert.equal(JSON.parse(readFileSync(join(folder, '.power-meter/counters.json'), 'utf8')).boot_id, 'boot-7')
  })

  it('is of no boot where the host does not tell it', async () => {
    const { start, working } = scene()
    const folder = join(temporaryFolder(), 'tree')
    const { meter } = await start({ METER_POWERCAP: folder })
    await working('energy is counted', () => existsSync(join(folder, 'class/powercap/intel-rapl:0')))
    await meter.stop()
    assert.equal(JSON.parse(readFileSync(join(folder, '.power-meter/counters.json'), 'utf8')).boot_id, '')
  })
})

describe('a power meter beside that of the hardware', () => {
  it('names each of its zones once, and makes no folder that nobody wants', async () => {
    const { logger, start, zone } = scene()
    zone('intel-rapl:0', 'package-0', '1')
    zone('intel-rapl:1', 'package-1', '1')
    zone('intel-rapl:0:0', 'dram', '1')
    const { meter, metrics } = await start()
    assert.deepEqual([meter.name, meter.folder, meter.realMeter], ['power meter', undefined, 'aside'])
    const [line] = logger.lines.filter(({ level }) => level === 'info')
    assert.deepEqual(String(line?.fields.zones).split(', ').sort(), ['dram', 'package'])
    const text = await metrics()
    assert.match(text, /^kepler_meter_real_meter\S* 1$/m)
    assert.doesNotMatch(text, /^kepler_meter_powercap_up/m)
    assert.doesNotMatch(text, /^kepler_(node|process|container)_/m)
  })

  it('estimates, and compares nothing, where that may not be read', async () => {
    const { start, working, zone } = scene()
    zone('intel-rapl:0', 'package-0', '')
    const { meter, metrics } = await start({ METER_COMPARE: 'true' })
    assert.equal(meter.realMeter, 'compared')
    let text = ''
    await working('there are watts', async () => {
      text = await metrics()
      return /^kepler_node_cpu_watts\{/m.test(text)
    })
    assert.match(text, /^kepler_meter_real_meter\S* 1$/m)
  })

  it('tells in its metrics that there is none', async () => {
    const { start } = scene()
    assert.match(await (await start()).metrics(), /^kepler_meter_real_meter\S* 0$/m)
  })
})

describe('the names of pods', () => {
  const id = 'ab'.repeat(32)
  const uid = '6c9d04cf-1e5b-4d4e-9d3c-0123456789ab'

  /** A kubelet that knows one pod, and whom it was asked by. */
  async function kubelet() {
    const asked: (string | undefined)[] = []
    const server = createServer((request, response) => {
      asked.push(request.headers.authorization)
      const containerStatuses = [{ name: 'nginx', containerID: `containerd://${id}` }]
      const pod = { metadata: { uid, name: 'web-0', namespace: 'shop' }, status: { containerStatuses } }
      response.end(JSON.stringify({ items: [pod] }))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    after(() => {
      server.closeAllConnections()
      server.close()
    })
    return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
  }

  it('are asked of the kubelet with its token, before the first metrics', async () => {
    const { asked, url } = await kubelet()
    const { system, start, working } = scene()
    system.process({ pid: 7, cgroup: `0::/kubepods/pod${uid}/${id}\n`, ticks: 1 })
    const token = join(temporaryFolder(), 'token')
    writeFileSync(token, 'secret\n')
    const { metrics, meter } = await start({
      ...{ METER_PODS: 'kubelet', METER_KUBE_ADDRESS: url, METER_KUBE_TOKEN_FILE: token },
      METER_LEVELS: 'node,container,pod',
    })
    assert.deepEqual(asked, ['Bearer secret'])
    let text = ''
    await working('the pod is shown', async () => {
      text = await metrics()
      return /^kepler_pod_cpu_joules_total\{[^}]*pod_name="web-0"/m.test(text)
    })
    assert.match(text, /^kepler_container_cpu_joules_total\{[^}]*container_name="nginx"/m)
    await meter.stop()
  })

  it('are asked of the API server through the proxy of the settings', async () => {
    const asked: string[] = []
    const proxy = createServer((request, response) => {
      asked.push(request.url ?? '')
      response.end('{"items":[]}')
    })
    proxy.on('connect', (request, socket) => {
      asked.push(request.url ?? '')
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')
    })
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
    after(() => {
      proxy.closeAllConnections()
      proxy.close()
    })
    const { start } = scene()
    const HTTP_PROXY = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
    const token = join(temporaryFolder(), 'token')
    writeFileSync(token, 'secret')
    const METER_KUBE_ADDRESS = 'http://api.invalid:6443'
    const environment = {
      ...{ METER_PODS: 'apiserver', METER_KUBE_ADDRESS, METER_LEVELS: 'pod', METER_KUBE_TOKEN_FILE: token },
      METER_KUBE_CA_FILE: tlsPath('authority.pem'),
    }
    const { meter } = await start({ ...environment, HTTP_PROXY })
    await meter.stop()
    assert.ok(asked.length > 0 && asked.every((url) => url.includes('api.invalid:6443')), asked.join())
    const before = asked.length
    const { meter: straight } = await start({ ...environment, HTTP_PROXY, NO_PROXY: '.invalid' })
    await straight.stop()
    assert.equal(asked.length, before)
  })

  it('are asked of nobody unless that is wanted', async () => {
    const { asked, url } = await kubelet()
    const { start } = scene()
    await start({ METER_KUBE_ADDRESS: url, METER_LEVELS: 'pod' })
    assert.deepEqual(asked, [])
  })
})
