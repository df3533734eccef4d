import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  bpf,
  type Files,
  pipelineFiles,
  unpackedFiles,
  weightsOf,
  writeFiles,
} from '../../test/support/pipeline-fixture.js'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { testArchive } from '../../test/support/test-model.js'
import { loadPipeline } from '../registry/load-pipeline.js'
import { explainPipeline } from './explain-pipeline.js'

const group = 'rapl-sysfs/AbsPower/BPFOnly'
const heldOut = { complexity: 1, held_out_mae: 2, held_out_se: 0.1, mae: 2 }

async function explained(files: Files, errorKey = 'mae') {
  const path = temporaryFolder()
  writeFiles(path, { ...pipelineFiles([]), ...files })
  const pipeline = await loadPipeline({ name: 'mine', path, kind: 'folder' })
  return explainPipeline(pipeline, pipeline.entries, errorKey).map(
    ({ model, rank, why }) => [model.name, rank, why] as const,
  )
}
const archive = (name: string, numbers: object, slope = 1e-5) =>
  testArchive({ name, features: bpf, slope, metadata: { ...heldOut, ...numbers } })

describe('why models of a pipeline that was trained here are chosen', () => {
  it('is by those whose archives are sound; the others are behind, with what is wrong', async () => {
    const found = await explained({
      [`${group}/A_0.zip`]: await archive('A_0', { held_out_mae: 3 }),
      [`${group}/B_0.zip`]: await archive('B_0', { held_out_mae: 1 }, 1e9),
      [`${group}/C_0.zip`]: await archive('C_0', {}),
      [`${group}/D_0.zip`]: await archive('D_0', { held_out_mae: 1 }, 1e9),
    })
    assert.deepEqual(
      found.map(([name, rank]) => [name, rank]),
      [
        ['C_0', 1],
        ['A_0', 2],
        ['B_0', 3],
        ['D_0', 4],
      ],
    )
    assert.match(found[0]![2], /^chosen: /)
    for (const [, , why] of found.slice(2))
      assert.match(why, /^never chosen: it gives \S+ W of package inside the range/)
  })

  it('does not end with an archive that cannot be read', async () => {
    const many = Object.fromEntries(Array.from({ length: 256 }, (_, i) => [`${group}/B_0/${i}.txt`, '']))
    const found = await explained({
      [`${group}/A_0.zip`]: await archive('A_0', {}),
      ...unpackedFiles({ name: 'B_0', metadata: heldOut }),
      ...many,
      ...unpackedFiles({ name: 'C_0', metadata: heldOut }),
    })
    assert.deepEqual(found[0]?.slice(0, 2), ['A_0', 1])
    const [second, third] = found.slice(1)
    assert.match(second![2], /^never chosen: its archive cannot be read: .*B_0 has 258 files, at most 256/)
    assert.match(third![2], /^never chosen: its archive cannot be read: /)
  })
})

describe('why models of a published pipeline are chosen', () => {
  it('is by their metadata alone: their archives are not read', async () => {
    const found = await explained({
      [`${group}/A_0.zip`]: await archive(
        'A_0',
        { complexity: undefined, held_out_mae: undefined, held_out_se: undefined },
        1e9,
      ),
      ...unpackedFiles({ name: 'B_0', mae: 9 }),
      [`${group}/Alone_0.json`]: weightsOf('Alone_0'),
    })
    assert.deepEqual(found, [
      ['A_0', 1, 'chosen: least mae of its metadata'],
      ['B_0', 2, 'larger mae than A_0'],
    ])
  })

  it('is by another error where that ranks, and those without it come last', async () => {
    const files = {
      ...unpackedFiles({ name: 'A_0', mae: 1, metadata: { package_mae: 5 } }),
      ...unpackedFiles({ name: 'B_0', mae: 2, metadata: { package_mae: 4 } }),
      ...unpackedFiles({ name: 'C_0', mae: 3 }),
    }
    assert.deepEqual(await explained(files, 'package_mae'), [
      ['B_0', 1, 'chosen: least package_mae of its metadata'],
      ['A_0', 2, 'larger package_mae than B_0'],
      ['C_0', 3, 'never chosen: it has no package_mae'],
    ])
  })
})
