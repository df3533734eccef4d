import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { errorCode, errorIn, ModelError } from './errors.js'

describe('errorIn', () => {
  it('puts the place before the message and keeps what callers decide by', () => {
    const inner = new ModelError('INVALID_DATA', 'it ends in "m"', { field: 'input', reason: 'truncated' })
    const outer = errorIn('day.json', inner)
    assert.equal(outer.message, 'day.json: it ends in "m"')
    assert.deepEqual(
      [outer.code, outer.field, outer.reason, outer.cause],
      ['INVALID_DATA', 'input', 'truncated', inner],
    )
  })

  it('adds no field and no reason where there was none', () => {
    const { field, reason } = errorIn('x', new ModelError('UNAVAILABLE', 'gone'))
    assert.deepEqual([field, reason], [undefined, undefined])
  })
})

describe('errorCode', () => {
  it('is the code of an error, whoever made it, and of nothing else', () => {
    assert.equal(errorCode(Object.assign(new Error('full'), { code: 'ENOSPC' })), 'ENOSPC')
    assert.equal(errorCode(new ModelError('UNAVAILABLE', 'away')), 'UNAVAILABLE')
    for (const other of [
      new Error('plain'),
      Object.assign(new Error(''), { code: 7 }),
      { code: 'ENOSPC' },
      'ENOSPC',
      undefined,
    ]) {
      assert.equal(errorCode(other), undefined)
    }
  })
})
