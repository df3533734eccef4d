import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { LabelSet } from './metric-vocabulary.js'
import type { ShownContainer, ShownNode, ShownOptions } from './shown-metric.js'
import { vocabularyNamed } from './vocabularies.js'

function container(id: string, pid: number, milliseconds: number): ShownContainer {
  return {
    ...{ id, pid, pod: `pod-${id}`, name: `name-${id}`, namespace: 'shop' },
    usage: (feature) => (feature === 'bpf_cpu_time_ms' ? milliseconds : 10.9),
    rate: () => 1000,
    joules: (component) => (component === 'platform' ? 3.25 : 1.0000019),
    packageShares: [0.25, 0.75],
  }
}

/** Two packages; the platform is one unit. Idle joules are ten times the dynamic ones. */
const node: ShownNode = {
  instance: 'w1',
  nodeType: 3,
  cores: 2,
  containers: () => [container('c1', 7, 1500.9), container('c2', 8, 2)],
  joules(component, mode) {
    const unit = mode === 'idle' ? 10 : 1
    return component === 'platform' ? [100 * unit] : [unit, 2.0009765625 * unit]
  },
  hertz: () => 2.4e9 + 0.4,
}

interface Series {
  readonly key: string
  readonly labels: LabelSet
  readonly value: number
}

function shown(vocabulary: string, options: ShownOptions = {}): ReadonlyMap<string, readonly Series[]> {
  const metrics = vocabularyNamed(vocabulary).shown(options)
  return new Map(
    metrics.map((metric) => {
      const series: Series[] = []
      metric.read(node, (key, labels, value) => series.push({ key, labels: labels(), value }))
      assert.equal(metric.type, metric.name.endsWith('_total') ? 'counter' : 'gauge', metric.name)
      assert.equal(new Set(series.map(({ key }) => key)).size, series.length, `keys of ${metric.name}`)
      return [metric.name, series]
    }),
  )
}
const values = (series: readonly Series[] = []) => series.map(({ value }) => value)

describe('what Kepler 0.7 shows', () => {
  const all = shown('kepler-0.7', { packageRatio: true, accelerator: true })

  it('is each feature of a container, in whole units', () => {
    assert.deepEqual(all.get('kepler_container_bpf_cpu_time_ms_total'), [
      {
        key: 'c1',
        labels: {
          ...{ container_id: 'c1', container_name: 'name-c1', container_namespace: 'shop', pod_name: 'pod-c1' },
          ...{ instance: 'w1', job: 'kepler' },
        },
        value: 1500,
      },
      {
        key: 'c2',
        labels: {
          ...{ container_id: 'c2', container_name: 'name-c2', container_namespace: 'shop', pod_name: 'pod-c2' },
          ...{ instance: 'w1', job: 'kepler' },
        },
        value: 2,
      },
    ])
    assert.deepEqual(values(all.get('kepler_container_cache_miss_total')), [10, 10])
  })

  it('is the energy of each package and mode, in millijoules', () => {
    assert.deepEqual(
      all.get('kepler_node_dram_joules_total')?.map(({ labels, value }) => [labels.mode, labels.package, value]),
      [
        ['dynamic', '0', 1],
        ['dynamic', '1', 2],
        ['idle', '0', 10],
        ['idle', '1', 20.009],
      ],
    )
    const { labels } = all.get('kepler_node_dram_joules_total')![0]!
    assert.deepEqual([labels.source, labels.instance, labels.vm_id], ['rapl-sysfs', 'w1', undefined])
    assert.deepEqual(
      all
        .get('kepler_node_platform_joules_total')
        ?.map((series) => [series.labels.source, series.labels.package, series.value]),
      [
        ['acpi', undefined, 100],
        ['acpi', undefined, 1000],
      ],
    )
  })

  it('is the frequency of each core, the node type, the shares of packages, and an accelerator', () => {
    assert.deepEqual(
      all.get('kepler_node_cpu_scaling_frequency_hertz')?.map(({ labels, value }) => [labels.cpu, value]),
      [
        ['0', 2.4e9],
        ['1', 2.4e9],
      ],
    )
    assert.deepEqual(values(all.get('kepler_node_node_info')), [3])
    assert.deepEqual(
      all
        .get('kepler_container_cpu_usage_per_package_ratio')
        ?.map(({ labels, value }) => [labels.container_id, labels.pkg_id, value]),
      [
        ['c1', '0', 0.25],
        ['c1', '1', 0.75],
        ['c2', '0', 0.25],
        ['c2', '1', 0.75],
      ],
    )
    // 2000 packets a second, of 0.004 Mbit in and 0.003 out.
    assert.deepEqual(
      all.get('kepler_node_accelerator_intel_qat')?.map(({ labels, value }) => [labels.type, value]),
      [
        ['bw_in', 8],
        ['bw_out', 6],
      ],
    )
  })

  it('has neither shares nor an accelerator unless it is asked, nor shares in a virtual machine', () => {
    const extra = ['kepler_container_cpu_usage_per_package_ratio', 'kepler_node_accelerator_intel_qat']
    const has = (options: ShownOptions) => extra.map((name) => shown('kepler-0.7', options).has(name))
    assert.deepEqual(has({}), [false, false])
    assert.deepEqual(has({ packageRatio: true }), [true, false])
    assert.deepEqual(has({ packageRatio: true, vm: true, accelerator: true }), [false, true])
    assert.equal(shown('kepler-0.7').size, 8 + 5 + 2)
  })

  it('is of processes, with the energy of the hypervisor, in a virtual machine', () => {
    const vm = shown('kepler-0.7', { vm: true })
    assert.deepEqual(vm.get('kepler_process_cpu_cycles_total')?.[0]?.labels, {
      ...{ command: 'name-c1', container_id: 'c1', pid: '7', instance: 'w1-vm', job: 'vm' },
    })
    assert.equal(vm.get('kepler_vm_package_joules_total')?.[0]?.labels.vm_id, 'w1-vm')
    const named = shown('kepler-0.7', { vm: true, vmJob: 'guests' })
    assert.equal(named.get('kepler_process_cpu_cycles_total')?.[0]?.labels.job, 'guests')
  })
})

