import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { onlineTrainerScene } from '../../test/support/online-trainer-scene.js'
import type { IdleProfile } from '../isolate/idle-profile.js'
import { allMeasurements } from '../extract/measurements.js'

const profile: IdleProfile = {
  format: 'kepler-idle-profile/1',
  containers: [],
  power: { acpi: { platform: { '0': { lowest: 40, highest: 50, units: 1 } } } },
}

describe('a round of the online trainer', () => {
  it('is of the whole history, with what the trainer was given', async () => {
    const { round, requests, history, versions } = await onlineTrainerScene({ errorKey: 'mape' })
    await round()
    const { specs: _, ...request } = requests[0]!
    assert.deepEqual(request, {
      ...{ paths: history.segments.map(({ path }) => path), measurements: allMeasurements, nodeOs: 'off', name: 'std' },
      ...{ served: undefined, errorKey: 'mape', trainers: ['SGDRegressorTrainer'], margin: 0.1, minRows: 10 },
      ...{ maxRows: 10_000, maxError: 30, recentSeconds: 60, threads: 0, profile: undefined, learned: undefined },
      ...{ nextVersion: 1, lastPublished: undefined, publishInterval: 60_000, scratch: history.folder },
      ...{ candidatePath: versions.candidatePath, now: 1_700_000_066_000 },
    })
    await round()
    assert.deepEqual([requests[1]?.nextVersion, requests[1]?.served?.name], [2, 'std'])
  })

  it('is of the machines, and by the profile, that the operator wants', async () => {
    const measurements = { ...allMeasurements, machineLabels: ['rack'] }
    const { round, requests } = await onlineTrainerScene({ measurements, nodeOs: 'guests', profile })
    await round()
    assert.deepEqual(requests[0]?.measurements, measurements)
    assert.deepEqual([requests[0]?.nodeOs, requests[0]?.profile], ['guests', profile])
  })

  it('keeps what it learned of idle power for the next one', async () => {
    const { round, requests, found } = await onlineTrainerScene()
    found.learned = profile
    await round()
    found.learned = undefined
    await round()
    await round()
    assert.deepEqual(
      requests.map(({ learned }) => learned),
      [undefined, profile, profile],
    )
  })

  it('removes damaged files of the history, and says so', async () => {
    const { round, found, history, logged } = await onlineTrainerScene()
    await round()
    const { path } = history.segments[0]!
    found.damaged = [{ path, why: 'cut off' }]
    await round()
    assert.equal(existsSync(path), false)
    assert.ok(history.segments.every((one) => one.path !== path))
    const warned = logged.filter(({ level }) => level === 'warn')
    assert.deepEqual(
      warned.map(({ fields }) => fields),
      [{ path, why: 'cut off' }],
    )
  })

  it('waits where nothing is served yet and nothing is published, and keeps what is served else', async () => {
    const { round, found, versions, logged } = await onlineTrainerScene()
    found.candidate = false
    const waiting = await round()
    assert.deepEqual([waiting.outcome, waiting.why], ['waiting', 'acpi/AbsPower/BPFOnly/0: 1.0 % off'])
    assert.equal(logged.findLast(({ level }) => level === 'info')?.message, 'nothing is published yet')
    const [entry] = await versions.history()
    assert.deepEqual([entry?.action, entry?.version, entry?.time], ['kept', 0, '2023-11-14T22:14:26.000Z'])
    found.candidate = true
    await round()
    found.candidate = false
    assert.equal((await round()).outcome, 'kept')
  })

  it('leaves no next version behind that it may not publish', async () => {
    const { round, versions, trainer } = await onlineTrainerScene()
    await round()
    await round()
    await versions.rollback(1, 0)
    const { why } = await round()
    assert.equal(why, 'version 1 is pinned since 1970-01-01T00:00:00.000Z; 1 better models are not published')
    assert.equal(existsSync(versions.candidatePath), false)
    assert.equal(trainer.status().pinned, true)
    await versions.unpin()
    assert.equal((await round()).outcome, 'published')
    assert.equal(trainer.status().pinned, false)
  })

  it('says that a version was pinned while it published', async () => {
    const { round, versions } = await onlineTrainerScene()
    Object.assign(versions, { publish: async () => ({ version: 9, since: 'now' }) })
    const { outcome, why } = await round()
    assert.deepEqual([outcome, why], ['kept', 'version 9 is pinned since now; 1 better models are not published'])
    assert.equal((await versions.history())[0]?.version, 9)
  })

  it('keeps a hundred entries that cannot be written, the newest', async () => {
    const { round, versions, folder, logged } = await onlineTrainerScene()
    const path = join(folder, '.versions', 'std', 'history.jsonl')
    await mkdir(path, { recursive: true })
    for (let i = 0; i < 102; i++) await round()
    const waiting = logged.filter(({ message }) => message.startsWith('the history file waits'))
    const lines = waiting.map(({ fields }) => (fields as { readonly lines?: number }).lines)
    assert.deepEqual([lines[0], lines[98], lines[99], lines[101]], [1, 99, 100, 100])
    await rm(path, { recursive: true })
    await round()
    const written = (await versions.history()).map(({ version }) => version)
    assert.deepEqual([written.length, written[0], written.at(-1)], [100, 4, 103])
  })
})
