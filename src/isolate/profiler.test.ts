import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { container, madeResponse, raplEnergy } from '../../test/fixtures/response.js'
import { ModelError } from '../core/errors.js'
import { parseIdleProfile } from './idle-profile.js'
import { profileIdle } from './profiler.js'

const idle = {
  ...raplEnergy({ package: [40, 44, 0], dram: [4, 8, 0] }),
  kepler_node_uncore_joules_total: raplEnergy({ package: [], dram: [2, 2, 0] }).kepler_node_dram_joules_total!,
  kepler_node_platform_joules_total: [{ labels: { source: 'acpi' }, values: [0, 300, 603, 603] }],
  kepler_container_bpf_cpu_time_ms_total: [{ labels: container('agent'), values: [1] }],
}

describe('profileIdle', () => {
  it('keeps lowest and highest watts per package, without rows of no power', () => {
    const { profile } = profileIdle(madeResponse(idle))
    assert.deepEqual(profile.containers, ['agent'])
    assert.deepEqual(profile.power['rapl-sysfs']?.package, { '0': { lowest: 20, highest: 22, units: 2 } })
    assert.deepEqual(profile.power['rapl-sysfs']?.dram, { '0': { lowest: 2, highest: 4, units: 2 } })
    assert.deepEqual(profile.power.acpi, { platform: { '0': { lowest: 100, highest: 101, units: 1 } } })
  })

  it('does not take uncore for core (the original does)', () => {
    const { profile } = profileIdle(madeResponse(idle), { nodeType: 5 })
    assert.deepEqual(profile.power['rapl-sysfs']?.core, { '5': { lowest: 0, highest: 0, units: 2 } })
    assert.deepEqual(profile.power['rapl-sysfs']?.uncore, { '5': { lowest: 1, highest: 1, units: 2 } })
  })

  it('writes what it reads', () => {
    const { profile } = profileIdle(madeResponse(idle))
    assert.deepEqual(parseIdleProfile(JSON.stringify(profile)), profile)
  })

  it('says what is there when no source was measured', () => {
    const part = { kepler_node_other_joules_total: idle.kepler_node_uncore_joules_total }
    assert.throws(() => profileIdle(madeResponse(part)), {
      code: 'INVALID_DATA',
      message: /kepler_node_other_joules_total/,
    })
  })

  it('refuses files that are no profile, and says where', () => {
    assert.throws(
      () => parseIdleProfile('{'),
      (error: unknown) => {
        assert.ok(error instanceof ModelError && error.cause instanceof SyntaxError)
        assert.deepEqual([error.code, error.field], ['INVALID_CONFIG', 'profile'])
        return /not JSON/.test(error.message)
      },
    )
    const { profile } = profileIdle(madeResponse(idle))
    const wrong = { ...profile, power: { acpi: { platform: { '0': { lowest: -1, highest: 2, units: 1 } } } } }
    assert.throws(() => parseIdleProfile(JSON.stringify(wrong)), { message: /power\.acpi\.platform\.0\.lowest/ })
  })
})
