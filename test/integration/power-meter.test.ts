import assert from 'node:assert/strict'
import { execFile, spawn, spawnSync } from 'node:child_process'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { loadConfig } from '../../src/config/config.js'
import { meterPowerSource } from '../../src/service/meter-source.js'
import { fakeSystem } from '../support/fake-proc.js'
import { type RunningProgram, startProgram } from '../support/program.js'
import { freePort, noPrometheus, type RunningPrometheus, startPrometheus } from '../support/prometheus.js'
import { noSmallDisk, smallDisk } from '../support/small-disk.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const exporter = 'prometheus-node-exporter'
const noExporter =
  spawnSync(exporter, ['--version']).status === 0 ? false : `needs Debian's ${exporter} (apt-get install ${exporter})`
const codeCarbonPython = process.env.CODECARBON_PYTHON ?? 'python3'
const noCodeCarbon =
  spawnSync(codeCarbonPython, ['-c', 'import codecarbon']).status === 0
    ? false
    : 'needs CodeCarbon (pip install codecarbon; CODECARBON_PYTHON names its Python)'
const hasGo = spawnSync('go', ['version']).status === 0

/** A machine of four processors that is half busy all the time, until it is told otherwise. */
function busyMachine() {
  const system = fakeSystem(temporaryFolder())
  let load = 0.5
  let busy = 0
  let all = 0
  const step = () => {
    // Two ticks busy of four a twentieth of a second: whole numbers.
    all += 4
    busy += 4 * load
    system.cpus(Array.from({ length: 4 }, () => [busy, 0, 0, all - busy, 0, 0, 0, 0]))
  }
  step()
  system.file('proc/meminfo', 'MemTotal: 16000000 kB\nMemAvailable: 8000000 kB\n')
  system.file('proc/cpuinfo', 'processor\t: 0\nmodel name\t: Intel(R) Xeon(R) CPU E5-2660 v3 @ 2.60GHz\n')
  const timer = setInterval(step, 50)
  after(() => clearInterval(timer))
  return { system, setLoad: (value: number) => (load = value) }
}

async function startMeter(folder: string, more: readonly string[] = []) {
  const machine = busyMachine()
  const { proc, sys } = machine.system
  const options = ['--procfs', proc, '--sysfs', sys, '--port', '0', '--powercap', folder, '--log-level', 'info']
  const program = startProgram('power-meter', [...options, ...more], { LOG_FORMAT: 'json' })
  after(() => program.signal('SIGKILL'))
  const [, url = ''] = await program.waitFor(/(http:\/\/\S+)\/metrics/)
  const zone = (name: string, text: string, metric: string) =>
    Number(new RegExp(`^${metric}\\{.*zone="${name}".*\\} (\\S+)$`, 'm').exec(text)?.[1])
  const metrics = async () => (await fetch(`${url}/metrics`)).text()
  const untilReading = async () => {
    while (!/^kepler_node_cpu_watts/m.test(await metrics())) await wait(100)
  }
  return { ...machine, program, url, port: Number(new URL(url).port), zone, metrics, untilReading }
}

async function ended(program: RunningProgram): Promise<number | string> {
  program.signal('SIGTERM')
  return program.ended
}

const noStress =
  spawnSync('stress-ng', ['--version']).status === 0 ? false : 'needs stress-ng (apt-get install stress-ng)'

