import assert from 'node:assert/strict'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { buildClone } from '../support/docs/build-clone.js'
import type { Block } from '../support/docs/blocks.js'
import { allPages } from '../support/docs/pages.js'
import { runPage } from '../support/docs/run-page.js'
import { cloneTo, noSandbox } from '../support/docs/sandbox.js'
import { putPrometheus } from '../support/docs/snippet-prometheus.js'
import { noPrometheus } from '../support/prometheus.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const peers = ['prometheus']
const pages = allPages()
const setup = pages.flatMap(({ blocks }) => blocks.filter(({ marks }) => marks.has('setup')))
const asking = pages.filter(({ blocks }) => blocks.some(({ marks }) => marks.get('needs') === 'prometheus'))

describe('a reader who has a Prometheus', { skip: noSandbox || noPrometheus, concurrency: 2 }, () => {
  const folder = temporaryFolder()
  const bare = join(folder, 'bare')
  const built = join(folder, 'built')
  let prometheus: Block
  before(() => {
    assert.ok(asking.length > 2)
    cloneTo(bare)
    prometheus = putPrometheus(bare, Date.now())
    cloneTo(built)
    putPrometheus(built, Date.now())
    buildClone(built)
  })

  for (const page of asking) {
    const installs = page.path === 'README.md'
    it(page.path, () =>
      runPage(page, {
        ...(installs ? { clone: bare, setup: [prometheus] } : { clone: built, setup: [...setup, prometheus] }),
        ...{ peers, installs },
      }),
    )
  }
})
