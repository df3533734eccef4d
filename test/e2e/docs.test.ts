import assert from 'node:assert/strict'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { buildClone } from '../support/docs/build-clone.js'
import { allPages } from '../support/docs/pages.js'
import { runHere, runPage } from '../support/docs/run-page.js'
import { cloneTo, noSandbox } from '../support/docs/sandbox.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const pages = allPages()
/** How the README puts the programs on the path: other pages begin there. */
const setup = pages.flatMap(({ blocks }) => blocks.filter(({ marks }) => marks.has('setup')))

describe('a reader who copies every block of a page into a fresh clone', { skip: noSandbox, concurrency: 2 }, () => {
  const folder = temporaryFolder()
  const bare = join(folder, 'bare')
  const built = join(folder, 'built')
  before(() => {
    assert.deepEqual(
      setup.map(({ page }) => page),
      ['README.md'],
    )
    cloneTo(bare)
    cloneTo(built)
    buildClone(built)
  })

  for (const page of pages) {
    if (runHere(page, []).length === 0) continue
    const installs = page.path === 'README.md'
    const clone = installs ? bare : built
    it(page.path, () => runPage(page, { clone, setup: installs ? [] : setup, peers: [], installs }))
  }
})
