import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { describe, it } from 'node:test'
import { fakeModelSelector } from '../../test/support/model-selector.js'
import { fakeOnlineStatus } from '../../test/support/online-status.js'
import { recordedLog } from '../../test/support/recorded-log.js'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { zipFiles } from '../archive/write-model-archive.js'
import { pipelineVersions } from '../online/versions/versions.js'
import { silentLogger } from '../runtime/ports.js'
import { createModelServerApp } from './model-server-app.js'

const limits = { maxBodyBytes: 262_144, requestTimeout: 10, idleTimeout: 10, maxConnections: 100 }
const token = 'a-secret'

/** A server beside a trainer that published three versions. */
async function scene(given: string | undefined = token) {
  const versions = pipelineVersions(temporaryFolder(), 'std', 5)
  for (let number = 1; number <= 3; number++) {
    mkdirSync(dirname(versions.candidatePath), { recursive: true })
    writeFileSync(versions.candidatePath, zipFiles(new Map([['metadata.json', JSON.stringify({ version: number })]])))
    await versions.publish(number)
    const slots = { 'acpi/AbsPower/BPFOnly/0': { verdict: 'better', why: '3 % better' } }
    await versions.log({
      time: `2026-01-0${number}T00:00:00.000Z`,
      action: 'published',
      version: number,
      why: `why ${number}`,
      slots,
    })
  }
  let refreshed = 0
  const app = createModelServerApp({
    selector: fakeModelSelector(),
    logger: silentLogger,
    limits,
    version: '1',
    token: given,
    refresh: async () => refreshed++,
    online: { status: () => fakeOnlineStatus({ pipeline: 'std' }), metrics: async () => '', versions },
  })
  const change = (what: string, body: object, authorization = `Bearer ${token}`) =>
    app.inject({
      method: 'POST',
      url: `/api/v1/online/${what}`,
      headers: { authorization },
      payload: JSON.stringify(body),
    })
  return { app, versions, change, refreshed: () => refreshed }
}

describe('/api/v1/online', () => {
  it('says what was done and why, the newest first', async () => {
    const { app } = await scene()
    const { versions, log, can_change, served_version } = (await app.inject('/api/v1/online')).json()
    assert.deepEqual(
      versions.map(({ version, served, why }: Record<string, unknown>) => [version, served, why]),
      [
        [3, true, 'why 3'],
        [2, false, 'why 2'],
        [1, false, 'why 1'],
      ],
    )
    assert.deepEqual(log[0].slots, [{ slot: 'acpi/AbsPower/BPFOnly/0', verdict: 'better', why: '3 % better' }])
    assert.deepEqual([can_change, served_version], [true, 3])
  })

  it('goes back to a version, pins it, and releases it', async () => {
    const { change, versions, refreshed } = await scene()
    const back = await change('rollback', { version: 1 })
    assert.equal(back.statusCode, 200)
    assert.equal(back.json().served_version, 1)
    assert.equal(back.json().pinned.version, 1)
    assert.equal(back.json().log[0].why, 'from version 3 by HTTP')
    assert.equal(versions.liveNumber(), 1)
    assert.equal(refreshed(), 1)
    const released = await change('unpin', {})
    assert.equal(released.json().pinned, null)
    assert.equal(released.json().log[0].action, 'unpinned')
  })

  it('goes back also where nobody looks for pipelines, or that fails, which is logged', async () => {
    const logger = recordedLog()
    for (const refresh of [undefined, () => Promise.reject(new Error('no disk'))]) {
      const { versions } = await scene()
      const app = createModelServerApp({
        ...{ selector: fakeModelSelector(), logger, limits, version: '1', token },
        ...(refresh && { refresh }),
        online: { status: () => fakeOnlineStatus({ pipeline: 'std' }), metrics: async () => '', versions },
      })
      const headers = { authorization: `Bearer ${token}` }
      const url = '/api/v1/online/rollback'
      const answer = await app.inject({ method: 'POST', url, headers, payload: '{"version":2}' })
      assert.deepEqual([answer.statusCode, answer.json().served_version], [200, 2])
    }
    const warnings = logger.lines.filter(({ level }) => level === 'warn')
    assert.deepEqual(
      warnings.map(({ fields: { cause } }) => String(cause)),
      ['Error: no disk'],
    )
  })

  it('changes nothing for who has no token, or where there is none', async () => {
    const { change, versions } = await scene()
    for (const authorization of ['', 'Bearer wrong', 'Basic YTpi']) {
      for (const what of ['rollback', 'unpin'])
        assert.equal((await change(what, { version: 1 }, authorization)).statusCode, 401)
    }
    assert.equal(versions.liveNumber(), 3)
    const app = createModelServerApp({
      selector: fakeModelSelector(),
      logger: silentLogger,
      limits,
      version: '1',
      online: { status: () => fakeOnlineStatus({ pipeline: 'std' }), metrics: async () => '', versions },
    })
    const open = await app.inject({ method: 'POST', url: '/api/v1/online/rollback', payload: '{"version":1}' })
    assert.equal(open.statusCode, 403)
    assert.match(open.json().error.message, /MODEL_SERVER_TOKEN/)
    assert.equal((await app.inject('/api/v1/online')).json().can_change, false)
    assert.equal(versions.liveNumber(), 3)
  })

  it('refuses what is no version', async () => {
    const { change, versions } = await scene()
    for (const version of [7, 0, -1, 1.5, '1', null, undefined]) {
      const answer = await change('rollback', { version })
      assert.equal(answer.statusCode, 400, String(version))
      assert.match(answer.json().error.message, /version/)
    }
    assert.equal(versions.liveNumber(), 3)
  })
})
