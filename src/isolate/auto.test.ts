import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Dataset } from '../extract/dataset.js'
import { autoIsolator } from './auto.js'
import type { IdleProfile } from './idle-profile.js'
import { minIsolator } from './min.js'
import { noneIsolator } from './none.js'
import { profileIsolator } from './profile.js'

const rows = 120

/** A platform of 100 W idle that draws 2 W a unit of usage. */
function node(usage: (row: number) => number): Dataset {
  const values = Float64Array.from({ length: rows }, (_, i) => usage(i))
  return {
    source: 'acpi',
    outputType: 'AbsPower',
    rows,
    timestamps: Float64Array.from({ length: rows }, (_, i) => 1000 + 3 * i),
    features: [{ name: 'bpf_cpu_time_ms', values }],
    powers: [{ name: 'platform_power', component: 'platform', values: values.map((value) => 100 + 2 * value) }],
    ratios: [],
    nodeTypes: new Int32Array(rows),
  }
}

const profileOf = (watts: number): IdleProfile => ({
  format: 'kepler-idle-profile/1',
  containers: [],
  power: { acpi: { platform: { '0': { lowest: watts, highest: watts, units: 1 } } } },
})

const idleAtTimes = node((row) => 25 + 25 * Math.sin(row / 9))
const withIdleWindow = node((row) => (row < 40 ? 1 : 40 + 10 * Math.sin(row)))
const neverIdle = node((row) => 45 + 5 * Math.sin(row / 9))
const dynamicOf = (dataset: Dataset) => dataset.powers[0]!.values

describe('isolators say when they are wrong', () => {
  it('min: where the node was idle at times it says nothing', () => {
    assert.deepEqual(minIsolator().isolate(idleAtTimes).findings, [])
  })

  it('min: refuses a run that was never idle, with what it did and what idle would be', () => {
    assert.throws(() => minIsolator().isolate(neverIdle), {
      code: 'INVALID_DATA',
      message:
        /platform_power: at its quietest the node did 80 % .*: 180.0 W is its least, .* 100.0 W at no usage; .*80.0 W too low/,
    })
  })

  it('min: says it where the node was never quite idle', () => {
    const [finding] = minIsolator().isolate(node((row) => 40 + 25 * Math.sin(row / 9))).findings
    assert.equal(finding?.kind, 'never idle')
    assert.match(finding.effect, /dynamic power may be 30\.0 W too low/)
  })

  it('profile: refuses the idle power of another machine, with both numbers', () => {
    assert.throws(() => profileIsolator(profileOf(170)).isolate(idleAtTimes), {
      code: 'INVALID_DATA',
      message: /platform_power: the profile has 170.0 W idle, this run draws 100.0 W at its least/,
    })
  })

  it('profile: says it where the node drew less than the profile for some of the time', () => {
    const [finding] = profileIsolator(profileOf(118)).isolate(idleAtTimes).findings
    assert.equal(finding?.kind, 'profile above the run')
    assert.deepEqual(profileIsolator(profileOf(100)).isolate(idleAtTimes).findings, [])
  })

  it('none: says that power is absolute', () => {
    const [finding] = noneIsolator().isolate(idleAtTimes).findings
    assert.equal(finding?.kind, 'absolute power')
    assert.match(finding.example, /100\.0 W at no usage/)
    const { dataset } = minIsolator().isolate(idleAtTimes)
    assert.deepEqual(noneIsolator().isolate(dataset).findings, [])
  })
})

describe('autoIsolator', () => {
  it('takes a profile that fits', () => {
    const { dataset, notes } = autoIsolator(profileOf(100)).isolate(neverIdle)
    assert.equal(notes[0], 'isolated by the idle profile')
    assert.ok(Math.abs(dynamicOf(dataset)[0]! - 90) < 1e-9)
  })

  it('takes idle windows where the profile is of another machine, and says why', () => {
    const { dataset, notes } = autoIsolator(profileOf(190)).isolate(withIdleWindow)
    assert.equal(notes[0], 'isolated by idle windows in the data')
    assert.match(notes[1]!, /^not by the idle profile: .*190\.0 W idle/)
    assert.ok(Math.abs(dynamicOf(dataset)[100]! - (2 * (40 + 10 * Math.sin(100)) - 2)) < 1e-9)
  })

  it('takes the least that was measured last', () => {
    assert.equal(autoIsolator(undefined).isolate(idleAtTimes).notes[0], 'isolated by the least that was measured (min)')
  })

  it('refuses what nobody can isolate, with every reason', () => {
    assert.throws(() => autoIsolator(profileOf(400)).isolate(neverIdle), {
      code: 'INVALID_DATA',
      message: /not by the idle profile: .*; not by the least that was measured \(min\): /,
    })
  })
})
