import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ModelError } from '../core/errors.js'
import { type RetryOptions, Transient, withRetries } from './retry.js'

const quick = { delay: 1, random: () => 0 }

/** Fails so often, then answers. */
function attempts(failures: number, after = 0) {
  const seen = { count: 0 }
  const attempt = async () => {
    seen.count++
    if (seen.count <= failures) throw new Transient(new Error(`failure ${seen.count}`), after)
    return 'done'
  }
  return { seen, attempt }
}

/** The seconds before the second attempt, which is not waited for. */
async function firstPause(options: RetryOptions, after = 0): Promise<number | undefined> {
  const stop = new AbortController()
  let pause: number | undefined
  const onRetry = (_: unknown, seconds: number) => {
    pause = seconds
    stop.abort()
  }
  const trying = withRetries(attempts(9, after).attempt, { ...options, onRetry, signal: stop.signal })
  await assert.rejects(trying)
  return pause
}

describe('withRetries', () => {
  it('tries five times, or as often as it is told', async () => {
    const enough = attempts(4)
    assert.equal(await withRetries(enough.attempt, quick), 'done')
    assert.equal(enough.seen.count, 5)
    const five = attempts(9)
    await assert.rejects(withRetries(five.attempt, quick), { message: 'failure 5' })
    assert.equal(five.seen.count, 5)
    const one = attempts(9)
    await assert.rejects(withRetries(one.attempt, { ...quick, attempts: 1 }), { message: 'failure 1' })
    assert.equal(one.seen.count, 1)
  })

  it('tries what fails for good once', async () => {
    let count = 0
    const failure = new ModelError('INVALID_DATA', 'for good')
    const trying = withRetries(async () => {
      count++
      throw failure
    }, quick)
    await assert.rejects(trying, (error) => error === failure)
    assert.equal(count, 1)
  })

  it('tells of each pause, which doubles up to the longest', async () => {
    const told: [string, number][] = []
    const onRetry = (error: unknown, seconds: number) => told.push([(error as Error).message, seconds])
    await withRetries(attempts(4).attempt, { delay: 2, longestDelay: 6, random: () => 0, onRetry })
    assert.deepEqual(told, [
      ['failure 1', 0.001],
      ['failure 2', 0.002],
      ['failure 3', 0.003],
      ['failure 4', 0.003],
    ])
  })

  it('pauses for half a second at first, or part of it by chance', async () => {
    assert.equal(await firstPause({ random: () => 1 }), 0.5)
    assert.equal(await firstPause({ random: () => 0 }), 0.25)
    const some = await firstPause({})
    assert.ok(some !== undefined && some >= 0.25 && some <= 0.5)
  })

  it('is never back before the other side wants it, and spreads those who were sent away', async () => {
    assert.equal(await firstPause({ random: () => 0 }, 7000), 7)
    assert.equal(await firstPause({ random: () => 1 }, 7000), 7.5)
    assert.equal(await firstPause({ random: () => 1, delay: 4000 }, 100), 4.1)
    assert.equal(await firstPause({ random: () => 0, delay: 4000 }, 100), 2)
  })

  it('does not wait for longer than the longest pause, but fails', async () => {
    assert.equal(await firstPause({ random: () => 0 }, 30_000), 30)
    assert.equal(await firstPause({ random: () => 0 }, 30_001), undefined)
    assert.equal(await firstPause({ random: () => 0, longestDelay: 10 }, 10), 0.01)
    assert.equal(await firstPause({ longestDelay: 10 }, 11), undefined)
  })

  it('ends with its signal: before an attempt, in one, and in a pause', async () => {
    const cancelled = { code: 'CANCELLED', message: 'the query was cancelled' }
    const before = attempts(0)
    const reason = new Error('time is up')
    const aborted = { ...cancelled, cause: reason }
    await assert.rejects(withRetries(before.attempt, { signal: AbortSignal.abort(reason) }), aborted)
    assert.equal(before.seen.count, 0)
    const stop = new AbortController()
    const broken = new Error('broke off')
    const during = async () => {
      stop.abort()
      throw broken
    }
    await assert.rejects(withRetries(during, { signal: stop.signal, what: 'the download' }), {
      code: 'CANCELLED',
      message: 'the download was cancelled',
      cause: broken,
    })
    const pausing = new AbortController()
    const options = { delay: 600_000, longestDelay: 600_000, onRetry: () => setImmediate(() => pausing.abort()) }
    await assert.rejects(
      withRetries(attempts(1).attempt, { ...options, signal: pausing.signal }),
      (error: Error) => error.message === cancelled.message && (error.cause as Error).name === 'AbortError',
    )
  })
})
