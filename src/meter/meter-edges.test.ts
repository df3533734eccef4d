import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { plainPowerSource } from '../../test/support/plain-power-source.js'
import { noPodNames } from './attribution/account.js'
import { createAttribution } from './attribution/attribution.js'
import { createMeter, type MeterParts } from './meter.js'
import type { NodeUsage, PowerSource, ZonePower } from './power-source.js'
import type { Scan } from './workload/process.js'
import type { Zone } from './zone.js'

const usage = (seconds = 1, utilisation = 0.5): NodeUsage => ({ seconds, utilisation, steal: 0, onlineCpus: 1 })
const noProcesses: Scan = {
  ...{ running: new Map(), active: [], containers: new Map(), ended: [], endedContainers: [], unreadable: 0 },
}

/** A meter of a machine whose readings a test gives one by one. */
function scene(
  parts: Partial<MeterParts> = {},
  source: PowerSource = plainPowerSource({ psys: { idle: 60, dynamic: 80 } }),
) {
  let next: NodeUsage | undefined
  let isReadable = true
  let scans = 0
  let scanned: Scan | undefined = noProcesses
  const attribution = createAttribution(source.zones.length, noPodNames)
  const meter = createMeter({
    node: { read: () => next, counters: () => undefined, readable: () => isReadable },
    source,
    split: 'model',
    workloads: {
      attribution,
      table: {
        scan() {
          scans++
          return scanned
        },
        close() {},
      },
    },
    now: () => 0,
    ...parts,
  })
  const tick = (seconds: number, read: NodeUsage = usage()) => {
    next = read
    return meter.tick(seconds)
  }
  return {
    ...{ meter, attribution, tick },
    missed: (seconds: number) => {
      next = undefined
      return meter.tick(seconds)
    },
    scans: () => scans,
    canRead: (is: boolean) => (isReadable = is),
    scanAs: (scan: Scan | undefined) => (scanned = scan),
  }
}

/** A source of one zone that gives what a test says. */
function given(power: Partial<ZonePower>): PowerSource {
  const full = { zone: 'psys' as Zone, watts: 10, low: 9, high: 11, idleWatts: 4, outOfRange: false, ...power }
  return { ...plainPowerSource({ psys: { idle: 0, dynamic: 0 } }), power: () => [full] }
}

describe('the watts of a meter', () => {
  it('are none of what cannot be watts', () => {
    for (const power of [{ watts: -1 }, { low: 12 }, { watts: Number.NaN }, { watts: Number.POSITIVE_INFINITY }]) {
      const { tick, meter } = scene({}, given(power))
      const { updated, gap } = tick(1)
      assert.equal(updated, false, JSON.stringify(power))
      assert.match(gap ?? '', /W for psys$/)
      assert.deepEqual([meter.reading(1).count, meter.reading(1).zones], [0, []])
    }
    for (const power of [{ watts: 0, low: 0, high: 0 }, { low: 11 }, { low: Number.NEGATIVE_INFINITY }])
      assert.equal(scene({}, given(power)).tick(1).updated, true, JSON.stringify(power))
  })

  it('are active above idle, and not more than all nor less than none', () => {
    const active = (power: Partial<ZonePower>) => {
      const { tick, meter } = scene({}, given(power))
      tick(1)
      const [zone] = meter.reading(1).zones
      return [zone?.activeWatts, zone?.restWatts]
    }
    assert.deepEqual(active({}), [6, 4])
    assert.deepEqual(active({ idleWatts: 12 }), [0, 10])
    assert.deepEqual(active({ idleWatts: -3 }), [10, 0])
  })

  it('are left out of a zone that the source does not have', () => {
    const { tick, meter } = scene({}, given({ zone: 'dram' }))
    assert.equal(tick(1).updated, true)
    assert.deepEqual(meter.reading(1).zones, [])
  })

  it('are those of the last reading, and energy is that of all', () => {
    const { tick, meter } = scene()
    tick(1, usage(2, 0.5))
    tick(3, usage(3, 0))
    const { zones, count, usage: last } = meter.reading(3)
    assert.deepEqual([count, last?.utilisation, zones.length], [2, 0, 1])
    const { watts, activeWatts, joules, activeJoules, restJoules } = zones[0]!
    assert.deepEqual([watts, activeWatts, joules, activeJoules, restJoules], [60, 0, 380, 80, 300])
  })
})

