import assert from 'node:assert/strict'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { onlineTrainerScene, slot } from '../../test/support/online-trainer-scene.js'
import { ModelError } from '../core/errors.js'
import type { Assessment } from './round/assess.js'

describe('createOnlineTrainer', () => {
  it('publishes what a round found to be better, and says why', async () => {
    const { round, versions, trainer } = await onlineTrainerScene()
    const { outcome, why } = await round()
    assert.equal(outcome, 'published')
    assert.match(why, /1 of 1 models replaced, from 1 machine: acpi\/AbsPower\/BPFOnly\/0: 1.0 % off/)
    assert.equal(versions.liveNumber(), 1)
    const [entry] = await versions.history()
    assert.equal(entry?.action, 'published')
    assert.deepEqual(entry?.slots, { 'acpi/AbsPower/BPFOnly/0': { verdict: 'better', why: '1.0 % off' } })
    const status = trainer.status()
    assert.equal(status.rounds.published, 1)
    assert.equal(status.servedVersion, 1)
    assert.deepEqual([status.verdicts.better, status.verdicts.first], [1, 0])
    assert.equal(status.served[0]?.percent, 3)
    assert.ok(status.history.bytes > 0)
  })

  it('leaves what is served when nothing is better, and writes that down once', async () => {
    const { round, versions, found } = await onlineTrainerScene()
    await round()
    found.candidate = false
    found.slots = [{ ...slot, verdict: 'no_better', publish: false }]
    assert.equal((await round()).outcome, 'kept')
    assert.equal((await round()).outcome, 'kept')
    assert.deepEqual(
      (await versions.history()).map(({ action }) => action),
      ['published', 'kept'],
    )
    assert.equal(versions.liveNumber(), 1)
  })

  it('says to a round when a version was published last, also after a restart', async () => {
    const { round, requests, versions } = await onlineTrainerScene()
    await round()
    await round()
    const [first, second] = requests.map(({ lastPublished }) => lastPublished)
    assert.equal(first, undefined)
    assert.equal(second, requests[0]!.now)
    await versions.log({ time: '2001-01-01T00:00:00.000Z', action: 'published', version: 9, why: 'another process' })
    await round()
    assert.equal(requests.at(-1)!.lastPublished, Date.UTC(2001, 0))
  })

  it('publishes nothing over a pinned version, nor over what somebody published meanwhile', async () => {
    const { round, versions, found } = await onlineTrainerScene()
    await round()
    await round()
    await versions.rollback(1, 0)
    const pinned = await round()
    assert.equal(pinned.outcome, 'kept')
    assert.match(pinned.why, /version 1 is pinned/)
    assert.equal(versions.liveNumber(), 1)
    await versions.unpin()
    found.before = () => versions.rollback(2, 0).then(() => versions.unpin())
    const overtaken = await round()
    assert.match(overtaken.why, /somebody published meanwhile/)
    assert.equal(versions.liveNumber(), 2)
  })

  it('counts failures by reason, and forgets them in the next good round', async () => {
    const { round, prometheus, trainer, found } = await onlineTrainerScene()
    prometheus.failure = new ModelError('UNAVAILABLE', 'Prometheus is away')
    assert.deepEqual(await round(), { outcome: 'failed', why: 'Prometheus is away' })
    prometheus.failure = new ModelError('INVALID_CONFIG', 'Prometheus answered 401')
    await round()
    assert.equal(trainer.status().consecutiveFailures, 2)
    assert.equal(trainer.status().lastFailure, 'Prometheus answered 401')
    prometheus.failure = undefined
    found.fail = new ModelError('UNAVAILABLE', 'the round failed')
    await round()
    found.fail = undefined as never
    assert.equal((await round()).outcome, 'published')
    const { failures, consecutiveFailures, lastFailure, rounds } = trainer.status()
    assert.deepEqual(failures, { unavailable: 2, refused: 1, invalid: 0, disk: 0, pipeline: 0, round: 0 })
    assert.equal(consecutiveFailures, 0)
    assert.equal(lastFailure, undefined)
    assert.equal(rounds.failed, 3)
  })

  it('has published also what it cannot write down, and writes it down later', async () => {
    const { round, versions, trainer, folder } = await onlineTrainerScene()
    const path = join(folder, '.versions', 'std', 'history.jsonl')
    await mkdir(path, { recursive: true })
    assert.equal((await round()).outcome, 'published')
    assert.equal((await round()).outcome, 'published')
    const { rounds, failures, consecutiveFailures } = trainer.status()
    assert.deepEqual([rounds.published, failures.round, consecutiveFailures], [2, 2, 0])
    await rm(path, { recursive: true })
    await round()
    assert.deepEqual(
      (await versions.history()).map(({ version }) => version),
      [1, 2, 3],
    )
  })

  it('waits for a Prometheus without a Kepler', async () => {
    const { round, prometheus, requests } = await onlineTrainerScene()
    prometheus.forgotBefore = Number.POSITIVE_INFINITY
    const { outcome, why } = await round()
    assert.equal(outcome, 'waiting')
    assert.match(why, /no measurements/)
    assert.deepEqual(requests, [])
  })

  it('ends with the signal', async () => {
    const { trainer } = await onlineTrainerScene()
    const stop = new AbortController()
    const running = trainer.run(stop.signal)
    stop.abort()
    await running
    await assert.rejects(trainer.round(stop.signal), { code: 'CANCELLED' })
  })

  it('says why there is nothing to publish', async () => {
    const { round, found } = await onlineTrainerScene()
    const why = async (what: Partial<typeof found>) => {
      Object.assign(found, { candidate: false, slots: [], machines: undefined, guests: undefined, failures: [] }, what)
      return (await round()).why
    }
    assert.equal(await why({ machines: [] }), 'there are no measurements of a machine')
    const estimated = ['a', 'b', 'c', 'd'].map(
      (instance) => ({ instance, state: 'no_meter', why: 'estimated' }) as const,
    )
    assert.equal(
      await why({ machines: estimated }),
      'no machine has a power meter: a: estimated; b: estimated; c: estimated',
    )
    assert.equal(await why({}), 'nothing can be trained: : no feature group')
    assert.equal(
      await why({ failures: [{ what: 'a acpi', why: 'too short' }] }),
      'nothing can be trained: a acpi: too short',
    )
    const dynamic = { ...slot, slot: { ...slot.slot, outputType: 'DynPower' }, why: 'of a part' } as const
    assert.equal(await why({ slots: [dynamic, slot] }), 'acpi/AbsPower/BPFOnly/0: 1.0 % off')
    assert.equal(await why({ slots: [dynamic] }), 'acpi/DynPower/BPFOnly/0: of a part')
    const guests = [{ instance: 'vm', state: 'not_joined', why: 'missing' }] as const
    assert.equal(
      await why({ slots: [slot], guests }),
      'acpi/AbsPower/BPFOnly/0: 1.0 % off; no guest can be learnt from: vm: missing',
    )
  })

  it('says each news once, and again when it has changed', async () => {
    const { round, found, logged } = await onlineTrainerScene()
    const warned = async (findings: readonly object[], guests: Assessment['guests'] = []) => {
      Object.assign(found, { candidate: false, findings, guests })
      logged.length = 0
      await round()
      return logged.filter(({ level }) => level === 'warn').map(({ fields }) => fields)
    }
    const gap = (count: number) => ({ kind: 'gap', count })
    assert.deepEqual(await warned([gap(1), gap(2)]), [gap(1), gap(2)])
    assert.deepEqual(await warned([gap(1), gap(3)]), [gap(3)])
    assert.deepEqual(await warned([]), [])
    assert.deepEqual(await warned([gap(1)]), [gap(1)])
    const guests = [
      { instance: 'a', state: 'joined', why: '' },
      { instance: 'b', state: 'not_joined', why: 'missing' },
    ] as const
    assert.deepEqual(await warned([gap(1)], guests), [guests[1]])
  })

  it('logs how a round ended, and which machines and models are left out', async () => {
    const { round, found, logged } = await onlineTrainerScene()
    found.machines = [
      { instance: 'a', state: 'metered', why: '' },
      { instance: 'b', state: 'no_meter', why: 'estimated' },
    ]
    found.failures = [{ what: 'x', why: 'y' }]
    const { why } = await round()
    assert.match(why, /^1 of 1 models replaced, from 1 machine: acpi/)
    const told = (level: string) => logged.filter((one) => one.level === level).map(({ fields }) => fields)
    assert.deepEqual(told('info'), [{ outcome: 'published', version: 1, why }])
    assert.deepEqual(told('debug'), [
      { instance: 'b', reason: 'estimated' },
      { what: 'x', why: 'y' },
    ])
    found.machines = ['a', 'b'].map((instance) => ({ instance, state: 'metered', why: '' }) as const)
    assert.match((await round()).why, /from 2 machines:/)
    found.candidate = false
    logged.length = 0
    await round()
    assert.deepEqual(
      logged.filter(({ level }) => level === 'info').map(({ message }) => message),
      ['the served models stay'],
    )
  })
})
