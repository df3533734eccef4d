import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { meterScene } from '../../test/support/meter-exposed.js'
import { plainProvenance } from '../../test/support/plain-power-source.js'
import { noPodNames } from './attribution/account.js'
import { createAttribution } from './attribution/attribution.js'
import type { MeterReading } from './meter.js'
import { sparkline, type TopKind, type TopOrder, topView } from './top.js'
import type { Process, Scan } from './workload/process.js'

function process(pid: number, comm: string, delta: number): Process {
  const identity = { exe: '', container: undefined, containerName: '', virtualMachine: undefined }
  return { pid, startTicks: 1, comm, identity, container: undefined, seconds: delta, delta }
}

function view(options: Partial<Parameters<typeof topView>[3]> = {}) {
  const all = [process(1, 'b', 1), process(2, 'a', 3), process(3, 'evil\u001b[2J\nname\u202e', 0)]
  const scan: Scan = {
    running: new Map(all.map((one) => [one.pid, one])),
    active: all.filter(({ delta }) => delta > 0),
    containers: new Map(),
    ended: [],
    endedContainers: [],
    unreadable: 0,
  }
  const attribution = createAttribution(2, noPodNames)
  attribution.update(scan, Float64Array.of(40, 4), 1, 0)
  const zone = { low: 90, high: 110, idleWatts: 60, outOfRange: false, restWatts: 60, activeJoules: 40, restJoules: 60 }
  const reading: MeterReading = {
    count: 1,
    usage: undefined,
    gap: undefined,
    age: 0,
    zones: [
      { zone: 'psys', watts: 100, activeWatts: 40, joules: 100, ...zone },
      { zone: 'dram', watts: 10, activeWatts: 4, joules: 10, ...zone },
    ],
  }
  return topView(reading, plainProvenance, attribution.snapshot(), {
    kind: 'processes',
    order: 'watts',
    limit: 10,
    zone: 0,
    ...options,
  })
}

describe('topView', () => {
  it('shows workloads by watts, by the zone that is asked for', () => {
    assert.deepEqual(
      view().rows.map(({ id, watts }) => [id, watts]),
      [
        ['2', 30],
        ['1', 10],
        ['3', 0],
      ],
    )
    const dram = view({ zone: 1 })
    assert.deepEqual([dram.zone, dram.rows[0]?.watts], ['dram', 3])
    assert.equal(view({ zone: 2 }).zone, 'psys')
  })

  it('sorts by name, and shows as many as are asked for', () => {
    const { rows, count } = view({ order: 'name', limit: 1 })
    assert.deepEqual([rows.length, rows[0]?.name, count], [1, 'a', 3])
  })

  it('lets no name take over a terminal', () => {
    assert.equal(view().rows[2]?.name, 'evil?[2J?name?')
  })
})

