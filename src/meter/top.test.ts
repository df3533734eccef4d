import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { plainProvenance } from '../../test/support/plain-power-source.js'
import { noPodNames } from './attribution/account.js'
import { createAttribution } from './attribution/attribution.js'
import type { MeterReading } from './meter.js'
import { sparkline, topView } from './top.js'
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

describe('sparkline', () => {
  it('draws from the lowest to the highest of the last values', () => {
    assert.equal(sparkline([9, 0, 1, 2, 3, 4, 5, 6, 7], 8), '▁▂▃▄▅▆▇█')
    assert.equal(sparkline([5, 5, 5], 8), '▁▁▁')
    assert.equal(sparkline([], 8), '')
  })
})
