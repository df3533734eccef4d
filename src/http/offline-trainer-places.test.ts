import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { type AddressInfo, connect } from 'node:net'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'

import { doneJob, offlineTrainerScene, untilCancelled, validRequest } from '../../test/support/offline-trainer-scene.js'

describe('the places of the offline trainer', () => {
  const scene = offlineTrainerScene()

  it('cancels a running and a waiting job, and refuses more than may wait', async () => {
    await scene.start(untilCancelled, undefined, 1)
    const [first, second] = [
      await scene.train(validRequest, '?mode=async'),
      await scene.train(validRequest, '?mode=async'),
    ]
    const third = await scene.train(validRequest, '?mode=async')
    assert.equal(third.statusCode, 503)
    assert.equal(third.headers['retry-after'], '30')
    assert.equal((await scene.app.inject('/readyz')).statusCode, 503)
    for (const { headers } of [second, first]) {
      const cancelled = await scene.app.inject({ method: 'DELETE', url: String(headers.location) })
      assert.equal(cancelled.json().state, 'cancelled')
    }
    assert.equal((await scene.app.inject('/readyz')).statusCode, 200)
    const metrics = (await scene.app.inject('/metrics')).body
    assert.match(metrics, /kepler_offline_trainer_jobs\{state="cancelled"\} 2/)
    assert.match(metrics, /kepler_offline_trainer_store_bytes 0/)
    assert.match(metrics, /kepler_offline_trainer_job_duration_seconds_count\{state="cancelled"\} 2/)
  })

  it('cancels the job of a client that leaves', async () => {
    await scene.start(untilCancelled)
    await scene.app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = scene.app.server.address() as AddressInfo
    const body = JSON.stringify(validRequest)
    const client = connect(port, '127.0.0.1')
    client.write(`POST /train HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
    while (scene.store.list().length === 0) await setImmediate()
    const { id } = scene.store.list()[0]!
    client.destroy()
    assert.equal((await scene.queue.finished(id)).state, 'cancelled')
  })

  it('lets no more requests come in than it has places for, and gives a place back', async () => {
    await scene.start(doneJob, undefined, 0)
    await scene.app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = scene.app.server.address() as AddressInfo
    const slow = connect(port, '127.0.0.1')
    const half = `{"name":"half${'x'.repeat(70_000)}`
    slow.write(`POST /train HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n${half}`)
    while (!scene.queue.full) await setImmediate()
    const refused = await scene.train(validRequest)
    assert.equal(refused.statusCode, 503)
    assert.match(refused.body, /1 jobs wait already/)
    assert.deepEqual([refused.headers['retry-after'], refused.headers.connection], ['30', 'close'])
    slow.destroy()
    while (scene.queue.full) await setImmediate()
    assert.equal((await scene.train(validRequest)).statusCode, 200)
    await scene.expectNothingLeft()
  })

  it('gives no place to requests that have said next to nothing', async () => {
    await scene.start(doneJob, undefined, 0)
    await scene.app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = scene.app.server.address() as AddressInfo
    const slow = ['', '{"name":"half'].flatMap((said) =>
      Array.from({ length: 17 }, () => {
        const client = connect(port, '127.0.0.1')
        client.write(`POST /train HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n${said}`)
        return client
      }),
    )
    while ((await readdir(join(scene.folder, 'incoming'))).length < slow.length) await setImmediate()
    assert.equal((await scene.app.inject('/readyz')).statusCode, 200)
    assert.equal((await scene.train(validRequest)).statusCode, 200)
    for (const client of slow) client.destroy()
    while ((await readdir(join(scene.folder, 'incoming'))).length > 0) await setImmediate()
  })

  it('forgets a request that breaks off', async () => {
    await scene.start(doneJob)
    await scene.app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = scene.app.server.address() as AddressInfo
    const client = connect(port, '127.0.0.1')
    client.write('POST /train HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{"name":"half')
    while ((await readdir(join(scene.folder, 'incoming'))).length === 0) await setImmediate()
    client.destroy()
    while ((await readdir(join(scene.folder, 'incoming'))).length > 0) await setImmediate()
    assert.deepEqual(scene.store.list(), [])
  })

  it('tells who waits that it stops, and keeps the job', async () => {
    await scene.start(untilCancelled)
    const waiting = scene.train(validRequest)
    while (scene.queue.running === 0) await setImmediate()
    await scene.queue.close()
    const answer = await waiting
    assert.equal(answer.statusCode, 503)
    assert.match(answer.json().error.message, /jobs go on when it is started again/)
    assert.deepEqual(
      scene.store.list().map(({ state }) => state),
      ['queued'],
    )
  })
})
