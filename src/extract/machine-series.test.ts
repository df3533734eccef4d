import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { counter, type MadeSeries, madeResponse } from '../../test/fixtures/response.js'
import type { Labels } from '../prometheus/labels.js'
import type { PrometheusResponse } from '../prometheus/response.js'
import { vocabularyNamed } from '../vocabulary/vocabularies.js'
import { findings } from './findings.js'
import { machinesOf } from './identity/machines.js'
import { asGuest, identityOptions, seriesOfMachine } from './machine-series.js'
import { meterOf } from './meter.js'

type Metrics = Record<string, MadeSeries[]>
type Wanted = Partial<Parameters<typeof seriesOfMachine>[2]>

const usageMetric = 'kepler_container_bpf_cpu_time_ms_total'
const packageMetric = 'kepler_node_package_joules_total'

/** Energy of a package of so many watts, for so many steps. */
const joules = (labels: Labels, watts: number, steps = 9): MadeSeries => ({
  labels: { job: 'kepler', source: 'rapl-sysfs', package: '0', ...labels },
  values: counter(Array.from({ length: steps }, () => watts)),
})
const used = (labels: Labels, rate = 10, steps = 9): MadeSeries => ({
  labels: { job: 'kepler', container_id: 'x', ...labels },
  values: counter(Array.from({ length: steps }, () => rate)),
})

function chosen(metrics: Metrics, wanted: Wanted = {}, usage = usageMetric, vocabulary = 'kepler-0.7') {
  const response: PrometheusResponse = madeResponse(metrics)
  const found = findings()
  const machine = seriesOfMachine(
    response,
    vocabularyNamed(vocabulary),
    { source: 'rapl-sysfs', vm: false, ...wanted },
    () => response.series.get(usage) ?? [],
    found,
  )
  const told = found.list().filter(({ kind }) => kind !== 'missing component')
  return { machine, response, found: told.map(({ kind, metric, count, example }) => [kind, metric, count, example]) }
}
const watts = ({ machine }: ReturnType<typeof chosen>, component: 'package' | 'dram' | 'platform' = 'package') =>
  machine.energy
    .get(component)
    ?.map(({ values }) => Math.round((values.at(-1)! - values[0]!) / 3 / (values.length - 1)))

describe('which labels tell machines apart', () => {
  it('are all that exporters do not set, and in a host of guests their names', () => {
    const node = identityOptions()
    assert.ok(node.measured.has('vm_id') && node.measured.has('container_id') && !node.measured.has('instance'))
    assert.deepEqual([node.machineLabels, node.nameLabels], [[], undefined])
    const guests = identityOptions({ vm: true, machineLabels: ['zone'] })
    assert.ok(!['vm_id', 'vm_name', 'zone'].some((label) => guests.measured.has(label)))
    assert.ok(guests.measured.has('package'))
    assert.deepEqual(
      [guests.machineLabels, guests.nameLabels],
      [
        ['zone', 'vm_name', 'vm_id'],
        ['vm_name', 'vm_id'],
      ],
    )
  })
})

