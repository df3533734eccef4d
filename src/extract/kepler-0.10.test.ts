import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { container, counter, type MadeSeries, madeResponse, raplEnergy } from '../../test/fixtures/response.js'
import { simulatedResponse } from '../../test/support/simulated-response.js'
import { profileIdle } from '../isolate/profiler.js'
import { scenarioNamed } from '../simulate/scenario.js'
import { trueSamples } from '../simulate/write-response.js'
import { vocabularyNamed } from '../vocabulary/vocabularies.js'
import { defaultExtractor } from './default.js'
import type { ExtractRequest } from './extractor.js'
import { validateResponse } from './validate.js'

const vocabulary = vocabularyNamed('kepler-0.10')
const simulation = { scenario: scenarioNamed('mixed'), duration: 120, seed: 3 }
const labels = { instance: 'w1:28282', job: 'kepler', node_name: 'w1' }
const zone = (name: string, watts: number, more: Readonly<Record<string, string>> = {}): MadeSeries => ({
  labels: { ...labels, zone: name, path: `/sys/${name}`, ...more },
  values: counter([watts, watts, watts], 50),
})
const seconds = (pid: string, perSecond: number, more: Readonly<Record<string, string>> = {}): MadeSeries => ({
  labels: { ...labels, pid, comm: `p${pid}`, ...more },
  values: counter([perSecond, perSecond, perSecond], 1),
})

function extract(metrics: Readonly<Record<string, readonly MadeSeries[]>>, request: Partial<ExtractRequest> = {}) {
  return defaultExtractor().extract(madeResponse(metrics), {
    features: ['cpu_time_ms'],
    source: 'rapl-sysfs',
    outputType: 'AbsPower',
    ...request,
  })
}
const rounded = (values: Float64Array) => [...values].map((value) => Number(value.toFixed(6)))

describe('a response of Kepler 0.10', () => {
  it('gives the watts of a simulated node, and its CPU time in milliseconds', () => {
    const response = simulatedResponse({ ...simulation, vocabulary })
    const { dataset } = defaultExtractor().extract(response, {
      features: ['cpu_time_ms'],
      source: 'acpi',
      outputType: 'AbsPower',
    })
    const truth = [...trueSamples(simulation)].map(({ total }) => total[4]!)
    const [platform] = dataset.powers
    assert.equal(dataset.rows, truth.length)
    for (const [i, watts] of truth.entries()) assert.ok(Math.abs(platform!.values[i]! - watts) < 1e-3, `row ${i}`)
    const before = defaultExtractor().extract(simulatedResponse(simulation), {
      features: ['bpf_cpu_time_ms'],
      source: 'acpi',
      outputType: 'AbsPower',
    }).dataset
    dataset.features[0]!.values.forEach((value, i) => {
      assert.ok(Math.abs(value - before.features[0]!.values[i]!) < 5, `row ${i}`)
    })
  })

  it('names containers and pods from the metrics that know their names', () => {
    const of = (options: object) =>
      defaultExtractor().extract(simulatedResponse({ ...simulation, ...options }), {
        features: ['cpu_time_ms'],
        source: 'rapl-sysfs',
        outputType: 'DynPower',
      }).dataset.containerIds
    assert.deepEqual(of({ vocabulary }), of({}))
    const names = (options: object) => profileIdle(simulatedResponse({ ...simulation, ...options })).profile.containers
    assert.deepEqual(names({ vocabulary }), names({}))
  })

  it('counts processes outside of containers as part of the node, as one', () => {
    const energy = { kepler_node_cpu_joules_total: [zone('package-0', 40), zone('package-1', 20), zone('dram', 5)] }
    const kepler_process_cpu_seconds_total = [seconds('1', 2), seconds('2', 1), seconds('3', 4, { container_id: 'c' })]
    const kepler_container_cpu_seconds_total = [seconds('3', 4, { container_id: 'c', container_name: 'web' })]
    const metrics = { ...energy, kepler_process_cpu_seconds_total, kepler_container_cpu_seconds_total }
    const { dataset, findings } = extract(metrics)
    assert.deepEqual(rounded(dataset.features[0]!.values), [7000, 7000, 7000])
    assert.deepEqual(
      dataset.powers.map(({ name, values }) => [name, ...rounded(values)]),
      [
        ['package_power', 60, 60, 60],
        ['dram_power', 5, 5, 5],
      ],
    )
    assert.deepEqual(
      findings.map(({ kind, count }) => [kind, count]),
      [['missing component', 2]],
    )
    const ids = extract(metrics, { outputType: 'DynPower' }).dataset.containerIds
    assert.deepEqual([...new Set(ids)].sort(), ['c//web/', 'system_processes/system_processes/system_processes/system'])
    // Without processes, what is known of containers.
    const { kepler_process_cpu_seconds_total: _, ...containers } = metrics
    assert.deepEqual(rounded(extract(containers).dataset.features[0]!.values), [4000, 4000, 4000])
  })

  it('takes watts where joules are not there', () => {
    const kepler_node_cpu_watts = [{ labels: { ...labels, zone: 'package' }, values: [30, 40, 50, 60] }]
    const { dataset } = extract({ kepler_node_cpu_watts, kepler_process_cpu_seconds_total: [seconds('1', 2)] })
    assert.deepEqual(rounded(dataset.powers[0]!.values), [40, 50, 60])
  })

  it('says what it does not measure, and when it is mixed with another version', () => {
    const metrics = {
      kepler_node_cpu_joules_total: [zone('package', 40), zone('dram', 5)],
      kepler_process_cpu_seconds_total: [seconds('1', 2)],
    }
    assert.throws(() => extract(metrics, { features: ['cache_miss'] }), {
      code: 'INVALID_DATA',
      message: /Kepler 0\.10 and later does not measure cache_miss; it offers CPUTimeOnly/,
    })
    const older = {
      ...raplEnergy({ package: [80, 80, 80], dram: [8, 8, 8] }),
      kepler_container_bpf_cpu_time_ms_total: [{ labels: container('a'), values: counter([10, 10, 10]) }],
    }
    const mixed = { ...metrics, ...older }
    const { dataset, findings } = extract(mixed)
    assert.deepEqual(rounded(dataset.powers[0]!.values), [80, 80, 80])
    assert.match(findings.find(({ kind }) => kind === 'other vocabulary')?.example ?? '', /Kepler 0\.10.*--vocabulary/)
    const chosen = extract(mixed, { vocabulary })
    assert.deepEqual(rounded(chosen.dataset.powers[0]!.values), [40, 40, 40])
    assert.deepEqual(validateResponse(madeResponse(mixed)).otherVocabularies, ['kepler-0.10'])
  })

  it('is validated by its own groups and sources', () => {
    const report = validateResponse(
      madeResponse({
        kepler_node_cpu_joules_total: [zone('package', 40), zone('psys', 90)],
        kepler_process_cpu_seconds_total: [seconds('1', 2)],
      }),
    )
    assert.equal(report.vocabulary, 'kepler-0.10')
    assert.deepEqual(report.groups, [
      { group: 'CPUTimeOnly', missing: [] },
      {
        group: 'NodeOS',
        missing: [
          'node_context_switches_total',
          'node_cpu_seconds_total',
          'node_load1',
          'node_memory_MemAvailable_bytes',
          'node_vmstat_pgfault',
        ],
      },
    ])
    assert.deepEqual(report.sources, [
      { source: 'rapl-sysfs', components: ['package'], known: true, missing: ['core', 'uncore', 'dram'] },
      { source: 'acpi', components: ['platform'], known: true, missing: [] },
    ])
    assert.equal(report.usable, true)
  })
})
