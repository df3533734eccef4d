import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  type Files,
  pipelineFiles,
  unpackedFiles,
  weightsOf,
  writeFiles,
  zipOf,
} from '../../test/support/pipeline-fixture.js'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { bufferSource } from '../archive/zip/byte-source.js'
import { openZip } from '../archive/zip/zip.js'
import { indexPipeline } from './index-pipeline.js'
import { createInterner } from './interner.js'
import { metadataNumber, metadataNumbersOf, metadataRecord } from './metadata-numbers.js'
import { modelPath, parseModelFolder } from './model-entry.js'
import { readArchive, readWeights, withoutMachineSpec } from './model-files.js'
import { createPipeline } from './pipeline.js'
import { folderStore } from './store/folder-store.js'

async function opened(files: Files) {
  const folder = temporaryFolder()
  writeFiles(folder, files)
  const store = folderStore(folder)
  return { store, index: await indexPipeline(store) }
}
const metadataIn = (zip: Uint8Array) =>
  JSON.parse(Buffer.from(openZip(bufferSource(Buffer.from(zip))).read('metadata.json')).toString())

describe('parseModelFolder', () => {
  it('reads source, output type and feature group', () => {
    assert.deepEqual(parseModelFolder('acpi/DynPower/Mine'), {
      ...{ path: 'acpi/DynPower/Mine', source: 'acpi', outputType: 'DynPower', featureGroup: 'Mine' },
    })
    assert.equal(parseModelFolder('rapl/AbsPower/BPFOnly')?.source, 'rapl-sysfs')
    assert.equal(parseModelFolder('intel_rapl/AbsPower/BPFOnly')?.source, 'intel_rapl', 'as it is called')
  })

  it('knows what is no folder of models', () => {
    for (const path of [
      '',
      '/AbsPower/X',
      'acpi/Power/X',
      'acpi/AbsPower',
      'acpi/AbsPower/',
      'acpi/AbsPower/X/Y',
      'a b/AbsPower/X',
    ]) {
      assert.equal(parseModelFolder(path), undefined, path)
    }
  })
})

describe('the numbers of metadata', () => {
  const metadata = {
    mae: 1,
    mape: -1,
    zero: 0,
    node_type: 4,
    name: 'x',
    bad: Number.NaN,
    more: Number.POSITIVE_INFINITY,
  }
  const numbers = metadataNumbersOf(metadata, (keys) => keys)

  it('are those that are finite, without the node type', () => {
    assert.deepEqual(numbers, { keys: ['mae', 'mape', 'zero'], values: [1, -1, 0] })
  })

  it('say nothing when they are negative', () => {
    assert.deepEqual(
      ['mae', 'mape', 'zero', 'none'].map((name) => metadataNumber(numbers, name)),
      [1, undefined, 0, undefined],
    )
    assert.deepEqual(metadataRecord(numbers), { mae: 1, zero: 0 })
  })
})

describe('createInterner', () => {
  it('gives equal lists one array that cannot be changed', () => {
    const { list, text } = createInterner()
    const first = list(['a', 'b'])
    assert.equal(list(['a', 'b']), first)
    assert.notEqual(list(['b', 'a']), first)
    assert.notDeepEqual(list(['a,b']), first)
    assert.ok(Object.isFrozen(first))
    assert.equal(text('a'), 'a')
  })
})

