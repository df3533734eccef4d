import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { FeatureGroup } from '../../core/feature-group.js'
import type { Dataset } from '../../extract/dataset.js'
import type { MachineData } from './datasets.js'
import { profileLearner } from './learned-profile.js'

/** A node that rests between two times of work, with `standing` features that never rest. */
function dataset(standing: number): Dataset {
  const work = Array.from({ length: 240 }, (_, i) => (i >= 100 && i < 140 ? 0 : 100 + (i % 7)))
  const never = Array.from({ length: standing }, (_, i) => ({
    name: `standing_${i}`,
    values: Float64Array.from(work, (_, row) => 100 + ((37 * row) % 300)),
  }))
  return {
    source: 'acpi',
    outputType: 'AbsPower',
    rows: work.length,
    timestamps: Float64Array.from(work, (_, i) => 1000 + 3 * i),
    features: [{ name: 'cpu_time_ms', values: Float64Array.from(work) }, ...never],
    powers: [{ name: 'platform_power', component: 'platform', values: Float64Array.from(work, (ms) => 40 + ms) }],
    ratios: [],
    nodeTypes: new Int32Array(work.length),
  }
}

function machine(...node: readonly (readonly [FeatureGroup, Dataset])[]): MachineData {
  return {
    machine: { instance: 'a', names: [], state: 'metered', sources: [], vocabulary: 'kepler-0.10', why: '' },
    source: 'acpi',
    node: new Map(node),
    containers: () => {
      throw new Error('not asked')
    },
  }
}

const window = { driftingSince: undefined, isCurrent: () => true }

describe('profileLearner', () => {
  it('finds idle power by usage, whatever NodeOS says, which has more features and never rests', () => {
    const learner = profileLearner(undefined)
    learner.add(machine(['NodeOS', dataset(9)], ['CPUTimeOnly', dataset(0)]), window)
    const { lowest = 0, highest = 0 } = learner.profile()?.power.acpi?.platform?.['0'] ?? {}
    assert.ok(lowest >= 40 && highest < 50, `${lowest} to ${highest} W`)
  })

  it('learns nothing from a guest, and forgets nothing when one drifts', () => {
    const learner = profileLearner(undefined)
    learner.add(machine(['NodeOS', dataset(0)]), window)
    assert.equal(learner.profile(), undefined)
    learner.add(machine(['CPUTimeOnly', dataset(0)]), window)
    const before = learner.profile()
    learner.add(machine(['NodeOS', dataset(9)]), { ...window, driftingSince: 1300 })
    assert.deepEqual(learner.profile(), before)
    assert.notEqual(before, undefined)
  })

  const idleOf = (learner: ReturnType<typeof profileLearner>, type = '0') =>
    learner.profile()?.power.acpi?.platform?.[type]
  const shifted = (by: number): Dataset => {
    const one = dataset(0)
    return {
      ...one,
      powers: one.powers.map((power) => ({ ...power, values: power.values.map((value) => value + by) })),
    }
  }

  it('spans what all machines of a type drew at rest', () => {
    const alone = (by: number) => {
      const learner = profileLearner(undefined)
      learner.add(machine(['CPUTimeOnly', shifted(by)]), window)
      return idleOf(learner)!
    }
    const [low, high] = [alone(0), alone(20)]
    assert.ok(Math.abs(high.lowest - low.lowest - 20) < 1e-9)
    for (const order of [
      [0, 20],
      [20, 0],
    ]) {
      const learner = profileLearner(undefined)
      for (const by of order) learner.add(machine(['CPUTimeOnly', shifted(by)]), window)
      assert.deepEqual(idleOf(learner), { ...low, highest: high.highest })
    }
  })

  it('replaces what was known before, keeps what it says of others, and drops what a changed machine leaves', () => {
    const before = {
      format: 'kepler-idle-profile/1' as const,
      containers: [],
      power: {
        acpi: { platform: { '0': { lowest: 1, highest: 2, units: 1 }, '5': { lowest: 3, highest: 4, units: 1 } } },
        'rapl-sysfs': { package: { '0': { lowest: 5, highest: 6, units: 2 } } },
      },
    }
    const learner = profileLearner(before)
    assert.deepEqual(learner.profile(), before)
    learner.add(machine(['CPUTimeOnly', dataset(0)]), window)
    assert.ok(idleOf(learner)!.lowest >= 40)
    assert.deepEqual(idleOf(learner, '5'), before.power.acpi.platform['5'])
    assert.deepEqual(learner.profile()?.power['rapl-sysfs'], before.power['rapl-sysfs'])

    const busy = dataset(0)
    const standing = busy.timestamps.map((_, row) => 100 + ((37 * row) % 300))
    const never = { ...busy, features: [{ name: 'cpu_time_ms', values: standing }] }
    const changed = profileLearner(before)
    changed.add(machine(['CPUTimeOnly', never]), window)
    assert.deepEqual(changed.profile(), before, 'nothing newer')
    changed.add(machine(['CPUTimeOnly', never]), { ...window, driftingSince: 1000 })
    assert.equal(idleOf(changed), undefined)
    assert.deepEqual(idleOf(changed, '5'), before.power.acpi.platform['5'])
    assert.deepEqual(changed.profile()?.power['rapl-sysfs'], before.power['rapl-sysfs'])
  })

  it('looks at what is current alone', () => {
    const learner = profileLearner(undefined)
    learner.add(machine(['CPUTimeOnly', dataset(0)]), { ...window, isCurrent: (time) => time < 1000 + 3 * 90 })
    assert.equal(learner.profile(), undefined, 'it rests later')
  })
})
