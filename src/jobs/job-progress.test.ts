import assert from 'node:assert/strict'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { recordedLog } from '../../test/support/recorded-log.js'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { until } from '../../test/support/until.js'
import { silentLogger } from '../runtime/ports.js'
import { createJobQueue, type JobRun, type RunJob } from './job-queue.js'
import { openJobStore } from './job-store.js'
import { parseTrainRequest } from './train-request.js'

const wanted = {
  request: parseTrainRequest({ name: 'mine', energy_source: 'acpi', trainer: {} }),
  parts: { response: { start: 0, end: 2 } },
}

/** A queue whose jobs do what a test says: `run` is there as soon as one runs, and `end` ends it. */
async function scene(t: TestContext, more: { readonly concurrency?: number; readonly maxWaiting?: number } = {}) {
  let now = 0
  t.mock.method(performance, 'now', () => now)
  const folder = temporaryFolder()
  const store = await openJobStore(folder, { maxFinished: 9, maxBytes: 1000 }, silentLogger)
  const log = recordedLog()
  const runs: JobRun[] = []
  let end: (error?: Error) => void = () => {}
  const run: RunJob = (given) => {
    runs.push(given)
    return new Promise((resolve, reject) => {
      given.signal.addEventListener('abort', () => reject(given.signal.reason))
      end = (error) => {
        if (error) reject(error)
        else void writeFile(given.resultPath, 'zip').then(() => resolve(null))
      }
    })
  }
  const ended: string[] = []
  const limits = { concurrency: 1, maxWaiting: 3, maxAttempts: 3, ...more }
  const onEnd = ({ state }: { readonly state: string }) => void ended.push(state)
  const queue = createJobQueue({ store, run, log, clock: () => 0, onEnd, ...limits })
  t.after(() => queue.close())
  const submit = async () => {
    const path = store.spoolPath()
    await writeFile(path, '{}')
    return (await queue.reserve().submit(wanted, path)).id
  }
  return {
    ...{ folder, store, log, queue, submit, runs, ended },
    end: (error?: Error) => end(error),
    wait: (milliseconds: number) => {
      now += milliseconds
    },
  }
}

describe('the progress of a job', () => {
  it('is kept while it runs, twice a second', async (t) => {
    const { store, queue, submit, runs, wait, end } = await scene(t)
    const id = await submit()
    await until('it runs', () => runs.length === 1)
    const seen: string[] = []
    queue.watch(id, ({ progress }) => seen.push(progress.stage))
    const [run] = runs
    assert.equal(store.get(id)?.progress.stage, 'starting')
    wait(499)
    run?.progress({ stage: 'one', done: 1, total: 3 })
    assert.deepEqual(seen, [])
    wait(1)
    run?.progress({ stage: 'two', done: 2, total: 3 })
    await until('it is told', () => seen.length > 0)
    assert.deepEqual(seen, ['two'])
    assert.deepEqual(store.get(id)?.progress, { stage: 'two', done: 2, total: 3 })
    end()
    assert.equal((await queue.finished(id)).state, 'done')
  })

  it('is not kept any more once it is cancelled', async (t) => {
    const { queue, submit, runs, wait } = await scene(t)
    const id = await submit()
    await until('it runs', () => runs.length === 1)
    const seen: string[] = []
    queue.watch(id, ({ state }) => seen.push(state))
    const cancelling = queue.cancel(id)
    wait(1000)
    runs[0]?.progress({ stage: 'late', done: 1, total: 1 })
    const job = await cancelling
    assert.deepEqual([job.state, job.error?.code, seen], ['cancelled', 'CANCELLED', ['cancelled']])
  })

  it('that the disk does not take is a warning, and the job goes on', async (t) => {
    const { folder, log, queue, submit, runs, wait, end } = await scene(t)
    const id = await submit()
    await until('it runs', () => runs.length === 1)
    const inTheWay = join(folder, 'jobs', id, `job.json.${process.pid}.tmp`)
    await mkdir(inTheWay)
    wait(500)
    runs[0]?.log('a line')
    await until('that is said', () => log.lines.length > 0)
    const [line] = log.lines
    assert.deepEqual([line?.level, line?.fields.job, line?.message], ['warn', id, 'progress was not kept'])
    assert.match(String(line?.fields.error), /EISDIR/)
    await rm(inTheWay, { recursive: true })
    end()
    const { state, log: lines } = await queue.finished(id)
    assert.deepEqual([state, lines], ['done', ['a line']])
  })

  it('is queued again with its log when the trainer stops', async (t) => {
    const { store, queue, submit, runs, ended } = await scene(t)
    const id = await submit()
    await until('it runs', () => runs.length === 1)
    runs[0]?.log('so far')
    await queue.close()
    const { state, startedAt, attempts, log } = store.get(id)!
    assert.deepEqual([state, startedAt, attempts, log, ended], ['queued', null, 0, ['so far'], []])
  })
})

describe('a job that is cancelled', () => {
  it('does not begin when that was before it ran', async (t) => {
    const { queue, submit, runs } = await scene(t)
    const id = await submit()
    assert.equal((await queue.cancel(id)).state, 'cancelled')
    assert.equal(runs.length, 0)
  })
})

describe('the end of a job', () => {
  it('that the disk does not take is an error in the log, and told nevertheless', async (t) => {
    const { folder, log, queue, submit, runs, end, ended } = await scene(t)
    const id = await submit()
    await until('it runs', () => runs.length === 1)
    await mkdir(join(folder, 'jobs', id, `job.json.${process.pid}.tmp`))
    end(new Error('no'))
    assert.equal((await queue.finished(id)).state, 'failed')
    await until('that is said', () => log.lines.length > 1)
    const [warning, error] = log.lines
    assert.deepEqual([warning?.level, warning?.fields], ['warn', { job: id, code: 'INTERNAL', message: 'no' }])
    assert.deepEqual([error?.level, error?.fields.job], ['error', id])
    assert.match(String(error?.fields.error), /EISDIR/)
    assert.deepEqual(ended, ['failed'])
  })
})

describe('places in the queue', () => {
  it('are as many as run and wait, counted with those that are reserved', async (t) => {
    const { queue, submit, runs } = await scene(t, { concurrency: 1, maxWaiting: 1 })
    await submit()
    await until('it runs', () => runs.length === 1)
    assert.equal(queue.full, false)
    const place = queue.reserve()
    assert.equal(queue.full, true)
    assert.throws(() => queue.reserve(), { code: 'UNAVAILABLE', message: /^1 jobs wait already/ })
    place.release()
    assert.equal(queue.full, false)
    await submit()
    assert.deepEqual([queue.running, queue.waiting, queue.full], [1, 1, true])
  })
})
