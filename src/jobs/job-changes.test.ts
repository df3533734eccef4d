import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ModelError } from '../core/errors.js'
import { createJobChanges } from './job-changes.js'
import { attemptsExceeded, cancelled, jobError, stopped } from './job-errors.js'
import { isFinished, type Job, jobSchema, type JobState, jobStates } from './job.js'
import { parseTrainRequest } from './train-request.js'

const job = (state: JobState, id = '1b671a64-40d5-491e-99b0-da01ff1f3341'): Job => ({
  ...{ id, state, createdAt: 'then', startedAt: null, finishedAt: null, attempts: 2, log: [], scores: null },
  ...{ progress: { stage: 'x', done: 0, total: 0 }, error: null, resultBytes: null },
  ...{ request: parseTrainRequest({ name: 'a', energy_source: 'acpi', trainer: {} }) },
  parts: { response: { start: 0, end: 2 } },
})

describe('changes of jobs', () => {
  it('are told to who watches that job, until they do no more', () => {
    const changes = createJobChanges()
    const seen: string[] = []
    const unwatch = changes.watch(job('queued').id, (now) => seen.push(now.state))
    changes.emit(job('running'))
    changes.emit(job('failed', '2b671a64-40d5-491e-99b0-da01ff1f3341'))
    unwatch()
    changes.emit(job('done'))
    assert.deepEqual(seen, ['running'])
  })

  it('are waited for until the job ends', async () => {
    const changes = createJobChanges()
    const waiting = changes.finished(job('queued'))
    changes.emit(job('running'))
    changes.emit(job('done'))
    changes.emit(job('failed'))
    assert.equal((await waiting).state, 'done')
    assert.equal((await changes.finished(job('cancelled'))).state, 'cancelled')
  })

  it('come no more when this is closed: for who waits, and for who waits afterwards', async () => {
    const changes = createJobChanges()
    const waiting = changes.finished(job('queued'))
    changes.close()
    await assert.rejects(waiting, { code: 'UNAVAILABLE' })
    await assert.rejects(changes.finished(job('queued')), { code: 'UNAVAILABLE' })
    assert.equal((await changes.finished(job('done'))).state, 'done')
  })

  it('may be watched by many without a warning', async () => {
    const warnings: unknown[] = []
    const onWarning = (warning: unknown) => warnings.push(warning)
    process.on('warning', onWarning)
    const changes = createJobChanges()
    for (let i = 0; i < 20; i++) changes.watch('x', () => {})
    await new Promise(setImmediate)
    process.off('warning', onWarning)
    assert.deepEqual(warnings, [])
  })
})

describe('a job', () => {
  it('is finished when it will not change again', () => {
    assert.deepEqual(
      jobStates.map((state) => [state, isFinished(job(state))]),
      [
        ['queued', false],
        ['running', false],
        ['done', true],
        ['failed', true],
        ['cancelled', true],
      ],
    )
  })

  it('is read from disk as it was written', () => {
    const error = { code: 'X', message: 'y', field: 'z' }
    const scores = [{ model: 'm', mae: 1, mape: 2 }]
    const parts = { response: { start: 0, end: 1 }, idle: { start: 1, end: 2 } }
    const whole: Job = { ...job('failed'), error, scores, parts, startedAt: 's', finishedAt: 'f', resultBytes: 3 }
    for (const one of [job('queued'), whole]) assert.deepEqual(jobSchema.parse(JSON.parse(JSON.stringify(one))), one)
  })

  it('is none with anything else in it', () => {
    for (const wrong of [
      { id: '../../etc' },
      { state: 'lost' },
      { attempts: -1 },
      { attempts: 0.5 },
      { createdAt: null },
      { progress: {} },
      { log: [1] },
      { scores: [{}] },
      { error: {} },
      { parts: {} },
      { parts: { response: { start: -1, end: 2 } } },
      { parts: { response: { start: 0, end: 1.5 } } },
      { parts: { response: {} } },
      { request: {} },
    ]) {
      assert.equal(jobSchema.safeParse({ ...job('queued'), ...wrong }).success, false, JSON.stringify(wrong))
    }
  })
})

describe('the error of a job', () => {
  it('has code, message, and the field where there is one', () => {
    assert.deepEqual(jobError(new ModelError('NO_MODEL', 'none')), { code: 'NO_MODEL', message: 'none' })
    const field = new ModelError('INVALID_REQUEST', 'no', { field: 'name' })
    assert.deepEqual(jobError(field), { code: 'INVALID_REQUEST', message: 'no', field: 'name' })
    assert.deepEqual(jobError(new TypeError('bug')), { code: 'INTERNAL', message: 'bug' })
    assert.deepEqual(jobError('thrown'), { code: 'INTERNAL', message: 'thrown' })
  })

  it('says why it was ended from outside', () => {
    assert.deepEqual([cancelled().code, stopped().code], ['CANCELLED', 'UNAVAILABLE'])
    const { code, message } = attemptsExceeded(job('running'))
    assert.equal(code, 'LIMIT_EXCEEDED')
    assert.match(message, /killed 2 times/)
  })
})
