import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { madeResponse } from '../../test/fixtures/response.js'
import type { Series } from '../prometheus/response.js'
import { cleanSeries } from './clean.js'
import { describeLabels, findings, without } from './findings.js'
import { looksLikeGauge } from './gauge.js'
import { seriesOf } from './lookup.js'
import { describeMeter, meterOf, meterSeries, parseMeters } from './meter.js'
import { containerRatios, nodeRatio, ratioUnits } from './ratio.js'
import { parseThirdParty, splitMetrics } from './third-party.js'

const series = (times: readonly number[], values: readonly number[], labels = {}): Series =>
  ({
    metric: 'm_total',
    labels,
    timestamps: Float64Array.from(times),
    values: Float64Array.from(values),
  }) as unknown as Series
const invalid = (message: RegExp) => ({ code: 'INVALID_REQUEST', message })

describe('a clean series', () => {
  const cleaned = (times: readonly number[], values: readonly number[]) => {
    const found = findings()
    const { timestamps, values: kept } = cleanSeries(series(times, values, { zone: 'z' }), found)
    const told = found.list().map(({ kind, count, metric, example }) => [kind, count, metric, example])
    return [[...timestamps], [...kept], told]
  }

  it('keeps its arrays', () => {
    const one = series([1, 2, 3], [4, 5, 6])
    const { timestamps, values } = cleanSeries(one, findings())
    assert.equal(timestamps, one.timestamps)
    assert.equal(values, one.values)
  })

  it('has only finite samples, each time once, in their order, and says what was done', () => {
    assert.deepEqual(cleaned([1, 2, 3], [Number.NaN, 5, Number.POSITIVE_INFINITY]), [
      ...[[2], [5]],
      [['not finite', 2, 'm_total', '{zone=z}']],
    ])
    assert.deepEqual(cleaned([1, 3, 2], [4, 6, 5]), [
      [1, 2, 3],
      [4, 5, 6],
      [['clock steps back', 1, 'm_total', '{zone=z}']],
    ])
    assert.deepEqual(cleaned([1, 2, 2], [4, 5, 6]), [[1, 2], [4, 6], [['duplicate time', 1, 'm_total', '{zone=z}']]])
    assert.deepEqual(cleaned([], []), [[], [], [['empty series', 1, 'm_total', '{zone=z}']]])
  })
})

describe('findings', () => {
  it('are added up by metric and kind, with the first example and what is done about it', () => {
    const found = findings()
    found.add('gap', 'a', 2, 'first')
    found.add('gap', 'a', 3, 'second')
    found.add('gap', 'b', 1, 'other')
    found.add('counter reset', 'a', 0, 'none')
    assert.deepEqual(found.list(), [
      { kind: 'gap', metric: 'a', count: 5, example: 'first', effect: 'the rate is the mean over the gap' },
      { kind: 'gap', metric: 'b', count: 1, example: 'other', effect: 'the rate is the mean over the gap' },
    ])
  })

  it('may take no notice of a kind', () => {
    const found = findings()
    const rest = without('gap', found)
    rest.add('gap', 'a', 1, 'x')
    rest.add('replica', 'a', 1, 'x')
    assert.deepEqual(
      rest.list().map(({ kind }) => kind),
      ['replica'],
    )
  })

  it('name a series by the labels that tell it from others', () => {
    const labels = { job: 'j', source: 's', container_name: 'x'.repeat(50), pid: '7' }
    assert.equal(describeLabels(labels), `{container_name=${'x'.repeat(40)}, pid=7, source=s}`)
    assert.equal(describeLabels({ job: 'j' }), '{}')
  })
})

