import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { describe, it, mock } from 'node:test'
import fastify, { type FastifyReply } from 'fastify'
import type { Job, JobState } from '../jobs/job.js'
import { parseTrainRequest } from '../jobs/train-request.js'
import { requireToken } from './bearer-token.js'
import { sendJobEvents } from './job-events.js'
import { jobSummary, jobView } from './job-view.js'
import { parseJsonBody } from './json-body.js'

const job = (state: JobState, resultBytes: number | null = null): Job => ({
  ...{ id: '1b671a64-40d5-491e-99b0-da01ff1f3341', state, createdAt: 'then', startedAt: null, finishedAt: null },
  ...{ attempts: 1, progress: { stage: 'x', done: 1, total: 2 }, log: ['line'], error: null, resultBytes },
  ...{ scores: [{ model: 'a', mae: 1, mape: 2 }], parts: { response: { start: 0, end: 0 } } },
  request: parseTrainRequest({ name: 'a', energy_source: 'acpi', trainer: {} }),
})

describe('a job as clients see it', () => {
  const url = '/jobs/1b671a64-40d5-491e-99b0-da01ff1f3341'

  it('links to its result when there is one, and to none before', () => {
    assert.deepEqual(jobView(job('running')).links, { self: url, events: `${url}/events` })
    const done = { self: url, events: `${url}/events`, result: `${url}/result` }
    assert.deepEqual(jobView(job('done', 10)).links, done)
    assert.deepEqual(jobView(job('done', 0)).links, done)
  })

  it('says nothing of where its parts stand on disk; a line of a list has no log and no scores', () => {
    const view = jobView(job('done', 10))
    assert.equal('parts' in view, false)
    assert.deepEqual(view.log, ['line'])
    const { log: _, scores: __, ...rest } = view
    assert.deepEqual(jobSummary(job('done', 10)), rest)
  })
})

describe('events of a job', () => {
  class Connection extends EventEmitter {
    readonly written: string[] = []
    head: unknown
    writableLength = 0
    state = 'open'
    writeHead(status: number, headers: object) {
      this.head = { status, ...headers }
    }
    write(text: string) {
      this.written.push(text)
    }
    end() {
      this.state = 'ended'
    }
    destroy() {
      this.state = 'destroyed'
      this.emit('close')
    }
  }
  const opened = (first: Job) => {
    const raw = new Connection()
    let listener: ((job: Job) => void) | undefined
    sendJobEvents({ hijack() {}, raw } as unknown as FastifyReply, first, (told) => {
      listener = told
      return () => {
        listener = undefined
      }
    })
    return { raw, tell: (now: Job) => listener?.(now), isWatched: () => listener !== undefined }
  }
  const event = (of: Job) => `event: job\ndata: ${JSON.stringify(jobView(of))}\n\n`

  it('begin with the job as it is, and end with its end', () => {
    const { raw, tell, isWatched } = opened(job('queued'))
    tell(job('running'))
    assert.deepEqual(raw.head, {
      status: 200,
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    })
    assert.deepEqual([raw.state, isWatched()], ['open', true])
    tell(job('done', 5))
    assert.deepEqual(raw.written, [event(job('queued')), event(job('running')), event(job('done', 5))])
    assert.deepEqual([raw.state, isWatched()], ['ended', false])
  })

  it('of a finished job are one', () => {
    const { raw, isWatched } = opened(job('failed'))
    assert.deepEqual([raw.written.length, raw.state, isWatched()], [1, 'ended', false])
  })

  it('come with a sign of life every 15 seconds, until the client leaves', () => {
    mock.timers.enable({ apis: ['setInterval'] })
    try {
      const { raw, isWatched } = opened(job('running'))
      mock.timers.tick(14_999)
      assert.equal(raw.written.length, 1)
      mock.timers.tick(1)
      assert.deepEqual(raw.written.slice(1), [': still here\n\n'])
      raw.emit('close')
      mock.timers.tick(60_000)
      assert.deepEqual([raw.written.length, isWatched()], [2, false])
    } finally {
      mock.timers.reset()
    }
  })

  it('are cut off for a client that leaves more than a megabyte unread', () => {
    const { raw, tell } = opened(job('running'))
    raw.writableLength = 1 << 20
    tell(job('running'))
    assert.equal(raw.state, 'open')
    raw.writableLength++
    tell(job('running'))
    assert.equal(raw.state, 'destroyed')
  })
})

describe('a JSON body', () => {
  const nested = (depth: number) => Buffer.from('['.repeat(depth) + ']'.repeat(depth))

  it('is read with and without a byte order mark', () => {
    assert.deepEqual(parseJsonBody(Buffer.from('{"a": 1}')), { a: 1 })
    assert.deepEqual(parseJsonBody(Buffer.from('\uFEFF{"a": 1}')), { a: 1 })
  })

  it('is no deeper than 64', () => {
    assert.ok(Array.isArray(parseJsonBody(nested(64))))
    assert.throws(() => parseJsonBody(nested(65)), { message: 'the body is nested deeper than 64 levels' })
    assert.equal(parseJsonBody(Buffer.from(JSON.stringify('['.repeat(100)))), '['.repeat(100))
  })

  it('that is none is refused with what is wrong', () => {
    const refused = (body: Buffer, message: RegExp) =>
      assert.throws(() => parseJsonBody(body), { code: 'INVALID_REQUEST', message })
    refused(Buffer.alloc(0), /^the request has no body/)
    refused(Buffer.from([0xff, 0x7b]), /not UTF-8/)
    refused(Buffer.from('{]'), /not JSON: unexpected .* at byte 1$/)
    refused(Buffer.from('nul'), /^the body is not JSON/)
  })
})

describe('a bearer token', () => {
  const ask = (token: string | undefined, authorization?: string) => {
    const app = fastify()
    app.get('/', { onRequest: requireToken(token, 'test') }, async () => 'passed')
    return app.inject({ url: '/', headers: authorization === undefined ? {} : { authorization } })
  }
  const passes = async (token: string | undefined, authorization?: string) =>
    assert.equal((await ask(token, authorization)).body, 'passed')

  it('that is right passes, in any case of its scheme; where none is set, everybody does', async () => {
    await passes('open', 'Bearer open')
    await passes('open', 'bearer   open')
    await passes(undefined)
    await passes(undefined, 'Bearer whatever')
  })

  it('that is wrong or absent is a 401 that says what is wanted', async () => {
    for (const authorization of [undefined, 'Bearer', 'Bearer opens', 'Basic open', 'Bearer open sesame', 'open']) {
      const answer = await ask('open', authorization)
      assert.equal(answer.statusCode, 401, authorization)
      assert.deepEqual(
        [answer.headers['www-authenticate'], answer.headers.connection],
        ['Bearer realm="test"', 'close'],
      )
      const message = 'this needs the header Authorization: Bearer <token>'
      assert.deepEqual(answer.json(), { error: { code: 'INVALID_REQUEST', field: 'authorization', message } })
    }
  })
})
