import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it, mock } from 'node:test'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { recoverPipeline, removeStaging, stagingPaths } from './recover-pipeline.js'

const dead = 99_999_999

/** A folder with a pipeline that a process was writing when its old folder was out of the way. */
function interrupted(pid: number, name = 'std') {
  const parent = temporaryFolder()
  const staging = stagingPaths(parent, name, pid)
  for (const [path, version] of [
    [staging.old, 'old'],
    [staging.folder, 'new'],
  ] as const) {
    mkdirSync(path)
    writeFileSync(join(path, 'metadata.json'), version)
  }
  writeFileSync(staging.zip, 'new zip')
  return { parent, staging, files: () => readdirSync(parent).sort() }
}
const version = (parent: string) => readFileSync(join(parent, 'std', 'metadata.json'), 'utf8')
const mine = (parent: string) =>
  readdirSync(parent)
    .map((file) => file.replace(/\d+/, 'N'))
    .sort()
const untouched = ['.std.N.new', '.std.N.old', '.std.N.zip']
const finished = ['std', 'std.zip']

/** Does something when the clock shows so many milliseconds more. */
async function at(later: number, work: () => Promise<void>): Promise<void> {
  const now = Date.now() + later
  const clock = mock.method(Date, 'now', () => now)
  try {
    await work()
  } finally {
    clock.mock.restore()
  }
}

describe('a pipeline whose writer was killed', () => {
  it('is the new one, which was complete, with its zip', async () => {
    const { parent, files } = interrupted(dead)
    await recoverPipeline(parent, 'std')
    assert.deepEqual(files(), finished)
    assert.deepEqual([version(parent), readFileSync(join(parent, 'std.zip'), 'utf8')], ['new', 'new zip'])
  })

  it('is found by its own name alone, with the number of a process', async () => {
    const { parent, files } = interrupted(dead, 'std.v2')
    const others = ['.std.new', '.std.x.new', '.std.12345678901.new', 'xstd.5.new', '.std.5.tmp']
    for (const name of others) writeFileSync(join(parent, name), '')
    const before = files()
    await recoverPipeline(parent, 'std')
    assert.deepEqual(files(), before)
    await recoverPipeline(parent, 'std.v2')
    assert.deepEqual(files(), [...others, 'std.v2', 'std.v2.zip'].sort())
  })

  it('is left to a process that runs, while it may still be between two renames', async () => {
    const { parent } = interrupted(process.ppid)
    for (const later of [0, 59_000, -59_000]) {
      await at(later, () => recoverPipeline(parent, 'std'))
      assert.deepEqual(mine(parent), untouched, `${later} ms later`)
    }
  })

  it('is recovered a minute later, whatever process has its number; also where the clock was set back', async () => {
    for (const later of [61_000, -61_000]) {
      const { parent } = interrupted(process.ppid)
      await at(later, () => recoverPipeline(parent, 'std'))
      assert.deepEqual(mine(parent), finished, `${later} ms later`)
    }
  })

  it('is left to a process of another user, and not to one that is gone', async () => {
    for (const [code, left] of [
      ['EPERM', untouched],
      ['ESRCH', finished],
    ] as const) {
      const { parent } = interrupted(process.ppid)
      const kill = mock.method(process, 'kill', (_: number, signal: number) => {
        assert.equal(signal, 0)
        throw Object.assign(new Error(code), { code })
      })
      await recoverPipeline(parent, 'std')
      kill.mock.restore()
      assert.deepEqual(mine(parent), left, code)
    }
  })
})

describe('the files of a writer', () => {
  it('stand beside the pipeline, begin with a dot, and are removed whether they are there or not', async () => {
    const { parent, staging, files } = interrupted(dead)
    assert.deepEqual(files(), [`.std.${dead}.new`, `.std.${dead}.old`, `.std.${dead}.zip`])
    await removeStaging(staging)
    await removeStaging(staging)
    assert.deepEqual(readdirSync(parent), [])
  })
})
