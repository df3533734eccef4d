import assert from 'node:assert/strict'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { makeFolder, makeFolderSync } from './make-folder.js'

const forms = {
  makeFolder,
  async makeFolderSync(path: string) {
    makeFolderSync(path)
  },
}

for (const [name, make] of Object.entries(forms)) {
  describe(name, () => {
    const folder = temporaryFolder()

    it('makes all folders of a path, also when some or all are there', async () => {
      const path = join(folder, name, 'a', 'b')
      await make(path)
      await make(path)
      await make(join(path, 'c'))
      assert.ok(existsSync(join(path, 'c')))
    })

    it('fails where a file is in the way', async () => {
      const file = join(folder, `${name}.txt`)
      writeFileSync(file, '')
      await assert.rejects(make(join(file, 'a')), { code: 'ENOTDIR' })
    })

    it('fails in /proc, where Node itself would never return', { skip: !existsSync('/proc/self') }, async () => {
      await assert.rejects(make('/proc/foo/bar'), { code: 'ENOENT' })
    })
  })
}
