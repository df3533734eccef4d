import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { container, counter, type MadeSeries, madeResponse, raplEnergy } from '../../test/fixtures/response.js'
import type { Dataset } from './dataset.js'
import { defaultExtractor } from './default.js'
import type { ExtractRequest } from './extractor.js'

const time = 'kepler_container_bpf_cpu_time_ms_total'
const energy = raplEnergy({ package: [40, 60, 80], dram: [4, 6, 8] })
const usage = {
  [time]: [
    { labels: container('a'), values: counter([10, 20, 30]) },
    { labels: container('b'), values: counter([1, 1, 1]) },
  ],
}

type Metrics = Readonly<Record<string, readonly MadeSeries[]>>

function extract(metrics: Metrics, request: Partial<ExtractRequest> = {}) {
  return defaultExtractor().extract(madeResponse(metrics), {
    features: ['bpf_cpu_time_ms'],
    source: 'rapl-sysfs',
    outputType: 'AbsPower',
    ...request,
  })
}

const columns = ({ features, powers, ratios }: Dataset) =>
  Object.fromEntries(
    [...features, ...powers, ...ratios].map(({ name, values }) => [name, [...values].map((v) => Number(v.toFixed(9)))]),
  )

const fails = (metrics: Metrics, message: RegExp, request: Partial<ExtractRequest> = {}) =>
  assert.throws(() => extract(metrics, request), { code: 'INVALID_DATA', message })

