import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { container, counter, madeResponse, raplEnergy } from '../../test/fixtures/response.js'
import { meterOf } from '../extract/meter.js'
import { vocabularyNamed } from '../vocabulary/vocabularies.js'
import { profileIdle } from './profiler.js'

const a = { job: 'kepler', instance: 'a' }
const b = { job: 'kepler', instance: 'b' }
const acpi = 'kepler_node_platform_joules_total'
const usage = 'kepler_container_bpf_cpu_time_ms_total'
const platform = (labels: Readonly<Record<string, string>>, ...watts: number[]) => ({
  labels: { ...labels, source: 'acpi' },
  values: counter(watts),
})
/** Machine `a` has a platform and packages, `b` a platform alone. */
const two = {
  ...raplEnergy({ package: [40, 44, 40], dram: [4, 4, 4] }, a),
  [acpi]: [platform(a, 100, 104, 102), platform(b, 50, 50, 56)],
  [usage]: [
    { labels: container('z', a), values: counter([1, 1, 1]) },
    { labels: container('agent', a), values: counter([1, 1, 1]) },
    { labels: container('', a), values: counter([1, 1, 1]) },
    { labels: container('other', b), values: counter([1, 1, 1]) },
  ],
  kepler_container_cpu_cycles_total: [],
}
const range = (lowest: number, highest: number, units = 1, type = '0') => ({ [type]: { lowest, highest, units } })

describe('the profile of a machine', () => {
  it('has what was measured of it, by every source, and its containers by name', () => {
    const { profile } = profileIdle(madeResponse(two), { instance: 'a' })
    assert.deepEqual(profile.power.acpi, { platform: range(100, 104) })
    assert.deepEqual(profile.power['rapl-sysfs']?.package, range(20, 22, 2))
    assert.deepEqual(profile.containers, ['agent', 'z'])
  })

  it('leaves out sources that only others have', () => {
    const { profile } = profileIdle(madeResponse(two), { instance: 'b' })
    assert.deepEqual(profile.power, { acpi: { platform: range(50, 56) } })
    assert.deepEqual(profile.containers, ['other'])
  })

  it('says which there are where it has none', () => {
    assert.throws(() => profileIdle(madeResponse(two), { instance: 'c' }), {
      code: 'INVALID_DATA',
      message: /instance "c"; there are .*a/,
    })
  })

  it('tells what it left out where nobody was named', () => {
    const { findings } = profileIdle(madeResponse({ [acpi]: two[acpi] }))
    assert.deepEqual(
      findings.map(({ kind }) => kind),
      ['other exporter'],
    )
  })

  it('has no unit but the node where packages are not told apart', () => {
    const watts = { labels: { ...a, source: 'rapl-sysfs' }, values: counter([40, 41, 45]) }
    const { profile } = profileIdle(madeResponse({ kepler_node_package_joules_total: [watts] }))
    assert.deepEqual(profile.power, { 'rapl-sysfs': { package: range(40, 45) } })
  })

  it('tells node types apart, as the response says or as it is told', () => {
    const info = { labels: a, values: [1, 1, 2, 2, 2] }
    const metrics = { [acpi]: [platform(a, 50, 60, 70, 80)], kepler_node_node_info: [info] }
    assert.deepEqual(profileIdle(madeResponse(metrics)).profile.power.acpi?.platform, {
      ...range(50, 50, 1, '1'),
      ...range(60, 80, 1, '2'),
    })
    const told = profileIdle(madeResponse(metrics), { nodeType: 7 }).profile
    assert.deepEqual(told.power.acpi?.platform, range(50, 80, 1, '7'))
  })

  it('has what meters measured, each source once', () => {
    const metrics = { ...two, fan_watts: [{ labels: { instance: 'a' }, values: [7, 7, 9, 9] }] }
    const meters = [
      meterOf({ metric: 'fan_watts', unit: 'watts' }),
      meterOf({ metric: 'fan_watts', unit: 'watts', source: 'x' }),
    ]
    const { profile } = profileIdle(madeResponse(metrics), { instance: 'a', meters })
    assert.deepEqual(Object.keys(profile.power).sort(), ['acpi', 'rapl-sysfs', 'x'])
    assert.deepEqual(profile.power.acpi?.platform, profile.power.x?.platform)
    assert.ok(profile.power.acpi!.platform!['0']!.highest <= 9)
  })

  it('passes over a source of which no two samples are known', () => {
    const once = { labels: { ...a, source: 'rapl-sysfs' }, values: [5] }
    const { profile } = profileIdle(
      madeResponse({ [acpi]: [platform(a, 50, 60)], kepler_node_dram_joules_total: [once] }),
    )
    assert.deepEqual(Object.keys(profile.power), ['acpi'])
    assert.throws(
      () => profileIdle(madeResponse({ kepler_node_dram_joules_total: [once], b_joules_total: [], a_watts: [] })),
      {
        code: 'INVALID_DATA',
        message: 'no energy source was measured; energy metrics: b_joules_total, kepler_node_dram_joules_total',
      },
    )
    assert.throws(() => profileIdle(madeResponse({ [usage]: two[usage] })), { message: /energy metrics: none$/ })
  })

  it('is read with the names that it is told', () => {
    const zone = { labels: { ...a, zone: 'package' }, values: counter([30, 33]) }
    const metrics = { [acpi]: [platform(a, 50, 60)], kepler_node_cpu_joules_total: [zone] }
    const of = (vocabulary: string) =>
      Object.keys(profileIdle(madeResponse(metrics), { vocabulary: vocabularyNamed(vocabulary) }).profile.power)
    assert.deepEqual(of('kepler-0.7'), ['acpi'])
    assert.deepEqual(of('kepler-0.10'), ['rapl-sysfs'])
  })
})
