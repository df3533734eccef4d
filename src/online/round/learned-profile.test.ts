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
})
