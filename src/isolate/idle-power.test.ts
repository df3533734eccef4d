import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { close, dataset, numbers, worked } from '../../test/support/platform-dataset.js'
import type { Dataset, PowerColumn } from '../extract/dataset.js'
import { idleEvidence } from './idle-evidence.js'
import { backgroundPower, type IdleProfile, parseIdleProfile } from './idle-profile.js'
import { absolutePower, neverIdle, profileAboveRun } from './isolation-checks.js'
import { profileIsolator } from './profile.js'

describe('how idle a node ever was', () => {
  it('is its quietest usage as a share of its highest, and watts where the line meets no usage', () => {
    const { quietest, atNoUsage } = idleEvidence(worked(40, 20, 120))!
    // Of 101 values from 20 to 120 the quantiles of 0.02 and 0.98 are 22 and 118.
    close(quietest, 22 / 118)
    close(atNoUsage[0]!, 40)
  })

  it('is a mean over the features that move, and never below 0 W', () => {
    const moving = numbers(101, (i) => 20 + i)
    const still = new Float64Array(101).fill(50)
    const features = [moving, still, new Float64Array(101)].map((values, i) => ({ name: `f${i}`, values }))
    close(idleEvidence({ ...worked(40, 20, 120), features })!.quietest, 22 / 118)
    const doubled = [moving, moving.map((value) => 2 * value - 40)].map((values, i) => ({ name: `f${i}`, values }))
    close(idleEvidence({ ...worked(40, 20, 120), features: doubled })!.quietest, (22 / 118 + 4 / 196) / 2)
    assert.deepEqual(idleEvidence(worked(-10, 20, 120))!.atNoUsage, [0])
    // Two that move by themselves, of which a unit costs 1 W and 3 W.
    const other = numbers(101, (i) => 5 + ((i * 37) % 101))
    const both = [moving, other].map((values, i) => ({ name: `f${i}`, values }))
    const watts = moving.map((value, i) => 40 + value + 3 * other[i]!)
    close(idleEvidence({ ...dataset(moving, watts), features: both })!.atNoUsage[0]!, 40)
  })

  it('is not known where nothing moves, or of two rows', () => {
    const usage = new Float64Array(9).fill(5)
    assert.equal(idleEvidence(dataset(usage, usage)), undefined)
    assert.equal(idleEvidence(dataset([1, 2], [1, 2])), undefined)
    assert.ok(idleEvidence(dataset([1, 2, 3], [1, 2, 3])))
    assert.equal(idleEvidence(dataset([], [])), undefined)
  })
})

describe('doubts about the least that was measured', () => {
  const doubt = (set: Dataset) => neverIdle(set)[0]

  it('come with how quiet the node was, its least, and what it would draw without usage', () => {
    const { finding, hopeless } = doubt(worked(40, 20, 120))!
    assert.deepEqual(finding, {
      ...{ kind: 'never idle', metric: 'platform_power', count: 1 },
      example:
        'at its quietest the node did 19 % of its highest usage: 60.0 W is its least, a line through the data has 40.0 W at no usage',
      effect: 'dynamic power may be 20.0 W too low: give the idle profile of such a node',
    })
    assert.equal(hopeless, false)
    assert.equal(doubt(worked(40, 101, 200))!.hopeless, true)
  })

  it('need two watts, a tenth of the least, and a quarter of what is left', () => {
    assert.equal(doubt(worked(0, 1.9, 5)), undefined)
    assert.ok(doubt(worked(0, 2.1, 5)))
    assert.equal(doubt(worked(100, 10, 50)), undefined)
    assert.ok(doubt(worked(80, 10, 50)))
    // Left are half of what is between: 10 W of 40 W and more are a quarter.
    assert.ok(doubt(worked(40, 10, 89)))
    assert.equal(doubt(worked(40, 10, 91)), undefined)
    assert.deepEqual(neverIdle(dataset([1, 1, 1], [9, 9, 9])), [])
  })
})

describe('doubts about a profile', () => {
  const column = (below: number): PowerColumn => ({
    ...{ name: 'platform_power', component: 'platform' },
    values: numbers(100, (i) => (i < below ? 87 : 89)),
  })

  it('begin where more than a fiftieth of the rows draw clearly less than it, and end it at a fifth', () => {
    // Clearly: below nine tenths and 2 W more: 88 of 100 W.
    const doubts = (below: number) => profileAboveRun(column(below), () => 100)
    assert.deepEqual(doubts(2), [])
    assert.deepEqual(doubts(3), [
      {
        finding: {
          ...{ kind: 'profile above the run', metric: 'platform_power', count: 3 },
          example: 'the profile has 100.0 W idle, this run draws 87.0 W at its least',
          effect: 'the profile is of another machine: dynamic power is too low',
        },
        hopeless: false,
      },
    ])
    assert.deepEqual([doubts(20)[0]?.hopeless, doubts(21)[0]?.hopeless], [false, true])
  })

  it('look at what the profile has in each row', () => {
    assert.deepEqual(
      profileAboveRun(column(50), (row) => (row < 50 ? 90 : 100)),
      [],
    )
  })
})

