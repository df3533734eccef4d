import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { container, counter, madeResponse } from '../../test/fixtures/response.js'
import type { Labels } from '../prometheus/labels.js'
import type { EnergySource } from '../core/energy-source.js'
import { vocabularyNamed } from '../vocabulary/vocabularies.js'
import { energyIn, energyOf, sourcesIn } from './energy.js'
import { type ExtractionFindingKind, findings } from './findings.js'
import { measuredSources } from './measured-sources.js'
import { allMeasurements, meterMetrics, selecting } from './measurements.js'
import { meterOf } from './meter.js'
import { energyParts, nodePower, packagesOf } from './power.js'
import { rawTable } from './raw.js'
import { cleanCounters, scrapeTargets } from './scrapes.js'
import { keplerInterval } from './scrape-interval.js'
import { vocabularyFor } from './vocabulary-for.js'
import { wantedMetrics } from './wanted-metrics.js'

const [old, young] = [vocabularyNamed('kepler-0.7'), vocabularyNamed('kepler-0.10')]
const metric = (component: string) => `kepler_node_${component}_joules_total`
const joules = (labels: Labels = {}, values: readonly number[] = [1, 2, 3]) => ({
  labels: { source: 'rapl-sysfs', ...labels },
  values,
})
type Metrics = Parameters<typeof madeResponse>[0]

function energy(metrics: Metrics, source: EnergySource = 'rapl-sysfs') {
  const found = findings()
  const of = energyOf(madeResponse(metrics), old, source, 'container', found)
  const told = found.list().map(({ kind, metric: of, example }) => [kind, of, example])
  return { components: [...of.keys()], told, of }
}

describe('energy of a source', () => {
  it('is of its components that were measured; the others are told', () => {
    const metrics = {
      [metric('package')]: [joules(), joules({ source: 'acpi' })],
      [metric('dram')]: [joules({}, [0, 0])],
    }
    const { components, told, of } = energy(metrics)
    assert.deepEqual([components, of.get('package')!.length], [['package', 'dram'], 1])
    const missing = (component: string) => ['missing component', metric('package'), `${component} of rapl-sysfs`]
    assert.ok(told.every(([kind]) => kind === 'missing component'))
    assert.deepEqual(told[0], missing('core'))
  })

  it('that nobody knows is what moves, or all where nothing does', () => {
    const of = (dram: number[], platform: number[]) =>
      energy(
        {
          [metric('dram')]: [joules({ source: 'x' }, dram)],
          [metric('platform')]: [joules({ source: 'x' }, platform)],
        },
        'x',
      )
    assert.deepEqual(of([1, 2], [0, 0]).components, ['dram'])
    assert.deepEqual(of([1, 2], [0, 0]).told, [])
    assert.deepEqual(of([5, 5], [0, 0]).components, ['dram', 'platform'])
    assert.deepEqual(of([5, Number.NaN], [0, 1]).components, ['platform'])
  })

  it('that is not there names the sources that are', () => {
    const refused = (metrics: Metrics, source: string, field: string, message: RegExp) =>
      assert.throws(() => energy(metrics, source), { code: 'INVALID_DATA', field, message })
    const given = { [metric('package')]: [joules({ source: 'b' }), joules({ source: 'a' })] }
    refused(given, 'rapl-msr', metric('package'), /has no series of source rapl-msr; its sources: a, b$/)
    refused({ [metric('core')]: [joules()] }, 'rapl-msr', metric('core'), /its sources: rapl-sysfs$/)
    refused({}, 'acpi', metric('platform'), /is missing/)
    refused({ [metric('package')]: [] }, 'rapl-sysfs', metric('package'), /has no series$/)
    refused(
      { [metric('package')]: [{ labels: {}, values: [1] }] },
      'rapl-msr',
      metric('package'),
      /its sources: \(none\)$/,
    )
  })

  it('is of the first metric that has it', () => {
    const zone = (name: string) => ({ labels: { zone: name }, values: [1, 2, 3] })
    const response = madeResponse({
      kepler_node_cpu_joules_total: [zone('package-0'), zone('package-1'), zone('strange')],
      kepler_node_cpu_watts: [zone('package-0'), zone('dram')],
    })
    const all = energyIn(response, young, 'container')
    assert.deepEqual(
      all.map(({ component, series }) => [component, series.metric, series.labels.package, series.labels.__type__]),
      [
        ['package', 'kepler_node_cpu_joules_total', '0', undefined],
        ['package', 'kepler_node_cpu_joules_total', '1', undefined],
        ['dram', 'kepler_node_cpu_watts', undefined, 'gauge'],
      ],
    )
    assert.deepEqual(
      [...sourcesIn(all)].map(([source, components]) => [source, ...components]),
      [['rapl-sysfs', 'package', 'dram']],
    )
    assert.deepEqual([...sourcesIn([{ ...all[0]!, source: undefined }]).keys()], [''])
  })

  it('is known before it is named: those measured, in their usual order', () => {
    const of = (...sources: string[]) =>
      measuredSources(madeResponse({ [metric('platform')]: sources.map((source) => joules({ source })) }), {
        ...{ mode: 'container', vocabulary: undefined },
      })
    assert.deepEqual(of('zz', 'acpi', 'trained_power_model', 'rapl-sysfs', 'a b'), ['rapl-sysfs', 'acpi', 'zz'])
    assert.deepEqual(of('a b'), ['rapl-sysfs', 'acpi'])
    assert.throws(() => of('trained_power_model'), { code: 'INVALID_DATA', field: 'energy-source' })
  })
})