describe('the power meter with real readers', () => {
  it('is read by node_exporter, and Prometheus sees the same watts in its counters', {
    skip: noExporter || noPrometheus,
    timeout: 180_000,
  }, async () => {
    const folder = join(temporaryFolder(), 'tree')
    const meter = await startMeter(folder, ['--interval', '0.1'])
    await meter.untilReading()
    const port = await freePort()
    const options = [`--path.sysfs=${folder}`, '--collector.disable-defaults', '--collector.rapl', '--collector.hwmon']
    const child = spawn(exporter, [...options, `--web.listen-address=127.0.0.1:${port}`], { stdio: 'ignore' })
    after(() => child.kill())
    const prometheus: RunningPrometheus = await startPrometheus(temporaryFolder(), port, meter.port)
    after(() => prometheus.stop())
    await prometheus.untilScraped('node_rapl_package_joules_total', 45, 120)
    const ask = async (query: string) => {
      const answer = await fetch(`${prometheus.url}/api/v1/query?query=${encodeURIComponent(query)}`)
      return Number(/"value":\[[^,]+,"([^"]+)"/.exec(await answer.text())?.[1])
    }
    for (const zone of ['package', 'psys', 'dram']) {
      const fromTree = await ask(`sum(rate(node_rapl_${zone}_joules_total[40s]))`)
      const shown = await ask(`avg_over_time(kepler_node_cpu_watts{zone="${zone}"}[40s])`)
      const counted = await ask(`rate(kepler_node_cpu_joules_total{zone="${zone}"}[40s])`)
      assert.ok(
        shown > 0 && Math.abs(fromTree / shown - 1) < 0.01,
        `${zone}: ${fromTree} W of the tree, ${shown} W shown`,
      )
      assert.ok(Math.abs(counted / shown - 1) < 0.01, `${zone}: ${counted} W counted, ${shown} W shown`)
    }
    const wall = await ask('node_hwmon_power_watt')
    assert.ok(Math.abs(wall / (await ask('kepler_node_cpu_watts{zone="psys"}')) - 1) < 0.01)
    assert.equal(await ask('kepler_meter_up'), 1)
    assert.equal(await ended(meter.program), 0)
  })

  it("is read by the Go library of Prometheus, of which Kepler's meter is made", {
    skip: hasGo ? false : 'go is not installed',
    timeout: 180_000,
  }, async () => {
    const source = fileURLToPath(new URL('procfs-reader', import.meta.url))
    const reader = join(temporaryFolder(), 'procfs-reader')
    const built = spawnSync('go', ['build', '-o', reader, '.'], { cwd: source, encoding: 'utf8' })
    assert.equal(built.status, 0, built.stderr)
    const folder = join(temporaryFolder(), 'tree')
    const meter = await startMeter(folder, ['--interval', '0.2'])
    await meter.untilReading()
    const read = () =>
      new Map(
        spawnSync(reader, [folder], { encoding: 'utf8' })
          .stdout.trim()
          .split('\n')
          .map((line) => line.split(' '))
          .map(([name = '', index, max, energy]) => [name, { index, max, energy: Number(energy) }]),
      )
    const before = read()
    assert.deepEqual([...before.keys()].sort(), ['dram', 'package', 'psys'])
    assert.ok([...before.values()].every(({ index, max }) => index === '0' && max === '9223372036854775807'))
    await wait(1000)
    for (const [zone, { energy }] of read()) assert.ok(energy > before.get(zone)!.energy, zone)
    await ended(meter.program)
  })

  it("follows a load along the model's curve", { timeout: 120_000 }, async () => {
    const meter = await startMeter(join(temporaryFolder(), 'tree'), ['--interval', '0.2'])
    await meter.untilReading()
    const source = await meterPowerSource(
      loadConfig({
        environment: {
          CONFIG_PATH: '/nonexistent',
          METER_PROCFS: meter.system.proc,
          METER_SYSFS: meter.system.sys,
        },
      }),
    )
    for (const load of [0, 0.25, 0.5, 0.75, 1]) {
      meter.setLoad(load)
      await wait(1500)
      const text = await meter.metrics()
      const utilisation = Number(/^kepler_node_cpu_usage_ratio\{[^}]*\} (\S+)$/m.exec(text)?.[1])
      assert.ok(Math.abs(utilisation - load) < 0.01, `${utilisation} instead of ${load}`)
      for (const { zone, watts } of source.power({ seconds: 1, utilisation, steal: 0, onlineCpus: 4 })) {
        const shown = meter.zone(zone, text, 'kepler_node_cpu_watts')
        assert.ok(Math.abs(shown / watts - 1) < 0.01, `${zone} at ${load}: ${shown} W, the curve has ${watts} W`)
      }
    }
    await ended(meter.program)
  })

  it('is read by CodeCarbon', { skip: noCodeCarbon, timeout: 120_000 }, async () => {
    const folder = join(temporaryFolder(), 'tree')
    const meter = await startMeter(folder, ['--interval', '0.1'])
    await meter.untilReading()
    const script = fileURLToPath(new URL('codecarbon-reader.py', import.meta.url))
    // Not in step with this process, which makes the time of the machine pass.
    const tree = join(folder, 'class/powercap/intel-rapl/subsystem')
    const { stdout, stderr } = await promisify(execFile)(codeCarbonPython, [script, tree])
    const watts = Number(/^watts (\S+)$/m.exec(stdout)?.[1])
    const shown = meter.zone('package', await meter.metrics(), 'kepler_node_cpu_watts')
    assert.ok(Math.abs(watts / shown - 1) < 0.15, `${watts} W read, ${shown} W shown\n${stderr}`)
    await ended(meter.program)
  })

  it('loses no energy over a full disk, and says so', { skip: noSmallDisk, timeout: 60_000 }, async () => {
    const disk = smallDisk(2)
    const meter = await startMeter(join(disk.path, 'tree'), ['--interval', '0.2'])
    await meter.untilReading()
    const up = async () => /^kepler_meter_powercap_up\{[^}]*\} (\d)$/m.exec(await meter.metrics())?.[1]
    assert.equal(await up(), '1')
    disk.fill()
    while ((await up()) === '1') await wait(100)
    await wait(1000)
    disk.empty()
    while ((await up()) === '0') await wait(100)
    const { stderr } = meter.program
    assert.match(stderr(), /the powercap tree stands still, energy is kept: ENOSPC/)
    assert.match(stderr(), /can be written again and has all energy/)
    // Between two readings of the file and of the metric there may be a tick.
    const tree = Number(spawnSync('cat', [join(disk.path, 'tree/class/powercap/intel-rapl:1/energy_uj')]).stdout) / 1e6
    const metric = meter.zone('psys', await meter.metrics(), 'kepler_node_cpu_joules_total')
    assert.ok(Math.abs(tree / metric - 1) < 0.1, `${tree} J in the tree, ${metric} J in all`)
    await ended(meter.program)
  })
})

