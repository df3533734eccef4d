import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, it } from 'node:test'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { errorCode } from '../core/errors.js'
import { silentLogger } from '../runtime/ports.js'
import { type JobStore, openJobStore } from './job-store.js'
import { parseTrainRequest } from './train-request.js'

const causeOf = (failed: Promise<unknown>) =>
  failed.then(
    () => assert.fail('it failed'),
    ({ cause }: Error) => errorCode(cause),
  )
const wanted = (name: string) => ({
  request: parseTrainRequest({ name, energy_source: 'acpi', trainer: {} }),
  parts: { response: { start: 0, end: 2 } },
})

describe('the store of jobs', () => {
  const root = temporaryFolder()
  let folders = 0
  let time = 0
  let folder: string
  let store: JobStore
  let logged: [level: string, fields: object][]

  const open = async (limits = { maxFinished: 3, maxBytes: 1000 }) => {
    const note = (level: string) => (fields: object) => logged.push([level, fields])
    const log = { ...silentLogger, info: note('info'), warn: note('warn'), error: note('error') }
    store = await openJobStore(folder, limits, log)
    return store
  }
  beforeEach(async () => {
    folder = join(root, String(folders++))
    logged = []
    await open()
  })
  const create = async (name: string, bytes = 2, now = 0) => {
    const path = store.spoolPath()
    await writeFile(path, 'x'.repeat(bytes))
    return store.create(wanted(name), path, now)
  }
  const finish = async (id: string, resultBytes: number) => {
    await writeFile(store.resultPath(id), 'x'.repeat(resultBytes))
    return store.update(id, { state: 'done', resultBytes })
  }
  const names = () => store.list().map(({ request }) => request.name)

  it('queues a request, of which nothing is known yet', async () => {
    const { id, request, ...job } = await create('a', 5, 1000)
    assert.deepEqual(job, {
      ...{ state: 'queued', createdAt: '1970-01-01T00:00:01.000Z', startedAt: null, finishedAt: null, attempts: 0 },
      ...{ progress: { stage: 'queued', done: 0, total: 0 }, log: [], scores: null, error: null, resultBytes: null },
      parts: { response: { start: 0, end: 2 } },
    })
    assert.equal(request.name, 'a')
    assert.equal(await readFile(store.requestPath(id), 'utf8'), 'xxxxx')
    assert.deepEqual(await readdir(join(folder, 'incoming')), [])
    assert.equal(store.get(id)?.id, id)
    assert.equal(store.workPath(id), join(folder, 'jobs', id, 'work'))
  })

  it('lists jobs in the order in which they came', async () => {
    for (const [name, now] of [
      ['second', 2000],
      ['third', 3000],
      ['first', 1000],
    ] as const) {
      await create(name, 2, now)
    }
    assert.deepEqual(names(), ['first', 'second', 'third'])
  })

  it('has room for waiting requests up to its bound, and for one of any size', async () => {
    store.expectRoom(5000)
    await create('a', 400)
    store.expectRoom(600)
    assert.throws(() => store.expectRoom(601), {
      code: 'UNAVAILABLE',
      message: 'the requests that wait take 400 bytes, at most 1000 are kept; try again later',
    })
    await create('b', 600)
    await assert.rejects(create('c', 1), { code: 'UNAVAILABLE', message: /^the requests that wait take 1000 bytes/ })
    assert.deepEqual(names().sort(), ['a', 'b'])
    assert.equal((await readdir(join(folder, 'jobs'))).length, 2)
  })

  it('counts the bytes of requests that wait and of results', async () => {
    const { id } = await create('a', 400)
    await create('b', 50)
    assert.equal(store.bytes(), 450)
    await finish(id, 30)
    assert.equal(store.bytes(), 80)
    await store.remove(id)
    assert.equal(store.bytes(), 50)
    assert.equal(existsSync(join(folder, 'jobs', id)), false)
    await store.remove('nobody')
  })

  it('keeps as many finished jobs as it may, and no more bytes; the newest in any case', async () => {
    const all: string[] = []
    const finished = async (name: string, bytes: number) => {
      const { id } = await create(name, 2, 1000 * ++time)
      all.push(id)
      await finish(id, bytes)
    }
    for (const [name, bytes] of [
      ['a', 300],
      ['b', 300],
      ['c', 400],
    ] as const) {
      await finished(name, bytes)
    }
    assert.deepEqual(names(), ['a', 'b', 'c'])
    await finished('d', 300)
    assert.deepEqual(names(), ['b', 'c', 'd'])
    await finished('e', 301)
    assert.deepEqual(names(), ['d', 'e'])
    await finished('f', 5000)
    assert.deepEqual(names(), ['f'])
    const removed = logged.filter(([level]) => level === 'info').map(([, fields]) => fields)
    assert.deepEqual(
      removed,
      all.slice(0, 5).map((job) => ({ job })),
    )
  })

  it('does not remove jobs that wait to make room', async () => {
    await create('waiting', 400, 0)
    await finish((await create('a', 2, 1000)).id, 900)
    await finish((await create('b', 2, 2000)).id, 900)
    assert.deepEqual(names(), ['waiting', 'b'])
  })

  it('removes the request and the working folder of a job that ends, and keeps them before', async () => {
    const { id } = await create('a')
    await mkdir(store.workPath(id))
    await store.update(id, { state: 'running' })
    assert.ok(existsSync(store.workPath(id)) && existsSync(store.requestPath(id)))
    await store.update(id, { state: 'failed' })
    assert.ok(!existsSync(store.workPath(id)) && !existsSync(store.requestPath(id)))
    await assert.rejects(store.update('nobody', {}), { code: 'INVALID_REQUEST', field: 'id', message: /"nobody"/ })
  })

  it('writes changes of a job one after the other, the last one last', async () => {
    const { id } = await create('a')
    await Promise.all([1, 2, 3].map((attempts) => store.update(id, { attempts })))
    await open()
    assert.equal(store.get(id)?.attempts, 3)
  })

  it('leaves nothing of a job that is removed while it changes, and goes on after a write that failed', async () => {
    const { id } = await create('a')
    await Promise.all([store.update(id, { attempts: 1 }), store.update(id, { attempts: 2 }), store.remove(id)])
    assert.deepEqual(await readdir(join(folder, 'jobs')), [])
    const { id: other } = await create('b')
    const inTheWay = join(folder, 'jobs', other, `job.json.${process.pid}.tmp`)
    await mkdir(inTheWay)
    await assert.rejects(store.update(other, { attempts: 1 }), { code: 'UNAVAILABLE', message: /EISDIR/ })
    await rm(inTheWay, { recursive: true })
    await store.update(other, { attempts: 2 })
    await open()
    assert.equal(store.get(other)?.attempts, 2)
  })

  it('cannot keep a request that is not there, and leaves nothing of it', async () => {
    const received = store.create(wanted('a'), join(folder, 'none'), 0)
    await assert.rejects(received, { code: 'UNAVAILABLE', message: /^the job cannot be kept: ENOENT/ })
    assert.equal(await causeOf(received), 'ENOENT')
    assert.deepEqual([names(), await readdir(join(folder, 'jobs'))], [[], []])
  })

  it('cannot be opened where no folder can be', async () => {
    await writeFile(join(folder, 'file'), '')
    const opening = openJobStore(join(folder, 'file'), { maxFinished: 1, maxBytes: 1 }, silentLogger)
    await assert.rejects(opening, { code: 'UNAVAILABLE', message: /^the job store ".*file" cannot be used: / })
    assert.equal(await causeOf(opening), 'ENOTDIR')
  })

  describe('opened again', () => {
    it('knows its jobs, what they wait for and what they left', async () => {
      const [waiting, done] = [await create('waiting', 400, 0), await create('done', 2, 1)]
      await finish(done.id, 30)
      await mkdir(store.workPath(waiting.id))
      await writeFile(join(folder, 'jobs', done.id, 'request.json'), 'left')
      await open()
      assert.deepEqual(names(), ['waiting', 'done'])
      assert.equal(store.bytes(), 430)
      assert.equal(existsSync(store.workPath(waiting.id)), false)
      assert.equal(existsSync(store.requestPath(done.id)), false)
      assert.equal(existsSync(store.requestPath(waiting.id)), true)
      assert.equal(store.get(done.id)?.resultBytes, 30)
    })

    it('believes the disk about the size of a result', async () => {
      const { id } = await create('a')
      await finish(id, 30)
      await rm(store.resultPath(id))
      await open()
      assert.equal(store.get(id)?.resultBytes, null)
    })

    it('fails a job whose request is gone, at the time when it was last heard of', async () => {
      const [queued, running] = [await create('queued', 2, 0), await create('running', 2, 1)]
      await store.update(running.id, { state: 'running', startedAt: '2026-01-01T00:00:00.000Z' })
      for (const { id } of [queued, running]) await rm(store.requestPath(id))
      await open()
      const ends = [queued, running].map(({ id }) => store.get(id)?.finishedAt)
      assert.deepEqual(ends, ['1970-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z'])
      const { state, error } = store.get(queued.id)!
      assert.deepEqual([state, error?.code], ['failed', 'INTERNAL'])
      assert.match(error?.message ?? '', /request of this job is gone/)
    })

    it('leaves what it cannot read where it is, and says so; half a folder it removes', async () => {
      const [broken, half] = [await create('broken'), await create('half')]
      await writeFile(join(folder, 'jobs', broken.id, 'job.json'), '{"id": 7}')
      await rm(join(folder, 'jobs', half.id, 'job.json'))
      await open()
      assert.deepEqual([names(), await readdir(join(folder, 'jobs'))], [[], [broken.id]])
      const told = new Map(logged)
      assert.deepEqual([...told.keys()].sort(), ['error', 'warn'])
      assert.deepEqual(told.get('warn'), { folder: join(folder, 'jobs', half.id) })
      const { path, reason } = told.get('error') as Record<string, string>
      assert.equal(path, join(folder, 'jobs', broken.id, 'job.json'))
      assert.match(reason ?? '', /id/)
    })
  })
})