describe('what is missing', () => {
  it('is said until there is a new value', () => {
    const { tick, missed, canRead, meter } = scene()
    canRead(false)
    assert.deepEqual(missed(1), { updated: false, gap: '/proc/stat cannot be read or understood', seconds: 0 })
    canRead(true)
    assert.match(missed(2).gap ?? '', /cannot be read/)
    assert.deepEqual(tick(3), { updated: true, gap: undefined, seconds: 1 })
    assert.equal(meter.reading(3).gap, undefined)
  })

  it('is made up for once', () => {
    let wrong = true
    const source = given({})
    const { tick } = scene({}, { ...source, power: (now) => (wrong ? [] : source.power(now)) })
    // No zones at all are no failure, but a source that throws is.
    assert.equal(tick(1, usage(2)).seconds, 2)
    const failing = scene(
      {},
      {
        ...source,
        power(now) {
          if (wrong) throw new Error('away')
          return source.power(now)
        },
      },
    )
    assert.match(failing.tick(1, usage(2)).gap ?? '', /^no watts: away$/)
    wrong = false
    assert.equal(failing.tick(2, usage(1)).seconds, 3)
    assert.equal(failing.tick(3, usage(1)).seconds, 1)
  })
})

describe('a meter of workloads', () => {
  it('looks at processes with the first reading, so that the next knows what is new, and not without one', () => {
    const { tick, missed, canRead, scans } = scene()
    canRead(false)
    missed(0)
    assert.equal(scans(), 0)
    canRead(true)
    missed(1)
    assert.equal(scans(), 1)
    tick(2)
    assert.equal(scans(), 2)
    missed(3)
    assert.equal(scans(), 2)
  })

  it('keeps energy for them while the list of processes cannot be read', () => {
    const { tick, attribution, scanAs } = scene()
    scanAs(undefined)
    tick(1, usage(2))
    scanAs(noProcesses)
    tick(3, usage(2))
    assert.deepEqual([...attribution.snapshot().unattributedJoules], [160])
    assert.deepEqual([...attribution.snapshot().activeWatts], [40])
    tick(4, usage(1, 1))
    assert.deepEqual([...attribution.snapshot().activeWatts], [80])
  })

  it('looks at them again when a scan is a twentieth of the time since it began', () => {
    let clock = 0
    const { tick, scans } = scene({ now: () => (clock += 0.25) })
    // A scan takes 0.25 s, so that the next one is due 4.75 s after its end.
    const counts = [0, 4, 4.74, 4.75, 9, 9.5].map((seconds) => {
      tick(seconds)
      return scans()
    })
    assert.deepEqual(counts, [1, 1, 1, 2, 2, 3])
  })

  it('may do without them, without a sink and without a meter beside it', () => {
    const source = given({})
    const node = { read: () => usage(), counters: () => undefined, readable: () => true }
    const meter = createMeter({ node, source, split: 'model', now: () => 0 })
    assert.equal(meter.tick(1).updated, true)
    assert.deepEqual(meter.comparison.zones(), [])
    assert.deepEqual([meter.source, meter.split], [source, 'model'])
  })
})

describe('a meter beside that of the hardware', () => {
  it('is compared where both have watts for the same seconds', () => {
    let clock = 0
    const asked: number[] = []
    const measured = (seconds: number) => {
      asked.push(seconds)
      return new Map<Zone, number>([['psys', 100 + clock++]])
    }
    const { tick, missed, meter } = scene({ measured })
    missed(1)
    tick(2)
    assert.deepEqual(asked, [1, 2])
    assert.deepEqual(
      meter.comparison.zones().map(({ readings, measuredWatts }) => [readings, measuredWatts]),
      [[1, 101]],
    )
  })
})
