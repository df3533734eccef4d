import assert from 'node:assert/strict'
import { copyFileSync, existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { fakeSystem } from '../../test/support/fake-proc.js'
import { guestPipeline, guestWatts } from '../../test/support/guest-pipeline.js'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { until } from '../../test/support/until.js'
import { loadConfig } from '../config/config.js'
import type { NodeUsage } from '../meter/power-source.js'
import { silentLogger } from '../runtime/ports.js'
import { startFollowingMeter } from './following-meter.js'
import { meterPowerSource } from './meter-source.js'
import { trainedModels } from './trained-models.js'

/** A guest of two processors, with so many ticks of user, system and idle time of each. */
function guest() {
  const system = fakeSystem(temporaryFolder())
  const flags = 'model name\t: Intel(R) Xeon(R) CPU E5-2660 v3 @ 2.60GHz\nflags\t: fpu hypervisor\n'
  system.file('proc/cpuinfo', `processor\t: 0\n${flags}\nprocessor\t: 1\n${flags}\n`)
  system.file('proc/meminfo', 'MemTotal: 8000000 kB\nMemFree: 1000 kB\nMemAvailable: 6000000 kB\n')
  system.file('proc/vmstat', 'pgfault 5000\npgmajfault 10\n')
  system.file('proc/loadavg', '1.50 1.00 0.50 1/100 4321\n')
  system.cpus([[0, 0, 0, 0, 0, 0, 0, 0]])
  const config = (more: Readonly<Record<string, string>>) =>
    loadConfig({
      environment: {
        CONFIG_PATH: '/nonexistent',
        METER_PROCFS: system.proc,
        METER_SYSFS: system.sys,
        MODEL_PATH: system.sys,
        METER_HTTP_PORT: '0',
        METER_LEVELS: 'node',
        METER_INTERVAL: '0.1',
        ...more,
      },
    })
  return { system, config }
}

function usage(user: number, system: number, more: NodeUsage['system'] = {}): NodeUsage {
  const features: NodeUsage['system'] = {
    node_context_switches_per_second: 9000,
    node_cpu_frequency_hertz: 0,
    node_cpu_iowait_ratio: 0.01,
    node_cpu_irq_ratio: 0.01,
    node_cpu_steal_ratio: 0.01,
    node_cpu_system_ratio: system,
    node_cpu_user_ratio: user,
    node_load1: 2,
    node_memory_used_ratio: 0.4,
    node_page_faults_per_second: 500,
    ...more,
  }
  return { seconds: 1, utilisation: user + system, steal: 0.01, onlineCpus: 2, system: features }
}

describe('watts from a model that was trained for this machine', () => {
  const folder = temporaryFolder()
  let pipeline: Awaited<ReturnType<typeof guestPipeline>>
  before(async () => {
    pipeline = await guestPipeline(folder)
  })

  it('come from a pipeline on disk, with its zones, interval, range and error', async () => {
    const { config } = guest()
    for (const path of [pipeline.folder, pipeline.zip]) {
      const source = await meterPowerSource(config({ METER_PIPELINE: path }))
      assert.deepEqual(source.zones, ['package', 'core', 'dram'])
      assert.equal(source.provenance.kind, 'trained')
      assert.equal(source.provenance.model, 'guests/LinearRegressionTrainer_0')
      assert.equal(source.provenance.error?.metric, 'workload_mape')
      const powers = source.power(usage(0.4, 0.1))
      for (const zone of ['package', 'core', 'dram'] as const) {
        const { watts, low, high, idleWatts, outOfRange } = powers.find((power) => power.zone === zone)!
        assert.ok(Math.abs(watts - guestWatts(zone, 0.4, 0.1)) < 0.5, `${zone}: ${watts} W`)
        assert.ok(Math.abs(idleWatts - guestWatts(zone, 0, 0)) < 0.5, `${zone}, idle: ${idleWatts} W`)
        assert.ok(low < watts && watts < high && high - low < 2)
        assert.equal(outOfRange, false)
      }
    }
  })

  it('are of a pipeline that is named after its file, which is closed, and interrupted when that is asked', async () => {
    const { config } = guest()
    const path = join(folder, 'my.zips.ZIP')
    copyFileSync(pipeline.zip, path)
    const models = await trainedModels(config({ METER_PIPELINE: path }))
    const { provenance } = await models!.load(new AbortController().signal)
    assert.equal(provenance.model, 'my.zips/LinearRegressionTrainer_0')
    const open = readdirSync('/proc/self/fd').filter((descriptor) => {
      const link = join('/proc/self/fd', descriptor)
      return existsSync(link) && readlinkSync(link) === path
    })
    assert.deepEqual(open, [])
    await assert.rejects(models!.load(AbortSignal.abort()), /indexing was stopped/)
    await models?.close()
  })

  it('say when the machine does what training never saw, and what this kernel does not tell', async () => {
    const { config } = guest()
    const source = await meterPowerSource(config({ METER_PIPELINE: pipeline.folder }))
    const far = source.power(usage(0.4, 0.1, { node_page_faults_per_second: 1e6 }))
    assert.ok(far.every(({ outOfRange, low, high, watts }) => outOfRange && low <= watts && watts <= high))
    const { node_load1: _, ...told } = usage(0.4, 0.1).system ?? {}
    assert.throws(() => source.power({ ...usage(0, 0), system: told }), {
      code: 'INVALID_DATA',
      message: /does not tell node_load1/,
    })
  })

  it('are the universal model where there is none, and that is said', async () => {
    const { config } = guest()
    for (const [more, why] of [
      [{ METER_MODEL_SERVER: 'http://127.0.0.1:1' }, /^no trained model is in use: .*127\.0\.0\.1:1/],
      [{ METER_PIPELINE: join(pipeline.folder, 'nothing') }, /^no trained model is in use: .*nothing/],
    ] as const) {
      const source = await meterPowerSource(config(more))
      assert.equal(source.provenance.kind, 'universal')
      assert.match(source.provenance.assumptions[0] ?? '', why)
    }
  })

  it('come from a model server as soon as it is there, and stay when it is away again', async () => {
    const { system, config } = guest()
    let away = true
    let asked = 0
    const server = createServer((request, response) => {
      asked++
      let body = ''
      request.on('data', (chunk: Buffer) => {
        body += chunk.toString()
      })
      request.on('end', () => {
        const { source, metrics, output_type: output } = JSON.parse(body)
        if (away) return response.writeHead(503).end('{"error":{"message":"starting"}}')
        if (source !== 'rapl-sysfs') return response.writeHead(400).end('{"error":{"message":"no model"}}')
        assert.equal(output, 'AbsPower')
        assert.ok(metrics.includes('node_cpu_user_ratio'))
        response.writeHead(200, { 'x-kepler-model': 'guests/rapl-sysfs/AbsPower/NodeOS/LinearRegressionTrainer_0' })
        return response.end(pipeline.model)
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const tree = join(temporaryFolder(), 'tree')
    const meter = await startFollowingMeter(
      config({
        METER_MODEL_SERVER: `http://127.0.0.1:${port}`,
        MODEL_REFRESH_INTERVAL: '1',
        METER_POWERCAP: tree,
      }),
      { logger: silentLogger, version: 'test' },
    )
    try {
      const { url } = meter.current
      assert.equal(meter.current.source.provenance.kind, 'universal')
      assert.match(meter.current.source.provenance.assumptions[0] ?? '', /503/)
      const counter = join(tree, 'class/powercap/intel-rapl:0/energy_uj')
      const energy = () => (existsSync(counter) ? Number(readFileSync(counter, 'utf8')) : 0)
      let ticks = 0
      const run = () => {
        ticks += 10
        const row = [ticks, 0, 0, ticks, 0, 0, 0, 0]
        system.cpus([row, row])
      }
      const first = energy()
      await until('energy is counted', () => {
        run()
        return energy() > first
      })
      const universal = energy()
      away = false
      await until('a trained model is in use', () => {
        run()
        return meter.current.source.provenance.kind === 'trained'
      })
      assert.deepEqual(meter.current.source.zones, ['package', 'core', 'dram'])
      assert.equal(meter.current.url, url)
      let text = ''
      await until('the trained model gives watts', async () => {
        run()
        assert.ok(energy() >= universal, 'the counter of the package goes on')
        text = await (await fetch(`${url}/metrics`)).text()
        return text.includes('kepler_node_cpu_watts{')
      })
      assert.match(text, /kepler_meter_model_info\{.*model="guests\/LinearRegressionTrainer_0",kind="trained"/)
      assert.match(text, /kepler_node_cpu_watts\{.*zone="core"/)
      assert.doesNotMatch(text, /kepler_meter_host_share_ratio\{/)
      away = true
      const before = asked
      await until('the server was asked again', () => asked > before + 1)
      assert.equal(meter.current.source.provenance.kind, 'trained')
    } finally {
      await meter.stop()
      server.close()
    }
  })
})
