import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { container, counter, type MadeSeries, madeResponse } from '../../../test/fixtures/response.js'
import { defaultExtractor } from '../default.js'
import type { ExtractRequest } from '../extractor.js'
import { meterOf } from '../meter.js'
import { parseIdentityRule } from './identity-rule.js'
import { isSameHost } from './labels.js'

type Labels = Readonly<Record<string, string>>
type Metrics = Record<string, MadeSeries[]>

const energy = 'kepler_node_package_joules_total'
const usage = 'kepler_container_bpf_cpu_time_ms_total'
const steps = 20
const flat = (rate: number, count = steps) => Array.from({ length: count }, () => rate)

/** A node of so many watts, whose container uses ten times as many milliseconds a second. */
function node(labels: Labels, watts: number, { start = 100, from = 1000, count = steps } = {}): Metrics {
  const times = Array.from({ length: count + 1 }, (_, i) => from + 3 * i)
  const { job: _, instance: _instance, ...own } = container('app')
  return {
    [energy]: [
      {
        labels: { source: 'rapl-sysfs', package: '0', mode: 'dynamic', ...labels },
        values: counter(flat(watts, count), start),
        times,
      },
    ],
    [usage]: [{ labels: { ...own, ...labels }, values: counter(flat(10 * watts, count), start), times }],
  }
}

function other(metric: string, labels: Labels, rate: number): Metrics {
  return { [metric]: [{ labels, values: counter(flat(rate)) }] }
}

function all(...parts: readonly Metrics[]): Metrics {
  const joined: Metrics = {}
  for (const part of parts)
    for (const [metric, series] of Object.entries(part)) joined[metric] = [...(joined[metric] ?? []), ...series]
  return joined
}

function extract(metrics: Metrics, request: Partial<ExtractRequest> = {}) {
  const { dataset, findings } = defaultExtractor().extract(madeResponse(metrics), {
    features: ['bpf_cpu_time_ms'],
    source: 'rapl-sysfs',
    outputType: 'AbsPower',
    ...request,
  })
  const mean = (values: Float64Array) => Math.round(values.reduce((a, b) => a + b, 0) / values.length)
  return {
    usage: mean(dataset.features[0]!.values),
    watts: mean(dataset.powers[0]!.values),
    rows: dataset.rows,
    kinds: findings.map(({ kind }) => kind).filter((kind) => kind !== 'missing component'),
    examples: findings.map(({ example }) => example).join('\n'),
  }
}

