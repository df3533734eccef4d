import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { errorIn, ModelError } from './errors.js'

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
