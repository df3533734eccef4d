import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { errorCode } from '../../core/errors.js'
import { lockTree } from './lock.js'

const linux = { skip: process.platform === 'linux' ? false : 'needs /proc/self/fd' }

describe('lockTree', linux, () => {
  it('keeps a second meter away until the first has gone, also below a very long path', async () => {
    const folder = join(temporaryFolder(), 'a'.repeat(200))
    const first = await lockTree(folder)
    assert.equal(first.held, true)
    await assert.rejects(lockTree(folder), { code: 'UNAVAILABLE', message: /another power meter/ })
    await first.release()
    await (await lockTree(folder)).release()
  })

  it('says what the system said of a folder that cannot be made', async () => {
    const file = join(temporaryFolder(), 'file')
    writeFileSync(file, '')
    await assert.rejects(lockTree(file), (error: Error) => errorCode(error.cause) === 'ENOTDIR')
  })

  it('takes over from a meter that was killed', async () => {
    const folder = temporaryFolder()
    const script = `import('${new URL('./lock.ts', import.meta.url).pathname}').then((m) => m.lockTree(process.argv[1])).then(() => { console.log('held'); setInterval(() => {}, 1000) })`
    const child = spawn(process.execPath, ['--import', 'tsx', '-e', script, folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(child.stdout, 'data')
    await assert.rejects(lockTree(folder), { code: 'UNAVAILABLE' })
    child.kill('SIGKILL')
    await once(child, 'exit')
    await (await lockTree(folder)).release()
  })
})