describe('whose measurements', () => {
  const one = { job: 'kepler', instance: '10.0.0.5:9102' }

  for (const label of ['replica', 'prometheus_replica', 'prometheus', 'whatever']) {
    it(`takes replicas that ${label} tells apart once, also where they scrape at other moments`, () => {
      const later = node({ ...one, [label]: 'b' }, 100, { start: 70 })
      const { watts, usage: used, kinds, examples } = extract(all(node({ ...one, [label]: 'a' }, 100), later))
      assert.deepEqual([watts, used, kinds], [100, 1000, ['replica']])
      assert.match(examples, new RegExp(`${label}=`))
    })
  }

  it('takes a target that two jobs scrape once', () => {
    const { watts, kinds } = extract(
      all(node(one, 100), node({ ...one, job: 'federate', exported_job: 'kepler' }, 100)),
    )
    assert.deepEqual([watts, kinds], [100, ['replica']])
  })

  for (const label of [
    'cluster',
    'tenant',
    'node',
    'node_name',
    'exported_node',
    'nodename',
    'exported_instance',
    'region',
  ]) {
    it(`never adds up machines that ${label} tells apart`, () => {
      const metrics = all(node({ ...one, [label]: 'a' }, 100), node({ ...one, [label]: 'b' }, 50))
      const { watts, usage: used, kinds, examples } = extract(metrics)
      assert.deepEqual([watts, used, kinds], [100, 1000, ['other exporter']])
      assert.match(examples, /--instance or --select/)
      assert.equal(extract(all(node({ ...one, [label]: 'a' }, 40), node({ ...one, [label]: 'b' }, 50))).watts, 40)
    })
  }

  it('chooses by any label that tells machines apart, and by those that a user names', () => {
    const metrics = all(node({ ...one, cluster: 'a' }, 100), node({ ...one, cluster: 'b' }, 50))
    assert.equal(extract(metrics, { instance: 'b' }).watts, 50)
    assert.throws(() => extract(metrics, { instance: 'c' }), {
      message: /instance "c"; there are 10\.0\.0\.5:9102 \(cluster=a\)/,
    })
    // Two machines that count alike: only a name tells that they are two.
    const racks = all(node({ ...one, rack: 'r1' }, 100), node({ ...one, rack: 'r2' }, 100))
    assert.deepEqual(extract(racks).kinds, ['replica'])
    assert.deepEqual(extract(racks, { machineLabels: ['rack'] }).kinds, ['other exporter'])
    assert.equal(extract(racks, { machineLabels: ['rack'], instance: 'r2' }).watts, 100)
  })

  it('follows an exporter to another address of the same node', () => {
    const before = node({ ...one, node: 'w1' }, 100)
    const after = node({ ...one, instance: '10.0.9.9:9102', node: 'w1' }, 100, { from: 1100, start: 5 })
    const { watts, rows, kinds } = extract(all(before, after))
    assert.deepEqual([watts, rows, kinds], [100, 2 * steps, []])
    // Somebody else's address at another time is somebody else.
    const stranger = node({ ...one, instance: '10.0.9.9:9102', node: 'w2' }, 100, { from: 1100, start: 5 })
    assert.deepEqual(extract(all(before, stranger)).kinds, ['other exporter'])
  })

  it('reads federation: an address that was moved, and one that was not', () => {
    const direct = node({ job: 'kepler', instance: 'w1' }, 100)
    const federated = node(
      { job: 'federate', instance: 'p:9090', exported_instance: 'w1', exported_job: 'kepler' },
      100,
    )
    const { watts, usage: used, kinds } = extract(all(direct, federated))
    assert.deepEqual([watts, used, kinds], [100, 1000, ['replica']])
    assert.deepEqual(extract(all(federated, direct)).kinds, ['replica'])
    const stranger = node({ job: 'federate', instance: 'p:9090', exported_instance: 'w2' }, 100)
    assert.deepEqual(extract(all(direct, stranger)).kinds, ['other exporter'])
  })
})