describe('what Kepler 0.10 shows', () => {
  const all = shown('kepler-0.10')
  const nodeLabels = { instance: 'w1:28282', job: 'kepler', node_name: 'w1' }

  it('is the energy of each zone, its packages and modes added up, in microjoules', () => {
    assert.deepEqual(
      all.get('kepler_node_cpu_joules_total')?.map(({ labels, value }) => [labels.zone, value]),
      [
        ['package', 33.010742],
        ['core', 33.010742],
        ['uncore', 33.010742],
        ['dram', 33.010742],
        ['psys', 1100],
      ],
    )
    assert.deepEqual(all.get('kepler_node_cpu_joules_total')?.[0]?.labels, {
      ...nodeLabels,
      zone: 'package',
      path: '/sys/class/powercap/intel-rapl/package',
    })
  })

  it('is the processor time of processes and containers in seconds', () => {
    const { labels, value } = all.get('kepler_process_cpu_seconds_total')![0]!
    assert.equal(value, 1.5009)
    assert.deepEqual(labels, {
      ...nodeLabels,
      ...{ pid: '7', comm: 'name-c1', exe: '/usr/bin/name-c1', type: 'container', container_id: 'c1', vm_id: '' },
    })
    assert.deepEqual(all.get('kepler_container_cpu_seconds_total')?.[0], {
      key: 'c1',
      labels: {
        ...nodeLabels,
        ...{
          container_id: 'c1',
          container_name: 'name-c1',
          pod_id: 'shop-pod-c1',
          runtime: 'containerd',
          state: 'running',
        },
      },
      value: 1.5009,
    })
  })

  it('is the energy of pods by zone, by which they have names', () => {
    const pods = all.get('kepler_pod_cpu_joules_total') ?? []
    assert.equal(pods.length, 10)
    assert.deepEqual(pods[4]?.labels, {
      ...nodeLabels,
      ...{ pod_id: 'shop-pod-c1', pod_name: 'pod-c1', pod_namespace: 'shop', state: 'running', zone: 'psys' },
    })
    assert.deepEqual(values(pods.slice(3, 5)), [1.000001, 3.25])
  })

  it('is each processor', () => {
    const info = { vendor_id: 'Simulated', model_name: 'Simulated', physical_id: '0' }
    assert.deepEqual(
      all.get('kepler_node_cpu_info')?.map(({ labels, value }) => [labels, value]),
      ['0', '1'].map((id) => [{ ...nodeLabels, ...info, processor: id, core_id: id }, 1]),
    )
  })

  it('is of processes and the machine alone in a virtual machine', () => {
    const vm = shown('kepler-0.10', { vm: true, vmJob: 'guests' })
    assert.deepEqual([...vm.keys()], ['kepler_vm_cpu_joules_total', 'kepler_process_cpu_seconds_total'])
    const energy = vm.get('kepler_vm_cpu_joules_total')![0]!.labels
    assert.deepEqual([energy.vm_id, energy.hypervisor, energy.state], ['w1-vm', 'kvm', 'running'])
    const usage = vm.get('kepler_process_cpu_seconds_total')![0]!.labels
    assert.deepEqual([usage.instance, usage.job, usage.node_name], ['w1-vm', 'guests', 'w1'])
    assert.equal(shown('kepler-0.10', { vm: true }).get('kepler_process_cpu_seconds_total')![0]!.labels.job, 'vm')
  })
})
