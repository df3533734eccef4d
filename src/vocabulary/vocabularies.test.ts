import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { nameIn, withOtherNames } from './feature-aliases.js'
import { containerId, type LabelSet, type MetricVocabulary, type UsageMode } from './metric-vocabulary.js'
import type { ShownNode } from './shown-metric.js'
import { isTrainingMetric, vocabularies, vocabularyIn, vocabularyNamed } from './vocabularies.js'

const old = vocabularyNamed('kepler-0.7')
const fresh = vocabularyNamed('kepler-0.10')

function measures(vocabulary: MetricVocabulary, metric: string, labels: LabelSet, mode: UsageMode = 'container') {
  return vocabulary.energy[mode].find((one) => one.metric === metric)?.measures(labels)
}

const node: ShownNode = {
  instance: 'w1',
  nodeType: 3,
  cores: 2,
  containers: () => [
    {
      id: 'c1',
      pid: 7,
      pod: 'web-1',
      name: 'web',
      namespace: 'shop',
      usage: () => 2500,
      rate: () => 1,
      joules: () => 5,
      packageShares: [1],
    },
  ],
  joules: () => [10],
  hertz: () => 1e9,
}

describe('vocabularies', () => {
  it('are found by the names of metrics, and name each other where they are mixed', () => {
    const newer = ['kepler_node_cpu_joules_total', 'kepler_process_cpu_seconds_total', 'up']
    const older = ['kepler_node_package_joules_total', 'kepler_container_bpf_cpu_time_ms_total']
    assert.equal(vocabularyIn(newer).vocabulary, fresh)
    assert.equal(vocabularyIn(older).vocabulary, old)
    assert.deepEqual(vocabularyIn([...newer, ...older]), { vocabulary: fresh, others: [old] })
    // Of a version of which only energy is there, no dataset can be made.
    assert.deepEqual(vocabularyIn(['kepler_node_cpu_joules_total', ...older]), { vocabulary: old, others: [fresh] })
    assert.deepEqual(vocabularyIn(['up']), { vocabulary: old, others: [] })
    assert.throws(() => vocabularyNamed('kepler-1'), { code: 'INVALID_REQUEST', message: /kepler-0\.7, kepler-0\.10/ })
  })

  it('know what older labels of sources mean', () => {
    const source = (name: string) => measures(old, 'kepler_node_dram_joules_total', { source: name })?.source
    assert.deepEqual(
      ['rapl', 'intel_rapl', 'rapl-sysfs', 'rapl-msr', 'ampere-xgene-hwmon', 'trained power model', 'solar'].map(
        source,
      ),
      ['rapl-sysfs', 'rapl-sysfs', 'rapl-sysfs', 'rapl-msr', 'ampere-xgene-hwmon', 'trained_power_model', 'solar'],
    )
    assert.equal(measures(old, 'kepler_vm_dram_joules_total', { source: 'acpi' }, 'vm')?.source, undefined)
  })

  it('take zones for components, with the package behind the name or in the path', () => {
    const zone = (labels: LabelSet) => measures(fresh, 'kepler_node_cpu_joules_total', labels)
    assert.deepEqual(zone({ zone: 'package' }), { source: 'rapl-sysfs', component: 'package' })
    assert.deepEqual(zone({ zone: 'package-1' }), { source: 'rapl-sysfs', component: 'package', package: '1' })
    assert.deepEqual(zone({ zone: 'dram', path: '/sys/class/powercap/intel-rapl:1/intel-rapl:1:0' }), {
      source: 'rapl-sysfs',
      component: 'dram',
      package: '1',
    })
    assert.deepEqual(zone({ zone: 'PP0' })?.component, 'core')
    assert.deepEqual(zone({ zone: 'psys' }), { source: 'acpi', component: 'platform' })
    assert.equal(zone({ zone: 'constructor' }), undefined)
    assert.equal(zone({}), undefined)
    assert.deepEqual(measures(fresh, 'kepler_platform_watts', { source: 'redfish' }), {
      source: 'redfish',
      component: 'platform',
    })
  })

  it('name containers alike', () => {
    const id = (labels: LabelSet) => containerId(fresh.containerLabels?.(labels) ?? labels, 'container')
    assert.equal(
      id({ container_id: 'c', container_name: 'web', pod_name: 'web-1', container_namespace: 'shop' }),
      'c/web-1/web/shop',
    )
    assert.equal(id({ container_id: 'c', pod_id: 'uid' }), 'c/uid//')
    assert.equal(
      id({ container_id: '', pid: '1', comm: 'systemd' }),
      'system_processes/system_processes/system_processes/system',
    )
    assert.equal(id({ container_id: '', vm_id: 'vm-7', pid: '9' }), 'vm-7/vm-7/vm-7/vm')
  })

  it('read back what they show', () => {
    for (const vocabulary of vocabularies) {
      for (const vm of [false, true]) {
        const mode: UsageMode = vm ? 'vm' : 'container'
        const shown = vocabulary.shown({ vm })
        const components = new Set<string>()
        for (const metric of shown) {
          metric.read(node, (_, labels) => {
            const measured = measures(vocabulary, metric.name, labels(), mode)
            if (measured) components.add(measured.component)
          })
        }
        assert.deepEqual([...components].sort(), ['core', 'dram', 'package', 'platform', 'uncore'], vocabulary.name)
        const usage = vocabulary.groups
          .filter((group) => group === vocabulary.defaultGroup)
          .flatMap(() => vocabulary.usage('cpu_time_ms', mode))
        assert.ok(
          usage.some(({ metric }) => shown.some(({ name }) => name === metric)),
          vocabulary.name,
        )
        for (const { metric } of [...vocabulary.energy[mode], ...usage])
          assert.ok(isTrainingMetric(metric, mode), metric)
      }
    }
    assert.equal(isTrainingMetric('kepler_container_cpu_joules_total', 'vm'), true)
    assert.equal(isTrainingMetric('kepler_node_cpu_idle_joules_total', 'container'), false)
  })
})

describe('names of features', () => {
  it('are known by the other name, their own first', () => {
    assert.deepEqual([...withOtherNames(['bpf_cpu_time_ms', 'x'])], ['bpf_cpu_time_ms', 'cpu_time_ms', 'x'])
    const there = (names: readonly string[]) => nameIn('cpu_time_ms', (name) => names.includes(name))
    assert.equal(there(['bpf_cpu_time_ms', 'cpu_time_ms']), 'cpu_time_ms')
    assert.equal(there(['bpf_cpu_time_ms']), 'bpf_cpu_time_ms')
    assert.equal(there(['cache_miss']), undefined)
  })
})