describe('the power meter beside others', () => {
  it('goes on from its counters after it was killed, and keeps a second meter away', { timeout: 60_000 }, async () => {
    const folder = join(temporaryFolder(), 'tree')
    const energy = () => Number(spawnSync('cat', [join(folder, 'class/powercap/intel-rapl:1/energy_uj')]).stdout)
    const first = await startMeter(folder, ['--interval', '0.1'])
    await first.untilReading()
    const second = startProgram('power-meter', ['--powercap', folder, '--port', '0'])
    assert.equal(await second.ended, 69)
    assert.match(second.stderr(), /another power meter writes the tree/)
    const before = energy()
    first.program.signal('SIGKILL')
    await first.program.ended
    const third = await startMeter(folder, ['--interval', '0.1'])
    assert.ok(energy() >= before)
    await third.untilReading()
    assert.ok(energy() > before)
    await ended(third.program)
  })

  it('stands aside where the hardware has a meter, and leads readers of its tree there', {
    timeout: 60_000,
  }, async () => {
    const folder = join(temporaryFolder(), 'tree')
    const { system } = busyMachine()
    for (const [file, text] of [
      ['name', 'package-0\n'],
      ['energy_uj', '77\n'],
      ['max_energy_range_uj', '1000\n'],
    ] as const) {
      system.file(`sys/class/powercap/intel-rapl:0/${file}`, text)
    }
    const options = ['--procfs', system.proc, '--sysfs', system.sys, '--powercap', folder, '--port', '0']
    const program = startProgram('power-meter', options)
    const [, url = ''] = await program.waitFor(/(http:\/\/\S+)\/metrics/)
    const text = await (await fetch(`${url}/metrics`)).text()
    assert.match(text, /^kepler_meter_real_meter\{[^}]*\} 1$/m)
    assert.ok(!text.includes('kepler_node_cpu_watts'))
    assert.equal(
      spawnSync('cat', [join(folder, 'class/powercap/intel-rapl:0/energy_uj')], { encoding: 'utf8' }).stdout,
      '77\n',
    )
    assert.equal(await ended(program), 0)
  })

  it('names pods as the kubelet does', { timeout: 60_000 }, async () => {
    const id = 'ab'.repeat(32)
    const pods = {
      items: [
        {
          metadata: { uid: 'uid-1', name: 'web-0', namespace: 'shop' },
          status: { containerStatuses: [{ name: 'nginx', containerID: `containerd://${id}` }] },
        },
      ],
    }
    let asked = ''
    const kubelet: Server = createServer((request, response) => {
      asked = `${request.url} ${request.headers.authorization}`
      response.end(JSON.stringify(pods))
    })
    await new Promise<void>((resolve) => kubelet.listen(0, '127.0.0.1', resolve))
    after(() => kubelet.close())
    const { port } = kubelet.address() as AddressInfo
    const { system } = busyMachine()
    system.file('token', 'secret\n')
    system.process({ pid: 1, cgroup: `0::/kubepods/cri-containerd-${id}.scope\n` })
    const program = startProgram(
      'power-meter',
      ['--procfs', system.proc, '--sysfs', system.sys, '--port', '0', '--interval', '0.2', '--pods', 'kubelet'],
      { METER_KUBE_ADDRESS: `http://127.0.0.1:${port}`, METER_KUBE_TOKEN_FILE: join(system.proc, '../token') },
    )
    after(() => program.signal('SIGKILL'))
    const [, url = ''] = await program.waitFor(/(http:\/\/\S+)\/metrics/)
    let text = ''
    while (!text.includes('kepler_pod_cpu_watts')) text = await (await fetch(`${url}/metrics`)).text()
    assert.match(
      text,
      /kepler_pod_cpu_watts\{[^}]*pod_id="uid-1",pod_name="web-0",pod_namespace="shop",state="running"/,
    )
    assert.match(text, /kepler_container_cpu_watts\{[^}]*container_name="nginx"/)
    assert.equal(asked, '/pods Bearer secret')
    assert.ok(!program.stderr().includes('secret'))
    await ended(program)
  })

  it("shows the model's curve while a load of 0 to 100 % runs on this machine", {
    skip: noStress,
    timeout: 180_000,
  }, async () => {
    const system = fakeSystem(temporaryFolder())
    const options = ['--procfs', '/proc', '--sysfs', system.sys, '--port', '0', '--level', 'node', '--interval', '0.5']
    const program = startProgram('power-meter', options, { MODEL_PATH: system.sys })
    after(() => program.signal('SIGKILL'))
    const [, url = ''] = await program.waitFor(/(http:\/\/\S+)\/metrics/)
    const environment = { CONFIG_PATH: '/nonexistent', METER_SYSFS: system.sys, MODEL_PATH: system.sys }
    const curve = await meterPowerSource(loadConfig({ environment }))
    let seen = 0
    for (const load of [0, 25, 50, 75, 100]) {
      const stress = ['--cpu', '0', '--cpu-load', String(load), '--timeout', '4s', '--quiet']
      const done = load === 0 ? wait(2000) : promisify(execFile)('stress-ng', stress)
      let running = true
      void done.finally(() => (running = false))
      while (running) {
        const text = await (await fetch(`${url}/metrics`)).text()
        const value = (metric: string) => Number(new RegExp(`^${metric}.*\\} (\\S+)$`, 'm').exec(text)?.[1])
        const utilisation = value('kepler_node_cpu_usage_ratio\\{')
        // What else runs here decides how busy the machine is: what it was seen to be and its watts must go together.
        if (Number.isFinite(utilisation)) {
          for (const { zone, watts } of curve.power({ seconds: 1, utilisation, steal: 0, onlineCpus: 1 })) {
            const shown = value(`kepler_node_cpu_watts\\{.*zone="${zone}"`)
            assert.ok(Math.abs(shown - watts) < 1e-6 * watts, `${zone} at ${utilisation}: ${shown}, not ${watts} W`)
          }
          seen++
        }
        await wait(200)
      }
      await done
    }
    assert.ok(seen > 0, 'the meter gave no watts')
    assert.equal(await ended(program), 0)
  })
})
