import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { fastEnough } from './fast-enough.js'

const rate = { bytesPerSecond: 100, window: 1000 }
const slow = { code: 'INVALID_REQUEST', message: /less than 100 bytes a second/ }

/** A client that sends so many bytes after so many milliseconds, and ends at `undefined`, by a clock of the test. */
function scene(t: TestContext) {
  let now = 5000
  t.mock.method(performance, 'now', () => now)
  let returned = 0
  const client = (...chunks: readonly (readonly [milliseconds: number, bytes: number | undefined])[]) => {
    const left = [...chunks]
    return {
      [Symbol.asyncIterator]: () => ({
        async next(): Promise<IteratorResult<Buffer>> {
          // Whoever waits has begun to before anything happens.
          await undefined
          const [milliseconds, bytes] = left.shift() ?? [0, undefined]
          now += milliseconds
          return bytes === undefined ? { done: true, value: undefined } : { done: false, value: Buffer.alloc(bytes) }
        },
        async return() {
          returned++
          return { done: true, value: undefined } as const
        },
      }),
    }
  }
  const taken = async (chunks: AsyncIterable<Buffer>, { isWatched = (): boolean => true, takes = 0 } = {}) => {
    const sizes: number[] = []
    for await (const chunk of fastEnough(chunks, isWatched, rate)) {
      sizes.push(chunk.length)
      now += takes
    }
    return sizes
  }
  return { client, taken, returned: () => returned }
}

describe('the rate at which a client sends', () => {
  it('is what has arrived in the time that it was waited for, the last chunk included', async (t) => {
    const { client, taken } = scene(t)
    assert.deepEqual(await taken(client([500, 50], [500, 50], [500, 50])), [50, 50, 50])
    assert.deepEqual(await taken(client([1000, 100])), [100])
    await assert.rejects(taken(client([1000, 99])), slow)
    await assert.rejects(taken(client([500, 50], [500, 49])), slow)
  })

  it('is looked at window by window, each by itself', async (t) => {
    const { client, taken } = scene(t)
    await assert.rejects(taken(client([1000, 10_000], [1000, 99])), slow)
    assert.deepEqual(await taken(client([999, 0], [1, 100], [999, 0], [1, 100])), [0, 100, 0, 100])
  })

  it('is of no account once all has arrived', async (t) => {
    const { client, taken } = scene(t)
    assert.deepEqual(await taken(client([10, 1], [2000, undefined])), [1])
  })

  it('is of no account before it is watched, nor while the client is kept waiting', async (t) => {
    const { client, taken } = scene(t)
    assert.deepEqual(await taken(client([5000, 1], [5000, 1]), { isWatched: () => false }), [1, 1])
    assert.deepEqual(await taken(client([10, 1], [10, 1], [10, 1]), { takes: 5000 }), [1, 1, 1])
    let asked = 0
    // The first chunk makes it worth watching.
    assert.deepEqual(await taken(client([5000, 1], [900, 1]), { isWatched: () => asked++ > 1 }), [1, 1])
  })

  it('ends the source, whatever the end', async (t) => {
    const { client, taken, returned } = scene(t)
    await taken(client([1, 1]))
    assert.equal(returned(), 1)
    await assert.rejects(taken(client([1000, 1])), slow)
    assert.equal(returned(), 2)
  })
})