describe('a gauge', () => {
  const falls = (values: readonly number[], metric = 'watts') =>
    looksLikeGauge(metric, [
      series(
        values.map((_, i) => i),
        values,
      ),
    ])

  it('falls in more than a tenth of its moves, and does not say that it counts', () => {
    const rising = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
    assert.equal(falls([...rising, 5]), false)
    assert.equal(falls([1, 2, 3, 4, 5, 6, 7, 8, 9, 5]), true)
    assert.equal(falls([3, 3, 3]), false)
    assert.equal(falls([3, 2]), true)
    for (const ending of ['total', 'sum', 'count', 'bucket']) assert.equal(falls([3, 2], `m_${ending}`), false)
    for (const name of ['total', 'm_totals', 'm_total_x']) assert.equal(falls([3, 2], name), true)
  })
})

describe('a metric that is looked up', () => {
  const refused = (metrics: Parameters<typeof madeResponse>[0], metric: string, message: RegExp | string) =>
    assert.throws(() => seriesOf(madeResponse(metrics), metric), { code: 'INVALID_DATA', field: metric, message })

  it('has series, or is an error that says what is there', () => {
    const one = { labels: {}, values: [1] }
    assert.equal(seriesOf(madeResponse({ a: [one] }), 'a').length, 1)
    refused({ a: [] }, 'a', 'metric a is in the response, but has no series')
    refused({}, 'a', 'metric a is missing; the response has no metrics at all')
    refused({ c: [one], b: [one] }, 'a', 'metric a is missing; the response has b, c')
    const names = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`m${100 + i}`, [one]]))
    refused(names(40), 'a', /m138, m139$/)
    refused(names(42), 'a', /m139 and 2 more$/)
  })
})

describe('a meter', () => {
  it('has a unit, a component, and the source that Kepler asks for it by', () => {
    const source = (component: string) => meterOf({ metric: 'w', unit: 'watts', component }).source
    assert.deepEqual(['platform', 'package', 'core', 'uncore', 'dram', 'gpu'].map(source), [
      ...['acpi', 'rapl-sysfs', 'rapl-sysfs', 'rapl-sysfs', 'rapl-sysfs', 'gpu'],
    ])
    const meter = meterOf({ metric: 'w{a="b"}', unit: 'kilowatts', source: 'mine' })
    assert.deepEqual([meter.component, meter.source, meter.selector.metric], ['platform', 'mine', 'w'])
    assert.equal(describeMeter(meter), 'w{a="b"} in kilowatts')
  })

  it('that is wrong is named by its field', () => {
    const wrong = (given: object, field: string, message: RegExp) =>
      assert.throws(() => meterOf({ metric: 'w', unit: 'watts', ...given }), { ...invalid(message), field })
    wrong({ unit: 'horses' }, 'power-unit', /^meter: unit "horses": /)
    wrong({ component: 'cpu' }, 'power-component', /^meter: component "cpu": /)
    wrong({ source: 'a b' }, 'power-source', /^meter: source "a b": is no name of an energy source/)
    wrong({ metric: '{a="b"}' }, 'power-metric', /names no metric$/)
  })

  it('stands in a file, alone or among others', () => {
    const one = '{"metric": "w", "unit": "watts", "component": "dram", "source": "x"}'
    assert.deepEqual(
      parseMeters(one, 'f').map(({ component, source }) => [component, source]),
      [['dram', 'x']],
    )
    assert.equal(parseMeters(`[${one}, {"metric": "v", "unit": "joules"}]`, 'f')[1]?.source, 'acpi')
    const wrong = (text: string, message: RegExp) =>
      assert.throws(() => parseMeters(text, 'f.json'), { code: 'INVALID_CONFIG', field: 'power-meters', message })
    wrong('{', /^f\.json is not JSON: /)
    for (const text of ['[]', '7', '{"metric": "w"}', '{"metric": "w", "unit": "watts", "colour": 1}'])
      wrong(text, /^f\.json: /)
  })

  it('counts joules, of whatever unit, in the series that it names', () => {
    const response = madeResponse({
      w: [
        { labels: { id: '1' }, values: [0, 1, 2] },
        { labels: { id: '2' }, values: [5, 5, 5] },
      ],
    })
    const last = (unit: string) => [
      ...meterSeries(meterOf({ metric: 'w{id="1"}', unit }), response).map(({ values }) => values.at(-1)),
    ]
    assert.deepEqual(['joules', 'watt-hours', 'kilowatt-hours'].map(last), [[2], [7200], [7.2e6]])
    const watts = meterSeries(meterOf({ metric: 'w{id="2"}', unit: 'watts' }), response)[0]!
    const milli = meterSeries(meterOf({ metric: 'w{id="2"}', unit: 'milliwatts' }), response)[0]!
    const kilo = meterSeries(meterOf({ metric: 'w{id="2"}', unit: 'kilowatts' }), response)[0]!
    const joules = (one: Series) => one.values.at(-1)! - one.values[0]!
    assert.ok(joules(watts) > 0 && watts.labels.__type__ === 'gauge')
    assert.ok(
      Math.abs(joules(watts) / joules(milli) - 1000) < 1e-6 && Math.abs(joules(kilo) / joules(watts) - 1000) < 1e-6,
    )
    assert.deepEqual(meterSeries(meterOf({ metric: 'none', unit: 'watts' }), response), [])
  })
})

