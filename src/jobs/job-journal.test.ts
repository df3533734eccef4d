import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type JobJournal, jobJournal } from './job-journal.js'

describe('journal of a job', () => {
  const opened = () => {
    let now = 1000
    const written: ReturnType<JobJournal['read']>[] = []
    const journal = jobJournal(
      () => now,
      (snapshot) => written.push(snapshot),
    )
    return { journal, written, pass: (milliseconds: number) => (now += milliseconds) }
  }

  it('writes every half second at most, and then all that is new', () => {
    const { journal, written, pass } = opened()
    assert.deepEqual(journal.read(), { progress: { stage: 'starting', done: 0, total: 0 }, log: [] })
    pass(499)
    journal.log('early')
    assert.equal(written.length, 0)
    pass(1)
    journal.progress({ stage: 'reading', done: 1, total: 2 })
    assert.deepEqual(written, [{ progress: { stage: 'reading', done: 1, total: 2 }, log: ['early'] }])
    journal.log('at once')
    pass(499)
    journal.progress({ stage: 'reading', done: 2, total: 2 })
    assert.equal(written.length, 1)
    pass(1)
    journal.log('later')
    assert.deepEqual(written[1], {
      progress: { stage: 'reading', done: 2, total: 2 },
      log: ['early', 'at once', 'later'],
    })
  })

  it('keeps the newest 200 lines', () => {
    const { journal } = opened()
    for (let i = 1; i <= 201; i++) journal.log(`line ${i}`)
    const { log } = journal.read()
    assert.equal(log.length, 200)
    assert.deepEqual([log[0], log.at(-1)], ['line 2', 'line 201'])
  })

  it('gives copies: what was read does not change afterwards', () => {
    const { journal } = opened()
    journal.log('a')
    const before = journal.read()
    journal.log('b')
    assert.deepEqual(before.log, ['a'])
  })
})
