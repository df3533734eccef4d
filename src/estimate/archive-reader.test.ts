import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testArchive } from '../../test/support/test-model.js'
import { archiveReader } from './archive-reader.js'

describe('archiveReader', () => {
  it('gives equal bytes the same model, and says what it takes', async () => {
    const read = archiveReader()
    const bytes = await testArchive()
    const first = read(bytes)
    assert.equal(read(Buffer.from(bytes)), first)
    assert.notEqual(read(await testArchive({ idle: 11 })), first)
    assert.ok(first.bytes > bytes.length)
  })

  it('lets the least recently used go when they take too much', async () => {
    const [a, b] = [await testArchive({ idle: 1 }), await testArchive({ idle: 2 })]
    const one = archiveReader()(a).bytes
    const read = archiveReader(one * 1.5)
    const first = read(a)
    read(b)
    assert.notEqual(read(a), first)
  })

  it('does not remember what cannot be read', () => {
    const read = archiveReader()
    for (let i = 0; i < 2; i++) assert.throws(() => read(Buffer.from('no zip')), /zip/)
  })
})
