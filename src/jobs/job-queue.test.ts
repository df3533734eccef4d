import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { silentLogger } from '../runtime/ports.js'
import type { Job } from './job.js'
import { createJobQueue, type JobQueue, type RunJob } from './job-queue.js'
import { type JobStore, openJobStore, type ReceivedRequest } from './job-store.js'
import { parseTrainRequest } from './train-request.js'

const wanted = (name: string): ReceivedRequest => ({
  request: parseTrainRequest({ name, energy_source: 'acpi', trainer: {} }),
  parts: { response: { start: 0, end: 2 } },
})

describe('job queue', () => {
  let folder: string
  let store: JobStore
  let queue: JobQueue | undefined

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jobs-'))
    store = await openJobStore(folder, { maxFinished: 3, maxBytes: 1000 }, silentLogger)
  })
  afterEach(async () => {
    await queue?.close()
    await rm(folder, { recursive: true, force: true })
  })

  const start = (run: RunJob, concurrency = 1, maxWaiting = 10): JobQueue => {
    const limits = { concurrency, maxWaiting, maxAttempts: 3 }
    queue = createJobQueue({ store, run, log: silentLogger, clock: Date.now, ...limits })
    return queue
  }
  const request = async (text = '{}'): Promise<string> => {
    const path = store.spoolPath()
    await writeFile(path, text)
    return path
  }
  const untilAborted = (signal: AbortSignal): Promise<never> =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    })
  const writesResult: RunJob = async ({ resultPath }) => {
    await writeFile(resultPath, 'zip')
    return [{ model: 'best', mae: 1, mape: 2 }]
  }

  it('runs a job and keeps its result and scores', async () => {
    const jobs = start(writesResult)
    const job = await jobs.finished((await jobs.reserve().submit(wanted('a'), await request())).id)
    assert.deepEqual([job.state, job.resultBytes, job.scores], ['done', 3, [{ model: 'best', mae: 1, mape: 2 }]])
  })

  it('runs only so many at once and refuses more than may wait', async () => {
    let most = 0
    let now = 0
    let open = (): void => undefined
    const gate = new Promise<void>((resolve) => {
      open = resolve
    })
    const jobs = start(
      async (run) => {
        most = Math.max(most, ++now)
        await gate
        now--
        return writesResult(run)
      },
      2,
      1,
    )
    const submitted: Job[] = []
    for (let i = 0; i < 3; i++) submitted.push(await jobs.reserve().submit(wanted(`${i}`), await request()))
    await assert.rejects(async () => jobs.reserve().submit(wanted('one-too-many'), await request()), {
      code: 'UNAVAILABLE',
      message: /jobs wait already/,
    })
    while (most < 2) await new Promise(setImmediate)
    open()
    await Promise.all(submitted.map(({ id }) => jobs.finished(id)))
    assert.equal(most, 2)
  })

  it('counts requests that are still coming in, until they are queued or given up', async () => {
    const jobs = start(({ signal }) => untilAborted(signal), 1, 1)
    const [first, second] = [jobs.reserve(), jobs.reserve()]
    assert.equal(jobs.full, true)
    assert.throws(() => jobs.reserve(), { code: 'UNAVAILABLE', message: /2 jobs wait already/ })
    second.release()
    second.release()
    const third = jobs.reserve()
    assert.equal(jobs.full, true)
    await first.submit(wanted('a'), await request())
    await third.submit(wanted('b'), await request())
    first.release()
    assert.equal(jobs.full, true)
    assert.deepEqual([jobs.running, jobs.waiting], [1, 1])
  })

  it('refuses requests that would take more bytes than are kept, but for a single one', async () => {
    const jobs = start(({ signal }) => untilAborted(signal))
    const { id } = await jobs.reserve(5000).submit(wanted('large'), await request('x'.repeat(5000)))
    const message = /requests that wait take 5000 bytes, at most 1000/
    assert.throws(() => jobs.reserve(1), { code: 'UNAVAILABLE', message })
    await jobs.cancel(id)
    await jobs.reserve(600).submit(wanted('first'), await request('x'.repeat(600)))
    // Packed requests are larger than they say.
    const packed = jobs.reserve(300)
    await assert.rejects(packed.submit(wanted('packed'), await request('x'.repeat(500))), { code: 'UNAVAILABLE' })
    assert.equal(store.list().filter(({ state }) => state !== 'cancelled').length, 1)
  })

  it('says why a job failed and goes on with the next', async () => {
    const jobs = start(async (run) => {
      if (run.requestPath === store.requestPath(first.id)) throw new Error('no such metric')
      return writesResult(run)
    })
    const first = await jobs.reserve().submit(wanted('bad'), await request())
    const second = await jobs.reserve().submit(wanted('good'), await request())
    assert.equal((await jobs.finished(second.id)).state, 'done')
    assert.deepEqual(
      [store.get(first.id)?.state, store.get(first.id)?.error],
      ['failed', { code: 'INTERNAL', message: 'no such metric' }],
    )
  })

  it('cancels running and waiting jobs', async () => {
    const jobs = start(({ signal }) => untilAborted(signal))
    const running = await jobs.reserve().submit(wanted('running'), await request())
    const waiting = await jobs.reserve().submit(wanted('waiting'), await request())
    assert.equal((await jobs.cancel(waiting.id)).state, 'cancelled')
    assert.equal(jobs.waiting, 0)
    assert.equal((await jobs.cancel(running.id)).state, 'cancelled')
    assert.equal((await jobs.cancel(running.id)).state, 'cancelled', 'cancelling twice is no error')
    await assert.rejects(jobs.cancel('nobody'), { code: 'INVALID_REQUEST' })
  })

  it('takes up again what a stopped process left, from the request on disk', async () => {
    const jobs = start(({ signal }) => untilAborted(signal))
    const { id } = await jobs.reserve().submit(wanted('again'), await request('{"a":1}'))
    await jobs.close()
    store = await openJobStore(folder, { maxFinished: 3, maxBytes: 1000 }, silentLogger)
    const next = start(writesResult)
    assert.equal((await next.finished(id)).state, 'done')
  })

  it('gives up a job that ran whenever the process was killed, three times, and goes on with the next', async () => {
    const { id } = await store.create(wanted('killer'), await request(), 0)
    const { id: next } = await store.create(wanted('next'), await request(), 1)
    for (let kills = 1; kills <= 3; kills++) {
      // A killed process writes nothing any more: neither the run nor the queue ends.
      await new Promise<void>((begun) => {
        start(() => {
          begun()
          return new Promise(() => {})
        })
      })
      queue = undefined
      store = await openJobStore(folder, { maxFinished: 3, maxBytes: 1000 }, silentLogger)
      assert.equal(store.get(id)?.attempts, kills)
    }
    const jobs = start(writesResult)
    const { state, error } = await jobs.finished(id)
    assert.deepEqual([state, error?.code], ['failed', 'LIMIT_EXCEEDED'])
    assert.match(error?.message ?? '', /killed 3 times/)
    assert.equal((await jobs.finished(next)).state, 'done')
  })

  it('does not hold a stop of the trainer against a job', async () => {
    const jobs = start(({ signal }) => untilAborted(signal))
    const { id } = await jobs.reserve().submit(wanted('long'), await request())
    while (store.get(id)?.state !== 'running') await new Promise(setImmediate)
    await jobs.close()
    assert.deepEqual([store.get(id)?.state, store.get(id)?.attempts], ['queued', 0])
  })

  it('tells who waits of an end that the disk does not take, and runs the job again after a restart', async () => {
    let inTheWay = ''
    const jobs = start(async (run) => {
      inTheWay = join(folder, 'jobs', run.job.id, `job.json.${process.pid}.tmp`)
      await mkdir(inTheWay)
      return writesResult(run)
    })
    const { id } = await jobs.reserve().submit(wanted('a'), await request())
    const job = await jobs.finished(id)
    assert.equal(job.state, 'failed')
    assert.match(job.error?.message ?? '', /job\.json.*EISDIR|EISDIR.*job\.json/)
    await jobs.close()
    await rm(inTheWay, { recursive: true })
    store = await openJobStore(folder, { maxFinished: 3, maxBytes: 1000 }, silentLogger)
    assert.equal((await start(writesResult).finished(id)).state, 'done')
  })

  it('keeps a bounded number of finished jobs and bytes', async () => {
    const jobs = start(async ({ resultPath }) => {
      await writeFile(resultPath, 'x'.repeat(400))
      return null
    })
    for (let i = 0; i < 6; i++) await jobs.finished((await jobs.reserve().submit(wanted(`${i}`), await request())).id)
    assert.deepEqual(
      store.list().map(({ request: { name } }) => name),
      ['4', '5'],
    )
    assert.equal((await readdir(join(folder, 'jobs'))).length, 2)
  })

  it('forgets half a job folder and half a request of a killed process', async () => {
    await writeFile(store.spoolPath(), '{"half')
    const { id } = await store.create(wanted('kept'), await request(), 0)
    await writeFile(join(folder, 'jobs', id, 'job.json.tmp'), '{"id')
    await rm(join(folder, 'jobs', id, 'job.json'))
    const again = await openJobStore(folder, { maxFinished: 3, maxBytes: 1000 }, silentLogger)
    assert.deepEqual(again.list(), [])
    assert.deepEqual(await readdir(join(folder, 'incoming')), [])
  })
})