describe('power of a node', () => {
  const times = [0, 3, 6]
  const at = (labels: Labels, values: readonly number[]) =>
    cleanCounters(
      [{ metric: 'm', labels, timestamps: Float64Array.from(times), values: Float64Array.from(values) }],
      findings(),
    )[0]!
  const counters = [at({ package: '10' }, [0, 30, 90]), at({ package: '2' }, [5, 8, 2]), at({}, [0, 3, 6])]

  it('has parts by component, or by package in the order of their numbers', () => {
    assert.deepEqual(packagesOf(counters), ['2', '10'])
    const given = new Map([
      ['dram', [counters[2]!]],
      ['package', counters],
    ] as const)
    const parts = (perPackage: boolean) =>
      energyParts(given, 'rapl-sysfs', perPackage).map(({ component, unit, counters: own }) => [component, unit, own])
    assert.deepEqual(parts(false), [
      ['package', undefined, counters],
      ['dram', undefined, [counters[2]]],
    ])
    assert.deepEqual(parts(true), [
      ['package', '2', [counters[1]]],
      ['package', '10', [counters[0]]],
    ])
    assert.deepEqual(energyParts(given, 'acpi', false), [])
    assert.deepEqual(energyParts(new Map([['package', []]]), 'rapl-sysfs', false), [])
  })

  it('is what counters grow by a second, and resets are told', () => {
    const found = findings()
    const rows = { seen: Float64Array.of(3, 6), from: Float64Array.of(0, 3), to: Float64Array.of(3, 6) }
    const { clock, columns } = nodePower(
      [
        { component: 'package', counters },
        { component: 'dram', unit: '1', counters: [counters[2]!] },
      ],
      scrapeTargets(counters, []),
      rows,
      found,
    )
    assert.equal(clock, rows.seen)
    assert.deepEqual(
      columns.map(({ values, ...told }) => [told, ...values]),
      [
        [{ name: 'package_power', component: 'package' }, 12, 22],
        [{ name: 'package_1_dram_power', component: 'dram', unit: '1' }, 1, 1],
      ],
    )
    assert.deepEqual(
      found.list().map(({ kind, count, example }) => [kind, count, example]),
      [['counter reset', 1, '{package=2}']],
    )
  })
})