describe('measurements of other exporters', () => {
  const kepler = (n: number, watts: number) =>
    node({ job: 'kepler', instance: `10.0.0.${n}:9102`, node: `w${n}` }, watts)
  const cpu = 'node_cpu_seconds_total'
  const both = all(kepler(1, 100), kepler(2, 50))
  const request = { features: [cpu], thirdParty: [cpu] }

  it('join by the name of the node, the host of the address, or the one in place of the other', () => {
    for (const labels of [
      { instance: 'x:9100', node: 'w1' },
      { instance: '10.0.0.1:9100' },
      { instance: 'w1:9100' },
      { instance: 'w1.example.com:9100' },
      { instance: 'pushgateway', exported_instance: '10.0.0.1:9100' },
      { instance: 'x', nodename: 'w1.example.com' },
    ]) {
      const metrics = all(both, other(cpu, labels, 8), other(cpu, { instance: '10.0.0.2:9100', node: 'w2' }, 30))
      assert.equal(extract(metrics, request).usage, 8, JSON.stringify(labels))
    }
    assert.ok(!isSameHost('10.0.0.1', '10.0.0.1.example.com'))
    assert.ok(isSameHost('[fd00::1]:9100', 'fd00::1'))
  })

  it('are refused where nothing tells whose they are, and joined by a rule', () => {
    const metrics = all(
      both,
      other(cpu, { job: 'node-exporter', instance: 'a', rack: 'w1' }, 8),
      other(cpu, { job: 'node-exporter', instance: 'b', rack: 'w2' }, 30),
    )
    assert.throws(() => extract(metrics, request), { code: 'INVALID_DATA', field: cpu, message: /--identity/ })
    const identity = [parseIdentityRule('node_exporter: rack -> node')]
    assert.equal(extract(metrics, { ...request, identity }).usage, 8)
    assert.equal(extract(metrics, { ...request, identity, instance: 'w2' }).usage, 30)
    const values = [parseIdentityRule('node_exporter: instance="b" -> node="w1"')]
    assert.equal(extract(metrics, { ...request, identity: values }).usage, 30)
    assert.throws(() => parseIdentityRule('node_exporter: rack'), { code: 'INVALID_REQUEST', field: 'identity' })
  })

  it('say so where one other machine is taken for the only one', () => {
    const metrics = all(kepler(1, 100), other(cpu, { instance: 'elsewhere' }, 8))
    assert.deepEqual([extract(metrics, request).usage, extract(metrics, request).kinds], [8, ['machine assumed']])
    const wrong = all(kepler(1, 100), other(cpu, { instance: 'elsewhere', node: 'w7' }, 8))
    assert.throws(() => extract(wrong, request), { code: 'INVALID_DATA' })
  })

  it('count once where replicas scraped them, and only the series that are selected', () => {
    const cores = ['0', '1'].flatMap((core) =>
      ['user', 'idle'].flatMap((mode) =>
        ['a', 'b'].map((replica) =>
          other(cpu, { node: 'w1', instance: 'x', core, mode, replica }, mode === 'user' ? 3 : 1),
        ),
      ),
    )
    const metrics = all(kepler(1, 100), ...cores)
    assert.deepEqual([extract(metrics, request).usage, extract(metrics, request).kinds], [8, ['replica']])
    const busy = `${cpu}{mode!="idle"}`
    assert.equal(extract(metrics, { features: [busy], thirdParty: [busy] }).usage, 6)
    const named = `busy=${busy}`
    assert.equal(extract(metrics, { features: [named], thirdParty: [named] }).usage, 6)
    const none = `${cpu}{mode="sleep"}`
    assert.throws(() => extract(metrics, { features: [none], thirdParty: [none] }), { message: /none of the 8 series/ })
  })

  it('are taken as they are where they fall now and then', () => {
    const values = Array.from({ length: steps + 1 }, (_, i) => 40 + (i % 2 === 0 ? 10 : -10))
    const metrics = { ...kepler(1, 100), gpu_util: [{ labels: { instance: 'w1' }, values }] }
    assert.equal(extract(metrics, { features: ['gpu_util'], thirdParty: ['gpu_util'] }).usage, 40)
    const constant = { ...kepler(1, 100), gpu_util: [{ labels: { instance: 'w1' }, values: flat(70, steps + 1) }] }
    const gauge = 'gauge(gpu_util)'
    assert.equal(extract(constant, { features: [gauge], thirdParty: [gauge] }).usage, 70)
  })
})

