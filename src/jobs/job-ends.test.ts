import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, it } from 'node:test'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { silentLogger } from '../runtime/ports.js'
import type { Job } from './job.js'
import { createJobQueue, type JobQueue, type JobRun, type RunJob } from './job-queue.js'
import { type JobStore, openJobStore } from './job-store.js'
import { parseTrainRequest } from './train-request.js'

const wanted = {
  request: parseTrainRequest({ name: 'mine', energy_source: 'acpi', trainer: {} }),
  parts: { response: { start: 0, end: 2 } },
}
const done: RunJob = async ({ resultPath }) => {
  await writeFile(resultPath, 'zip')
  return null
}
const untilAborted: RunJob = ({ signal }) =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))

describe('the end of a job', () => {
  const root = temporaryFolder()
  let folders = 0
  let store: JobStore
  let queue: JobQueue
  let ended: [state: string, seconds: number][]
  let logged: (readonly [level: string, fields: object])[]
  let now: number

  async function start(run: RunJob, maxAttempts = 3): Promise<void> {
    store ??= await openJobStore(join(root, String(folders++)), { maxFinished: 9, maxBytes: 1000 }, silentLogger)
    ended = []
    logged = []
    now = 1_000_000
    const note = (level: string) => (fields: object) => logged.push([level, fields])
    const log = { ...silentLogger, info: note('info'), warn: note('warn'), error: note('error') }
    const limits = { concurrency: 1, maxWaiting: 3, maxAttempts }
    const onEnd = ({ state }: Job, seconds: number) => ended.push([state, seconds])
    queue = createJobQueue({ store, run, log, clock: () => now, onEnd, ...limits })
  }
  afterEach(async () => {
    await queue.close()
    store = undefined as unknown as JobStore
  })
  const submit = async () => {
    const path = store.spoolPath()
    await writeFile(path, '{}')
    return queue.reserve().submit(wanted, path)
  }

  it('is told with the seconds that it ran', async () => {
    await start(async (run) => {
      now += 2500
      return done(run)
    })
    const job = await queue.finished((await submit()).id)
    assert.deepEqual(ended, [['done', 2.5]])
    assert.deepEqual(
      [job.createdAt, job.startedAt, job.finishedAt].map((time) => Date.parse(String(time))),
      [1_000_000, 1_000_000, 1_002_500],
    )
    assert.deepEqual([job.attempts, job.error], [1, null])
    assert.deepEqual(logged, [['info', { job: job.id, bytes: 3 }]])
  })

  it('took no time when the clock went back, or when it never ran', async () => {
    await start(async (run) => {
      now -= 60_000
      return done(run)
    })
    await queue.finished((await submit()).id)
    await queue.close()
    await start(untilAborted)
    const [, waiting] = [await submit(), await submit()]
    await queue.cancel(waiting.id)
    assert.deepEqual(ended, [['cancelled', 0]])
  })

  it('has the journal of the run, and comes with a result', async () => {
    await start(async (run) => {
      run.log('one')
      run.progress({ stage: 'x', done: 1, total: 2 })
      return done(run)
    })
    const { log, progress } = await queue.finished((await submit()).id)
    assert.deepEqual([log, progress], [['one'], { stage: 'x', done: 1, total: 2 }])
    await queue.close()
    await start(async () => null)
    const { state, error } = await queue.finished((await submit()).id)
    assert.deepEqual([state, error?.code], ['failed', 'INTERNAL'])
    assert.match(error?.message ?? '', /ENOENT/)
  })

  it('of a job that fails has what it logged before', async () => {
    await start(async (run) => {
      run.log('so far')
      throw new Error('no')
    })
    const job = await queue.finished((await submit()).id)
    assert.deepEqual([job.state, job.log, Date.parse(String(job.finishedAt))], ['failed', ['so far'], 1_000_000])
    assert.deepEqual(logged, [['warn', { job: job.id, code: 'INTERNAL', message: 'no' }]])
  })

  it('gives the run what it needs, each a path of its own', async () => {
    let given: JobRun | undefined
    await start((run) => {
      given = run
      return done(run)
    })
    const { id } = await submit()
    await queue.finished(id)
    const { job, requestPath, workPath, resultPath, signal } = given!
    assert.deepEqual(
      [job.id, requestPath, workPath, resultPath],
      [id, store.requestPath(id), store.workPath(id), store.resultPath(id)],
    )
    assert.deepEqual([job.state, job.attempts, signal.aborted], ['running', 1, false])
  })

  it('of a waiting job leaves the others in their order', async () => {
    const order: string[] = []
    let release = () => {}
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    await start(async (run) => {
      order.push(run.job.id)
      await gate
      return done(run)
    })
    const [first, second, third, fourth] = [await submit(), await submit(), await submit(), await submit()]
    assert.deepEqual([queue.running, queue.waiting, queue.full], [1, 3, true])
    const { state, error, finishedAt } = await queue.cancel(third.id)
    assert.deepEqual([state, error?.code, Date.parse(String(finishedAt))], ['cancelled', 'CANCELLED', 1_000_000])
    assert.deepEqual([queue.waiting, queue.full], [2, false])
    release()
    await queue.finished(fourth.id)
    assert.deepEqual(order, [first.id, second.id, fourth.id])
  })

  it('is waited for by who follows the job, and by nobody once the queue is closed', async () => {
    await start(untilAborted)
    const { id } = await submit()
    const seen: string[] = []
    queue.watch(id, ({ state }) => seen.push(state))
    const waiting = queue.finished(id)
    await queue.cancel(id)
    assert.equal((await waiting).state, 'cancelled')
    assert.equal(seen.at(-1), 'cancelled')
    await assert.rejects(queue.finished('nobody'), { code: 'INVALID_REQUEST', field: 'id', message: /"nobody"/ })
    const place = queue.reserve()
    const path = store.spoolPath()
    await writeFile(path, '{}')
    await queue.close()
    assert.throws(() => queue.reserve(), { code: 'UNAVAILABLE', message: /the trainer stops/ })
    await assert.rejects(place.submit(wanted, path), { code: 'UNAVAILABLE' })
  })

  it('of one that was started too often is a failure that says so, and it is not run', async () => {
    await start(untilAborted)
    await queue.close()
    const create = async (attempts: number) => {
      const path = store.spoolPath()
      await writeFile(path, '{}')
      const { id } = await store.create(wanted, path, attempts)
      await store.update(id, { attempts })
      return id
    }
    const [often, oftenEnough] = [await create(1), await create(2)]
    const ran: string[] = []
    await start((run) => {
      ran.push(run.job.id)
      return done(run)
    }, 2)
    assert.equal((await queue.finished(often)).attempts, 2)
    const { state, error } = await queue.finished(oftenEnough)
    assert.deepEqual([ran, state, error?.code], [[often], 'failed', 'LIMIT_EXCEEDED'])
  })
})
