import assert from 'node:assert/strict'
import { readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { assessRequest } from '../../../test/support/assess-request.js'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { silentLogger } from '../../runtime/ports.js'
import { scenarioNamed } from '../../simulate/scenario.js'
import { responseChunks } from '../../simulate/write-response.js'
import { failureReason } from '../failure.js'
import type { AssessRequest } from './assess.js'
import { runAssess } from './run-assess.js'

const start = 1_700_000_000
const folder = temporaryFolder()
const path = join(folder, `${start}-${start + 300}.json`)
writeFileSync(path, [...responseChunks({ scenario: scenarioNamed('mixed'), start, duration: 300 })].join(''))

function requestIn(name: string): AssessRequest {
  return assessRequest({
    paths: [path],
    trainers: ['SGDRegressorTrainer'],
    threads: 1,
    candidatePath: join(folder, name, 'candidate.zip'),
    now: (start + 300) * 1000,
  })
}
const { signal } = new AbortController()

describe('runAssess', () => {
  it('writes the next version from a thread of its own', async () => {
    const assessment = await runAssess(requestIn('.'), silentLogger, signal)
    assert.equal(assessment.candidate, true)
    assert.ok(readdirSync(folder).includes('candidate.zip'))
  })

  const noFullDevice = process.platform === 'linux' ? false : 'needs /dev/full, which Linux has'
  it('says that a disk is full, which is not the countFailure of Prometheus', { skip: noFullDevice }, async () => {
    const full = temporaryFolder()
    const request = { ...requestIn('.'), candidatePath: join(full, 'candidate.zip') }
    // What it writes beside goes to a device that takes nothing.
    symlinkSync('/dev/full', `${request.candidatePath}.${process.pid}.tmp`)
    await assert.rejects(runAssess(request, silentLogger, signal), (error: unknown) => {
      assert.match(String(error), /the round failed: .*candidate\.zip cannot be written: ENOSPC/)
      assert.equal(failureReason(error), 'disk')
      return true
    })
    assert.deepEqual(readdirSync(full), [])
  })

  it('says that the served pipeline cannot be read, and what to do', async () => {
    const served = { name: 'std', path: join(folder, 'damaged.zip'), kind: 'zip' } as const
    writeFileSync(served.path, 'PK, and no more')
    await assert.rejects(runAssess({ ...requestIn('.'), served }, silentLogger, signal), (error: unknown) => {
      assert.match(String(error), /served pipeline std cannot be read: .*--rollback/)
      assert.equal(failureReason(error), 'pipeline')
      return true
    })
  })

  it('says of a round that fails otherwise that it was the round', async () => {
    const mistaken = { ...requestIn('.'), trainers: 0 as never }
    await assert.rejects(runAssess(mistaken, silentLogger, signal), (error: unknown) => {
      assert.equal(failureReason(error), 'round')
      return true
    })
  })

  it('stops when it is told to', async () => {
    const stop = new AbortController()
    const running = runAssess(requestIn('.'), silentLogger, stop.signal)
    stop.abort()
    await assert.rejects(running, { code: 'CANCELLED' })
  })

  it('begins nothing that was cancelled before', async () => {
    const stopped = AbortSignal.abort()
    // Its data cannot be cloned for a thread: one that began would say so.
    const request = { ...requestIn('.'), never: () => {} }
    await assert.rejects(runAssess(request, silentLogger, stopped), { code: 'CANCELLED' })
  })
})
