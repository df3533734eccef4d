import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { plainProvenance } from '../../test/support/plain-power-source.js'
import { createComparison } from './comparison.js'
import type { NodeUsage } from './power-source.js'
import { type TrainedZones, trainedPowerSource } from './trained-source.js'

const usage = (system?: NodeUsage['system']): NodeUsage => ({
  ...{ seconds: 1, utilisation: 0, steal: 0, onlineCpus: 1 },
  ...(system && { system }),
})
const features = ['node_cpu_user_ratio', 'node_memory_used_ratio', 'node_load1', 'node_cpu_frequency_hertz']
const told = { node_load1: 3, node_cpu_user_ratio: 0.5, node_memory_used_ratio: 0.25, node_cpu_frequency_hertz: 2e9 }

/** A model that notes what it is asked, of so many watts now and idle. */
function model(watts: readonly [number, number], low: number, high: number, outside: readonly number[] = []) {
  const asked: (readonly (readonly number[])[])[] = []
  const zones: TrainedZones = {
    zones: ['psys', 'dram'],
    features,
    estimate(rows) {
      asked.push(rows)
      const zone = (name: 'psys' | 'dram', more: number) => ({
        zone: name,
        watts: watts.map((value) => value + more),
        low: [low + more, 0],
        high: [high + more, 0],
      })
      return { zones: [zone('psys', 0), zone('dram', 1)], outside: new Set(outside) }
    },
  }
  return { asked, zones }
}

describe('trainedPowerSource', () => {
  it('asks for now, and for a machine that does nothing with its memory and frequency as they are', () => {
    const { asked, zones } = model([100, 60], 90, 120)
    const source = trainedPowerSource([zones], plainProvenance)
    assert.deepEqual(source.zones, ['psys', 'dram'])
    assert.equal(source.provenance, plainProvenance)
    const powers = source.power(usage(told))
    assert.deepEqual(asked, [
      [
        [0.5, 0.25, 3, 2e9],
        [0, 0.25, 0, 2e9],
      ],
    ])
    assert.deepEqual(powers, [
      { zone: 'psys', watts: 100, low: 90, high: 120, idleWatts: 60, outOfRange: false },
      { zone: 'dram', watts: 101, low: 91, high: 121, idleWatts: 61, outOfRange: false },
    ])
  })

  it('has no interval without its watts, and no more idle power than power', () => {
    const [psys] = trainedPowerSource([model([100, 130], 105, 95).zones], plainProvenance).power(usage(told))
    assert.deepEqual([psys?.low, psys?.high, psys?.idleWatts], [100, 100, 100])
  })

  it('has no interval but its watts where the model has none', () => {
    const { zones } = model([100, 60], 90, 120)
    const estimate: TrainedZones['estimate'] = () => ({
      zones: [{ zone: 'psys', watts: [100, 60], low: [], high: [] }],
      outside: new Set(),
    })
    const [psys] = trainedPowerSource([{ ...zones, estimate }], plainProvenance).power(usage(told))
    assert.deepEqual([psys?.low, psys?.watts, psys?.high], [100, 100, 100])
  })

  it('says when what it was asked now was not in training', () => {
    const outOfRange = (rows: readonly number[]) =>
      trainedPowerSource([model([1, 1], 1, 1, rows).zones], plainProvenance).power(usage(told))[0]?.outOfRange
    assert.deepEqual([outOfRange([]), outOfRange([0]), outOfRange([1])], [false, true, false])
  })

  it('has the zones of all models', () => {
    const source = trainedPowerSource([model([1, 1], 1, 1).zones, model([2, 2], 2, 2).zones], plainProvenance)
    assert.equal(source.zones.length, 4)
    assert.deepEqual(
      source.power(usage(told)).map(({ watts }) => watts),
      [1, 2, 2, 3],
    )
  })

  it('names the feature that no meter has, and the one that this kernel does not tell', () => {
    const { zones } = model([1, 1], 1, 1)
    assert.throws(() => trainedPowerSource([{ ...zones, features: ['cpu_cycles'] }], plainProvenance), {
      code: 'INVALID_DATA',
      field: 'cpu_cycles',
    })
    const source = trainedPowerSource([zones], plainProvenance)
    assert.throws(() => source.power(usage({ ...told, node_load1: undefined! })), { field: 'node_load1' })
    assert.throws(() => source.power(usage()), { field: 'node_cpu_user_ratio' })
    assert.equal(source.power(usage({ ...told, node_load1: 0 })).length, 2)
  })
})

describe('createComparison', () => {
  const estimated = (zone: 'psys' | 'dram', watts: number) => ({ zone, watts, low: watts - 5, high: watts + 5 })

  it('is over all readings of a zone that both have', () => {
    const comparison = createComparison()
    comparison.add(new Map([['psys', 100]]), [estimated('psys', 110), estimated('dram', 5)])
    comparison.add(
      new Map([
        ['psys', 50],
        ['dram', 0],
      ]),
      [estimated('psys', 45), estimated('dram', 5)],
    )
    assert.deepEqual(comparison.zones(), [
      { zone: 'psys', readings: 2, measuredWatts: 50, mae: 7.5, mape: 10, bias: 2.5, covered: 0.5 },
    ])
  })

  it('covers the ends of the interval', () => {
    const covered = (truth: number) => {
      const comparison = createComparison()
      comparison.add(new Map([['psys', truth]]), [estimated('psys', 100)])
      return comparison.zones()[0]?.covered
    }
    assert.deepEqual([94.9, 95, 105, 105.1].map(covered), [0, 1, 1, 0])
  })

  it('leaves out what was not measured', () => {
    const comparison = createComparison()
    for (const truth of [0, -1, Number.NaN]) comparison.add(new Map([['psys', truth]]), [estimated('psys', 1)])
    assert.deepEqual(comparison.zones(), [])
  })
})
