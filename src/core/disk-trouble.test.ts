import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { diskTrouble } from './disk-trouble.js'
import { ModelError } from './errors.js'

describe('diskTrouble', () => {
  it('finds a disk that is full below what others made of it', () => {
    const full = Object.assign(new Error('no space left'), { code: 'ENOSPC' })
    const wrapped = new Error('outer', { cause: new ModelError('UNAVAILABLE', 'inner', { cause: full }) })
    assert.equal(diskTrouble(wrapped), 'ENOSPC')
  })
  it('finds none in other errors', () => {
    assert.equal(diskTrouble(Object.assign(new Error('gone'), { code: 'ENOENT' })), undefined)
    assert.equal(diskTrouble(new ModelError('UNAVAILABLE', 'away')), undefined)
    assert.equal(diskTrouble('ENOSPC'), undefined)
  })
})