describe('a metric of another exporter', () => {
  it('may have a name, a selector, and be said to be a gauge', () => {
    const read = (text: string) => {
      const { feature, metric, gauge } = parseThirdParty(text)
      return [feature, metric, gauge]
    }
    assert.deepEqual(read('m'), ['m', 'm', undefined])
    assert.deepEqual(read(' mine = m{a="b"} '), ['mine', 'm', undefined])
    assert.deepEqual(read('gauge( m )'), ['m', 'm', true])
    assert.deepEqual(read('mine=gauge(m{a="1"})'), ['mine', 'm', true])
    assert.deepEqual(read('m{mode!="idle"}'), ['m{mode!="idle"}', 'm', undefined])
    assert.throws(() => parseThirdParty('{a="b"}'), { ...invalid(/names no metric/), field: 'thirdparty-metrics' })
  })

  it('stands in a list whose commas are not those of selectors', () => {
    assert.deepEqual(splitMetrics('a, b{x="1,2",y=~"z"} ,, c'), ['a', 'b{x="1,2",y=~"z"}', 'c'])
    assert.deepEqual(splitMetrics('a{x="}",y="1"},b'), ['a{x="}",y="1"}', 'b'])
    assert.deepEqual(splitMetrics(String.raw`a{x="\",",y="1"},b`), [String.raw`a{x="\",",y="1"}`, 'b'])
    assert.deepEqual(splitMetrics("a{x='\",'},b{x=`',`}"), ["a{x='\",'}", "b{x=`',`}"])
    assert.deepEqual(splitMetrics('gauge(a,b),c'), ['gauge(a,b)', 'c'])
    assert.deepEqual(splitMetrics('a"1,2",b'), ['a"1,2"', 'b'])
    assert.deepEqual([splitMetrics(undefined), splitMetrics('')], [[], []])
  })
})

describe('shares of packages', () => {
  const share = (unit: string | undefined, times: number[], values: number[], id = 'a') =>
    series(times, values, { ...(unit !== undefined && { pkg_id: unit }), container_id: id })

  it('are in the order of their numbers; one without is the first', () => {
    assert.deepEqual(
      ratioUnits([share('10', [], []), share('2', [], []), share(undefined, [], []), share('2', [], [])]),
      ['0', '2', '10'],
    )
  })

  it('add up to 1 where there is any, over all containers', () => {
    const all = [share('0', [1, 2], [1, 0]), share('1', [1, 2, 3], [3, 0, 5]), share('0', [1], [2], 'b')]
    const { clock, columns } = nodeRatio(all, ['0', '1'], findings())
    assert.deepEqual(
      [[...clock], columns.map((column) => [...column])],
      [
        [1, 3],
        [
          [0.5, 0],
          [0.5, 1],
        ],
      ],
    )
    const own = containerRatios(all, ['0', '1'], 'container', findings())
    assert.equal(own.size, 2)
    assert.deepEqual(
      [...own.values()].map(({ columns: [first] }) => [...first!]),
      [[0.25, 0], [1]],
    )
  })
})
