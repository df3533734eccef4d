import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { pipelineFiles, unpackedFiles, writeFiles } from '../../test/support/pipeline-fixture.js'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { readCachedIndex, writeCachedIndex } from './index-cache.js'
import { indexPipeline } from './index-pipeline.js'
import { folderStore } from './store/folder-store.js'

describe('a cached index', () => {
  it('is what was cached, for the same signature alone', async () => {
    const folder = temporaryFolder()
    const models = [
      { name: 'A_0', mae: 3, weights: true },
      { name: 'B_1', mae: 2, metadata: { model_class: 'native', package_mae: 1.5 } },
      { name: 'C_10', mae: Number.NaN },
    ]
    writeFiles(folder, { ...pipelineFiles(models), ...unpackedFiles({ name: 'D_1', weights: true }) })
    const index = await indexPipeline(folderStore(folder))
    assert.deepEqual(
      index.entries.map(({ name, archive, weights, loadableByOriginal }) => [
        name,
        archive,
        weights,
        loadableByOriginal,
      ]),
      [
        ['A_0', 'zip', 'file', true],
        ['B_1', 'zip', undefined, false],
        ['C_10', 'zip', undefined, true],
        ['D_1', 'folder', 'folder', true],
      ],
    )
    const path = join(folder, 'cached.json')
    writeCachedIndex(path, 'one', index)
    assert.deepEqual(readCachedIndex(path, 'one'), index)
    assert.equal(readCachedIndex(path, 'another'), undefined)
    assert.equal(readCachedIndex(join(folder, 'none.json'), 'one'), undefined)
  })
})