describe('meters', () => {
  const kepler = (n: number, ms: number) => node({ job: 'kepler', instance: `10.0.0.${n}:9102`, node: `w${n}` }, ms)
  const meter = (metric: string, unit = 'watts', more: { source?: string; component?: string } = {}) => [
    meterOf({ metric, unit, ...more }),
  ]
  const gauge = (metric: string, labels: Labels, watts: number): Metrics => ({
    [metric]: [{ labels, values: flat(watts, steps + 1) }],
  })

  it('give the watts of the machine that they measure, all of its supplies', () => {
    const ipmi = (n: number, supply: string, watts: number) =>
      gauge('ipmi_power_watts', { job: 'ipmi', instance: `w${n}:9290`, supply }, watts)
    const metrics = all(kepler(1, 10), kepler(2, 20), ipmi(1, 'a', 150), ipmi(1, 'b', 160), ipmi(2, 'a', 400))
    const request = { source: 'acpi', meters: meter('ipmi_power_watts') }
    assert.equal(extract(metrics, request).watts, 310)
    assert.equal(extract(metrics, { ...request, instance: 'w2' }).watts, 400)
    assert.equal(extract(metrics, { ...request, meters: meter('ipmi_power_watts{supply="a"}') }).watts, 150)
    assert.throws(() => extract(metrics, { ...request, meters: meter('ipmi_power_watts{supply="c"}') }), {
      message: /has no series/,
      field: 'power-metric',
    })
  })

  it('count joules, kilowatt-hours or milliwatts', () => {
    const at = { instance: 'w1' }
    const watts = (metrics: Metrics, unit: string) =>
      extract(all(kepler(1, 10), metrics), { source: 'acpi', meters: meter('m', unit) }).watts
    assert.equal(watts(other('m', at, 250), 'joules'), 250)
    assert.equal(watts(other('m', at, 250 / 3.6e6), 'kilowatt-hours'), 250)
    assert.equal(watts(gauge('m', at, 250_000), 'milliwatts'), 250)
    assert.throws(() => meter('m', 'horsepower'), { code: 'INVALID_REQUEST', field: 'power-unit' })
    assert.throws(() => meter('{a="b"}'), { code: 'INVALID_REQUEST', field: 'power-metric' })
  })

  it('join by a rule, measure where Kepler does not, and come before it where it does', () => {
    const pdu = (outlet: string, watts: number) => gauge('pdu', { instance: 'pdu', outlet }, watts)
    const metrics = all(kepler(1, 10), kepler(2, 20), pdu('3', 300), pdu('4', 400))
    const identity = [parseIdentityRule('pdu: outlet="3" -> node="w1", outlet="4" -> node="w2"')]
    const request = { source: 'acpi', meters: meter('pdu'), identity }
    assert.equal(extract(metrics, request).watts, 300)
    assert.equal(extract(metrics, { ...request, instance: 'w2' }).watts, 400)
    const own = extract(metrics, {
      source: 'rapl-sysfs',
      identity,
      meters: meter('pdu', 'watts', { component: 'package' }),
    })
    assert.equal(own.watts, 300)
    const oil = extract(metrics, { source: 'oil', identity, meters: meter('pdu', 'watts', { source: 'oil' }) })
    assert.equal(oil.watts, 300)
  })

  it('follow usage where a load stays the same for several scrapes', () => {
    const level = (time: number) => ((Math.floor(time / 45) * 7) % 10) / 10
    const scraped = (time: number) => Math.floor(time / 15) * 15
    const times = Array.from({ length: 301 }, (_, i) => 9000 + 3 * i)
    const busy: number[] = [0]
    for (let second = 9000; second < 9900; second++) busy.push(busy.at(-1)! + 1000 * level(second))
    const { job: _, instance: _instance, ...own } = container('app')
    const metrics: Metrics = {
      [usage]: [{ labels: { ...own, instance: 'w1:9102' }, times, values: times.map((t) => busy[scraped(t) - 9000]!) }],
      pdu: [{ labels: { instance: 'w1:9116' }, times, values: times.map((t) => 60 + 100 * level(scraped(t))) }],
    }
    const { dataset } = defaultExtractor().extract(madeResponse(metrics), {
      features: ['bpf_cpu_time_ms'],
      source: 'acpi',
      outputType: 'AbsPower',
      meters: meter('pdu'),
    })
    const watts = dataset.powers[0]!.values
    const off = dataset.features[0]!.values.map((ms, i) => Math.abs(60 + ms / 10 - watts[i]!))
    assert.ok(dataset.rows > 50)
    // Exact but for the rows in which the load changes.
    assert.ok(off.filter((value) => value < 1).length >= 0.6 * dataset.rows)
  })
})
