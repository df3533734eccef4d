import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { container, counter, madeResponse, raplEnergy } from '../../test/fixtures/response.js'
import type { Labels } from '../prometheus/labels.js'
import { nodeOsFeatures } from '../core/feature-group.js'
import { neededMetrics, nodeExporter } from '../vocabulary/node-os.js'
import { vocabularyNamed } from '../vocabulary/vocabularies.js'
import { seriesFor } from './series-for.js'
import { cleanSeries } from './clean.js'
import { findings } from './findings.js'
import { featureSeries, featuresIn, metricsOfFeature } from './usage-series.js'
import type { ExtractRequest } from './extractor.js'

const old = vocabularyNamed('kepler-0.7')
const young = vocabularyNamed('kepler-0.10')
const seconds = 'kepler_process_cpu_seconds_total'
const one = (labels: Labels = {}, values: readonly number[] = [1, 2, 3]) => ({ labels, values })

describe('the metrics of a feature', () => {
  it('are those of its vocabulary, of the operating system, or what the user named', () => {
    const of = (feature: string, thirdParty: readonly string[] = [], vocabulary = old) =>
      metricsOfFeature(feature, vocabulary, 'container', thirdParty)
    assert.deepEqual(of('cpu_cycles'), ['kepler_container_cpu_cycles_total'])
    assert.deepEqual(metricsOfFeature('cpu_cycles', old, 'vm', []), ['kepler_process_cpu_cycles_total'])
    assert.deepEqual(of('node_info'), ['kepler_node_node_info'])
    assert.deepEqual(of('accelerator_intel_qat'), ['kepler_node_accelerator_intel_qat'])
    assert.deepEqual(of('node_load1'), ['node_load1', 'kepler_meter_load1'])
    assert.deepEqual(of('node_memory_used_ratio'), [
      ...['node_memory_MemAvailable_bytes', 'node_memory_MemTotal_bytes', 'kepler_meter_memory_bytes'],
    ])
    assert.deepEqual(of('node_cpu_user_ratio'), ['node_cpu_seconds_total', 'kepler_meter_cpu_seconds_total'])
    assert.deepEqual(of('node_cpu_frequency_hertz'), [
      'node_cpu_scaling_frequency_hertz',
      'kepler_meter_frequency_megahertz',
    ])
    assert.deepEqual(of('node_page_faults_per_second')[0], 'node_vmstat_pgfault')
    assert.deepEqual(of('node_context_switches_per_second')[0], 'node_context_switches_total')
    const mine = 'busy=m{mode!="idle"}'
    assert.deepEqual(of(mine, [mine]), ['m'])
    assert.deepEqual([of('node_info', [], young), of('cpu_cycles', [], young)], [[], []])
  })

  it('are in a response, or the feature is not measured', () => {
    const metrics = (...names: string[]) => new Map(names.map((name) => [name, 1]))
    const names = (...of: string[]) => featuresIn({ metrics: metrics(...of) }, old, 'container', ['m'])
    assert.deepEqual(names('kepler_container_cpu_cycles_total', 'm', 'other'), ['cpu_cycles', 'm'])
    assert.deepEqual(names(), [])
    const os = neededMetrics(nodeExporter)
    assert.deepEqual(names(...os), nodeOsFeatures)
    assert.deepEqual(names(...os.slice(1)), [])
    assert.deepEqual(featuresIn({ metrics: metrics(seconds) }, young, 'vm'), ['bpf_cpu_time_ms', 'cpu_time_ms'])
  })
})