describe('the machine of a dataset', () => {
  const nodes = (count: number): Metrics => ({
    [packageMetric]: Array.from({ length: count }, (_, i) => joules({ instance: `w${i}` }, 10 * (i + 1), 20 - i)),
  })

  it('is the one of most samples, and up to three others are named', () => {
    assert.deepEqual(watts(chosen(nodes(1))), [10])
    assert.deepEqual(chosen(nodes(1)).found, [])
    const others = (count: number) => chosen(nodes(count)).found
    const choose = '(taken: w0; choose with --instance or --select)'
    assert.deepEqual(others(2), [['other exporter', packageMetric, 1, `w1 ${choose}`]])
    assert.deepEqual(others(4), [['other exporter', packageMetric, 3, `w1, w2, w3 ${choose}`]])
    assert.deepEqual(others(6), [['other exporter', packageMetric, 5, `w1, w2, w3 and 2 more ${choose}`]])
  })

  it('is the one that is named', () => {
    const second = chosen(nodes(3), { instance: 'w1' })
    assert.deepEqual([watts(second), second.found], [[20], []])
    assert.throws(() => chosen(nodes(2), { instance: 'w7' }), {
      code: 'INVALID_DATA',
      message: 'no energy was measured by instance "w7"; there are w0, w1',
    })
    assert.throws(() => chosen({ [packageMetric]: [joules({}, 1)] }, { instance: 'w7' }), {
      message: /there are \(no instance\)$/,
    })
    const nameless = { [packageMetric]: [joules({}, 10), joules({ cluster: 'c' }, 90)] }
    assert.match(
      String(chosen({ [packageMetric]: [joules({}, 10, 12), joules({ region: 'c' }, 900)] }).found[0]![3]),
      /taken: \(no instance\)/,
    )
    assert.equal(chosen(nameless).found.length, 1)
  })

  it('has each component of its own alone', () => {
    const two = chosen({
      ...nodes(2),
      kepler_node_dram_joules_total: [joules({ instance: 'w1' }, 3), joules({ instance: 'w0' }, 5, 40)],
      kepler_node_core_joules_total: [joules({ instance: 'w1' }, 3)],
    })
    assert.deepEqual([watts(two), watts(two, 'dram')], [[10], [5]])
    assert.deepEqual([...two.machine.energy.keys()], ['package', 'dram'])
    const usage = two.response.series.get(packageMetric)!
    assert.deepEqual(two.machine.own(usage), [usage[0]])
    assert.deepEqual(two.machine.ofEnergy(usage), [usage[0]])
  })

  it('has a replica left out, by the label that differs', () => {
    const { found } = chosen({
      [packageMetric]: [
        joules({ instance: 'w', replica: 'a' }, 10, 12),
        joules({ instance: 'w', replica: 'b' }, 10),
        joules({ instance: 'w' }, 10, 8),
      ],
    })
    const example = 'replica=b (taken: replica=a; choose with --select)'
    assert.deepEqual(found, [['replica', packageMetric, 2, example]])
    const more = chosen({ [packageMetric]: [joules({ instance: 'w' }, 10, 12), joules({ instance: 'w', x: 'y' }, 10)] })
    assert.equal(more.found[0]![3], 'x=y (taken: x=; choose with --select)')
  })

  it('is not a virtual machine in it, unless there is nothing else', () => {
    const guest = joules({ instance: 'w', job: 'vm' }, 77, 30)
    const host = joules({ instance: 'w' }, 10)
    assert.deepEqual(watts(chosen({ [packageMetric]: [guest, host] })), [10])
    assert.deepEqual(watts(chosen({ [packageMetric]: [guest] })), [77])
    const named = { [packageMetric]: [joules({ instance: 'w', job: 'mine' }, 77, 30), host] }
    assert.deepEqual(watts(chosen(named, { vmJob: 'mine' })), [10])
    assert.deepEqual(watts(chosen(named)), [77])
  })

  it('is one machine for what others measured, and several are several', () => {
    const stranger = madeResponse({ m: [{ labels: { instance: 'x' }, values: [1, 2] }] }).series.get('m')!
    assert.equal(chosen(nodes(1)).machine.joined(stranger).length, 1)
    assert.throws(() => chosen(nodes(2)).machine.joined(stranger), { code: 'INVALID_DATA', field: 'm' })
    const own = findings()
    const { machine, found } = chosen(nodes(1))
    machine.joined(stranger, own)
    assert.deepEqual([own.list().length, found], [1, []])
  })
})

