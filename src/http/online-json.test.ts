import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fakeOnlineStatus } from '../../test/support/online-status.js'
import type { Versions } from '../online/versions/versions.js'
import { onlineJson } from './online-json.js'

type Log = Awaited<ReturnType<Versions['history']>>

/** Versions with this log, of which the second of two is served. */
const versionsOf = (log: Log = [], pin?: Awaited<ReturnType<Versions['pin']>>) =>
  ({
    pin: async () => pin,
    history: async () => log,
    liveNumber: () => 2,
    list: async () => [
      { number: 1, path: 'a', bytes: 10, publishedAt: 0, live: false },
      { number: 2, path: 'b', bytes: 20, publishedAt: 60_000, live: true },
    ],
  }) as unknown as Versions

const entry = (version: number, more: object = {}) =>
  ({ time: `t${version}`, action: 'published', version, why: `why ${version}`, ...more }) as Log[number]

describe('what an online trainer did', () => {
  it('at its start is null wherever nothing was yet', async () => {
    const { versions: _, ...shown } = await onlineJson(fakeOnlineStatus(), versionsOf(), false)
    const { pipeline, rounds, failures, history, machines, findings } = fakeOnlineStatus()
    assert.deepEqual(shown, {
      ...{ pipeline, rounds, failures, history, machines, findings },
      guests: { joined: 0, not_joined: 0, no_label: 0 },
      ...{ last_failure: null, last_round: '', last_round_at: null, last_publish_at: null },
      ...{ drift: [], served_version: 2, pinned: null, log: [], can_change: false },
    })
  })

  it('has times, the last failure and the pin', async () => {
    const status = { lastFailure: 'no route', lastRound: 'failed', lastRoundAt: 1000, lastPublishAt: 0 }
    const pin = { version: 2, since: 'then' }
    const shown = await onlineJson(fakeOnlineStatus(status), versionsOf([], pin), true)
    assert.deepEqual([shown.last_failure, shown.last_round, shown.pinned], ['no route', 'failed', pin])
    assert.deepEqual(
      [shown.last_round_at, shown.last_publish_at],
      ['1970-01-01T00:00:01.000Z', '1970-01-01T00:00:00.000Z'],
    )
    assert.equal(shown.can_change, true)
  })

  it('has the versions, the newest first, each with why it was published', async () => {
    const log = [entry(1), entry(2, { action: 'rolled-back', why: 'by hand' })]
    assert.deepEqual((await onlineJson(fakeOnlineStatus(), versionsOf(log), true)).versions, [
      { version: 2, bytes: 20, published: '1970-01-01T00:01:00.000Z', served: true, why: null },
      { version: 1, bytes: 10, published: '1970-01-01T00:00:00.000Z', served: false, why: 'why 1' },
    ])
  })

  it('shows the latest 200 entries, the newest first, with what was decided of each slot', async () => {
    const slots = { 'acpi/AbsPower/BPFOnly/0': { verdict: 'better', why: '3 %' } }
    const log = [...Array.from({ length: 200 }, (_, i) => entry(i)), entry(200, { version: undefined, slots })]
    const shown = (await onlineJson(fakeOnlineStatus(), versionsOf(log), true)).log
    assert.equal(shown.length, 200)
    assert.deepEqual(shown[0], {
      ...{ time: 't200', action: 'published', version: null, why: 'why 200' },
      slots: [{ slot: 'acpi/AbsPower/BPFOnly/0', verdict: 'better', why: '3 %' }],
    })
    assert.deepEqual(shown.at(-1), { time: 't1', action: 'published', version: 1, why: 'why 1', slots: [] })
  })

  it('has the errors of the served models on new measurements, and null where nothing compares', async () => {
    const slot = { source: 'acpi', outputType: 'AbsPower', group: 'BPFOnly', featureGroup: 'BPFOnly', nodeType: 1 }
    const served = [
      { slot, mae: 2, ratio: 1.5 },
      { slot, mae: 3, ratio: undefined },
    ] as unknown as ReturnType<typeof fakeOnlineStatus>['served']
    const { drift } = await onlineJson(fakeOnlineStatus({ served }), versionsOf(), true)
    assert.deepEqual(
      drift.map(({ ratio }) => ratio),
      [1.5, null],
    )
    assert.match(String(drift[0]?.slot), /^acpi\/AbsPower\/BPFOnly\/1$/)
    assert.equal((drift[0] as unknown as { mae: number }).mae, 2)
  })
})
