import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { sweepTemporaryFiles, temporaryPath } from './temporary-files.js'

describe('sweepTemporaryFiles', () => {
  it('removes what was abandoned, and nothing else', async () => {
    const folder = temporaryFolder()
    const now = 1_700_000_000_000
    const write = (path: string, age: number) => {
      writeFileSync(path, 'half')
      utimesSync(path, (now - age) / 1000, (now - age) / 1000)
    }
    write(temporaryPath(join(folder, 'abandoned.zip')), 61_000)
    write(temporaryPath(join(folder, 'written now.zip')), 5_000)
    write(join(folder, 'model.zip'), 1e9)
    write(join(folder, 'notes.tmp'), 1e9)
    mkdirSync(join(folder, 'folder.1.tmp'))
    await sweepTemporaryFiles(folder, now)
    const beside = `written now.zip.${process.pid}.tmp`
    assert.deepEqual(readdirSync(folder).sort(), ['folder.1.tmp', 'model.zip', 'notes.tmp', beside])
    await sweepTemporaryFiles(folder, now, 0)
    assert.ok(!readdirSync(folder).includes(beside))
    await sweepTemporaryFiles(join(folder, 'absent'), now)
  })
})
