import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { backoff } from './backoff.js'

describe('backoff', () => {
  it('doubles after each failure in a row, up to a bound, also after a thousand of them', () => {
    const pauses = [1, 2, 3, 4, 5, 1000].map((failures) => backoff(failures, { first: 1000, longest: 6000 }))
    assert.deepEqual(pauses, [1000, 2000, 4000, 6000, 6000, 6000])
  })

  it('waits for at least half of it, and the rest by chance', () => {
    const pause = (chance: number) => backoff(3, { first: 1000, longest: 60_000, random: () => chance })
    assert.deepEqual([pause(0), pause(0.5), pause(1)], [2000, 3000, 4000])
  })

  it('doubles fifty times at most, so that it stays a number', () => {
    const pause = (failures: number) => backoff(failures, { first: 1, longest: Number.POSITIVE_INFINITY })
    assert.deepEqual([50, 51, 52].map(pause), [2 ** 49, 2 ** 50, 2 ** 50])
  })
})
