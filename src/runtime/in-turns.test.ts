import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { atOnce, inTurns, type Pieces } from './in-turns.js'

describe('work in pieces', () => {
  const done: number[] = []
  function* three(): Pieces<string> {
    for (const piece of [1, 2, 3]) {
      done.push(piece)
      yield
    }
    return 'all'
  }

  it('is done at once, or with turns of the event loop between', async () => {
    done.length = 0
    assert.equal(atOnce(three()), 'all')
    assert.deepEqual(done, [1, 2, 3])
    done.length = 0
    const work = inTurns(three())
    setImmediate(() => done.push(0))
    assert.equal(await work, 'all')
    assert.deepEqual(done, [1, 2, 0, 3])
  })

  it('stops between two pieces', async () => {
    done.length = 0
    const stop = new AbortController()
    const work = inTurns(three(), stop.signal)
    stop.abort(new Error('enough'))
    await assert.rejects(work, /enough/)
    assert.deepEqual(done, [1])
  })
})