describe('the index of a pipeline', () => {
  it('has where archives and weights are, and why a model is damaged', async () => {
    const folder = 'rapl-sysfs/AbsPower/BPFOnly'
    const { index } = await opened({
      ...pipelineFiles([{ name: 'A_0', weights: true }, { name: 'B_-1' }]),
      ...unpackedFiles({ name: 'C_1', weights: true }),
      ...unpackedFiles({ name: 'E_1' }),
      [`${folder}/D_0.json`]: '{}',
      [`${folder}/checkpoint/metadata.json`]: '{}',
      [`${folder}/checkpoint.json`]: '{}',
      'rapl-sysfs/readme.json': '{}',
    })
    assert.deepEqual(
      index.entries.map((entry) => [modelPath(entry), entry.trainer, entry.nodeType, entry.archive, entry.weights]),
      [
        [`${folder}/A_0`, 'A', 0, 'zip', 'file'],
        [`${folder}/B_-1`, 'B', -1, 'zip', undefined],
        [`${folder}/C_1`, 'C', 1, 'folder', 'folder'],
        [`${folder}/E_1`, 'E', 1, 'folder', undefined],
      ],
    )
    assert.deepEqual(index.damaged, [
      { path: `${folder}/D_0`, reason: 'it has weights, but neither an archive nor a metadata.json' },
    ])
    assert.equal(index.entries[0]?.features, index.entries[1]?.features)
    assert.equal(index.entries[0]?.folder, index.entries[1]?.folder)
  })

  it('is that of a pipeline, and may be stopped', async () => {
    await assert.rejects(opened({ 'other.json': '{}' }), { code: 'INVALID_ARCHIVE', message: /no metadata\.json/ })
    const folder = temporaryFolder()
    writeFiles(folder, pipelineFiles(Array.from({ length: 40 }, (_, i) => ({ name: `A_${i}` }))))
    await assert.rejects(indexPipeline(folderStore(folder), AbortSignal.abort()), { code: 'CANCELLED' })
  })

  it('makes a pipeline with its sources in order and specs in whole numbers', async () => {
    const { store, index } = await opened(
      pipelineFiles([{ name: 'A_0', folder: 'acpi/AbsPower/BPFOnly' }, { name: 'A_0' }, { name: 'A_1' }]),
    )
    const pipeline = createPipeline({ name: 'mine', store, index, loadedAt: 5 })
    assert.deepEqual([pipeline.sources, pipeline.damaged, pipeline.loadedAt], [['rapl-sysfs', 'acpi'], 0, 5])
    assert.equal(JSON.stringify(pipeline.specOf(10)?.cores), '96')
    assert.equal(pipeline.specOf(2), undefined)
  })
})

describe('the archive of a model', () => {
  const spec = { cores: 8 }

  it('says what it is of, but nothing over what it says itself', async () => {
    const { store, index } = await opened(
      pipelineFiles([{ name: 'A_0' }, { name: 'B_0', metadata: { trainer: 'Own', node_type: 7, machine_spec: null } }]),
    )
    const [a, b] = index.entries.map((entry) => metadataIn(readArchive(store, entry, spec)))
    assert.deepEqual([a.trainer, a.node_type, a.machine_spec], ['A', 0, spec])
    assert.deepEqual([b.trainer, b.node_type, b.machine_spec], ['Own', 7, spec])
    const unknown = metadataIn(readArchive(store, index.entries[0]!, undefined))
    assert.equal('machine_spec' in unknown, false)
    const complete = { trainer: 'C', node_type: 0, machine_spec: { cores: 2 } }
    const { store: other, index: of } = await opened(pipelineFiles([{ name: 'C_0', metadata: complete }]))
    const bytes = readArchive(other, of.entries[0]!, spec)
    assert.deepEqual(Buffer.from(bytes), Buffer.from(other.read(`${modelPath(of.entries[0]!)}.zip`)))
  })

  it('can be had without the machine', () => {
    const zip = zipOf({ 'metadata.json': '{"a": 1, "machine_spec": {"cores": 8}}', 'b.json': '{}' })
    const bare = withoutMachineSpec(zip)
    assert.deepEqual(metadataIn(bare), { a: 1 })
    assert.ok(openZip(bufferSource(bare)).entries.has('b.json'))
    assert.equal(withoutMachineSpec(bare), bare)
  })

  it('is packed of an unpacked folder, of at most 256 files and none below them', async () => {
    const path = 'rapl-sysfs/AbsPower/BPFOnly/A_0'
    const { store, index } = await opened({
      ...pipelineFiles([]),
      ...unpackedFiles({ name: 'A_0', weights: true }),
      [`${path}0/metadata.json`]: '{}',
    })
    const zip = openZip(bufferSource(readArchive(store, index.entries[0]!, spec)))
    assert.deepEqual([...zip.entries.keys()].sort(), ['A_0.json', 'metadata.json'])
    assert.deepEqual(JSON.parse(JSON.stringify(readWeights(store, index.entries[0]!))), JSON.parse(weightsOf('A_0')))
    const listed = () => [...store.list(), `${path}/below/x.json`]
    const flat = readArchive({ ...store, list: listed }, index.entries[0]!, spec)
    assert.equal(openZip(bufferSource(flat)).entries.size, 2)
    const many = (count: number) =>
      opened({
        ...pipelineFiles([]),
        ...unpackedFiles({ name: 'A_0' }),
        ...Object.fromEntries(Array.from({ length: count - 2 }, (_, i) => [`${path}/${i}.txt`, ''])),
      })
    const most = await many(256)
    assert.equal(openZip(bufferSource(readArchive(most.store, most.index.entries[0]!, spec))).entries.size, 256)
    const more = await many(257)
    assert.throws(() => readArchive(more.store, more.index.entries[0]!, spec), {
      code: 'LIMIT_EXCEEDED',
      message: /has 257 files, at most 256/,
    })
  })
})
