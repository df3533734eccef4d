import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { container, counter, madeResponse, raplEnergy } from '../../test/fixtures/response.js'
import type { Labels } from '../prometheus/labels.js'
import { datasetFromTable } from './dataset-table.js'
import { type Dataset, selectRows, takeRows } from './dataset.js'
import { defaultExtractor } from './default.js'
import { extractorNamed } from './extractors.js'
import { findings } from './findings.js'
import { inspectResponse, metricRemarks } from './inspect.js'
import { measureNode } from './measure.js'
import { cleanCounters } from './scrapes.js'
import { validateResponse } from './validate.js'
import { table } from '../table/table.js'

const usage = 'kepler_container_bpf_cpu_time_ms_total'
const request = { features: ['bpf_cpu_time_ms'], source: 'rapl-sysfs', outputType: 'AbsPower' } as const
const rates = [10, 20, 30, 40, 50]

describe('what a target is called in the report of its scrapes', () => {
  const energy = (labels: Labels, count = 3) =>
    cleanCounters(
      [
        {
          metric: 'm',
          labels,
          timestamps: Float64Array.from({ length: count }, (_, i) => 3 * i),
          values: Float64Array.from({ length: count }, (_, i) => i),
        },
      ],
      findings(),
    )
  const report = (labels: Labels, count?: number) =>
    measureNode([{ component: 'package', counters: energy(labels, count) }], new Map(), 'container', findings())
      .scrapes[0]

  it('is its address as the exporter had it, and its job', () => {
    assert.deepEqual(report({ instance: 'a', job: 'j' })?.target, 'a (job j)')
    assert.deepEqual(report({ instance: 'a' })?.target, 'a')
    assert.deepEqual(report({ instance: 'p', exported_instance: 'a', job: '' })?.target, 'a (job )')
    assert.deepEqual(report({})?.target, '?')
    assert.deepEqual([report({})?.interval, report({})?.step], [3, 3])
    assert.deepEqual(report({}, 1)?.interval, Number.NaN)
  })
})

describe('rows of a dataset', () => {
  const dataset: Dataset = {
    ...{ source: 'acpi', outputType: 'DynPower', rows: 2, ratios: [] },
    ...{ timestamps: Float64Array.of(1, 2), nodeTypes: Int32Array.of(5, 6), containerIds: ['a', 'b'] },
    features: [{ name: 'f', values: Float64Array.of(7, 8) }],
    powers: [{ name: 'platform_power', component: 'platform', values: Float64Array.of(9, 10) }],
  }

  it('are those that are kept, in the order that is asked for', () => {
    assert.deepEqual(
      selectRows(dataset, () => true),
      dataset,
    )
    assert.equal(selectRows(dataset, () => false).rows, 0)
    const { timestamps, nodeTypes, containerIds } = takeRows(dataset, [1, 0, 1])
    assert.deepEqual(
      [[...timestamps], [...nodeTypes], containerIds],
      [
        [2, 1, 2],
        [6, 5, 6],
        ['b', 'a', 'b'],
      ],
    )
    for (const row of [-1, 2, Number.NaN]) assert.throws(() => takeRows(dataset, [row]), { code: 'SHAPE_MISMATCH' })
  })

  it('are read from a table, whose columns say by their names what they are', () => {
    const column = (name: string, ...values: number[]) => ({ name, values: Float64Array.from(values) })
    const of = (...names: string[]) =>
      datasetFromTable(table([column('timestamp', 1), ...names.map((name) => column(name, 2))]), {
        source: 'rapl-sysfs',
        outputType: 'AbsPower',
      })
    const read = of(
      'f',
      'package_0_core_power',
      'dram_power',
      'package_power',
      'packge_ratio_0',
      'node_type',
      'some_power',
      'gpu_power',
    )
    assert.deepEqual(
      read.features.map(({ name }) => name),
      ['f', 'some_power'],
    )
    assert.deepEqual(
      read.powers.map(({ component, unit }) => [component, unit]),
      [
        ['package', undefined],
        ['core', '0'],
        ['dram', undefined],
      ],
    )
    assert.deepEqual(
      [read.ratios[0]?.unit, [...read.nodeTypes], read.rows, read.containerIds],
      ['0', [2], 1, undefined],
    )
    assert.throws(() => of('f', 'gpu_power'), {
      code: 'INVALID_DATA',
      message: /^no power of package, core, uncore, dram for source "rapl-sysfs"; power columns: gpu_power$/,
    })
    assert.throws(() => of('f'), { message: /power columns: none$/ })
    assert.throws(() => of('dram_power'), { message: 'the table has no feature columns' })
  })
})

