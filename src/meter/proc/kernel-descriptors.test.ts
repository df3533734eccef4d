import assert from 'node:assert/strict'
import fs, { writeFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { type KeptFile, KernelFiles } from './kernel-files.js'

/** From now on, opening a file fails so; `undefined`: it does not. */
function openFails(t: TestContext): (code: string | undefined) => void {
  const { openSync } = fs
  let failure: string | undefined
  t.mock.method(fs, 'openSync', (...args: Parameters<typeof openSync>) => {
    if (failure !== undefined) throw Object.assign(new Error(failure), { code: failure })
    return openSync(...args)
  })
  syncBuiltinESMExports()
  t.after(() => {
    t.mock.restoreAll()
    syncBuiltinESMExports()
  })
  return (code) => {
    failure = code
  }
}

function scene(maxDescriptors?: number) {
  const folder = temporaryFolder()
  const files = new KernelFiles(maxDescriptors === undefined ? {} : { maxDescriptors })
  let count = 0
  const made = (): KeptFile & { descriptor: number | undefined } => {
    const path = join(folder, String(count++))
    writeFileSync(path, 'x\n')
    return { path, descriptor: undefined }
  }
  /** Whether a new file is kept open. */
  const keeps = () => {
    const file = made()
    assert.equal(files.read(file), 2)
    const is = file.descriptor !== undefined
    return { is, file }
  }
  return { files, made, keeps }
}

describe('descriptors that are kept', () => {
  it('are sixty-four fewer when there are no more of them, and go on from there', (t) => {
    const fail = openFails(t)
    for (const code of ['EMFILE', 'ENFILE']) {
      const { files, made, keeps } = scene()
      const open = Array.from({ length: 66 }, () => keeps().file)
      fail(code)
      assert.equal(files.read(made()), -1)
      fail(undefined)
      assert.equal(keeps().is, false, `${code}: two may be kept, sixty-six are`)
      for (const file of open.slice(0, 64)) files.forget(file)
      assert.equal(keeps().is, false)
      files.forget(open[64]!)
      assert.equal(keeps().is, true)
      assert.equal(keeps().is, false)
      files.forget(open[65]!)
    }
  })

  it('are none at last, and all files are read nevertheless', (t) => {
    const fail = openFails(t)
    const { files, made, keeps } = scene(10)
    const { file } = keeps()
    fail('EMFILE')
    files.read(made())
    fail(undefined)
    assert.equal(keeps().is, false)
    files.forget(file)
    assert.equal(keeps().is, false)
  })

  it('are as many as before when a file is only not there', (t) => {
    const fail = openFails(t)
    const { files, made, keeps } = scene()
    for (const code of ['ENOENT', 'EACCES', 'ESRCH']) {
      fail(code)
      assert.equal(files.read(made()), -1)
    }
    fail(undefined)
    assert.equal(keeps().is, true)
  })
})
