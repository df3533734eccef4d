import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { keplerFeatures } from '../core/feature-group.js'
import type { UsageMode } from './metric-vocabulary.js'
import {
  exporterLabels,
  exporterMetrics,
  isKeplerTrainingMetric,
  isTrainingMetric,
  nodeOsTrainingMetrics,
  trainableGroups,
  vocabularyIn,
  vocabularyNamed,
} from './vocabularies.js'

const old = vocabularyNamed('kepler-0.7')
const fresh = vocabularyNamed('kepler-0.10')

describe('metrics that training looks at', () => {
  const expectIn = (mode: UsageMode, names: readonly string[], isOne: boolean) => {
    for (const name of names) assert.equal(isKeplerTrainingMetric(name, mode), isOne, `${name}, ${mode}`)
  }

  it('are energy, usage, gauges, shares and names, each of its mode', () => {
    const both = ['kepler_node_node_info', 'kepler_node_cpu_scaling_frequency_hertz', 'kepler_pod_cpu_joules_total']
    const ofContainers = [
      ...['kepler_node_package_joules_total', 'kepler_container_cpu_cycles_total', 'kepler_node_cpu_watts'],
      'kepler_node_gpu_joules_total',
      'kepler_platform_watts',
    ]
    const ofMachines = ['kepler_vm_package_joules_total', 'kepler_process_cpu_cycles_total', 'kepler_vm_cpu_watts']
    expectIn('container', [...both, ...ofContainers, 'kepler_container_cpu_usage_per_package_ratio'], true)
    expectIn('container', [...ofMachines, 'up', 'undefined', ''], false)
    expectIn('vm', [...both, ...ofMachines, 'kepler_process_cpu_joules_total'], true)
    expectIn('vm', [...ofContainers, 'up', 'undefined', ''], false)
  })

  it('are also those of the operating system, and whether there is a meter', () => {
    for (const name of ['node_load1', 'kepler_meter_real_meter', 'kepler_node_node_info']) {
      assert.equal(isTrainingMetric(name, 'vm'), true, name)
    }
    assert.equal(isKeplerTrainingMetric('node_load1', 'vm'), false)
    assert.equal(isTrainingMetric('kepler_meter_up', 'vm'), false)
  })

  it('of NodeOS are those of the system, and of guests the energy that their host shows', () => {
    const nodes = nodeOsTrainingMetrics('nodes')
    assert.deepEqual([nodes.has('node_load1'), nodes.has('kepler_vm_cpu_watts')], [true, false])
    const guests = nodeOsTrainingMetrics('guests')
    for (const name of ['node_load1', 'kepler_vm_cpu_watts', 'kepler_vm_dram_joules_total']) {
      assert.ok(guests.has(name), name)
    }
    assert.ok(!guests.has('kepler_node_cpu_watts'))
  })

  it('that are counters are those of usage and of joules, each once', () => {
    const has = (name: string) => exporterMetrics.includes(name)
    assert.ok(
      ['kepler_container_cpu_cycles_total', 'kepler_process_cpu_seconds_total', 'kepler_vm_cpu_joules_total'].every(
        has,
      ),
    )
    assert.ok(!has('kepler_node_cpu_watts') && !has('kepler_node_node_info') && !has('kepler_platform_watts'))
    assert.equal(new Set(exporterMetrics).size, exporterMetrics.length)
    assert.ok(exporterMetrics.every((name) => /^kepler_.*_total$/.test(name)))
  })

  it('have labels and groups of every vocabulary, each once', () => {
    for (const label of ['container_id', 'qatDevID', 'platform_power_source', 'zone', 'bmc_id', 'core_id']) {
      assert.ok(exporterLabels.includes(label), label)
    }
    assert.equal(new Set(exporterLabels).size, exporterLabels.length)
    assert.deepEqual([...trainableGroups].sort(), [
      ...['AcceleratorOnly', 'BPFIRQ', 'BPFOnly', 'Basic', 'CPUTimeOnly', 'CounterIRQCombined', 'CounterOnly'],
      ...['NodeOS', 'ThirdParty', 'WorkloadOnly'],
    ])
  })
})