describe('what to read', () => {
  it('is all that a dataset may be made of, in any vocabulary', () => {
    const wanted = wantedMetrics(
      ['cpu_cycles', 'busy=m'],
      'container',
      ['busy=m'],
      [meterOf({ metric: 'pdu', unit: 'watts' })],
    )
    for (const name of [
      ...['kepler_container_cpu_cycles_total', 'm', 'pdu', metric('package'), 'kepler_node_cpu_joules_total'],
      ...['kepler_node_node_info', 'kepler_container_cpu_usage_per_package_ratio', 'kepler_pod_cpu_joules_total'],
    ]) {
      assert.ok(wanted.has(name), name)
    }
    assert.ok(!wanted.has('kepler_vm_package_joules_total') && !wanted.has('kepler_container_bpf_cpu_time_ms_total'))
    assert.deepEqual(
      [...wanted].filter((name) => !name.startsWith('kepler_')),
      ['m', 'pdu'],
    )
    assert.ok(wantedMetrics([], 'vm', []).has('kepler_vm_package_joules_total'))
  })

  it('is what the user selects, and each meter by its own selector', () => {
    assert.deepEqual(selecting(allMeasurements), {})
    const meters = [meterOf({ metric: 'pdu', unit: 'watts' })]
    assert.deepEqual([...meterMetrics(meters)], ['pdu'])
    const { select } = selecting({
      select: [{ label: 'cluster', operator: '=', value: 'a' }],
      meters,
    })
    assert.deepEqual(
      [select!({ cluster: 'a' }, 'm'), select!({ cluster: 'b' }, 'm'), select!({ cluster: 'b' }, 'pdu')],
      [true, false, true],
    )
  })

  it('is read with the vocabulary that is named, else that of metrics with series', () => {
    const told: (readonly [ExtractionFindingKind, string])[] = []
    const found = { ...findings(), add: (kind: ExtractionFindingKind, name: string) => void told.push([kind, name]) }
    const metrics = new Map([
      ['kepler_node_cpu_joules_total', 1],
      ['kepler_process_cpu_seconds_total', 1],
      [metric('package'), 0],
    ])
    assert.equal(vocabularyFor({ metrics }, {}, found), young)
    assert.deepEqual(told, [])
    metrics.set(metric('package'), 1)
    assert.equal(vocabularyFor({ metrics }, {}, found), young)
    assert.deepEqual(told, [['other vocabulary', 'kepler-0.7']])
    assert.equal(vocabularyFor({ metrics }, { vocabulary: old }, found), old)
    assert.equal(told.length, 1)
  })

  it('as often as the fastest counter of Kepler moves', () => {
    const of = (...values: number[][]) =>
      keplerInterval(madeResponse({ [metric('package')]: values.map((one) => joules({}, one)) }))
    const every = (steps: number) => Array.from({ length: 41 }, (_, i) => Math.floor(i / steps))
    assert.equal(of([1, 1, 1]), undefined)
    assert.equal(of(), undefined)
    assert.equal(of([1, 2, 3]), undefined)
    assert.equal(of([1, 2, 3, 4]), 3)
    assert.equal(of(every(10)), 30)
    assert.equal(of(every(10), every(5), every(10)), 15)
    // After fifty series it is known well enough.
    const slow = Array.from({ length: 50 }, () => every(10))
    assert.equal(of(...slow.slice(1), every(5)), 15)
    assert.equal(of(...slow, every(5)), 30)
  })

  it('may be looked at as it was measured', () => {
    const { columns } = rawTable(
      madeResponse({
        [metric('package')]: [joules({ mode: 'idle' }, [1, 2, 3]), joules({ mode: 'dynamic' }, [10, 20])],
        kepler_container_cpu_cycles_total: [{ labels: { container_id: 'a' }, values: [5, 6], times: [1003, 1009] }],
      }),
      { features: ['cpu_cycles'], source: 'rapl-sysfs', outputType: 'AbsPower', vocabulary: old },
    )
    assert.deepEqual(
      columns.map(({ name, values }) => [name, ...values]),
      [
        ['timestamp', 1000, 1003, 1006, 1009],
        ['kepler_container_cpu_cycles_total', 0, 5, 0, 6],
        [metric('package'), 11, 22, 3, 0],
      ],
    )
    const zone = (name: string, values: number[]) => ({ labels: { zone: name }, values })
    const young = rawTable(
      madeResponse({
        kepler_node_cpu_joules_total: [zone('package', counter([1, 1])), zone('dram', counter([2, 2]))],
        kepler_process_cpu_seconds_total: [{ labels: { pid: '1' }, values: [0, 1, 2] }],
      }),
      { features: ['cpu_time_ms'], source: 'rapl-sysfs', outputType: 'AbsPower' },
    )
    assert.deepEqual(
      young.columns.map(({ name }) => name),
      [
        ...['timestamp', 'kepler_process_cpu_seconds_total', 'kepler_node_cpu_joules_total'],
        'kepler_node_cpu_joules_total_dram',
      ],
    )
  })
})

describe('a response', () => {
  it('is scraped as often as its counters move', () => {
    assert.equal(keplerInterval(madeResponse({ [metric('package')]: [joules({}, [1, 2, 3, 4])] })), 3)
    assert.equal(keplerInterval(madeResponse({})), undefined)
    const time = 'kepler_container_bpf_cpu_time_ms_total'
    const few = (...values: number[]) => keplerInterval(madeResponse({ [time]: [{ labels: container('a'), values }] }))
    // A value that is new at three times or more.
    assert.deepEqual([few(1, 2, 3), few(1, 1, 2, 3), few(1, 2, 3, 4)], [undefined, undefined, 3])
  })

  it('is scraped as often as the fastest of the first fifty counters that move', () => {
    const time = 'kepler_container_bpf_cpu_time_ms_total'
    const moving = (every: number) => Array.from({ length: 24 }, (_, i) => Math.floor(i / every))
    const of = (...all: (readonly number[])[]) =>
      keplerInterval(
        madeResponse({ [time]: all.map((values, i) => ({ labels: container(String(i).padStart(3, '0')), values })) }),
      )
    const [fast, slow, still] = [moving(1), moving(2), moving(99)]
    assert.deepEqual([of(slow, fast), of(fast, slow), of(slow), of(still, slow)], [3, 3, 6, 6])
    const many = (count: number) => Array.from({ length: count }, () => slow)
    assert.deepEqual([of(...many(49), fast), of(...many(50), fast), of(...many(49), still, fast)], [3, 6, 3])
  })
})
