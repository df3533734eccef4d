import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
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

  it('is none where it cannot be used: of another version, damaged, or with a reference to what is not there', async () => {
    const folder = temporaryFolder()
    const models = [{ name: 'A_0', metadata: { package_mae: 1.5 } }, { name: 'B_1' }]
    writeFiles(folder, { ...pipelineFiles(models), 'acpi/AbsPower/BPFOnly/C_0.zip': 'no zip' })
    const path = join(folder, 'cached.json')
    const index = await indexPipeline(folderStore(folder))
    assert.deepEqual([index.damaged.length, index.nodeTypes.length], [1, 3])
    writeCachedIndex(path, 'one', index)
    const whole = JSON.parse(readFileSync(path, 'utf8'))
    const read = (changed: object) => {
      writeFileSync(path, JSON.stringify({ ...whole, ...changed }))
      return readCachedIndex(path, 'one')
    }
    assert.deepEqual(read({}), index)
    const { models: columns } = whole
    for (const changed of [
      { version: whole.version - 1 },
      { models: { ...columns, folders: [0, 9] } },
      { models: { ...columns, folders: [0] } },
      { models: { ...columns, features: [0, 9] } },
      { models: { ...columns, keys: [0, 9] } },
      { models: { ...columns, archives: [0] } },
      { models: { ...columns, weights: [] } },
      { models: { ...columns, loadableByOriginal: [true] } },
      { folders: ['no/folder/of/models'] },
      { lists: [] },
    ]) {
      assert.equal(read(changed), undefined, JSON.stringify(changed))
    }
  })

  it('says what repeats once', async () => {
    const folder = temporaryFolder()
    const names = ['A_0', 'B_0', 'C_0']
    writeFiles(folder, pipelineFiles(names.map((name) => ({ name }))))
    const path = join(folder, 'cached.json')
    writeCachedIndex(path, 'one', await indexPipeline(folderStore(folder)))
    const { folders, lists } = JSON.parse(readFileSync(path, 'utf8'))
    assert.deepEqual([folders.length, lists.length], [1, 2])
    const { entries = [] } = readCachedIndex(path, 'one') ?? {}
    assert.ok(entries.length === 3 && entries.every(({ features }) => features === entries[0]?.features))
  })
})
