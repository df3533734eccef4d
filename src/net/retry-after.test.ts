import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { retryAfter } from './retry-after.js'

const now = Date.parse('2026-11-23T16:00:00Z')

describe('retryAfter', () => {
  it('reads seconds and dates', () => {
    assert.equal(retryAfter('7', now, 60_000), 7000)
    assert.equal(retryAfter('Mon, 23 Nov 2026 16:00:30 GMT', now, 60_000), 30_000)
    assert.equal(retryAfter(' 7 ', now, 60_000), 7000)
    assert.equal(retryAfter('0', now, 60_000), 0)
    assert.equal(retryAfter('Monday, 23-Nov-26 16:00:30 GMT', now, 60_000), 30_000)
    assert.equal(retryAfter('Mon Nov 23 16:00:30 2026 GMT', now, 60_000), 30_000)
    assert.equal(retryAfter('Mon, 23 Nov 2026 15:00:00 GMT', now, 60_000), 0)
  })
  it('believes no server that it wants to be left alone for ever', () => {
    assert.equal(retryAfter('86400', now, 60_000), 60_000)
    assert.equal(retryAfter('9'.repeat(12), now, 60_000), 60_000)
    assert.equal(retryAfter('9'.repeat(13), now, 60_000), 0)
    assert.equal(retryAfter('Mon, 23 Nov 2099 16:00:00 GMT', now, 60_000), 60_000)
  })
  it('takes anything else for no wish', () => {
    for (const text of [
      null,
      undefined,
      '',
      '-5',
      '1.5',
      'soon',
      '2026-11-23',
      'Mon, no date',
      '7x',
      'x7',
      'Mo 23 Nov 2099',
      '1 Mon, 23 Nov 2099 16:00:00 GMT',
    ]) {
      assert.equal(retryAfter(text, now, 60_000), 0, String(text))
    }
  })
})