describe('defaultExtractor', () => {
  it('joins the rates of all containers with the watts of all modes and packages', () => {
    const { dataset, findings } = extract({ ...energy, ...usage })
    assert.deepEqual([...dataset.timestamps], [1003, 1006, 1009])
    assert.deepEqual(columns(dataset), {
      bpf_cpu_time_ms: [11, 21, 31],
      package_power: [40, 60, 80],
      core_power: [0, 0, 0],
      uncore_power: [0, 0, 0],
      dram_power: [4, 6, 8],
      packge_ratio_package: [1, 1, 1],
    })
    assert.deepEqual([[...dataset.nodeTypes], findings], [[0, 0, 0], []])
  })

  it('gives one row a container for dynamic power, by time and id', () => {
    const { dataset } = extract({ ...energy, ...usage }, { outputType: 'DynPower' })
    assert.deepEqual(dataset.containerIds?.slice(0, 3), ['id-a/pod-a/a/ns', 'id-b/pod-b/b/ns', 'id-a/pod-a/a/ns'])
    assert.deepEqual(columns(dataset).bpf_cpu_time_ms, [10, 1, 20, 1, 30, 1])
    assert.deepEqual(columns(dataset).package_power, [40, 40, 60, 60, 80, 80])
  })

  it('divides by the seconds of each step, not by their mean', () => {
    const times = [1000, 1015, 1018]
    const { dataset } = extract({
      ...Object.fromEntries(
        Object.entries(energy).map(([metric, series]) => [
          metric,
          series.map(({ labels }) => ({
            labels,
            times,
            values: metric.includes('package') ? [0, 150, 180] : [0, 0, 0],
          })),
        ]),
      ),
      [time]: [{ labels: container('a'), times, values: [0, 15, 30] }],
    })
    assert.deepEqual(columns(dataset).package_power, [40, 40])
    assert.deepEqual(columns(dataset).bpf_cpu_time_ms, [1, 5])
  })

  it('repeats the rate before a counter that was reset, and says so', () => {
    const { dataset, findings } = extract({ ...energy, [time]: [{ labels: container('a'), values: [0, 30, 5, 35] }] })
    assert.deepEqual(columns(dataset).bpf_cpu_time_ms, [10, 10, 10])
    assert.deepEqual(
      findings.map(({ kind, metric, count }) => [kind, metric, count]),
      [['counter reset', time, 1]],
    )
    assert.match(findings[0]!.example, /container_name=a/)
  })

  it('takes series of one container as one counter', () => {
    const { dataset } = extract({
      ...energy,
      [time]: [
        { labels: container('a', { command: 'runc' }), times: [1000], values: [3] },
        { labels: container('a', { command: 'app' }), times: [1003, 1006], values: [33, 63] },
      ],
    })
    assert.deepEqual([...dataset.timestamps], [1003, 1006])
    assert.deepEqual(columns(dataset).bpf_cpu_time_ms, [10, 10])
  })

  it('leaves out what cannot be used, and names it', () => {
    const { dataset, findings } = extract({
      ...energy,
      [time]: [
        { labels: container('a'), values: counter([10, 20, 30]) },
        { labels: container('once'), values: [5] },
        { labels: container('empty'), values: [] },
        { labels: container('nan'), values: [0, 'NaN', 6, '+Inf'] },
        { labels: container('back'), times: [1003, 1000, 1006, 1006], values: [3, 0, 4, 6] },
      ],
    })
    // The growth of a series over a time without a number is spread over it.
    assert.deepEqual(columns(dataset).bpf_cpu_time_ms, [12, 22, 30])
    assert.deepEqual(findings.map(({ kind, count }) => `${count} ${kind}`).sort(), [
      '1 clock steps back',
      '1 duplicate time',
      '1 empty series',
      '1 one sample',
      '2 not finite',
    ])
    assert.ok(findings.every(({ metric }) => metric === time))
  })

  it('lets rows without power go, and times that not all packages have', () => {
    const gone = {
      ...energy,
      kepler_node_dram_joules_total: energy.kepler_node_dram_joules_total!.map((series, i) =>
        i === 2 ? { ...series, times: [1000, 1006, 1009], values: [100, 103.75, 109.75] } : series,
      ),
    }
    const { dataset, findings } = extract({ ...gone, ...usage })
    assert.deepEqual([...dataset.timestamps], [1006, 1009])
    assert.ok(columns(dataset).dram_power!.every((watts) => watts > 0 && watts < 10))
    assert.deepEqual(
      findings.map(({ kind }) => kind),
      ['incomplete time'],
    )
    const still = raplEnergy({ package: [40, 0, 80], dram: [4, 0, 8] })
    assert.deepEqual([...extract({ ...still, ...usage }).dataset.timestamps], [1003, 1009])
  })

  it('takes one of two Keplers instead of adding them up', () => {
    const other = { job: 'kepler', instance: 'node-2' }
    const two: Metrics = Object.fromEntries(
      Object.entries({ ...energy, ...usage }).map(([metric, series]) => [
        metric,
        [
          ...series,
          ...series.map(({ labels, values }) => ({
            labels: { ...labels, ...other },
            values: values.slice(0, 3).map((v) => v * 10),
          })),
        ],
      ]),
    )
    const { dataset, findings } = extract(two)
    assert.deepEqual(columns(dataset).package_power, [40, 60, 80])
    assert.deepEqual(columns(dataset).bpf_cpu_time_ms, [11, 21, 31])
    assert.match(findings.find(({ kind }) => kind === 'other exporter')!.example, /node-2 \(taken: node-1/)
    assert.deepEqual(columns(extract(two, { instance: 'node-2' }).dataset).package_power, [400, 600])
    fails(two, /node-3.*node-1, node-2/, { instance: 'node-3' })
  })

  it('tells packages apart where the share of each is known', () => {
    const share = (pkg_id: string, labels: Record<string, string>, values: number[]) => ({
      labels: { ...labels, pkg_id },
      values,
    })
    const metrics = {
      ...energy,
      ...usage,
      kepler_container_cpu_usage_per_package_ratio: [
        share('0', container('a'), [0.25, 0.25, 0, 3]),
        share('1', container('a'), [0.25, 0.25, 0, 1]),
        share('1', container('b'), [0.5, 0.5, 0, 0]),
      ],
    }
    const { dataset } = extract(metrics)
    const own = columns(dataset)
    assert.deepEqual([...dataset.timestamps], [1003, 1009])
    assert.deepEqual(
      [own.packge_ratio_0, own.packge_ratio_1],
      [
        [0.25, 0.75],
        [0.75, 0.25],
      ],
    )
    assert.deepEqual(
      [own.package_0_package_power, own.package_1_dram_power],
      [
        [20, 40],
        [2, 4],
      ],
    )
    assert.deepEqual(own.bpf_cpu_time_ms, [11, 31])
    const rows = extract(metrics, { outputType: 'DynPower' }).dataset
    assert.deepEqual([...rows.timestamps], [1003, 1003, 1009])
    assert.deepEqual(columns(rows).packge_ratio_0, [0.5, 0, 0.75])
  })

  it('reads processes of a virtual machine, and leaves them out otherwise', () => {
    const vm = (pid: string, job: string) => ({ container_id: 'c', pid, job, instance: 'guest' })
    const rename = (metrics: Metrics) =>
      Object.fromEntries(
        Object.entries(metrics).map(([name, series]) => [name.replace('kepler_node', 'kepler_vm'), series]),
      )
    const metrics = {
      ...rename(energy),
      kepler_process_bpf_cpu_time_ms_total: [
        { labels: vm('1', 'vm'), values: counter([10, 20, 30]) },
        { labels: vm('2', 'metal'), values: counter([500, 500, 500]) },
      ],
    }
    const { dataset } = extract(metrics, { vm: true, outputType: 'DynPower' })
    assert.deepEqual([columns(dataset).bpf_cpu_time_ms, dataset.containerIds![0]], [[10, 20, 30], 'c/1'])
    assert.deepEqual(columns(dataset).package_power, [40, 60, 80])
    fails({ ...energy, [time]: [{ labels: container('a', { job: 'vm' }), values: [1, 2] }] }, /job="vm"/)
    fails({ ...metrics, kepler_process_bpf_cpu_time_ms_total: [] }, /no series/, { vm: true })
  })

  it('adds accelerator, system and third-party metrics, and the node type', () => {
    const metrics = {
      ...energy,
      ...usage,
      my_requests: [{ labels: container('a'), values: counter([5, 5, 5]) }],
      kepler_node_accelerator_intel_qat: [
        { labels: { type: 'sym' }, values: [1, 2, 3, 4] },
        { labels: { type: 'sym' }, values: [1, 2, 3, 4] },
        { labels: { type: 'asym' }, values: [0, 0, 0, 7] },
      ],
      kepler_node_cpu_scaling_frequency_hertz: [
        { labels: { cpu: '0' }, values: [10, 10, 10, 10] },
        { labels: { cpu: '1' }, values: [11, 11, 13, 15] },
      ],
      kepler_node_node_info: [{ labels: {}, values: [2, 2, 2, 3] }],
    }
    const features = ['accelerator_intel_qat', 'bpf_cpu_time_ms', 'cpu_scaling_frequency_hertz', 'my_requests']
    const { dataset } = extract(metrics, { features, thirdParty: ['my_requests'] })
    assert.deepEqual(
      dataset.features.map(({ name, values }) => [name, ...values]),
      [
        ['accelerator_intel_qat_asym', 0, 0, 7],
        ['accelerator_intel_qat_sym', 4, 6, 8],
        ['bpf_cpu_time_ms', 11, 21, 31],
        ['cpu_scaling_frequency_hertz', 10, 11, 12],
        ['my_requests', 5, 5, 5],
      ],
    )
    assert.deepEqual([...dataset.nodeTypes], [2, 2, 3])
    assert.deepEqual([...extract(metrics, { nodeType: 9 }).dataset.nodeTypes], [9, 9, 9])
    const rows = extract(metrics, { features, thirdParty: ['my_requests'], outputType: 'DynPower' }).dataset
    assert.ok(rows.features.every(({ name }) => !name.startsWith('accelerator')))
  })

  it('takes the components that are measured, and says which are not', () => {
    const { kepler_node_core_joules_total: _, kepler_node_dram_joules_total: _dram, ...some } = energy
    const { dataset, findings } = extract({ ...some, ...usage })
    assert.deepEqual(
      dataset.powers.map(({ name }) => name),
      ['package_power', 'uncore_power'],
    )
    assert.deepEqual(
      findings.map(({ kind, count, example }) => [kind, count, example]),
      [['missing component', 2, 'core of rapl-sysfs']],
    )
  })

  it('says which metric is missing or unusable, and what is there', () => {
    fails(usage, /kepler_node_package_joules_total is missing; the response has kepler_container_bpf/)
    fails(energy, /kepler_container_bpf_cpu_time_ms_total is missing/)
    fails({ ...energy, [time]: [] }, /kepler_container_bpf_cpu_time_ms_total is in the response, but has no series/)
    fails({ ...energy, ...usage }, /kepler_node_platform_joules_total is missing/, { source: 'acpi' })
    fails({ ...energy, ...usage }, /no series of source rapl-msr; its sources: rapl-sysfs/, { source: 'rapl-msr' })
    fails(
      { ...energy, [time]: [{ labels: container('a'), values: [1] }] },
      /bpf_cpu_time_ms_total: no sample with a rate/,
    )
    fails({ ...raplEnergy({ package: [], dram: [] }), ...usage }, /kepler_node_package_joules_total has one sample/)
    fails({ ...raplEnergy({ package: [0, 0], dram: [0, 0] }), ...usage }, /never move/)
    fails({ ...energy, ...usage }, /at least one feature/, { features: [] })
  })
})
