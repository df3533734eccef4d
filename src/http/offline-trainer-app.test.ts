import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readdir, writeFile } from 'node:fs/promises'
import { type AddressInfo, connect } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import type { FastifyInstance } from 'fastify'
import { assertDescribed, checkedOpenApi } from '../../test/support/openapi.js'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { ModelError } from '../core/errors.js'
import { silentLogger } from '../runtime/ports.js'
import { createJobQueue, type JobQueue, type RunJob } from '../jobs/job-queue.js'
import { type JobStore, openJobStore } from '../jobs/job-store.js'
import { addJobMetrics } from '../metrics/job-metrics.js'
import { createOfflineTrainerApp } from './offline-trainer-app.js'
import { createRequestMetrics } from '../metrics/request-metrics.js'

const valid = {
  name: 'mine',
  energy_source: 'acpi',
  trainer: { isolator: 'MinIdleIsolator' },
  prom_response: { a: [] },
}
const done: RunJob = async ({ resultPath, log, progress }) => {
  log('reading')
  progress({ stage: 'trained', done: 1, total: 1 })
  await writeFile(resultPath, 'PK the zip')
  return [{ model: 'acpi/AbsPower/BPFOnly/SGDRegressorTrainer_0', mae: 1, mape: 2 }]
}
const untilCancelled: RunJob = ({ signal }) =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))

