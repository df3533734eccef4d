import assert from 'node:assert/strict'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, it } from 'node:test'
import { simulatedPrometheus } from '../../test/support/simulated-prometheus.js'
import { simulatedResponse } from '../../test/support/simulated-response.js'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { zipFiles } from '../archive/write-model-archive.js'
import { ModelError } from '../core/errors.js'
import { silentLogger } from '../runtime/ports.js'
import { scenarioNamed } from '../simulate/scenario.js'
import { openHistory } from './history/history.js'
import { openProfileFile } from './profile-file.js'
import type { Assessment, AssessRequest, SlotReport } from './round/assess.js'
import { createOnlineTrainer } from './online-trainer.js'
import { pipelineVersions } from './versions/versions.js'

const start = 1_700_000_000
const response = simulatedResponse({ scenario: scenarioNamed('idle'), start, duration: 120, step: 3 })
const slot: SlotReport = {
  slot: { source: 'acpi', outputType: 'AbsPower', group: 'BPFOnly', nodeType: 0 },
  verdict: 'better',
  publish: true,
  urgent: true,
  why: '1.0 % off',
  fresh: { model: 'SGDRegressorTrainer_0', rows: 9, watts: 2, percent: 3, ratio: 4 },
  driftingSince: undefined,
}

/** A trainer whose rounds find what `found` says, and write a next version where that is wanted. */
async function scene() {
  const folder = await temporaryFolder()
  const prometheus = simulatedPrometheus(response)
  const versions = pipelineVersions(folder, 'std', 3)
  const history = await openHistory({
    folder: `${folder}/history`,
    seconds: 3600,
    maxBytes: 1e9,
    interval: 60,
    step: 3,
  })
  const found: {
    candidate: boolean
    slots: readonly SlotReport[]
    guests?: Assessment['guests']
    fail?: Error
    before?: () => Promise<unknown>
  } = {
    candidate: true,
    slots: [slot],
  }
  const requests: AssessRequest[] = []
  const assess = async (request: AssessRequest): Promise<Assessment> => {
    requests.push(request)
    if (found.fail) throw found.fail
    const servedVersion = versions.liveNumber()
    await found.before?.()
    if (found.candidate) {
      await mkdir(dirname(request.candidatePath), { recursive: true })
      const metadata = JSON.stringify({ name: 'std', version: request.nextVersion })
      await writeFile(request.candidatePath, zipFiles(new Map([['metadata.json', metadata]])))
    }
    const machines = [
      {
        instance: 'worker',
        names: ['worker'],
        state: 'metered',
        sources: ['acpi'],
        vocabulary: 'kepler-0.7',
        why: '',
      } as const,
    ]
    const nothing = { damaged: [], failures: [], findings: [], learned: undefined, dataFrom: 0, dataUntil: 0 }
    return { machines, guests: found.guests, slots: found.slots, servedVersion, candidate: found.candidate, ...nothing }
  }
  let now = (start + 60) * 1000
  const trainer = createOnlineTrainer({
    client: prometheus,
    history,
    versions,
    learned: await openProfileFile(`${folder}/history`),
    specs: new Map(),
    trainers: ['SGDRegressorTrainer'],
    publishInterval: 60_000,
    interval: 20_000,
    recentSeconds: 60,
    minRows: 10,
    maxRows: 10_000,
    margin: 0.1,
    maxError: 30,
    errorKey: 'mae',
    logger: silentLogger,
    clock: () => now,
    random: () => 1,
    assess,
  })
  const { signal } = new AbortController()
  return {
    folder,
    prometheus,
    versions,
    found,
    requests,
    trainer,
    round() {
      now += 6000
      return trainer.round(signal)
    },
  }
}

describe('createOnlineTrainer', () => {
  it('publishes what a round found to be better, and says why', async () => {
    const { round, versions, trainer } = await scene()
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
    const { round, versions, found } = await scene()
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
    const { round, requests, versions } = await scene()
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
    const { round, versions, found } = await scene()
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
    const { round, prometheus, trainer, found } = await scene()
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
    const { round, versions, trainer, folder } = await scene()
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
    const { round, prometheus, requests } = await scene()
    prometheus.forgotBefore = Number.POSITIVE_INFINITY
    const { outcome, why } = await round()
    assert.equal(outcome, 'waiting')
    assert.match(why, /no measurements/)
    assert.deepEqual(requests, [])
  })

  it('ends with the signal', async () => {
    const { trainer } = await scene()
    const stop = new AbortController()
    const running = trainer.run(stop.signal)
    stop.abort()
    await running
    await assert.rejects(trainer.round(stop.signal), { code: 'CANCELLED' })
  })
})
