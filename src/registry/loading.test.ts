import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { pipelineFiles, unpackedFiles, weightsOf, writeFiles } from '../../test/support/pipeline-fixture.js'
import { recordedLog } from '../../test/support/recorded-log.js'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { withoutRights } from '../../test/support/without-rights.js'
import { indexPipeline } from './index-pipeline.js'
import { loadPipeline, type LoadPipelineOptions } from './load-pipeline.js'
import { folderStore } from './store/folder-store.js'
import type { PipelineStore } from './store/pipeline-store.js'

const group = 'rapl-sysfs/AbsPower/BPFOnly'

function scene(files: Readonly<Record<string, string | Uint8Array>>) {
  const path = temporaryFolder()
  writeFiles(path, files)
  const logger = recordedLog()
  return {
    ...{ path, logger },
    index: () => indexPipeline(folderStore(path)),
    load: (options: LoadPipelineOptions = {}) =>
      loadPipeline({ name: 'mine', path, kind: 'folder' }, { logger, ...options }),
  }
}

describe('loading a pipeline', () => {
  it('says how much is in it', async () => {
    const { path, logger, load } = scene(pipelineFiles([{ name: 'A_0' }, { name: 'B_1' }]))
    const pipeline = await load({ clock: () => 123 })
    assert.deepEqual([pipeline.name, pipeline.loadedAt, pipeline.damaged], ['mine', 123, 0])
    assert.deepEqual(logger.lines, [
      {
        level: 'info',
        fields: { pipeline: 'mine', models: 2, damaged: 0, nodeTypes: 3, origin: path },
        message: 'pipeline loaded',
      },
    ])
  })

  it('names ten models that are damaged, and counts all', async () => {
    const damaged = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`${group}/A_${i}.zip`, 'no zip']))
    const { logger, load } = scene({ ...pipelineFiles([]), ...damaged })
    assert.equal((await load()).damaged, 12)
    const warnings = logger.lines.filter(({ level }) => level === 'warn')
    assert.equal(warnings.length, 10)
    assert.equal(warnings[0]?.fields.model, `${group}/A_0`)
    assert.equal(typeof warnings[0]?.fields.reason, 'string')
  })

  it('keeps its index beside others, and reads it only of the same files', async () => {
    const { path, load } = scene(pipelineFiles([{ name: 'A_0' }]))
    const cacheFolder = join(temporaryFolder(), 'index')
    assert.equal((await load({ cacheFolder })).entries.length, 1)
    assert.deepEqual(readdirSync(cacheFolder), ['mine.json'])
    const file = join(cacheFolder, 'mine.json')
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('A_0', 'Z_0'))
    assert.equal((await load({ cacheFolder })).entries[0]?.name, 'Z_0')
    writeFiles(path, pipelineFiles([{ name: 'B_0' }]))
    assert.deepEqual(
      (await load({ cacheFolder })).entries.map(({ name }) => name),
      ['A_0', 'B_0'],
    )
  })

  it('does without a folder for indexes, and says why', async () => {
    const { logger, load } = scene(pipelineFiles([{ name: 'A_0' }]))
    const file = join(temporaryFolder(), 'file')
    writeFileSync(file, '')
    assert.equal((await load({ cacheFolder: join(file, 'below') })).entries.length, 1)
    const line = logger.lines.find(({ message }) => message === 'index is not cached')
    assert.deepEqual([line?.level, line?.fields.file], ['debug', join(file, 'below', 'mine.json')])
  })

  it('warns where a folder for indexes may not be written to', async () => {
    const { path, logger, load } = scene(pipelineFiles([{ name: 'A_0' }]))
    const cacheFolder = temporaryFolder()
    for (const readable of [path, cacheFolder]) chmodSync(readable, 0o755)
    assert.equal((await withoutRights(() => load({ cacheFolder }))).entries.length, 1)
    const line = logger.lines.find(({ message }) => message === 'index is not cached')
    assert.equal(line?.level, 'warn')
    assert.match(String(line?.fields.reason), /EACCES/)
  })

  it('fails where there is no pipeline, or it is stopped', async () => {
    const { path, load } = scene({ 'other.json': '{}' })
    await assert.rejects(load(), {
      code: 'INVALID_ARCHIVE',
      message: `${path} is no pipeline: it has no metadata.json`,
    })
    const stopped = scene(pipelineFiles([{ name: 'A_0' }]))
    await assert.rejects(indexPipeline(folderStore(stopped.path), AbortSignal.abort()), { code: 'CANCELLED' })
  })
})

