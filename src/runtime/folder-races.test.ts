import assert from 'node:assert/strict'
import fs, { existsSync, writeFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { writeFileAtomic, writeFileAtomicSync } from './atomic-file.js'
import { makeFolder, makeFolderSync } from './make-folder.js'
import { temporaryPath } from './temporary-files.js'

const failure = (code: string) => Object.assign(new Error(code), { code })

/** Whenever a folder is to be made, this happens first. */
function beforeMaking(t: TestContext, happens: (path: string) => void): void {
  const { mkdirSync } = fs
  const { mkdir } = fs.promises
  t.mock.method(fs, 'mkdirSync', (path: string) => {
    happens(path)
    return mkdirSync(path)
  })
  t.mock.method(fs.promises, 'mkdir', async (path: string) => {
    happens(path)
    return mkdir(path)
  })
  restoreAfter(t)
}

function restoreAfter(t: TestContext): void {
  syncBuiltinESMExports()
  t.after(() => {
    t.mock.restoreAll()
    syncBuiltinESMExports()
  })
}

const forms = {
  makeFolder,
  makeFolderSync: async (path: string) => makeFolderSync(path),
}

for (const [name, make] of Object.entries(forms)) {
  describe(`${name}, while others use the disk`, () => {
    it('takes a folder that another made meanwhile', async (t) => {
      const { mkdirSync } = fs
      const path = join(temporaryFolder(), 'a', 'b')
      beforeMaking(t, (folder) => mkdirSync(folder))
      await make(path)
      assert.ok(existsSync(path))
    })

    it('fails with what the disk says of the first folder that it cannot make', async (t) => {
      const path = join(temporaryFolder(), 'a', 'b')
      const tried: string[] = []
      beforeMaking(t, (folder) => {
        tried.push(folder)
        throw failure('ENOSPC')
      })
      await assert.rejects(make(path), { code: 'ENOSPC' })
      assert.deepEqual(tried, [join(path, '..')])
    })
  })
}

describe('a file that cannot be written in one step', () => {
  // Made here: a folder of the test itself is removed while removing fails.
  const folder = temporaryFolder()

  it('is told with why, although what is left cannot be removed either', async (t) => {
    const [path, waiting] = [join(folder, 'file'), join(folder, 'waiting')]
    t.mock.method(fs, 'renameSync', () => {
      throw failure('ENOSPC')
    })
    t.mock.method(fs, 'rmSync', () => {
      throw failure('EROFS')
    })
    t.mock.method(fs.promises, 'rename', () => Promise.reject(failure('ENOSPC')))
    t.mock.method(fs.promises, 'rm', () => Promise.reject(failure('EROFS')))
    restoreAfter(t)
    assert.throws(() => writeFileAtomicSync(path, 'x'), { code: 'UNAVAILABLE', message: /file cannot be .*ENOSPC/ })
    await assert.rejects(writeFileAtomic(waiting, ['x']), {
      code: 'UNAVAILABLE',
      message: /waiting cannot be .*ENOSPC/,
    })
  })

  it('leaves nothing, and the old file as it was', async (t) => {
    const path = join(temporaryFolder(), 'file')
    writeFileSync(path, 'old')
    t.mock.method(fs, 'renameSync', () => {
      throw failure('EIO')
    })
    t.mock.method(fs.promises, 'rename', () => Promise.reject(failure('EIO')))
    restoreAfter(t)
    assert.throws(() => writeFileAtomicSync(path, 'x'), { code: 'UNAVAILABLE' })
    assert.equal(existsSync(temporaryPath(path)), false)
    await assert.rejects(writeFileAtomic(path, ['x']), { code: 'UNAVAILABLE' })
    assert.equal(existsSync(temporaryPath(path)), false)
    assert.equal(fs.readFileSync(path, 'utf8'), 'old')
  })
})
