import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ModelError } from '../core/errors.js'
import { failureReason, pauseAfter } from './failure.js'

describe('failureReason', () => {
  it('tells Prometheus, its refusals, its nonsense, disks and everything else apart', () => {
    const full = Object.assign(new Error('no space left'), { code: 'ENOSPC' })
    assert.equal(failureReason(new ModelError('UNAVAILABLE', 'away')), 'unavailable')
    assert.equal(failureReason(new ModelError('INVALID_CONFIG', '401')), 'refused')
    assert.equal(failureReason(new ModelError('INVALID_DATA', 'HTML')), 'invalid')
    assert.equal(failureReason(new ModelError('UNAVAILABLE', 'cannot be written', { cause: full })), 'disk')
    assert.equal(failureReason(new TypeError('a mistake')), 'round')
    for (const code of ['INVALID_DATA', 'INVALID_REQUEST', 'LIMIT_EXCEEDED'] as const) {
      assert.equal(failureReason(new ModelError(code, '')), 'invalid', code)
    }
    assert.equal(failureReason(new ModelError('INVALID_ARCHIVE', '')), 'pipeline')
    // An error of a thread has lost its class.
    assert.equal(failureReason(Object.assign(new Error(''), { code: 'INVALID_ARCHIVE' })), 'pipeline')
    assert.equal(failureReason(Object.assign(new Error(''), { code: 'INVALID_DATA' })), 'round')
    assert.equal(failureReason({ code: 'INVALID_ARCHIVE' }), 'round')
    for (const code of ['UNAVAILABLE', 'CANCELLED', 'NO_MODEL'] as const) {
      assert.equal(failureReason(new ModelError(code, '')), 'unavailable', code)
    }
  })
})

describe('pauseAfter', () => {
  it('waits longer after each failure, up to a bound, and never all for the same time', () => {
    assert.equal(
      pauseAfter(0, 20_000, () => 0.7),
      20_000,
    )
    const pauses = [1, 2, 3, 4, 5, 50].map((failures) => pauseAfter(failures, 20_000, () => 1))
    assert.deepEqual(pauses, [40_000, 80_000, 160_000, 300_000, 300_000, 300_000])
    assert.equal(
      pauseAfter(1, 20_000, () => 0),
      20_000,
    )
    assert.equal(
      pauseAfter(9, 3_600_000, () => 1),
      3_600_000,
    )
  })
})
