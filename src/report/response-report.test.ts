import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { tableCells } from '../../test/support/report-scene.js'
import type { MetricReport } from '../extract/inspect.js'
import type { ValidationReport } from '../extract/validate.js'
import { type PlotLibrary, plotLibrary } from '../plot/draw/plot-library.js'
import { type ResponseReportOptions, responseReport } from './response-report.js'

const metric = (name: string, more: Partial<MetricReport> = {}): MetricReport => ({
  ...{ metric: name, series: 2, samples: 10, from: 0, to: 90, step: 10.00004, empty: 0, single: 0, gaps: 0, resets: 0 },
  ...{ notFinite: 0, notNumbers: 0, duplicates: 0, backSteps: 0, example: '' },
  ...more,
})

const validation = (more: Partial<ValidationReport> = {}): ValidationReport => ({
  ...{ metrics: [], groups: [], sources: [], vocabulary: 'kepler', otherVocabularies: [], machines: [] },
  ...{ extractions: [], usable: true },
  ...more,
})

const machine = (name: string, labels: Readonly<Record<string, string>> = {}) => ({
  ...{ name, labels, samples: 1, replicas: [] },
})

describe('the report of a response', () => {
  let library: PlotLibrary
  before(async () => {
    library = await plotLibrary()
  })
  const page = (more: Partial<ValidationReport> = {}, options: Partial<ResponseReportOptions> = {}) =>
    responseReport(library, {
      ...{ title: 'mine', validation: validation(more), splits: [], footer: 'made today' },
      data: { datasets: [], findings: [], failures: [] },
      ...options,
    })
  const facts = (markup: string) =>
    [...markup.matchAll(/<li><b>(\d+)<\/b>([^<]*)<\/li>/g)].map(([, value, text]) => [text, value])

  it('counts metrics, series, samples and machines, and says whether models can be trained', () => {
    const markup = page({
      metrics: [metric('a'), metric('b', { series: 3, samples: 7 })],
      machines: [machine('m')],
    })
    assert.match(markup, /<h1>Measurements mine<\/h1>/)
    assert.match(markup, /<footer>made today<\/footer>/)
    assert.deepEqual(facts(markup), [
      ['metrics', '2'],
      ['series', '5'],
      ['samples', '17'],
      ['machines with a meter', '1'],
    ])
    assert.match(markup, /Models can be trained on this/)
    const useless = page({ usable: false })
    assert.match(useless, /class="warning">Nothing can be trained on this/)
    assert.doesNotMatch(useless, /Models can be trained on this/)
  })

  it('has a row for each feature group and source, usable or with what is missing', () => {
    const rows = tableCells(
      page({
        groups: [
          { group: 'BPFOnly', missing: [] },
          { group: 'CounterOnly', missing: ['cache_miss', 'cpu_cycles'] },
        ],
        sources: [
          { source: 'rapl-sysfs', components: ['package', 'core'], known: true, missing: ['dram'] },
          { source: '', components: [], known: false, missing: [] },
        ],
      }),
    )
    assert.deepEqual(rows.slice(0, 5), [
      ['For training', 'Usable', 'Has', 'Missing'],
      ['BPFOnly', 'yes', '', ''],
      ['CounterOnly', 'no', '', 'cache_miss, cpu_cycles'],
      ['rapl-sysfs', 'yes', 'package, core', 'dram'],
      ['(no source)', 'no', '', ''],
    ])
  })

  it('lists machines with their labels, thirty at most', () => {
    const items = (markup: string) =>
      [...markup.matchAll(/<li>(<bdi>.*?)<\/li>/g)].map(([, item]) => item?.replace(/<[^>]+>/g, ''))
    assert.match(page(), /No machine has a meter/)
    const one = page({ machines: [machine('', { job: 'x', node: 'y' })] })
    assert.deepEqual(items(one), ['(no instance) {job=x, node=y}'])
    assert.doesNotMatch(one, /No machine has a meter|One machine at a time/)
    assert.match(page({ machines: [machine('a'), machine('b')] }), /One machine at a time is trained on/)
    const many = (count: number) => page({ machines: Array.from({ length: count }, (_, i) => machine(`m${i}`)) })
    assert.equal(items(many(30)).length, 30)
    assert.doesNotMatch(many(30), /machines are shown/)
    assert.deepEqual([items(many(31)).length, items(many(31)).at(-1)], [30, 'm29 {}'])
    assert.match(many(31), /30 of 31 machines are shown/)
  })

  it('has metrics with their times and steps, those with remarks first', () => {
    const none = metric('none', { series: 0, samples: 0, from: Number.NaN, to: Number.NaN, step: Number.NaN })
    const gappy = metric('gappy', { gaps: 2, example: '{pod="x"}' })
    const rows = tableCells(page({ metrics: [metric('good'), none, metric('also'), gappy] }))
    assert.deepEqual(rows, [
      ['Metric', 'Series', 'Samples', 'Step (s)', 'From (UTC)', 'To (UTC)', 'Remarks'],
      ['none', '0', '0', '–', '–', '–', 'no series'],
      ['gappy', '2', '10', '10', '1970-01-01 00:00:00', '1970-01-01 00:01:30', '2 gaps; first {pod=&quot;x&quot;}'],
      ['good', '2', '10', '10', '1970-01-01 00:00:00', '1970-01-01 00:01:30', ''],
      ['also', '2', '10', '10', '1970-01-01 00:00:00', '1970-01-01 00:01:30', ''],
    ])
  })

  it('has 150 metrics at most, and says how many there are', () => {
    const many = (count: number) => page({ metrics: Array.from({ length: count }, (_, i) => metric(`metric ${i}`)) })
    assert.equal(tableCells(many(150)).length, 151)
    assert.doesNotMatch(many(150), /metrics are shown/)
    assert.equal(tableCells(many(151)).length, 151)
    assert.match(many(151), /150 of 151 metrics are shown/)
  })

  it('draws what the isolator makes of each source, or says why it cannot', () => {
    const split = {
      ...{ source: 'acpi', isolator: 'min', times: [0, 10, 20], gaps: [], notes: [], findings: [] },
      components: [{ component: 'platform', idle: [5, 5, 5], background: [0, 0, 1], dynamic: [1, 2, 3] } as const],
    }
    const markup = page({}, { splits: [split, { source: 'rapl-sysfs', why: 'it was never idle' }] })
    const ids = [...markup.matchAll(/<h2 id="([^"]+)"/g)].map(([, id]) => id)
    assert.deepEqual(ids, ['trainable', 'data', 'isolation', 'metrics'])
    assert.match(markup, /<h3><bdi>acpi<\/bdi><\/h3><figure><svg class="wide"[\s\S]*<svg class="narrow"/)
    assert.match(markup, /<h3><bdi>rapl-sysfs<\/bdi><\/h3><p class="warning">[^<]*: it was never idle<\/p>/)
    assert.doesNotMatch(page(), /id="isolation"/)
  })
})
