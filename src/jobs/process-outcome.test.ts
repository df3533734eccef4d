import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { describe, it } from 'node:test'
import { ModelError } from '../core/errors.js'
import type { JobProgress } from './job.js'
import { outcome } from './process-outcome.js'
import type { TrainJob, TrainJobEvents } from './train-job.js'
import { type ProcessMessage, sendMessages } from './train-messages.js'

/** A process that says what a test lets it say. */
function started() {
  const sent: unknown[] = []
  const child = Object.assign(new EventEmitter(), {
    stderr: new EventEmitter(),
    send: (job: unknown) => sent.push(job),
  })
  const told: unknown[] = []
  const job = {} as TrainJob
  const events = { progress: (now: JobProgress) => told.push(now), log: (line: string) => told.push(line) }
  const result = outcome(child as unknown as ChildProcess, job, events)
  assert.equal(sent[0], job)
  return { child, told, result, say: (message: ProcessMessage) => child.emit('message', message) }
}

describe('what comes of a training process', () => {
  it('is its scores, after what it told', async () => {
    const { say, told, result, child } = started()
    const progress = { stage: 'x', done: 1, total: 2 }
    say({ progress })
    say({ log: 'line' })
    say({ scores: [{ model: 'm', mae: 1, mape: 2 }] })
    child.emit('close', 0, null)
    assert.deepEqual(await result, [{ model: 'm', mae: 1, mape: 2 }])
    assert.deepEqual(told, [progress, 'line'])
  })

  it('is the error that it names, with its field; an inner error of no code of ours', async () => {
    const failed = (failure: { code: string; message: string; field?: string }) => {
      const { say, result } = started()
      say({ failure })
      return result.then(
        () => assert.fail('it failed'),
        (error: unknown) => error,
      )
    }
    for (const code of [
      ...['INVALID_REQUEST', 'NO_MODEL', 'INVALID_ARCHIVE', 'INVALID_DATA', 'INVALID_CONFIG', 'SHAPE_MISMATCH'],
      ...['LIMIT_EXCEEDED', 'UNAVAILABLE', 'CANCELLED'],
    ]) {
      const error = await failed({ code, message: 'why', field: 'f' })
      assert.ok(error instanceof ModelError)
      assert.deepEqual([error.code, error.message, error.field], [code, 'why', 'f'])
    }
    const plain = await failed({ code: 'NO_MODEL', message: 'why' })
    assert.equal(plain instanceof ModelError && plain.field, undefined)
    const inner = await failed({ code: 'INTERNAL', message: 'bug' })
    assert.ok(inner instanceof Error && !(inner instanceof ModelError) && inner.message === 'bug')
  })

  it('is want of memory where V8 says so or the kernel killed it', async () => {
    for (const [stderr, code, signal] of [
      ['FATAL ERROR: Reached heap limit Allocation failed', null, 'SIGABRT'],
      ['JavaScript heap out of memory', 134, null],
      ['', null, 'SIGKILL'],
    ] as const) {
      const { child, result } = started()
      child.stderr.emit('data', Buffer.from(stderr))
      child.emit('close', code, signal)
      await assert.rejects(result, { code: 'LIMIT_EXCEEDED', message: /ran out of memory/ })
    }
  })

  it('is how it ended and the end of what it printed', async () => {
    for (const [printed, code, signal, message] of [
      [['warning\n', 'Error: no ', 'disk\n'], 1, null, 'the training process ended with 1: Error: no disk'],
      [[], null, 'SIGTERM', 'the training process ended with SIGTERM: '],
      [
        [`first${'x'.repeat(1990)}`, 'y'.repeat(10)],
        0,
        null,
        `the training process ended with 0: ${'x'.repeat(1990)}${'y'.repeat(10)}`,
      ],
    ] as const) {
      const { child, result } = started()
      for (const text of printed) child.stderr.emit('data', Buffer.from(text))
      child.emit('close', code, signal)
      await assert.rejects(result, { name: 'Error', message })
    }
    const { child, result } = started()
    child.emit('error', new Error('spawn failed'))
    await assert.rejects(result, { message: 'spawn failed' })
  })
})

describe('messages of a training process', () => {
  const messages = async (train: (events: TrainJobEvents, pass: (milliseconds: number) => void) => Promise<[]>) => {
    let now = 0
    const sent: ProcessMessage[] = []
    await sendMessages(
      (events) => train(events, (milliseconds) => (now += milliseconds)),
      (message) => sent.push(message),
      () => now,
    )
    return sent
  }

  it('are its log, and progress every tenth of a second, the end of a stage always', async () => {
    const at = (done: number): JobProgress => ({ stage: 'x', done, total: 9 })
    const sent = await messages(async ({ progress, log }, pass) => {
      progress(at(1))
      pass(99)
      progress(at(2))
      pass(1)
      progress(at(3))
      progress(at(8))
      progress(at(9))
      progress(at(4))
      log('line')
      return []
    })
    assert.deepEqual(sent, [
      { progress: at(1) },
      { progress: at(3) },
      { progress: at(9) },
      { log: 'line' },
      { scores: [] },
    ])
  })

  it('are a failure with its code and field at the end', async () => {
    const failing = (error: Error) => messages(() => Promise.reject(error))
    assert.deepEqual(await failing(new ModelError('NO_MODEL', 'none', { field: 'f' })), [
      { failure: { code: 'NO_MODEL', message: 'none', field: 'f' } },
    ])
    assert.deepEqual(await failing(new TypeError('bug')), [{ failure: { code: 'INTERNAL', message: 'bug' } }])
  })
})
