import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { container, counter, type MadeSeries, madeResponse } from '../../test/fixtures/response.js'
import { vocabularyNamed } from '../vocabulary/vocabularies.js'
import { validateResponse, type ValidateRequest } from './validate.js'

const rates = Array.from({ length: 12 }, (_, i) => 10 + (i % 5))
const kepler = { job: 'kepler', instance: 'node-1' }
const of = (labels: Readonly<Record<string, string>>, values: readonly number[] = counter(rates)): MadeSeries => ({
  labels: { ...kepler, ...labels },
  values,
})
const platform = 'kepler_node_platform_joules_total'
const usageOf = (...features: string[]) =>
  Object.fromEntries(
    features.map((feature) => [
      `kepler_container_${feature}_total`,
      [{ labels: container('a'), values: counter(rates) }],
    ]),
  )
const bpf = usageOf('bpf_cpu_time_ms', 'bpf_page_cache_hit')
const counters = usageOf('cache_miss', 'cpu_cycles', 'cpu_instructions')
type Metrics = Readonly<Record<string, readonly MadeSeries[]>>
const nodeExporter: Metrics = {
  node_cpu_seconds_total: ['user', 'system', 'idle', 'iowait', 'irq', 'steal'].map((mode) => of({ mode })),
  ...Object.fromEntries(
    ['node_context_switches_total', 'node_vmstat_pgfault', 'node_load1'].map((metric) => [metric, [of({})]]),
  ),
  node_memory_MemTotal_bytes: [
    of(
      {},
      rates.map(() => 8),
    ),
  ],
  node_memory_MemAvailable_bytes: [
    of(
      {},
      rates.map(() => 6),
    ),
  ],
}
const report = (metrics: Metrics, request?: ValidateRequest) => validateResponse(madeResponse(metrics), request)
const missing = (metrics: Metrics, group: string, request?: ValidateRequest) =>
  report(metrics, request).groups.find((one) => one.group === group)?.missing

describe('the groups of a response', () => {
  it('are complete without the frequency that a machine need not tell', () => {
    assert.deepEqual(missing(nodeExporter, 'NodeOS'), [])
    const { node_load1: _, ...less } = nodeExporter
    assert.ok(missing(less, 'NodeOS')!.length > 0)
    // Ratios lack one metric, which is named once.
    const { node_cpu_seconds_total: _cpu, ...without } = nodeExporter
    assert.equal(missing(without, 'NodeOS')!.filter((metric) => metric === 'node_cpu_seconds_total').length, 1)
  })

  it('are of third-party metrics where some are named', () => {
    assert.equal(missing(bpf, 'ThirdParty'), undefined)
    assert.deepEqual(missing(bpf, 'ThirdParty', { thirdParty: ['fan'] }), ['fan'])
    assert.deepEqual(missing({ ...bpf, fan: [of({})] }, 'ThirdParty', { thirdParty: ['fan'] }), [])
  })

  it('name features that the vocabulary does not measure by themselves', () => {
    const { vocabulary, groups } = report({}, { vocabulary: vocabularyNamed('kepler-0.10') })
    assert.equal(vocabulary, 'kepler-0.10')
    assert.deepEqual(groups.find(({ group }) => group === 'CPUTimeOnly')?.missing, ['kepler_process_cpu_seconds_total'])
  })
})

describe('what extraction makes of a response', () => {
  const energy = { [platform]: [of({ source: 'acpi' })] }

  it('is tried with the complete group of most features, of the first machine', () => {
    const group = (metrics: Metrics) => report(metrics).extractions.map((one) => one.group)
    assert.deepEqual(group({ ...energy, ...bpf, ...counters }), ['Basic'])
    assert.deepEqual(group({ ...energy, ...counters }), ['CounterOnly'])
    assert.deepEqual(group({ ...energy, ...bpf, ...nodeExporter }), ['NodeOS'])
    assert.deepEqual(group({ ...energy }), [])
  })

  it('is an error where there is none, and no more than that', () => {
    const [failed] = report({ [platform]: [of({ source: 'acpi' }, [1])], ...bpf }).extractions
    assert.match(failed!.error ?? '', /has one sample/)
    assert.deepEqual([failed!.rows, failed!.findings, failed!.scrapes], [0, [], []])
  })

  it('is of the sources that have a name of one', () => {
    const two = { [platform]: [of({ source: 'acpi' }), of({ source: 'no name' })], ...bpf }
    const { sources, extractions, usable } = report(two)
    assert.deepEqual(
      sources.map(({ source, known }) => [source, known]),
      [
        ['acpi', true],
        ['no name', false],
      ],
    )
    assert.deepEqual([extractions.map(({ source }) => source), usable], [['acpi'], true])
    assert.equal(report({ [platform]: [of({ source: 'no name' })], ...bpf }).usable, false)
  })
})

describe('sources that nobody knows', () => {
  it('have what moves, or all where nothing does', () => {
    const components = (dram: readonly number[], own: readonly number[]) =>
      report({
        kepler_node_dram_joules_total: [of({ source: 'mine' }, dram)],
        [platform]: [of({ source: 'mine' }, own)],
      }).sources.map((one) => [...one.components, one.missing.length])
    assert.deepEqual(components([1, 2], [0, 0]), [['dram', 0]])
    assert.deepEqual(components([0, 0], [0, 0]), [['dram', 'platform', 0]])
    assert.deepEqual(components([5, Number.NaN], [0, 1]), [['platform', 0]])
  })
})

describe('the machines of a response', () => {
  it('are named by their labels, with the replicas that were left out', () => {
    const { machines } = report({
      [platform]: [
        of({ source: 'acpi', replica: 'a', zone: 'x' }, counter(rates)),
        of({ source: 'acpi', replica: 'b', zone: 'x' }, counter(rates.slice(1))),
        of({ source: 'acpi', instance: 'node-2' }, counter(rates.slice(5))),
      ],
    })
    assert.deepEqual(machines, [
      { name: 'node-1', labels: { instance: 'node-1' }, samples: 13, replicas: ['replica=b'] },
      { name: 'node-2', labels: { instance: 'node-2' }, samples: 8, replicas: [] },
    ])
  })

  it('may be told apart by further labels', () => {
    const metrics = { [platform]: ['1', '2'].map((shelf) => of({ source: 'acpi', shelf }, counter(rates))) }
    assert.equal(report(metrics, { machineLabels: ['shelf'] }).machines.length, 2)
  })
})