describe('the series of a feature', () => {
  const series = (
    metrics: Parameters<typeof madeResponse>[0],
    feature: string,
    vocabulary = young,
    thirdParty: string[] = [],
  ) => featureSeries(madeResponse(metrics), feature, vocabulary, 'container', thirdParty)

  it('are in its unit, with the names that other metrics have', () => {
    const [named, bare, system, vm] = series(
      {
        [seconds]: [
          one({ container_id: 'c1' }),
          one({ container_id: 'c2', container_name: 'own' }),
          one({ pid: '1' }),
          one({ vm_id: 'v' }),
        ],
        kepler_container_cpu_seconds_total: [
          one({ container_id: '', container_name: 'nobody' }),
          one({ container_id: 'c1', container_name: 'first', pod_id: 'p1' }),
          one({ container_id: 'c1', container_name: 'second', pod_id: 'p2' }),
          one({ container_id: 'c2', container_name: 'told', pod_id: 'p9' }),
        ],
        kepler_pod_cpu_joules_total: [one({ pod_id: 'p1', pod_name: 'pod', pod_namespace: 'ns' })],
      },
      'cpu_time_ms',
    )
    assert.deepEqual([...named!.values], [1000, 2000, 3000])
    const { __name__: _, ...labels } = named!.labels
    assert.deepEqual(labels, {
      ...{ container_id: 'c1', container_name: 'first', pod_id: 'p1', pod_name: 'pod', container_namespace: 'ns' },
    })
    assert.deepEqual([bare!.labels.container_name, bare!.labels.pod_name], ['own', 'p9'])
    assert.deepEqual([system!.labels.container_id, system!.labels.container_namespace], ['system_processes', 'system'])
    assert.deepEqual([vm!.labels.container_id, vm!.labels.container_namespace], ['v', 'vm'])
  })

  it('are cleaned as those that they are made of', () => {
    const response = madeResponse({ [seconds]: [one({ container_id: 'c1' }, [1, Number.NaN, 3])] })
    const [scaled] = featureSeries(response, 'cpu_time_ms', young, 'container', [])
    assert.deepEqual([...cleanSeries(scaled!, findings()).values], [1000, 3000])
    assert.equal(scaled!.neverFalls, false)
    const [given] = response.series.get(seconds)!
    const trusted = { ...response, series: new Map([[seconds, [{ ...given!, neverFalls: true }]]]) }
    assert.equal(featureSeries(trusted, 'cpu_time_ms', young, 'container', [])[0]!.neverFalls, true)
  })

  it('are as they stand where the unit is the same', () => {
    const metric = 'kepler_container_cpu_cycles_total'
    const response = madeResponse({ [metric]: [one(container('a'))], kepler_node_node_info: [one()] })
    assert.equal(featureSeries(response, 'cpu_cycles', old, 'container', []), response.series.get(metric))
    assert.equal(featureSeries(response, 'node_info', old, 'container', []).length, 1)
  })

  it('are of the first metric that has any', () => {
    const only = 'kepler_container_cpu_seconds_total'
    assert.equal(series({ [seconds]: [], [only]: [one()] }, 'cpu_time_ms')[0]!.metric, only)
    assert.equal(series({ [seconds]: [one()], [only]: [one()] }, 'cpu_time_ms')[0]!.metric, seconds)
    assert.throws(() => series({ [only]: [] }, 'cpu_time_ms'), { code: 'INVALID_DATA', field: seconds })
    assert.throws(() => series({}, 'cpu_cycles'), {
      ...{ code: 'INVALID_DATA', field: 'cpu_cycles' },
      message: 'Kepler 0.10 and later does not measure cpu_cycles; it offers CPUTimeOnly, NodeOS, ThirdParty',
    })
  })

  it('of another exporter are those selected, gauges as counters of their values', () => {
    const given = { m: [one({ a: '1' }), one({ a: '2' }, [5, 3, 5, 3])], n_total: [one({}, [3, 1, 3, 1])] }
    const read = (feature: string) => series(given, feature, old, [feature])
    assert.deepEqual(
      read('m{a="1"}').map(({ labels }) => labels.a),
      ['1'],
    )
    assert.equal(read('m{a="2"}')[0]!.labels.__type__, 'gauge')
    assert.equal(read('n_total')[0]!.labels.__type__, undefined)
    assert.equal(read('gauge(n_total)')[0]!.labels.__type__, 'gauge')
    assert.throws(() => read('m{a="3"}'), {
      ...{ code: 'INVALID_DATA', field: 'm', message: 'none of the 2 series of m is m{a="3"}' },
    })
  })
})

describe('the series of a dataset', () => {
  const usage = 'kepler_container_bpf_cpu_time_ms_total'
  const base: Parameters<typeof madeResponse>[0] = {
    ...raplEnergy({ package: [10, 10, 10], dram: [1, 1, 1] }),
    [usage]: [one(container('a'), counter([1, 2, 3]))],
  }
  const of = (metrics: Parameters<typeof madeResponse>[0], request: Partial<ExtractRequest> = {}) =>
    seriesFor(
      madeResponse(metrics),
      { features: ['bpf_cpu_time_ms'], source: 'rapl-sysfs', outputType: 'AbsPower', ...request },
      findings(),
    )

  it('are of the usage of nodes, or of virtual machines by their job', () => {
    const guest = one(container('g', { job: 'vm', pid: '1' }), counter([5, 6, 7]))
    const both = { ...base, [usage]: [...base[usage]!, guest] }
    assert.deepEqual(
      of(both)
        .features.get('bpf_cpu_time_ms')!
        .map(({ labels }) => labels.container_name),
      ['a'],
    )
    const process = 'kepler_process_bpf_cpu_time_ms_total'
    const vm = {
      kepler_vm_package_joules_total: base.kepler_node_package_joules_total!,
      [process]: [...base[usage]!, guest],
    }
    assert.deepEqual(
      of(vm, { vm: true })
        .features.get('bpf_cpu_time_ms')!
        .map(({ labels }) => labels.container_name),
      ['g'],
    )
    const wrong = (
      metrics: Parameters<typeof madeResponse>[0],
      request: Partial<ExtractRequest>,
      metric: string,
      message: RegExp,
    ) => assert.throws(() => of(metrics, request), { code: 'INVALID_DATA', field: metric, message })
    wrong({ ...base, [usage]: [guest] }, {}, usage, /has only series with job="vm", those of virtual machines$/)
    wrong({ ...vm, [process]: base[usage]! }, { vm: true }, process, /no series with job="vm", which marks/)
    wrong({ ...vm, [process]: [guest] }, { vm: true, vmJob: 'mine' }, process, /no series with job="mine"/)
    assert.equal(of({ ...base, [usage]: [guest] }, { vmJob: 'mine' }).features.size, 1)
  })

  it('need not have a node type, and all else has to be of the machine', () => {
    const features = ['bpf_cpu_time_ms', 'node_info']
    assert.deepEqual([...of(base, { features }).features.keys()], ['bpf_cpu_time_ms'])
    const told = { ...base, kepler_node_node_info: [one({ instance: 'node-1' })] }
    assert.deepEqual([...of(told, { features }).features.keys()], features)
    const elsewhere = { ...base, [usage]: [one(container('a', { instance: 'node-2' }))] }
    assert.throws(() => of(elsewhere), {
      ...{ code: 'INVALID_DATA', field: usage },
      message: `metric ${usage} has no series of the Kepler that measured the energy`,
    })
  })

  it('of another exporter are found by what they name', () => {
    const metrics = {
      ...base,
      m: [one({ instance: 'node-1:9' }, counter([1, 2, 3])), one({ instance: 'node-2:9' }, counter([1, 2, 3]))],
    }
    const { features } = of(metrics, { features: ['bpf_cpu_time_ms', 'm'], thirdParty: ['m'] })
    assert.deepEqual(
      features.get('m')!.map(({ labels }) => labels.instance),
      ['node-1:9'],
    )
  })
})
