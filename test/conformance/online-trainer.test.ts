import assert from 'node:assert/strict'
import { existsSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { options } from '../../src/config/options.js'
import { isTrainerName, type TrainerName } from '../../src/regression/trainers.js'
import { type Assessment, type AssessRequest, assess } from '../../src/online/round/assess.js'
import { assessRequest } from '../support/assess-request.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const data = '../shared/data/prometheus'
const skip = existsSync(data) ? false : `needs the reference data in ${data}`
const trainers: readonly TrainerName[] = options.ONLINE_TRAINERS.default.filter(isTrainerName)
/** Percent of the mean power, from the issue. */
const allowed = 10

describe('a round of the online trainer on recorded responses', { skip }, () => {
  const folder = temporaryFolder()
  const livePath = join(folder, 'std.zip')
  const candidatePath = join(folder, 'candidate.zip')
  async function round(response: string, changed: Partial<AssessRequest> = {}): Promise<Assessment> {
    const served = existsSync(livePath) ? ({ name: 'std', path: livePath, kind: 'zip' } as const) : undefined
    const assessment = await assess(
      assessRequest({ paths: [join(data, response)], served, trainers, candidatePath, ...changed }),
    )
    if (assessment.candidate) renameSync(candidatePath, livePath)
    return assessment
  }

  it('learns a real machine: both meters, every group, both outputs, within 10 % on what it has not seen', async (test) => {
    const { machines, slots, failures } = await round('loaded.json')
    assert.deepEqual(
      machines.map(({ state, sources }) => [state, sources]),
      [['metered', ['rapl-sysfs', 'acpi']]],
    )
    assert.deepEqual(failures, [])
    assert.equal(slots.length, 2 * 2 * 5)
    const errors = slots.map(({ why }) => Number(/([\d.]+) %/.exec(why)?.[1]))
    test.diagnostic(`off by ${Math.min(...errors)} to ${Math.max(...errors)} % on held-out measurements`)
    for (const { verdict } of slots) assert.equal(verdict, 'first')
    for (const error of errors) assert.ok(error < allowed, `${error} %`)
  })

  it('is content with what it has learnt when asked again', async () => {
    const again = await round('loaded.json')
    assert.equal(again.servedVersion, 1)
    assert.equal(again.candidate, false)
    for (const { fresh, driftingSince } of again.slots) {
      assert.ok(fresh && fresh.percent < allowed, `${fresh?.percent} %`)
      assert.equal(driftingSince, undefined)
    }
  })

  it('does not forget load when only an idle machine is left to see', async () => {
    const idle = await round('idle.json', { minRows: 10 })
    assert.equal(idle.candidate, false)
  })
})
