import assert from 'node:assert/strict'
import fs, { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { replaceFile } from './replace-file.js'

/** Does this in the stead of a function of the file system, and counts its calls. */
function instead<K extends 'fsyncSync' | 'writeSync'>(t: TestContext, name: K, done: (typeof fs)[K]) {
  const { mock } = t.mock.method(fs, name, done)
  syncBuiltinESMExports()
  t.after(() => {
    t.mock.restoreAll()
    syncBuiltinESMExports()
  })
  return mock
}

function scene() {
  const folder = temporaryFolder()
  const path = join(folder, 'file')
  writeFileSync(path, 'old')
  return {
    replace: (content: string, durable?: boolean) => replaceFile(path, join(folder, 'next'), content, durable),
    text: () => readFileSync(path, 'utf8'),
    names: () => readdirSync(folder),
  }
}

describe('a file that is replaced', () => {
  it('has the new content, and leaves nothing beside it', () => {
    const { replace, text, names } = scene()
    replace('new')
    assert.deepEqual([text(), names()], ['new', ['file']])
    replace('')
    assert.equal(text(), '')
  })

  it('is forced to the disk only where it must outlive a crash', (t) => {
    const { replace } = scene()
    const synced = instead(t, 'fsyncSync', fs.fsyncSync)
    replace('a')
    assert.equal(synced.callCount(), 0)
    replace('b', true)
    assert.equal(synced.callCount(), 1)
  })

  it('is whole also where the disk takes it in parts', (t) => {
    const { replace, text } = scene()
    const { writeSync } = fs
    instead(t, 'writeSync', ((descriptor: number, bytes: Buffer, from: number) =>
      writeSync(descriptor, bytes, from, 1)) as typeof fs.writeSync)
    replace('wörter')
    assert.equal(text(), 'wörter')
  })

  it('stays as it was where nothing can be written', (t) => {
    const { replace, text } = scene()
    instead(t, 'writeSync', (() => 0) as typeof fs.writeSync)
    assert.throws(() => replace('new'), /nothing could be written/)
    assert.equal(text(), 'old')
  })
})