describe('the extractors', () => {
  it('are found by their names', () => {
    assert.deepEqual([extractorNamed('default').name, extractorNamed('smooth').name], ['default', 'smooth'])
  })

  it('say why nothing comes of a response', () => {
    const metrics = {
      ...raplEnergy({ package: rates, dram: rates }),
      [usage]: [{ labels: container('a'), values: counter(rates) }],
    }
    const refused = (change: object, message: RegExp, outputType: 'AbsPower' | 'DynPower' = 'AbsPower') =>
      assert.throws(
        () => defaultExtractor().extract(madeResponse({ ...metrics, ...change }), { ...request, outputType }),
        { code: 'INVALID_DATA', message },
      )
    const later = {
      [usage]: [{ labels: container('a'), values: counter(rates), times: [5000, 5003, 5006, 5009, 5012, 5015] }],
    }
    refused(
      later,
      new RegExp(`^${usage}: no sample with a rate at a time of known power \\(5 times from 1003 to 1015\\)$`),
    )
    refused(later, /no sample with a rate/, 'DynPower')
    assert.throws(() => defaultExtractor().extract(madeResponse(metrics), { ...request, features: [] }), {
      field: 'features',
    })
  })
})

describe('what is said of a response', () => {
  const metrics = {
    ...raplEnergy({ package: rates, dram: rates }),
    [usage]: [{ labels: container('a'), values: counter(rates) }],
  }

  it('is which groups and sources can be used', () => {
    const report = validateResponse(madeResponse(metrics))
    const basic = report.groups.find(({ group }) => group === 'BPFOnly')
    assert.deepEqual(basic?.missing, ['kepler_container_bpf_page_cache_hit_total'])
    assert.ok(!report.groups.some(({ group }) => group === 'ThirdParty'))
    assert.deepEqual(report.sources, [
      { source: 'rapl-sysfs', components: ['package', 'core', 'uncore', 'dram'], known: true, missing: [] },
    ])
    assert.deepEqual([report.vocabulary, report.otherVocabularies, report.usable], ['kepler-0.7', [], false])
    assert.deepEqual(
      report.machines.map(({ name, samples, replicas }) => [name, samples, replicas]),
      [['node-1', 96, []]],
    )
    assert.deepEqual(report.extractions, [])
  })

  it('is what extraction makes of the group of most features', () => {
    const more = { ...metrics, kepler_container_bpf_page_cache_hit_total: metrics[usage]! }
    const report = validateResponse(madeResponse(more), { thirdParty: ['m'] })
    assert.deepEqual([report.usable, report.extractions.length], [true, 1])
    const [only] = report.extractions
    assert.deepEqual(
      [only?.source, only?.group, only?.rows, only?.error, only?.scrapes.length],
      ['rapl-sysfs', 'BPFOnly', 5, undefined, 1],
    )
    assert.deepEqual(report.groups.find(({ group }) => group === 'ThirdParty')?.missing, ['m'])
    const broken = {
      ...more,
      [usage]: [{ labels: container('a'), values: [1] }],
      kepler_container_bpf_page_cache_hit_total: [{ labels: container('a'), values: [1] }],
    }
    const [failed] = validateResponse(madeResponse(broken)).extractions
    assert.deepEqual([failed?.rows, failed?.scrapes, failed?.findings], [0, [], []])
    assert.match(failed?.error ?? '', /no sample with a rate/)
  })

  it('is what each metric has, and what is odd about it', () => {
    const reports = inspectResponse(
      madeResponse({
        b_total: [
          { labels: { mode: 'x' }, values: [1, 2, 3, 4, 5, 6], times: [0, 3, 6, 9, 12, 15] },
          { labels: { mode: 'y' }, values: [5, 4, 'NaN', 6, 7], times: [0, 3, 3, 2, 20] },
          { labels: { mode: 'z' }, values: [1], times: [40] },
          { labels: {}, values: [] },
        ],
        a: [{ labels: {}, values: [5, 4, 3], times: [0, 4.5, 9.1] }],
        none: [],
      }),
    )
    assert.deepEqual(
      reports.map(({ metric }) => metric),
      ['a', 'b_total', 'none'],
    )
    const [a, b, none] = reports
    const { samples, from, to, step, empty, single, gaps, resets, notFinite, duplicates, backSteps, example } = b!
    assert.deepEqual([samples, from, to, step, empty, single], [12, 0, 40, 3, 1, 1])
    assert.deepEqual([gaps, resets, notFinite, duplicates, backSteps, example], [1, 1, 1, 1, 1, '{mode=y}'])
    assert.deepEqual([a!.resets, a!.gaps, a!.example, metricRemarks(a!)], [0, 0, '', ''])
    assert.deepEqual(
      [none!.from, none!.to, none!.step, metricRemarks(none!)],
      [Number.NaN, Number.NaN, Number.NaN, 'no series'],
    )
    assert.match(metricRemarks(b!), /^1 empty series, 1 series of one sample, 1 gaps, 1 resets, .*; first \{mode=y\}$/)
  })
})
