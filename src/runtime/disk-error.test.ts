import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { diskErrorCode } from './disk-error.js'
import { ModelError } from '../core/errors.js'

describe('diskErrorCode', () => {
  it('finds a disk that is full below what others made of it', () => {
    const full = Object.assign(new Error('no space left'), { code: 'ENOSPC' })
    const wrapped = new Error('outer', { cause: new ModelError('UNAVAILABLE', 'inner', { cause: full }) })
    assert.equal(diskErrorCode(wrapped), 'ENOSPC')
  })
  it('finds none in other errors', () => {
    assert.equal(diskErrorCode(Object.assign(new Error('gone'), { code: 'ENOENT' })), undefined)
    assert.equal(diskErrorCode(new ModelError('UNAVAILABLE', 'away')), undefined)
    assert.equal(diskErrorCode('ENOSPC'), undefined)
  })
})
