import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { writeFileAtomic, writeFileAtomicSync } from './atomic-file.js'
import { temporaryPath } from './temporary-files.js'

describe('writeFileAtomic', () => {
  it('writes chunks of any kind into a folder that it makes, and leaves nothing else', async () => {
    const path = join(temporaryFolder(), 'new', 'file')
    async function* chunks() {
      yield 'text, '
      yield Buffer.from('bytes')
    }
    await writeFileAtomic(path, chunks())
    assert.equal(readFileSync(path, 'utf8'), 'text, bytes')
    await writeFileAtomic(path, ['new'], { sync: false })
    assert.equal(readFileSync(path, 'utf8'), 'new')
    assert.deepEqual(readdirSync(join(path, '..')), ['file'])
  })

  it('leaves what was there until the new file is complete, and when it never is', async () => {
    const path = join(temporaryFolder(), 'file')
    writeFileSync(path, 'old')
    async function* broken() {
      yield 'half'
      assert.equal(readFileSync(path, 'utf8'), 'old')
      throw new Error('the source broke')
    }
    await assert.rejects(writeFileAtomic(path, broken()), { code: 'UNAVAILABLE', message: /file.*the source broke/ })
    assert.equal(readFileSync(path, 'utf8'), 'old')
    assert.deepEqual(readdirSync(join(path, '..')), ['file'])
  })

  it('stops between two chunks when the signal comes', async () => {
    const path = join(temporaryFolder(), 'file')
    const stop = new AbortController()
    let given = 0
    function* endless() {
      for (;;) {
        if (++given === 3) stop.abort()
        yield 'more'
      }
    }
    await assert.rejects(writeFileAtomic(path, endless(), { signal: stop.signal }), { code: 'CANCELLED' })
    assert.equal(given, 3)
    assert.deepEqual(readdirSync(join(path, '..')), [])
  })
})

describe('writeFileAtomicSync', () => {
  it('writes a file in one step, and says what is in the way', () => {
    const folder = temporaryFolder()
    const path = join(folder, 'new', 'file')
    writeFileAtomicSync(path, 'text')
    writeFileAtomicSync(path, Buffer.from('bytes'), { sync: false })
    assert.equal(readFileSync(path, 'utf8'), 'bytes')
    mkdirSync(temporaryPath(path))
    assert.throws(() => writeFileAtomicSync(path, 'third'), { code: 'UNAVAILABLE', message: /cannot be written/ })
    assert.equal(readFileSync(path, 'utf8'), 'bytes')
    assert.throws(() => writeFileAtomicSync(join(path, 'below'), 'x'), { code: 'UNAVAILABLE' })
    assert.equal(existsSync(join(path, 'below')), false)
  })
})