describe('power that is taken for dynamic', () => {
  it('is absolute from two watts and a tenth of its mean on', () => {
    const finding = (set: Dataset) => absolutePower(set)[0]
    assert.deepEqual(finding(worked(40, 0, 100)), {
      ...{ kind: 'absolute power', metric: 'platform_power', count: 1 },
      example: 'a line through the data has 40.0 W at no usage',
      effect: 'idle power is learnt as dynamic power: choose another isolator',
    })
    assert.equal(finding(worked(1.9, 0, 10)), undefined)
    assert.ok(finding(worked(2.1, 0, 10)))
    // A line through watts that never move is exact.
    const still = (watts: number) => finding(dataset([0, 1, 2, 3], [watts, watts, watts, watts]))
    assert.deepEqual([still(1.99)?.kind, still(2)?.kind], [undefined, 'absolute power'])
    assert.equal(finding(worked(5, 0, 100)), undefined)
    assert.ok(finding(worked(6, 0, 100)))
    assert.deepEqual(absolutePower(dataset([1, 1, 1], [9, 9, 9])), [])
  })
})

describe('an idle profile', () => {
  const types = { '0': { lowest: 10, highest: 14, units: 2 }, '3': { lowest: 30, highest: 30, units: 1 } }
  const profile: IdleProfile = {
    ...{ format: 'kepler-idle-profile/1', containers: [] },
    power: { 'rapl-sysfs': { package: types, dram: { '3': types['3'] } } },
  }

  it('has the middle between lowest and highest, of the node type; a single one stands for any', () => {
    assert.deepEqual(backgroundPower(profile, 'rapl-sysfs', 'package', 0), { watts: 12, units: 2 })
    assert.deepEqual(backgroundPower(profile, 'rapl-sysfs', 'package', 3), { watts: 30, units: 1 })
    assert.deepEqual(backgroundPower(profile, 'rapl-sysfs', 'dram', 7), { watts: 30, units: 1 })
  })

  it('says what it has where that is not it', () => {
    const refused = (message: RegExp, ...asked: [source: string, component: 'package' | 'core', type: number]) =>
      assert.throws(() => backgroundPower(profile, ...asked), { code: 'INVALID_DATA', message })
    refused(/no package power of rapl-sysfs for node type 7; its node types: 0, 3$/, 'rapl-sysfs', 'package', 7)
    refused(/no core power of rapl-sysfs for node type 0; it has rapl-sysfs$/, 'rapl-sysfs', 'core', 0)
    const empty = { ...profile, power: {} }
    assert.throws(() => backgroundPower(empty, 'acpi', 'platform', 0), { message: /; it has nothing$/ })
  })

  it('is refused with the place where it is wrong', () => {
    const power = (one: object, type = '0', source = 'acpi') => ({
      ...profile,
      power: { [source]: { platform: { [type]: one } } },
    })
    const whole = { lowest: 1, highest: 2, units: 1 }
    assert.ok(parseIdleProfile(JSON.stringify(power(whole, '-1'))))
    for (const [value, place] of [
      [power({ ...whole, units: 0 }), 'power.acpi.platform.0.units'],
      [power({ ...whole, units: 1025 }), 'power.acpi.platform.0.units'],
      [power({ ...whole, units: 1.5 }), 'power.acpi.platform.0.units'],
      [power({ ...whole, highest: -1 }), 'power.acpi.platform.0.highest'],
      [power(whole, 'x'), 'power.acpi.platform.x'],
      [power(whole, '1x'), 'power.acpi.platform.1x'],
      [power(whole, 'x1'), 'power.acpi.platform.x1'],
      [power(whole, '1234567890'), 'power.acpi.platform.1234567890'],
      [power(whole, '0', 'a b'), 'power.a b'],
      [{ ...profile, format: 'x' }, 'format'],
      [{ ...profile, containers: ['x'.repeat(4097)] }, 'containers.0'],
      [7, ''],
    ] as const) {
      const message = new RegExp(`^the idle profile is not valid at "${place.replaceAll('.', '\\.')}": .`)
      assert.throws(() => parseIdleProfile(JSON.stringify(value)), {
        code: 'INVALID_CONFIG',
        field: 'profile',
        message,
      })
    }
  })

  it('takes idle watts by node type, and says how many', () => {
    const two = dataset([1, 2, 3], [20, 40, 60], {
      ...{ nodeTypes: Int32Array.of(0, 0, 3), source: 'rapl-sysfs' },
      powers: [
        { name: 'package_0_package_power', component: 'package', unit: '0', values: Float64Array.of(20, 10, 60) },
      ],
    })
    const isolator = profileIsolator(profile)
    assert.equal(isolator.needsContainers, false)
    const { dataset: left, notes, findings } = isolator.isolate(two)
    assert.deepEqual([...left.powers[0]!.values], [8, 0, 30])
    assert.deepEqual(notes, [
      '0 of 0 containers are background',
      'node type 0: 12.000 W of package are idle',
      'node type 3: 30.000 W of package are idle',
    ])
    assert.deepEqual(findings, [])
    for (const rule of [{ names: new Set(['a']) }, { targetHints: ['a'] }, { bgHints: ['a'] }]) {
      assert.equal(profileIsolator(profile, rule).needsContainers, true)
    }
    assert.equal(profileIsolator({ ...profile, containers: ['a'] }).needsContainers, true)
  })
})
