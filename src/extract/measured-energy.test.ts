import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { container, counter, madeResponse, type MadeSeries } from '../../test/fixtures/response.js'
import type { Labels } from '../prometheus/labels.js'
import { realMeterMetric } from '../vocabulary/own-meter.js'
import { vocabularyNamed } from '../vocabulary/vocabularies.js'
import { machineNames } from './machine-names.js'
import { ownEstimates } from './own-estimates.js'
import { validateResponse } from './validate.js'

const joules = 'kepler_node_cpu_joules_total'
const rates = [1, 2, 3, 4]
const one = (labels: Labels, values: readonly (number | string)[] = counter(rates)): MadeSeries => ({ labels, values })

describe('energy that is an estimate', () => {
  const isEstimate = (energy: Labels, others: Record<string, MadeSeries[]>, metric = joules) => {
    const response = madeResponse({ [metric]: [one(energy)], ...others })
    return ownEstimates(response)(response.series.get(metric)![0]!)
  }

  it('comes from a target that shows metrics of the power meter', () => {
    const meter = { kepler_meter_load1: [one({ instance: 'n1', job: 'meter' })] }
    assert.ok(isEstimate({ instance: 'n1', job: 'meter' }, meter))
    assert.ok(isEstimate({ instance: 'p', exported_instance: 'n1', exported_job: 'meter', job: 'federate' }, meter))
    assert.ok(!isEstimate({ instance: 'n1', job: 'kepler' }, meter))
    assert.ok(!isEstimate({ instance: 'n2', job: 'meter' }, meter))
    assert.ok(!isEstimate({ instance: 'n1', job: 'meter', cluster: 'b' }, meter))
    assert.ok(!isEstimate({ job: 'meter' }, { kepler_meter_load1: [one({ job: 'meter' })] }))
    // Watts of a platform are measured, whoever shows them.
    assert.ok(!isEstimate({ instance: 'n1', job: 'meter' }, meter, 'kepler_platform_watts'))
  })

  it('is of a node whose hardware has no meter, as it was told last', () => {
    const told = (values: readonly (number | string)[], labels: Labels = { node_name: 'n1' }) => ({
      [realMeterMetric]: [one(labels, values)],
    })
    const kepler = { instance: 'n1:28282', node_name: 'n1' }
    assert.ok(isEstimate(kepler, told([1, 0])))
    assert.ok(isEstimate(kepler, told([1, 0, 'NaN'])))
    assert.ok(!isEstimate(kepler, told([0, 1])))
    assert.ok(!isEstimate(kepler, told(['NaN'])))
    assert.ok(isEstimate({ node: 'n1' }, told([0])))
    assert.ok(!isEstimate({ node: 'n2' }, told([0])))
    assert.ok(!isEstimate({ instance: 'x' }, told([0])))
  })
})

describe('the machines of a response', () => {
  const acpi = 'kepler_node_platform_joules_total'
  const rapl = 'kepler_node_package_joules_total'
  const node = (instance: string, source: string, more: Labels = {}) => one({ instance, source, ...more })

  it('are those with energy of the sources, by name', () => {
    const response = madeResponse({
      [rapl]: [node('b', 'rapl-sysfs'), node('a', 'rapl-sysfs'), node('c', 'other')],
      [acpi]: [node('d', 'acpi')],
    })
    const names = (...sources: string[]) => machineNames(response, { sources })
    assert.deepEqual(names('rapl-sysfs'), ['a', 'b'])
    assert.deepEqual(names('acpi', 'rapl-sysfs'), ['a', 'b', 'd'])
    assert.deepEqual(names('gpu'), [])
    const young = machineNames(madeResponse({ [joules]: [one({ instance: 'n', zone: 'package' })] }), {
      sources: ['rapl-sysfs'],
      vocabulary: vocabularyNamed('kepler-0.7'),
    })
    assert.deepEqual(young, [])
  })

  it('of a virtual machine have no source of their own', () => {
    const response = madeResponse({ kepler_vm_package_joules_total: [one({ instance: 'g' })] })
    assert.deepEqual(machineNames(response, { sources: ['rapl-sysfs'], vm: true }), ['g'])
    assert.deepEqual(machineNames(response, { sources: ['rapl-sysfs'] }), [])
  })

  it('are told apart by further labels that are named', () => {
    const response = madeResponse({
      [rapl]: [node('a', 'rapl-sysfs', { rack: '1' }), node('a', 'rapl-sysfs', { rack: '2' })],
    })
    assert.equal(machineNames(response, { sources: ['rapl-sysfs'] }).length, 1)
    assert.deepEqual(machineNames(response, { sources: ['rapl-sysfs'], machineLabels: ['rack'] }), [
      'a (rack=1)',
      'a (rack=2)',
    ])
  })

  it('are reported with their labels, and ways in which measurements came twice', () => {
    const usage = { kepler_container_bpf_cpu_time_ms_total: [one(container('a'))] }
    const report = validateResponse(
      madeResponse({
        ...usage,
        [rapl]: [
          one({ instance: 'b', node: 'n', source: 'x', replica: '1' }),
          one({ instance: 'b', node: 'n', source: 'x', replica: '2' }, counter([1, 2, 3])),
          one({ instance: 'c', source: 'x' }, [5, 5]),
        ],
        [acpi]: [one({ instance: 'b', node: 'n', source: 'x' }, [7, 7, 7])],
        kepler_process_cpu_seconds_total: [one({})],
      }),
    )
    const [first, second] = report.machines
    assert.deepEqual([first?.name, first?.labels, second?.name], ['b', { instance: 'b', node: 'n' }, 'c'])
    assert.deepEqual(first?.replicas, ['replica=2'])
    // Of a source that nobody knows only what moves counts.
    assert.deepEqual(report.sources, [{ source: 'x', components: ['package'], known: false, missing: [] }])
    assert.deepEqual(report.otherVocabularies, ['kepler-0.10'])
  })

  it('keep a source that stands still altogether', () => {
    const report = validateResponse(
      madeResponse({ [rapl]: [one({ source: 'x' }, [5, 5]), one({ source: 'y' }), one({ source: 'y' }, [1, 'NaN'])] }),
    )
    assert.deepEqual(
      report.sources.map(({ source, components }) => [source, ...components]),
      [
        ['y', 'package'],
        ['x', 'package'],
      ],
    )
  })
})
