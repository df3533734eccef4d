import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { nodeOsFeatures } from '../core/feature-group.js'
import { type PrometheusResponse, responseCollector } from '../prometheus/response.js'
import type { Dataset } from './dataset.js'
import { defaultExtractor } from './default.js'
import type { ExtractRequest } from './extractor.js'
import { machineNames } from './machine-names.js'

type Labels = Readonly<Record<string, string>>
type Value = (seconds: number) => number

const start = 1_700_000_000
const step = 5
const samples = 13

/** A saved response: each metric with series whose values are functions of the seconds since the begin. */
class Scene {
  readonly metrics = new Map<string, { labels: Labels; value: Value }[]>()

  add(metric: string, labels: Labels, value: Value): this {
    const series = this.metrics.get(metric) ?? []
    this.metrics.set(metric, [...series, { labels, value }])
    return this
  }

  response(): PrometheusResponse {
    const document = Object.fromEntries(
      [...this.metrics].map(([metric, series]) => [
        metric,
        series.map(({ labels, value }) => ({
          metric: { __name__: metric, ...labels },
          values: Array.from({ length: samples }, (_, i) => [start + i * step, String(value(i * step))]),
        })),
      ]),
    )
    const collector = responseCollector()
    collector.scanner.write(Buffer.from(JSON.stringify(document)))
    return collector.finish()
  }
}

/** Two processors of which one works: 60 % user with nice, 20 % system, 10 % interrupts, 10 % stolen, the other waits. */
const cpuRates: Readonly<Record<string, readonly [number, number]>> = {
  user: [0.5, 0],
  nice: [0.1, 0],
  system: [0.2, 0],
  irq: [0.02, 0],
  softirq: [0.08, 0],
  steal: [0.1, 0],
  idle: [0, 0.75],
  iowait: [0, 0.25],
}

function withNodeExporter(scene: Scene, labels: Labels): Scene {
  for (const [mode, rates] of Object.entries(cpuRates)) {
    rates.forEach((rate, cpu) => {
      scene.add('node_cpu_seconds_total', { ...labels, mode, cpu: String(cpu) }, (seconds) => 40 + rate * seconds)
    })
  }
  return scene
    .add('node_context_switches_total', labels, (seconds) => 5000 + 1200 * seconds)
    .add('node_vmstat_pgfault', labels, (seconds) => 900 * seconds)
    .add('node_memory_MemTotal_bytes', labels, () => 8e9)
    .add('node_memory_MemAvailable_bytes', labels, () => 6e9)
    .add('node_load1', labels, (seconds) => 1 + 0.01 * seconds)
}

function withMeter(scene: Scene, labels: Labels): Scene {
  for (const [mode, rates] of Object.entries(cpuRates)) {
    scene.add('kepler_meter_cpu_seconds_total', { ...labels, mode }, (seconds) => (rates[0] + rates[1]) * seconds)
  }
  return scene
    .add('kepler_meter_context_switches_total', labels, (seconds) => 1200 * seconds)
    .add('kepler_meter_page_faults_total', { ...labels, kind: 'minor' }, (seconds) => 880 * seconds)
    .add('kepler_meter_page_faults_total', { ...labels, kind: 'major' }, (seconds) => 20 * seconds)
    .add('kepler_meter_memory_bytes', { ...labels, state: 'total' }, () => 8e9)
    .add('kepler_meter_memory_bytes', { ...labels, state: 'available' }, () => 6e9)
    .add('kepler_meter_load1', labels, (seconds) => 1 + 0.01 * seconds)
    .add('kepler_meter_frequency_megahertz', labels, (seconds) => 2400 + seconds)
}

/** A host with two virtual machines of 10 W and 20 W of package. */
function host(scene = new Scene()): Scene {
  const labels = { instance: 'host-1:28282', job: 'kepler', node_name: 'host-1', zone: 'package' }
  scene.add('kepler_node_cpu_joules_total', labels, (seconds) => 100 * seconds)
  for (const [name, watts] of [
    ['guest-a', 10],
    ['guest-b', 20],
  ] as const) {
    const vm = { ...labels, vm_id: `id-of-${name}`, vm_name: name, hypervisor: 'kvm', state: 'running' }
    scene.add('kepler_vm_cpu_joules_total', vm, (seconds) => watts * seconds)
  }
  return scene
}

function extract(scene: Scene, request: Partial<ExtractRequest> = {}) {
  return defaultExtractor().extract(scene.response(), {
    features: nodeOsFeatures,
    source: 'rapl-sysfs',
    outputType: 'AbsPower',
    ...request,
  })
}

function lastRow({ features, powers, rows }: Dataset): Record<string, number> {
  return Object.fromEntries(
    [...features, ...powers].map(({ name, values }) => [name, Number(values[rows - 1]!.toFixed(6))]),
  )
}