describe('the machine that a meter measures', () => {
  const meter = (metric = 'pdu', component?: string) =>
    meterOf({ metric, unit: 'joules', source: 'acpi', ...(component !== undefined && { component }) })
  const of = (instance: string, rate: number): MadeSeries => ({
    labels: { instance },
    values: counter(Array.from({ length: 9 }, () => rate)),
  })
  const usage = [used({ instance: 'w0' }, 10, 20), used({ instance: 'w1' }, 20), used({ instance: 'w2' }, 30, 8)]

  it('is the first with usage that it measures', () => {
    const first = chosen(
      { [usageMetric]: usage, pdu: [of('w0', 5), of('w1', 7)] },
      { source: 'acpi', meters: [meter()] },
    )
    assert.deepEqual(watts(first, 'platform'), [5])
    const choose = '(taken: w0; choose with --instance or --select)'
    assert.deepEqual(first.found, [
      ['other machine', 'pdu', 1, 'instance=w1 (taken: instance=w0)'],
      ['other exporter', usageMetric, 2, `w1, w2 ${choose}`],
    ])
    const second = chosen({ [usageMetric]: usage, pdu: [of('w1', 7)] }, { source: 'acpi', meters: [meter()] })
    assert.deepEqual(watts(second, 'platform'), [7])
    const series = second.response.series.get(usageMetric)!
    assert.deepEqual(second.machine.own(series), [series[1]])
  })

  it('is the one that is named, or the error says why not', () => {
    const metrics = { [usageMetric]: usage, pdu: [of('w0', 5), of('w1', 7)] }
    const wanted = { source: 'acpi', meters: [meter()] }
    assert.deepEqual(watts(chosen(metrics, { ...wanted, instance: 'w1' }), 'platform'), [7])
    const refused = (more: Wanted, message: RegExp, given: Metrics = metrics) =>
      assert.throws(() => chosen(given, { ...wanted, ...more }), { code: 'INVALID_DATA', message })
    refused({ instance: 'w2' }, /no series of the machine w2/)
    refused({ instance: 'w9' }, /^no usage was measured by instance "w9"; there are w0, w1, w2$/)
    refused({}, /^no machine has usage to go with the meter of acpi$/, { pdu: [of('w0', 5)] })
    refused({ meters: [meter('none')] }, /^the meter none in joules has no series$/)
    // The first machine's error is told, though the last one has none either.
    refused({}, /no series of the machine w0/, { ...metrics, pdu: [of('x', 1)] })
  })

  it('has the series of all meters of its source, by component', () => {
    const metrics = { [usageMetric]: usage, pdu: [of('w0', 5)], ups: [of('w0', 6)], dimm: [of('w0', 2)] }
    const both = chosen(metrics, { source: 'acpi', meters: [meter(), meter('ups'), meter('dimm', 'dram')] })
    assert.deepEqual([watts(both, 'platform'), watts(both, 'dram')], [[5, 6], [2]])
    // Meters of another source are not asked.
    const other = { ...metrics, [packageMetric]: [joules({ instance: 'w0' }, 3)] }
    assert.deepEqual(watts(chosen(other, { meters: [meter()] })), [3])
  })
})

describe('a guest', () => {
  const vm = (id: string, power: number, labels: Labels = {}): MadeSeries => ({
    labels: {
      job: 'kepler',
      instance: 'h',
      node_name: 'h',
      zone: 'package',
      vm_id: id,
      vm_name: `name-${id}`,
      ...labels,
    },
    values: counter(Array.from({ length: 9 }, () => power)),
  })
  const process = 'kepler_process_cpu_seconds_total'
  const inside = (instance: string, steps = 9) => used({ instance, job: 'vm' }, 10, steps)
  const guest = (metrics: Metrics, wanted: Wanted = {}) =>
    chosen(metrics, { vm: true, ...wanted }, process, 'kepler-0.10')
  const energy = 'kepler_vm_cpu_joules_total'

  it('has the usage of a Kepler that is called as the guest', () => {
    const { machine, response, found } = guest(
      { [energy]: [vm('a', 10), vm('b', 20)], [process]: [inside('a', 20), inside('b'), inside('c')] },
      { instance: 'b' },
    )
    const series = response.series.get(process)!
    assert.deepEqual(machine.own(series), [series[1]])
    assert.deepEqual(
      machine.ofEnergy(response.series.get(energy)!).map(({ labels }) => labels.vm_id),
      ['b'],
    )
    assert.deepEqual(
      found.map(([kind, metric, count]) => [kind, metric, count]),
      [['other exporter', process, 2]],
    )
  })

  it('of several that no usage is called as cannot be told', () => {
    const two = { [energy]: [vm('a', 10), vm('b', 20)], [process]: [inside('x')] }
    assert.throws(() => guest(two), {
      code: 'INVALID_DATA',
      field: 'select',
      message:
        /^energy of 2 virtual machines, and nothing tells which the usage of x is of: name-a, name-b; choose with/,
    })
    const one = guest({ [energy]: [vm('a', 10)], [process]: [inside('x')] })
    assert.equal(one.machine.own(one.response.series.get(process)!).length, 1)
  })

  it('without usage is known to exporters inside by its names', () => {
    const [machine] = machinesOf(
      madeResponse({ [energy]: [vm('a', 10, { cluster: 'c' })] }).series.get(energy)!,
      identityOptions({ vm: true }),
    )
    assert.deepEqual(
      [...asGuest(machine!).identity].map(([label, values]) => [label, ...values]),
      [
        ['cluster', 'c'],
        ['vm_name', 'name-a'],
        ['vm_id', 'a'],
        ['instance', 'name-a', 'a'],
      ],
    )
    const both = guest({ [energy]: [vm('a', 10), vm('b', 20)] }, { instance: 'a' })
    const node = madeResponse({
      m: ['h', 'name-b', 'name-a'].map((instance) => ({ labels: { instance }, values: [1] })),
    })
    assert.deepEqual(
      both.machine.joined(node.series.get('m')!).map(({ labels }) => labels.instance),
      ['name-a'],
    )
  })
})
