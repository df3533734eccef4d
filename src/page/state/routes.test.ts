import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { hashOf, parseHash, queryOf, views } from './routes.js'

describe('addresses', () => {
  it('come back as they were written, whatever the names', () => {
    const parameters = { pipeline: 'a&b=c#d', path: 'x/y/<script> مرحبا +%' }
    assert.deepEqual(parseHash(hashOf('model', parameters)), { view: 'model', parameters })
  })

  it('that are not understood show the machine', () => {
    for (const hash of ['', '#', '#/', '#/nowhere?x=1', '#/__proto__', '#/constructor']) {
      assert.deepEqual(parseHash(hash), { view: 'machine', parameters: {} }, hash)
    }
  })

  it('keep a question mark in a value', () => {
    assert.deepEqual(parseHash('#/models?search=a?b').parameters, { search: 'a?b' })
  })

  it('have no parameter without a value', () => {
    assert.equal(hashOf('models', { search: '', sort: undefined, offset: 0 }), '#/models?offset=0')
    assert.equal(queryOf({}), '')
  })

  it('name each view, with or without what stands before', () => {
    for (const view of views) {
      for (const hash of [`#/${view}`, `/${view}`, view, `#${view}?`]) {
        assert.deepEqual(parseHash(hash), { view, parameters: {} }, hash)
      }
      assert.equal(hashOf(view), `#/${view}`)
    }
    assert.equal(parseHash('#/models/x').view, 'machine')
    assert.deepEqual(parseHash('#/models?a=1\n2').parameters, { a: '1\n2' })
  })
})
