import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { ModelError } from '../core/errors.js'
import { createJobQueue, type JobQueue, type RunJob } from '../jobs/job-queue.js'
import { type JobStore, openJobStore } from '../jobs/job-store.js'
import { createRequestMetrics } from '../metrics/request-metrics.js'
import { silentLogger } from '../runtime/ports.js'
import { createOfflineTrainerApp } from './offline-trainer-app.js'

const valid = { name: 'mine', energy_source: 'acpi', trainer: {}, prom_response: { a: [] } }
const done: RunJob = async ({ resultPath }) => {
  await writeFile(resultPath, 'PK the zip')
  return [{ model: 'best', mae: 1, mape: 2 }]
}
const untilCancelled: RunJob = ({ signal }) =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))

describe('what the offline trainer answers', () => {
  const folder = temporaryFolder()
  let starts = 0
  let store: JobStore
  let queue: JobQueue
  let app: FastifyInstance
  let logged: object[]

  async function start(run: RunJob, maxWaiting = 4): Promise<void> {
    logged = []
    const logger = { ...silentLogger, info: (fields: object) => logged.push(fields) }
    store = await openJobStore(join(folder, String(starts++)), { maxFinished: 10, maxBytes: 1e9 }, silentLogger)
    const options = { store, run, log: silentLogger, clock: Date.now, concurrency: 1, maxWaiting, maxAttempts: 3 }
    queue = createJobQueue(options)
    const limits = { maxBodyBytes: 100_000, requestTimeout: 10, idleTimeout: 10, maxConnections: 100 }
    const metrics = createRequestMetrics('kepler_offline_trainer_')
    app = createOfflineTrainerApp({ queue, store, metrics, logger, limits, token: undefined, version: '1.2.3' })
  }
  beforeEach(() => start(done))
  afterEach(async () => {
    await queue.close()
    await app.close()
  })
  const train = (payload: object | undefined, query = '', headers: Record<string, string> = {}) =>
    app.inject({
      method: 'POST',
      url: `/train${query}`,
      headers,
      ...(payload && { payload: JSON.stringify(payload) }),
    })

  it('to a request: the zip with its length, kept under its job', async () => {
    const { headers, body } = await train(valid, '?mode=sync')
    assert.equal(headers['content-length'], '10', body)
    const id = String(headers['x-kepler-job'])
    const result = await app.inject(`/jobs/${id}/result`)
    assert.deepEqual(
      [result.headers['content-type'], result.headers['content-length'], result.headers['content-disposition']],
      ['application/zip', '10', 'attachment; filename="mine.zip"'],
    )
    assert.ok(logged.some((line) => 'job' in line && line.job === id && 'pipeline' in line && line.pipeline === 'mine'))
  })

  it('to one without a body, and to one packed in an unknown way: what it takes', async () => {
    const nothing = await train(undefined)
    assert.deepEqual(nothing.json().error, {
      code: 'INVALID_REQUEST',
      message: 'the request has no body; send a JSON object',
    })
    assert.deepEqual([nothing.headers.connection, nothing.headers['retry-after']], ['close', undefined])
    const wrong = await train({ ...valid, name: '/' })
    assert.deepEqual([wrong.headers.connection, wrong.headers['retry-after']], ['close', undefined])
    const odd = await train(valid, '', { 'content-encoding': 'br' })
    assert.equal(odd.json().error.message, 'Content-Encoding "br": expected gzip or none')
    assert.equal((await train(valid, '', { 'content-encoding': 'identity' })).statusCode, 200)
    assert.equal((await train(valid, '?mode=later')).json().error.message, 'mode "later": expected sync or async')
    assert.equal((await train(valid, '?mood=sync')).json().error.field, 'mood')
  })

  it('to a job that failed inside: 500 with the id of the job, and what its log says', async () => {
    await start(() => Promise.reject(new Error('disk on fire')))
    const answer = await train(valid)
    const id = String(answer.headers['x-kepler-job'])
    assert.equal(answer.statusCode, 500)
    assert.deepEqual(answer.json(), { error: { code: 'INTERNAL', message: `job ${id} failed: disk on fire` } })
    const result = await app.inject(`/jobs/${id}/result`)
    assert.equal(result.statusCode, 409)
    assert.deepEqual(result.json().error, {
      code: 'INVALID_REQUEST',
      message: `job ${id} has no result: it is failed: disk on fire`,
    })
  })

  it('to a job that failed for what was asked: its status, and no field where there is none', async () => {
    await start(() => Promise.reject(new ModelError('LIMIT_EXCEEDED', 'too much')))
    const answer = await train(valid)
    assert.equal(answer.statusCode, 413)
    assert.deepEqual(answer.json(), { error: { code: 'LIMIT_EXCEEDED', message: 'too much' } })
  })

  it('of the state of a job that waits: that it has no result, and where it is', async () => {
    await start(untilCancelled)
    const answer = await train(valid, '?mode=async')
    const { id, state } = answer.json()
    assert.ok(state === 'queued' || state === 'running')
    assert.equal(answer.headers.location, `/jobs/${id}`)
    const result = (await app.inject(`/jobs/${id}/result`)).json()
    assert.match(result.error.message, new RegExp(`^job ${id} has no result: it is (queued|running)$`))
    assert.equal((await app.inject({ method: 'HEAD', url: `/jobs/${id}` })).statusCode, 200)
    assert.equal((await app.inject({ method: 'HEAD', url: `/jobs/${id}/events` })).statusCode, 404)
  })

  it('of all jobs: the newest first, without logs', async () => {
    for (const name of ['first', 'second']) {
      await train({ ...valid, name })
      while (Date.now() <= Date.parse(store.list().at(-1)!.createdAt)) await setImmediate()
    }
    const { jobs } = (await app.inject('/jobs')).json()
    assert.deepEqual(
      jobs.map((job: { request: { name: string } }) => job.request.name),
      ['second', 'first'],
    )
    assert.ok(jobs.every((job: object) => !('log' in job) && !('scores' in job) && 'links' in job))
  })

  it('of a job that it does not know: 404 everywhere', async () => {
    for (const [method, url] of [
      ['GET', '/jobs/no'],
      ['GET', '/jobs/no/result'],
      ['GET', '/jobs/no/events'],
      ['DELETE', '/jobs/no'],
    ] as const) {
      const answer = await app.inject({ method, url })
      assert.equal(answer.statusCode, 404, url)
      const message = 'there is no job "no"; GET /jobs lists them'
      assert.deepEqual(answer.json().error, { code: 'INVALID_REQUEST', field: 'id', message })
    }
  })

  it('of itself: whether it can take a job, its routes, and its contract', async () => {
    assert.deepEqual((await app.inject('/readyz')).json(), { ready: true, running: 0, waiting: 0 })
    await start(untilCancelled, 1)
    for (let i = 0; i < 2; i++) await train(valid, '?mode=async')
    const full = await app.inject('/readyz')
    assert.deepEqual([full.statusCode, full.json()], [503, { ready: false, reasons: ['1 jobs wait already'] }])
    const index = await app.inject({ url: '/', headers: { host: 'trainer:1' } })
    assert.equal(index.headers['content-type'], 'text/plain; charset=utf-8')
    assert.match(index.body, /^Kepler power model offline trainer 1\.2\.3\n[\s\S]*http:\/\/trainer:1\/train/)
    assert.match(String((await app.inject('/metrics')).headers['content-type']), /^text\/plain; version=0\.0\.4/)
    assert.deepEqual((await app.inject('/healthz')).json(), { status: 'ok' })
    assert.equal((await app.inject('/openapi.json')).json().info.version, '1.2.3')
  })

  it('to more than 256 clients that follow jobs: that it cannot, until one leaves', async () => {
    await start(untilCancelled)
    const { id } = (await train(valid, '?mode=async')).json()
    const abort = new AbortController()
    const follow = (signal?: AbortSignal) => app.inject({ url: `/jobs/${id}/events`, ...(signal && { signal }) })
    const first = follow(abort.signal).catch(() => {})
    const others = Array.from({ length: 255 }, () => follow())
    await setImmediate()
    const refused = await follow()
    assert.equal(refused.statusCode, 503)
    assert.equal(refused.json().error.message, '256 clients follow jobs already')
    abort.abort()
    await first
    await setImmediate()
    const next = follow()
    await setImmediate()
    await queue.cancel(id)
    assert.equal((await next).statusCode, 200)
    for (const { body } of await Promise.all(others)) assert.match(body, /"state":"cancelled"/)
  })
})
