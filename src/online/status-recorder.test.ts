import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Assessment } from './round/assess.js'
import { statusRecorder } from './status-recorder.js'

const slot = { source: 'acpi', outputType: 'AbsPower', group: 'BPFOnly', nodeType: 0 } as const
const fresh = { model: 'A_0', rows: 9, watts: 1.5, percent: 3, ratio: undefined }

/** What a round found, as far as the status tells it. */
function assessment(part: object): Assessment {
  return { machines: [], guests: undefined, slots: [], findings: [], ...part } as unknown as Assessment
}

describe('the status of the online trainer', () => {
  it('begins with zeros and a sentence', () => {
    const { rounds, failures, verdicts, guests, ...status } = statusRecorder('std').read()
    assert.deepEqual(rounds, { published: 0, kept: 0, waiting: 0, failed: 0 })
    assert.deepEqual(failures, { unavailable: 0, refused: 0, invalid: 0, disk: 0, pipeline: 0, round: 0 })
    assert.ok(Object.keys(verdicts).length === 11 && Object.values(verdicts).every((count) => count === 0))
    assert.deepEqual(guests, { joined: 0, not_joined: 0, no_label: 0 })
    assert.deepEqual(status, {
      pipeline: 'std',
      consecutiveFailures: 0,
      lastFailure: undefined,
      lastRound: 'no round has ended yet',
      lastRoundAt: undefined,
      lastPublishAt: undefined,
      history: { seconds: 0, bytes: 0 },
      machines: { metered: 0, no_meter: 0 },
      findings: {},
      served: [],
      servedVersion: 0,
      pinned: false,
    })
  })

  it('counts rounds by their outcome, and knows when something was published', () => {
    const recorder = statusRecorder('std')
    recorder.finished({ outcome: 'published', why: 'better' }, 10)
    recorder.finished({ outcome: 'kept', why: 'no better' }, 20)
    recorder.finished({ outcome: 'waiting', why: 'too few' }, 30)
    const { rounds, lastRound, lastRoundAt, lastPublishAt } = recorder.read()
    assert.deepEqual(rounds, { published: 1, kept: 1, waiting: 1, failed: 0 })
    assert.deepEqual([lastRound, lastRoundAt, lastPublishAt], ['too few', 30, 10])
  })

  it('counts failures in a row, until a round ends well, and those that fail no round apart', () => {
    const recorder = statusRecorder('std')
    recorder.failed('disk', 'full', 10)
    recorder.failed('unavailable', 'away', 20)
    recorder.countFailure('disk')
    const failed = recorder.read()
    assert.deepEqual([failed.rounds.failed, failed.consecutiveFailures, failed.lastFailure], [2, 2, 'away'])
    assert.deepEqual([failed.failures.disk, failed.failures.unavailable], [2, 1])
    assert.deepEqual([failed.lastRound, failed.lastRoundAt], ['away', 20])
    recorder.finished({ outcome: 'kept', why: 'well' }, 30)
    const after = recorder.read()
    assert.deepEqual([after.consecutiveFailures, after.lastFailure, after.rounds.failed], [0, undefined, 2])
  })

  it('has what the last round saw that got so far', () => {
    const recorder = statusRecorder('std')
    const seen = assessment({
      machines: ['metered', 'metered', 'no_meter'].map((state) => ({ state })),
      guests: ['joined', 'not_joined', 'joined'].map((state) => ({ state })),
      slots: [
        { slot, verdict: 'first', fresh },
        { slot: { ...slot, nodeType: 1 }, verdict: 'first', fresh: undefined },
        { slot, verdict: 'no_better', fresh: undefined },
      ],
      findings: [
        { kind: 'gap', count: 2 },
        { kind: 'reset', count: 1 },
        { kind: 'gap', count: 3 },
      ],
    })
    recorder.finished({ outcome: 'published', why: '', assessment: seen }, 10)
    recorder.finished({ outcome: 'waiting', why: '' }, 20)
    const status = recorder.read()
    assert.deepEqual(status.machines, { metered: 2, no_meter: 1 })
    assert.deepEqual(status.guests, { joined: 2, not_joined: 1, no_label: 0 })
    assert.deepEqual([status.verdicts.first, status.verdicts.no_better], [2, 1])
    assert.deepEqual(status.findings, { gap: 5, reset: 1 })
    assert.deepEqual(status.served, [{ slot, ...fresh }])
    recorder.finished({ outcome: 'kept', why: '', assessment: assessment({}) }, 30)
    const later = recorder.read()
    assert.deepEqual([later.findings, later.served, later.guests.joined, later.machines.metered], [{}, [], 0, 0])
    assert.equal(later.verdicts.first, 2, 'verdicts are counted since the start')
  })

  it('has what is on disk', () => {
    const recorder = statusRecorder('std')
    recorder.setStorage({ history: { seconds: 60, bytes: 9 }, servedVersion: 4, pinned: true })
    const { history, servedVersion, pinned } = recorder.read()
    assert.deepEqual([history, servedVersion, pinned], [{ seconds: 60, bytes: 9 }, 4, true])
  })
})