describe('the index of a pipeline', () => {
  it('has models of four parts packed, of five unpacked, and nothing else', async () => {
    const packed = pipelineFiles([{ name: 'Packed_0', weights: true }])
    const { index } = scene({
      ...packed,
      ...unpackedFiles({ name: 'Unpacked_1', weights: true }),
      // Not of this depth, no folder of models, no node type, no file of a model.
      [`${group}/Deep_2/below/metadata.json`]: '{}',
      'rapl-sysfs/AbsPower/Shallow_3.zip': '',
      'rapl-sysfs/Power/BPFOnly/Other_4.zip': '',
      [`${group}/checkpoint.json`]: '{}',
      [`${group}/Text_5.txt`]: '',
    })
    const { entries, damaged } = await index()
    assert.deepEqual(
      entries.map(({ name, trainer, nodeType, archive, weights }) => [name, trainer, nodeType, archive, weights]),
      [
        ['Packed_0', 'Packed', 0, 'zip', 'file'],
        ['Unpacked_1', 'Unpacked', 1, 'folder', 'folder'],
      ],
    )
    assert.deepEqual(damaged, [])
  })

  it('has no model of a file that is deeper in the pipeline, or another one of its folder', async () => {
    const { path } = scene(pipelineFiles([]))
    const names = [
      'E_0x.zip',
      'F.zip',
      'A_0/G_1.zip',
      'A_0/G_1.json',
      'A_0/more/metadata.json',
      'B_0/more/weight.json',
      'C_0/other.json',
      'D_0/weights.json',
      'metadata.json',
    ]
    const store: PipelineStore = { ...folderStore(path), list: () => names.map((name) => `${group}/${name}`) }
    assert.deepEqual(await indexPipeline(store), {
      nodeTypes: (await indexPipeline(folderStore(path))).nodeTypes,
      entries: [],
      damaged: [],
    })
  })

  it('has weights that stand alone among what is damaged', async () => {
    const { index } = scene({ ...pipelineFiles([]), [`${group}/A_-1.json`]: weightsOf('A_-1') })
    const { entries, damaged } = await index()
    assert.deepEqual(entries, [])
    assert.deepEqual(
      damaged.map(({ path }) => path),
      [`${group}/A_-1`],
    )
    assert.match(damaged[0]?.reason ?? '', /neither an archive nor a metadata\.json/)
  })

  it('is made in pieces of 32 models, and may be stopped between two', async () => {
    const stoppedAfterOnePiece = async (count: number) => {
      const models = Array.from({ length: count }, (_, i) => ({ name: `A_${i}` }))
      const stop = new AbortController()
      const work = indexPipeline(folderStore(scene(pipelineFiles(models)).path), stop.signal)
      stop.abort()
      return work.then(({ entries }) => entries.length)
    }
    assert.equal(await stoppedAfterOnePiece(31), 31)
    await assert.rejects(stoppedAfterOnePiece(32), { code: 'CANCELLED', message: 'indexing was stopped' })
  })

  it('has names in pieces of 4096', async () => {
    const store = (count: number): PipelineStore => ({
      ...folderStore(scene(pipelineFiles([])).path),
      list: () => Array.from({ length: count }, (_, i) => `${i}.txt`),
    })
    const stoppedAfterOnePiece = (count: number) => {
      const stop = new AbortController()
      const work = indexPipeline(store(count), stop.signal)
      stop.abort()
      return work
    }
    assert.deepEqual((await stoppedAfterOnePiece(4095)).entries, [])
    await assert.rejects(stoppedAfterOnePiece(4096), { code: 'CANCELLED' })
  })

  it('is the same when it was kept, with what is damaged', async () => {
    const { load } = scene({
      ...pipelineFiles([{ name: 'A_0', weights: true }, { name: 'B_10' }]),
      ...unpackedFiles({ name: 'C_1' }),
      [`${group}/Broken_0.zip`]: 'no zip',
    })
    const cacheFolder = temporaryFolder()
    const [made, kept] = [await load({ cacheFolder }), await load({ cacheFolder })]
    assert.deepEqual([kept.entries, kept.nodeTypes, kept.damaged], [made.entries, made.nodeTypes, 1])
    assert.equal(made.entries.length, 3)
  })

  it('has no node types where there is no index of them', async () => {
    const path = temporaryFolder()
    mkdirSync(join(path, group), { recursive: true })
    writeFileSync(join(path, 'metadata.json'), '{}')
    assert.deepEqual(await indexPipeline(folderStore(path)), { nodeTypes: [], entries: [], damaged: [] })
  })
})