describe('usage and gauges', () => {
  it('of Kepler 0.7 are a counter or a gauge for each feature', () => {
    assert.deepEqual(old.usage('cpu_time_ms', 'container'), [{ metric: 'kepler_container_bpf_cpu_time_ms_total' }])
    assert.deepEqual(old.usage('cpu_cycles', 'vm'), [{ metric: 'kepler_process_cpu_cycles_total' }])
    for (const feature of keplerFeatures) {
      assert.equal(old.nodeGauge(feature) === undefined, old.usage(feature, 'container').length === 1, feature)
    }
    assert.equal(old.nodeGauge('accelerator_intel_qat'), 'kepler_node_accelerator_intel_qat')
    assert.deepEqual(
      [old.names, old.aliases, old.packageRatio],
      [[], {}, 'kepler_container_cpu_usage_per_package_ratio'],
    )
  })

  it('of Kepler 0.10 are processor time in seconds, of processes before containers', () => {
    const [processes, containers] = ['kepler_process_cpu_seconds_total', 'kepler_container_cpu_seconds_total'].map(
      (metric) => ({ metric, scale: 1000 }),
    )
    for (const feature of ['cpu_time_ms', 'bpf_cpu_time_ms']) {
      assert.deepEqual(fresh.usage(feature, 'container'), [processes, containers])
      assert.deepEqual(fresh.usage(feature, 'vm'), [processes])
    }
    assert.deepEqual(fresh.usage('cpu_cycles', 'container'), [])
    assert.equal(fresh.nodeGauge('node_info'), undefined)
    assert.deepEqual(
      fresh.names.map(({ metric, by, gives }) => [metric, by, gives]),
      [
        ['kepler_container_cpu_seconds_total', 'container_id', { container_name: 'container_name', pod_id: 'pod_id' }],
        ['kepler_container_cpu_joules_total', 'container_id', { container_name: 'container_name', pod_id: 'pod_id' }],
        ['kepler_pod_cpu_joules_total', 'pod_id', { pod_name: 'pod_name', pod_namespace: 'container_namespace' }],
      ],
    )
  })
})

describe('what series of energy measure', () => {
  const measured = (
    vocabulary: typeof old,
    metric: string,
    labels: Readonly<Record<string, string>>,
    mode: UsageMode,
  ) => {
    const found = vocabulary.energy[mode].find((one) => one.metric === metric)
    return found && { unit: found.unit, ...found.measures(labels) }
  }

  it('is told by labels of Kepler 0.7', () => {
    const labels = { source: 'acpi', package: '1' }
    assert.deepEqual(measured(old, 'kepler_node_dram_joules_total', labels, 'container'), {
      ...{ unit: 'joules', source: 'acpi', component: 'dram', package: '1' },
    })
    assert.deepEqual(measured(old, 'kepler_node_gpu_joules_total', { source: 'x' }, 'container'), {
      ...{ unit: 'joules', source: 'gpu', component: 'gpu' },
    })
    assert.equal(measured(old, 'kepler_node_dram_joules_total', {}, 'container')?.source, '')
  })

  it('is told by zones of Kepler 0.10, of virtual machines by their processes too', () => {
    const zone = { zone: 'uncore' }
    const rapl = { source: 'rapl-sysfs', component: 'uncore' }
    for (const [metric, unit] of [
      ['kepler_vm_cpu_joules_total', 'joules'],
      ['kepler_vm_cpu_watts', 'watts'],
    ] as const) {
      assert.deepEqual(measured(fresh, metric, zone, 'vm'), { unit, ...rapl })
    }
    for (const metric of ['kepler_process_cpu_joules_total', 'kepler_process_cpu_watts']) {
      assert.equal(measured(fresh, metric, zone, 'vm')?.component, undefined)
      assert.equal(measured(fresh, metric, { ...zone, vm_id: 'v' }, 'vm')?.component, 'uncore')
    }
    for (const [metric, unit] of [
      ['kepler_node_gpu_joules_total', 'joules'],
      ['kepler_node_gpu_watts', 'watts'],
    ] as const) {
      assert.deepEqual(measured(fresh, metric, {}, 'container'), { unit, source: 'gpu', component: 'gpu' })
    }
    assert.deepEqual(measured(fresh, 'kepler_platform_watts', {}, 'container'), {
      ...{ unit: 'watts', source: 'redfish', component: 'platform' },
    })
  })

  it('is no zone that is not spelled as one', () => {
    const of = (zone: string) => measured(fresh, 'kepler_node_cpu_watts', { zone }, 'container')
    for (const zone of ['package-', 'package-x', 'x package', 'package-1x', 'cpu'])
      assert.equal(of(zone)?.component, undefined, zone)
    assert.deepEqual([of('pp1')?.component, of('Package-12')?.package], ['uncore', '12'])
    const path = '/sys/class/powercap/intel-rapl:12'
    assert.equal(fresh.energy.container[0]?.measures({ zone: 'core', path })?.package, '12')
  })
})

describe('vocabularyIn', () => {
  it('prefers both kinds, then more metrics, then the newer', () => {
    const newer = ['kepler_node_cpu_joules_total', 'kepler_node_cpu_watts']
    const older = ['kepler_node_package_joules_total']
    assert.equal(vocabularyIn([...older, newer[0]!]).vocabulary, fresh, 'as many: the newer')
    assert.equal(vocabularyIn([...older, 'kepler_node_dram_joules_total', newer[0]!]).vocabulary, old, 'more')
    assert.equal(vocabularyIn([...older, ...newer]).vocabulary, fresh, 'more')
    const both = ['kepler_node_package_joules_total', 'kepler_container_cpu_cycles_total']
    assert.equal(vocabularyIn([...both, ...newer, 'kepler_platform_watts']).vocabulary, old, 'energy and usage')
  })

  it('is told nothing by a name that both have', () => {
    assert.deepEqual(vocabularyIn(['kepler_node_gpu_joules_total']), { vocabulary: old, others: [] })
  })
})

describe('vocabularyNamed', () => {
  it('names the field and what was asked for', () => {
    assert.throws(() => vocabularyNamed('x'), { field: 'vocabulary', message: /"x"/ })
  })
})
