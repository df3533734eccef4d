import assert from 'node:assert/strict'
import { existsSync, lstatSync, mkdirSync, readdirSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import v8 from 'node:v8'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import type { ModelError } from '../core/errors.js'
import { writeFileAtomic, writeFileAtomicSync } from './atomic-file.js'
import { makeFolder, makeFolderSync } from './make-folder.js'
import { keepYoungGenerationSmall } from './small-heap.js'
import { sweepTemporaryFiles, temporaryPath } from './temporary-files.js'

describe('what is in the way of a file', () => {
  it('is told with the path and the error of the file system', async () => {
    const folder = temporaryFolder()
    const path = join(folder, 'file')
    mkdirSync(temporaryPath(path))
    const isTold = (error: ModelError) => {
      assert.equal(error.code, 'UNAVAILABLE')
      assert.ok(error.message.startsWith(`${path} cannot be written: EISDIR`), error.message)
      assert.equal((error.cause as NodeJS.ErrnoException).code, 'EISDIR')
      return true
    }
    await assert.rejects(writeFileAtomic(path, ['x']), isTold)
    assert.throws(() => writeFileAtomicSync(path, 'x'), isTold)
    assert.equal(existsSync(path), false)
  })

  it('leaves no file open, written or not', async () => {
    const folder = temporaryFolder()
    const open = () =>
      readdirSync('/proc/self/fd').filter((one) => {
        try {
          return readlinkSync(join('/proc/self/fd', one)).startsWith(folder)
        } catch {
          return false
        }
      })
    writeFileAtomicSync(join(folder, 'a'), 'x')
    await writeFileAtomic(join(folder, 'b'), ['x'])
    assert.deepEqual(open(), [])
  })

  it('leaves nothing half written where a folder has the name', async () => {
    const path = join(temporaryFolder(), 'folder')
    mkdirSync(join(path, 'below'), { recursive: true })
    await assert.rejects(writeFileAtomic(path, ['x']), { code: 'UNAVAILABLE' })
    assert.equal(existsSync(temporaryPath(path)), false)
    assert.throws(() => writeFileAtomicSync(path, 'x'), { code: 'UNAVAILABLE' })
    assert.equal(existsSync(temporaryPath(path)), false)
    assert.ok(existsSync(join(path, 'below')))
  })
})

for (const make of [
  makeFolder,
  async function sync(path: string) {
    makeFolderSync(path)
  },
]) {
  describe(`what is in the way of a folder (${make.name})`, () => {
    it('is a file of that name', async () => {
      const file = join(temporaryFolder(), 'file')
      writeFileSync(file, '')
      await assert.rejects(make(file), { code: 'ENOTDIR', path: file })
    })

    it('is a link to itself, which exists and leads nowhere', async () => {
      const loop = join(temporaryFolder(), 'loop')
      symlinkSync(loop, loop)
      await assert.rejects(make(loop), { code: 'ELOOP' })
    })
  })
}

describe('sweepTemporaryFiles', () => {
  it('passes over a link that leads nowhere', async () => {
    const folder = temporaryFolder()
    const link = temporaryPath(join(folder, 'a'))
    const after = temporaryPath(join(folder, 'b'))
    symlinkSync(join(folder, 'nowhere'), link)
    writeFileSync(after, '')
    await sweepTemporaryFiles(folder, Date.now() + 1e9)
    assert.ok(lstatSync(link).isSymbolicLink())
    assert.equal(existsSync(after), false)
  })
})

describe('keepYoungGenerationSmall', () => {
  it('keeps the semi-space from growing', (t) => {
    const set = t.mock.method(v8, 'setFlagsFromString', () => undefined)
    syncBuiltinESMExports()
    try {
      keepYoungGenerationSmall()
      assert.deepEqual(
        set.mock.calls.map(({ arguments: given }) => given),
        [['--semi-space-growth-factor=1']],
      )
    } finally {
      set.mock.restore()
      syncBuiltinESMExports()
    }
  })
})