describe('the rows of each kind', () => {
  const { exposed } = meterScene()
  const of = (kind: TopKind, more: object = {}) =>
    topView(exposed.reading, exposed.provenance, exposed.workloads, {
      kind,
      order: 'watts',
      limit: 10,
      zone: 0,
      ...more,
    })
  const told = (kind: TopKind) => of(kind).rows.map(({ id, name, owner }) => [id, name, owner])

  it('are named as their kind is, and by what they belong to', () => {
    assert.deepEqual(told('processes'), [
      ['8', 'kworker', ''],
      ['7', 'java', ''],
    ])
    assert.deepEqual(told('containers'), [
      ['c2', 'c2', 'docker'],
      ['c1', 'web', 'shop-1'],
    ])
    assert.deepEqual(told('pods'), [
      ['u2', 'u2', ''],
      ['u1', 'shop-1', 'shop'],
    ])
    assert.deepEqual(told('vms'), [['v1', 'guest', 'kvm']])
  })

  it('of containers have the id of a pod whose name nobody was asked for', () => {
    const { containers } = exposed.workloads!
    const running = [...containers.running].map((one) => (one.pod ? { ...one, pod: { ...one.pod, name: '' } } : one))
    const { rows } = topView(
      exposed.reading,
      exposed.provenance,
      { ...exposed.workloads!, containers: { ...containers, running } },
      { kind: 'containers', order: 'watts', limit: 10, zone: 0 },
    )
    assert.deepEqual(
      rows.map(({ owner }) => owner),
      ['docker', 'u1'],
    )
  })

  it('have watts, joules and share of the zone that is shown', () => {
    const [first] = of('pods').rows
    assert.deepEqual([first?.watts, first?.joules, first?.share], [20, 200, 0.5])
    const [ofDram] = of('pods', { zone: 1 }).rows
    assert.deepEqual([ofDram?.watts, ofDram?.joules], [2, 20])
  })

  it('stand beside the zones, the model and the usage', () => {
    const { model, zones, zone, utilisation, steal, kind, order, gap } = of('vms', { order: 'joules', zone: 3 })
    assert.deepEqual([zone, utilisation, steal, kind, order, gap], ['dram', 0.75, 0.125, 'vms', 'joules', undefined])
    assert.deepEqual(zones[0], {
      ...{ zone: 'package', watts: 60, low: 50, high: 70, active_watts: 40, idle_watts: 20, joules: 1000 },
      out_of_range: false,
    })
    assert.deepEqual(model, {
      ...{ kind: 'universal', name: 'straight line', error: { metric: 'mape', value: 10 }, calibration_points: 3 },
      ...{ share: { fraction: 0.25, origin: '--share' }, assumptions: ['memory is of the usual size'] },
    })
  })

  it('are none before there are zones or workloads', () => {
    const reading = { ...exposed.reading, zones: [], usage: undefined }
    const none = topView(reading, exposed.provenance, undefined, { kind: 'pods', order: 'watts', limit: 10, zone: 4 })
    assert.deepEqual([none.zone, none.rows, none.count, none.utilisation], [undefined, [], 0, undefined])
  })

  it('are sorted by watts, joules or name, and then by what else tells them apart', () => {
    const account = (id: string, name: string, share: number, joules: number) => ({
      ...{ id, name, namespace: '', share, joules: Float64Array.of(joules, 0) },
    })
    const pods = {
      terminated: [],
      running: [
        account('d', 'x', 0.1, 5),
        account('c', 'y', 0.1, 5),
        account('b', 'x', 0.1, 9),
        account('a', 'z', 0.4, 1),
      ],
    }
    const sorted = (order: TopOrder) =>
      topView(
        exposed.reading,
        exposed.provenance,
        { ...exposed.workloads!, pods },
        { kind: 'pods', order, limit: 9, zone: 0 },
      )
        .rows.map(({ id }) => id)
        .join('')
    assert.deepEqual([sorted('watts'), sorted('joules'), sorted('name')], ['abcd', 'bcda', 'bdca'])
  })
})

describe('sparkline', () => {
  it('draws from the lowest to the highest value', () => {
    assert.equal(sparkline([0, 1, 2, 3, 4, 5, 6, 7], 8), '▁▂▃▄▅▆▇█')
    assert.equal(sparkline([5, 5, 5], 8), '▁▁▁')
    assert.equal(sparkline([0, 0], 8), '▁▁')
    assert.equal(sparkline([], 8), '')
  })
  it('has eight heights between the lowest and the highest', () => {
    assert.equal(sparkline([0, 12.4, 12.5, 99.9, 100], 9), '▁▁▂██')
  })
  it('draws no hills of what hardly changes', () => {
    assert.equal(sparkline([100, 101, 100, 101], 8), '▁▁▁▁')
    assert.equal(sparkline([100, 105, 100], 8), '▁▄▁')
  })
  it('shows all values, however narrow it is', () => {
    assert.equal(sparkline([0, 0, 4, 4, 8, 8], 3), '▁▅█')
    assert.equal(sparkline([8, 0, 0, 4, 4], 3), '█▁▅')
    assert.equal(
      sparkline(
        Array.from({ length: 301 }, (_, i) => i),
        20,
      ).length,
      19,
    )
  })
})