describe('createOfflineTrainerApp', () => {
  let folder: string
  let store: JobStore
  let queue: JobQueue
  let app: FastifyInstance

  async function start(run: RunJob, token?: string, maxWaiting = 4): Promise<void> {
    store = await openJobStore(folder, { maxFinished: 10, maxBytes: 1e9 }, silentLogger)
    const metrics = createRequestMetrics('kepler_offline_trainer_')
    const { ended } = addJobMetrics(metrics.metricsRegistry, store)
    const options = { store, run, log: silentLogger, clock: Date.now, concurrency: 1, maxWaiting, maxAttempts: 3 }
    queue = createJobQueue({ ...options, onEnd: ended })
    const limits = { maxBodyBytes: 100_000, requestTimeout: 10, idleTimeout: 10, maxConnections: 100 }
    app = createOfflineTrainerApp({ queue, store, metrics, logger: silentLogger, limits, token, version: '0' })
  }
  beforeEach(() => {
    folder = temporaryFolder()
  })
  afterEach(async () => {
    await queue.close()
    await app.close()
  })
  const train = (payload: unknown, query = '', headers: Record<string, string> = {}) =>
    app.inject({
      method: 'POST',
      url: `/train${query}`,
      headers: { 'content-type': 'application/json', ...headers },
      payload: Buffer.isBuffer(payload)
        ? payload
        : Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload)),
    })
  /** Nothing of a refused request stays on disk. */
  const expectNothingLeft = async () => assert.deepEqual(await readdir(join(folder, 'incoming')), [])

  it('answers the zip, and keeps the job', async () => {
    await start(done)
    const answer = await train(valid)
    assert.equal(answer.statusCode, 200, answer.body)
    assert.equal(answer.headers['content-type'], 'application/zip')
    assert.equal(answer.headers['content-disposition'], 'attachment; filename="mine.zip"')
    assert.equal(answer.body, 'PK the zip')
    const id = String(answer.headers['x-kepler-job'])
    const job = (await app.inject(`/jobs/${id}`)).json()
    assert.equal(job.state, 'done')
    assert.deepEqual(job.log, ['reading'])
    assert.deepEqual(job.scores, [{ model: 'acpi/AbsPower/BPFOnly/SGDRegressorTrainer_0', mae: 1, mape: 2 }])
    assert.equal(job.request.trainer.isolator, 'min')
    assert.equal(existsSync(store.requestPath(id)), false, 'the request has served its time')
    await expectNothingLeft()
  })

  it('takes the key as the seed spells it, gzip, any content type, and null for what is not there', async () => {
    await start(done)
    const { prom_response: prome_response, ...rest } = valid
    const trainer = { ...rest.trainer, idle_prom_response: null }
    for (const [payload, headers] of [
      [{ ...rest, prome_response }, {}],
      [{ ...rest, trainer, prom_response: null, prome_response }, {}],
      [gzipSync(JSON.stringify(valid)), { 'content-encoding': 'gzip' }],
      [valid, { 'content-type': 'text/plain' }],
    ] as const) {
      const answer = await train(payload, '', headers)
      assert.equal(answer.statusCode, 200, answer.body)
    }
  })

  const refusals: readonly [what: string, body: unknown, field: string | undefined, message: RegExp][] = [
    ['no body', '', undefined, /no body|stops short/],
    ['something else than JSON', 'name=mine', undefined, /not (valid JSON|a JSON object)|stops short/],
    ['half a request', JSON.stringify(valid).slice(0, -5), undefined, /stops short/],
    ['a path for a name', { ...valid, name: '../../etc/passwd' }, 'name', /"\.\.\/\.\.\/etc\/passwd"/],
    ['no name', { ...valid, name: undefined }, 'name', /name is missing/],
    ['what can be no source', { ...valid, energy_source: '/nuclear' }, 'energy_source', /nuclear/],
    ['an unknown trainer', { ...valid, trainer: { abs_trainers: ['Oracle'] } }, 'trainer.abs_trainers', /Oracle/],
    ['an unknown isolator', { ...valid, trainer: { isolator: 'eval' } }, 'trainer.isolator', /eval/],
    ['no response', { ...valid, prom_response: undefined }, 'prom_response', /prom_response is missing/],
    [
      'the profile isolator without an idle response',
      { ...valid, trainer: { isolator: 'ProfileBackgroundIsolator' } },
      'trainer.idle_prom_response',
      /needs trainer.idle_prom_response/,
    ],
    [
      'a path for a pipeline of background models',
      { ...valid, trainer: { isolator: 'TrainIsolator', isolator_args: { abs_pipeline_name: '/etc' } } },
      'trainer.isolator_args.abs_pipeline_name',
      /"\/etc"/,
    ],
  ]
  for (const [what, body, field, message] of refusals) {
    it(`refuses ${what}, and says which field is wrong`, async () => {
      await start(done)
      const answer = await train(body)
      assert.equal(answer.statusCode, 400, answer.body)
      const { error } = answer.json()
      assert.equal(error.field, field)
      assert.match(error.message, message)
      assert.deepEqual(store.list(), [])
      await expectNothingLeft()
    })
  }

  it('refuses what is too large, packed or not, and what only pretends to be packed', async () => {
    await start(done)
    const large = { ...valid, prom_response: { a: 'x'.repeat(200_000) } }
    const plain = await train(large)
    assert.equal(plain.statusCode, 413, plain.body)
    assert.match(plain.json().error.message, /larger than 100000 bytes/)
    const packed = await train(gzipSync(JSON.stringify(large)), '', { 'content-encoding': 'gzip' })
    assert.equal(packed.statusCode, 413, packed.body)
    const fake = await train(valid, '', { 'content-encoding': 'gzip' })
    assert.equal(fake.statusCode, 400)
    assert.match(fake.json().error.message, /not gzip/)
    const odd = await train(valid, '', { 'content-encoding': 'br' })
    assert.equal(odd.json().error.field, 'content-encoding')
    await expectNothingLeft()
  })

  it('passes on why a job failed', async () => {
    await start(async () => {
      throw new ModelError('INVALID_DATA', 'nothing can be trained: no metric', { field: 'prom_response' })
    })
    const answer = await train(valid)
    assert.equal(answer.statusCode, 400)
    assert.deepEqual(answer.json(), {
      error: { code: 'INVALID_DATA', field: 'prom_response', message: 'nothing can be trained: no metric' },
    })
  })

  it('gives a job at once, its events, its result, and lets it be removed', async () => {
    let go = () => {}
    const gate = new Promise<void>((resolve) => {
      go = resolve
    })
    await start(async (run) => {
      await gate
      return done(run)
    })
    const answer = await train(valid, '?mode=async')
    assert.equal(answer.statusCode, 202, answer.body)
    const url = String(answer.headers.location)
    assert.equal(answer.json().links.self, url)
    const early = await app.inject(`${url}/result`)
    assert.equal(early.statusCode, 409)
    const events = app.inject(`${url}/events`)
    await setImmediate()
    go()
    const stream = (await events).body
    assert.match(stream, /^event: job\ndata: \{.*"state":"(queued|running)"/)
    assert.match(stream, /"state":"done".*\n\n$/)
    assert.equal((await app.inject(`${url}/result`)).body, 'PK the zip')
    assert.equal((await app.inject('/jobs')).json().jobs[0].state, 'done')
    assert.equal((await app.inject({ method: 'DELETE', url })).statusCode, 204)
    assert.equal((await app.inject(url)).statusCode, 404)
    assert.deepEqual(await readdir(join(folder, 'jobs')), [])
  })

  it('cancels a running and a waiting job, and refuses more than may wait', async () => {
    await start(untilCancelled, undefined, 1)
    const [first, second] = [await train(valid, '?mode=async'), await train(valid, '?mode=async')]
    const third = await train(valid, '?mode=async')
    assert.equal(third.statusCode, 503)
    assert.equal(third.headers['retry-after'], '30')
    assert.equal((await app.inject('/readyz')).statusCode, 503)
    for (const { headers } of [second, first]) {
      const cancelled = await app.inject({ method: 'DELETE', url: String(headers.location) })
      assert.equal(cancelled.json().state, 'cancelled')
    }
    assert.equal((await app.inject('/readyz')).statusCode, 200)
    const metrics = (await app.inject('/metrics')).body
    assert.match(metrics, /kepler_offline_trainer_jobs\{state="cancelled"\} 2/)
    assert.match(metrics, /kepler_offline_trainer_store_bytes 0/)
    assert.match(metrics, /kepler_offline_trainer_job_duration_seconds_count\{state="cancelled"\} 2/)
  })

  it('cancels the job of a client that leaves', async () => {
    await start(untilCancelled)
    await app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = app.server.address() as AddressInfo
    const body = JSON.stringify(valid)
    const client = connect(port, '127.0.0.1')
    client.write(`POST /train HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
    while (store.list().length === 0) await setImmediate()
    const { id } = store.list()[0]!
    client.destroy()
    assert.equal((await queue.finished(id)).state, 'cancelled')
  })

  it('lets no more requests come in than it has places for, and gives a place back', async () => {
    await start(done, undefined, 0)
    await app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = app.server.address() as AddressInfo
    const slow = connect(port, '127.0.0.1')
    const half = `{"name":"half${'x'.repeat(70_000)}`
    slow.write(`POST /train HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n${half}`)
    while (!queue.full) await setImmediate()
    const refused = await train(valid)
    assert.equal(refused.statusCode, 503)
    assert.match(refused.body, /1 jobs wait already/)
    assert.deepEqual([refused.headers['retry-after'], refused.headers.connection], ['30', 'close'])
    slow.destroy()
    while (queue.full) await setImmediate()
    assert.equal((await train(valid)).statusCode, 200)
    await expectNothingLeft()
  })

  it('gives no place to requests that have said next to nothing', async () => {
    await start(done, undefined, 0)
    await app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = app.server.address() as AddressInfo
    const slow = ['', '{"name":"half'].flatMap((said) =>
      Array.from({ length: 17 }, () => {
        const client = connect(port, '127.0.0.1')
        client.write(`POST /train HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n${said}`)
        return client
      }),
    )
    while ((await readdir(join(folder, 'incoming'))).length < slow.length) await setImmediate()
    assert.equal((await app.inject('/readyz')).statusCode, 200)
    assert.equal((await train(valid)).statusCode, 200)
    for (const client of slow) client.destroy()
    while ((await readdir(join(folder, 'incoming'))).length > 0) await setImmediate()
  })

  it('forgets a request that breaks off', async () => {
    await start(done)
    await app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = app.server.address() as AddressInfo
    const client = connect(port, '127.0.0.1')
    client.write('POST /train HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{"name":"half')
    while ((await readdir(join(folder, 'incoming'))).length === 0) await setImmediate()
    client.destroy()
    while ((await readdir(join(folder, 'incoming'))).length > 0) await setImmediate()
    assert.deepEqual(store.list(), [])
  })

  it('tells who waits that it stops, and keeps the job', async () => {
    await start(untilCancelled)
    const waiting = train(valid)
    while (queue.running === 0) await setImmediate()
    await queue.close()
    const answer = await waiting
    assert.equal(answer.statusCode, 503)
    assert.match(answer.json().error.message, /jobs go on when it is started again/)
    assert.deepEqual(
      store.list().map(({ state }) => state),
      ['queued'],
    )
  })

  it('asks for the token where there is one, but not of probes', async () => {
    await start(done, 'secret')
    for (const [method, url] of [
      ['POST', '/train'],
      ['GET', '/jobs'],
      ['GET', '/jobs/x'],
      ['DELETE', '/jobs/x'],
    ] as const) {
      for (const authorization of ['', 'Bearer wrong', 'Basic c2VjcmV0', 'Bearer secret2']) {
        const answer = await app.inject({ method, url, headers: authorization === '' ? {} : { authorization } })
        assert.equal(answer.statusCode, 401)
        assert.match(String(answer.headers['www-authenticate']), /^Bearer/)
      }
    }
    const answer = await train(valid, '', { authorization: 'Bearer secret' })
    assert.equal(answer.statusCode, 200)
    for (const url of ['/metrics', '/healthz', '/readyz', '/', '/openapi.json']) {
      assert.equal((await app.inject(url)).statusCode, 200, url)
    }
  })

  it('says what it does not know', async () => {
    await start(done)
    assert.equal((await train(valid, '?mode=later')).json().error.field, 'mode')
    const nobody = await app.inject('/jobs/..%2F..%2Fetc')
    assert.equal(nobody.statusCode, 404)
    assert.match(nobody.json().error.message, /no job "\.\.\/\.\.\/etc"/)
  })

  it('describes every route in its contract', async () => {
    await start(done)
    const document = await checkedOpenApi(app)
    const body = document.paths['/train']?.post?.requestBody?.content['application/json']
    assert.deepEqual(body?.schema.required, ['name', 'energy_source', 'trainer', 'prom_response'])
    const job = (await train(valid, '?mode=async')).json()
    assertDescribed(document, 'GET /jobs/{id}', (await app.inject(`/jobs/${job.id}`)).json())
  })

  it('describes the token where it wants one, for what wants it', async () => {
    await start(done)
    assert.equal((await checkedOpenApi(app)).components.securitySchemes, undefined)
    await app.close()
    await queue.close()
    await start(done, 'secret')
    const { paths, components } = await checkedOpenApi(app)
    assert.deepEqual(components.securitySchemes, { token: { type: 'http', scheme: 'bearer' } })
    const secured = Object.entries(paths).flatMap(([path, item = {}]) =>
      Object.values(item).some((operation) => operation?.security !== undefined) ? [path] : [],
    )
    assert.deepEqual(secured, ['/train', '/jobs', '/jobs/{id}', '/jobs/{id}/events', '/jobs/{id}/result'])
  })
})
