import assert from 'node:assert/strict'
import fs, { existsSync, mkdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { Worker } from 'node:worker_threads'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { writeFileAtomic, writeFileAtomicSync } from './atomic-file.js'
import { diskErrorCode } from './disk-error.js'
import { makeFolder } from './make-folder.js'
import { monotonicClock } from './ports.js'
import { sweepTemporaryFiles, temporaryPath } from './temporary-files.js'
import { threadArguments, threadFile } from './thread-file.js'
import { throttledLog } from './throttled-log.js'

describe('sweepTemporaryFiles', () => {
  const now = 1_700_000_000_000

  it('removes what nobody wrote to for a minute, and nothing else', async () => {
    const folder = temporaryFolder()
    const made = (name: string, age: number) => {
      const path = join(folder, name)
      writeFileSync(path, '')
      utimesSync(path, (now - age) / 1000, (now - age) / 1000)
      return path
    }
    const old = made('a.json.17.tmp', 60_000)
    const ahead = made('b.json.17.tmp', -60_000)
    const kept = [
      made('c.json.17.tmp', 59_000),
      made('d.json.tmp', 1e9),
      made('e.json.17.tmp.json', 1e9),
      made('f', 1e9),
    ]
    mkdirSync(join(folder, 'folder.1.tmp'))
    await sweepTemporaryFiles(folder, now)
    assert.deepEqual([existsSync(old), existsSync(ahead)], [false, false])
    assert.deepEqual(
      kept.map((path) => existsSync(path)),
      [true, true, true, true],
    )
    assert.ok(existsSync(join(folder, 'folder.1.tmp')))
    await sweepTemporaryFiles(folder, now, 0)
    assert.equal(existsSync(kept[0]!), false)
    await sweepTemporaryFiles(join(folder, 'none'), now)
  })

  it('knows the names that are written to', () => {
    assert.match(temporaryPath('/a/b.json'), new RegExp(`^/a/b\\.json\\.${process.pid}\\.tmp$`))
  })
})

describe('diskErrorCode', () => {
  const error = (code: string, cause?: unknown) => Object.assign(new Error(code, { cause }), { code })

  it('is the code of an error or of what caused it', () => {
    for (const code of ['ENOSPC', 'EDQUOT', 'EFBIG', 'EROFS', 'EACCES', 'EPERM', 'EIO', 'EMFILE', 'ENFILE']) {
      assert.equal(diskErrorCode(error(code)), code)
      assert.equal(diskErrorCode(error('UNAVAILABLE', error('X', error(code)))), code)
    }
    for (const other of [error('ENOENT'), new Error('x'), 'ENOSPC', undefined, { code: 'EIO' }]) {
      assert.equal(diskErrorCode(other), undefined)
    }
  })
})

describe('makeFolder', () => {
  it('takes one that another made meanwhile', async () => {
    const path = join(temporaryFolder(), 'a', 'b')
    await Promise.all(Array.from({ length: 8 }, () => makeFolder(path)))
    assert.ok(statSync(path).isDirectory())
  })
})

describe('threads', () => {
  it('run sources as sources', async () => {
    const base = new URL('file:///folder/module.ts').href
    assert.equal(threadFile(base, './work').href, 'file:///folder/work.ts')
    const folder = temporaryFolder()
    const file = join(folder, 'thread.ts')
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
    writeFileSync(file, "import { parentPort } from 'node:worker_threads'\nparentPort!.postMessage(1 as number)\n")
    const thread = new Worker(file, { execArgv: threadArguments() })
    const answer = await new Promise((resolve, reject) => {
      thread.once('message', resolve)
      thread.once('error', reject)
    })
    assert.equal(answer, 1)
  })
})

describe('throttledLog', () => {
  it('leaves as many milliseconds between two lines as it is told', () => {
    let now = 0
    const said: number[] = []
    const log = throttledLog({ clock: () => now, every: 10 })
    for (now of [0, 9, 10, 19, 20]) log('kind', (more) => said.push(now + more / 10))
    assert.deepEqual(said, [0, 10.1, 20.1])
    assert.ok(monotonicClock() > 0)
  })
})

describe('a file that is written in one step', () => {
  it('is on the disk before it has its name, unless it can be made again', async (t) => {
    const path = join(temporaryFolder(), 'file')
    const synced: string[] = []
    const fsync = t.mock.method(fs, 'fsyncSync', () => void synced.push(existsSync(path) ? 'late' : 'at once'))
    syncBuiltinESMExports()
    const handle = await open(path, 'w')
    await handle.close()
    rmSync(path)
    const sync = t.mock.method(Object.getPrototypeOf(handle), 'sync', async () => void synced.push('in turn'))
    writeFileAtomicSync(path, 'x', { sync: false })
    await writeFileAtomic(path, ['x'], { sync: false })
    assert.deepEqual(synced, [])
    rmSync(path)
    writeFileAtomicSync(path, 'x')
    await writeFileAtomic(path, ['x'])
    assert.deepEqual(synced, ['at once', 'in turn'])
    fsync.mock.restore()
    sync.mock.restore()
    syncBuiltinESMExports()
  })
})