const ofExporter = {
  node_context_switches_per_second: 1200,
  node_cpu_frequency_hertz: 0,
  node_cpu_iowait_ratio: 0.125,
  node_cpu_irq_ratio: 0.05,
  node_cpu_steal_ratio: 0.05,
  node_cpu_system_ratio: 0.1,
  node_cpu_user_ratio: 0.3,
  node_load1: 1.575,
  node_memory_used_ratio: 0.25,
  node_page_faults_per_second: 900,
}

describe('features of the operating system', () => {
  it('are ratios of all processor time, rates and gauges, beside the zones of the same node', () => {
    const scene = withNodeExporter(host(), { instance: 'host-1:9100', job: 'node' })
    const { dataset, findings } = extract(scene)
    assert.deepEqual(lastRow(dataset), { ...ofExporter, package_power: 100 })
    assert.deepEqual(
      dataset.features.map(({ name }) => name),
      nodeOsFeatures,
    )
    // Nobody told the frequency: that is said, and 0 stands for it.
    assert.deepEqual(
      findings.flatMap(({ kind, example }) => (kind === 'not told' ? [example] : [])),
      ['node_cpu_frequency_hertz'],
    )
  })

  it('are the same by the power meter, with a frequency where it is told', () => {
    const scene = withMeter(host(), { instance: 'host-1:28283', job: 'power-meter', node_name: 'host-1' })
    const { dataset } = extract(scene)
    assert.deepEqual(lastRow(dataset), { ...ofExporter, node_cpu_frequency_hertz: 2457.5e6, package_power: 100 })
  })

  it('of a guest go with the power that its host measured of it, and not with the host', () => {
    const scene = host()
    for (const machine of ['host-1', 'guest-a', 'guest-b']) {
      withNodeExporter(scene, { instance: `${machine}:9100`, job: 'node' })
    }
    scene.add('node_load1', { instance: 'elsewhere:9100', job: 'node' }, () => 77)
    assert.deepEqual(machineNames(scene.response(), { sources: ['rapl-sysfs'], vm: true }), ['guest-a', 'guest-b'])
    for (const [instance, watts] of [
      ['guest-a', 10],
      ['guest-b', 20],
      ['id-of-guest-b', 20],
    ] as const) {
      const { dataset, findings } = extract(scene, { vm: true, instance })
      assert.deepEqual(lastRow(dataset), { ...ofExporter, package_power: watts })
      assert.deepEqual(
        findings.filter(({ kind }) => kind === 'other machine' || kind === 'machine assumed'),
        [],
      )
    }
  })

  it('of a guest are found by a rule where its name is another one inside', () => {
    const scene = host()
    for (const instance of ['10.0.0.7:9100', '10.0.0.8:9100']) withNodeExporter(scene, { instance, job: 'node' })
    assert.throws(() => extract(scene, { vm: true, instance: 'guest-b' }), {
      code: 'INVALID_DATA',
      message: /no series of the machine guest-b .*--identity/,
    })
    const identity = [
      {
        of: 'node_exporter',
        pairs: [
          { theirs: 'instance', ours: 'vm_name', values: ['10.0.0.7:9100', 'guest-b'] },
          { theirs: 'instance', ours: 'vm_name', values: ['10.0.0.8:9100', 'guest-a'] },
        ],
      },
    ] as const
    const { dataset } = extract(scene, { vm: true, instance: 'guest-b', identity })
    assert.equal(lastRow(dataset).package_power, 20)
  })

  it('take the process of a virtual machine where its host shows no virtual machines', () => {
    const scene = new Scene()
    const labels = { instance: 'host-1:28282', job: 'kepler', node_name: 'host-1', zone: 'package', state: 'running' }
    const qemu = { ...labels, pid: '41', comm: 'qemu-system-x86', type: 'vm', container_id: '', vm_id: 'guest-c' }
    scene.add('kepler_process_cpu_joules_total', qemu, (seconds) => 7 * seconds)
    scene.add('kepler_process_cpu_joules_total', { ...labels, pid: '1', vm_id: '' }, (seconds) => 70 * seconds)
    withNodeExporter(scene, { instance: 'guest-c:9100', job: 'node' })
    assert.deepEqual(lastRow(extract(scene, { vm: true }).dataset), { ...ofExporter, package_power: 7 })
  })

  it('are of whole machines: a container has none', () => {
    const scene = withNodeExporter(host(), { instance: 'host-1:9100', job: 'node' })
    assert.throws(() => extract(scene, { outputType: 'DynPower' }), { code: 'INVALID_REQUEST', message: /AbsPower/ })
  })

  it('name the metric that is missing', () => {
    const scene = withNodeExporter(host(), { instance: 'host-1:9100', job: 'node' })
    scene.metrics.delete('node_load1')
    assert.throws(() => extract(scene), { code: 'INVALID_DATA', message: /node_load1 is missing/ })
  })
})
