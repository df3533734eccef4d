import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { type Files, pipelineFiles, writeFiles } from '../../test/support/pipeline-fixture.js'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { pipelineAt } from '../registry/find-pipelines.js'
import { loadPipeline } from '../registry/load-pipeline.js'
import { databaseVersion, type ExportOptions, exportPipeline } from './export-pipeline.js'

const model = { name: 'ATrainer_1', metadata: { mae: 2, mape: 3 } }
const place = 'rapl-sysfs/AbsPower/BPFOnly/ATrainer_1'

/** Exports a pipeline `made` with a model and these files. */
async function exported(more: Files = {}, options: Partial<ExportOptions> = {}, index?: object) {
  const root = temporaryFolder()
  const folder = join(root, 'made')
  mkdirSync(folder)
  writeFiles(folder, { ...pipelineFiles([model], index), ...more })
  const pipeline = await loadPipeline(pipelineAt(folder, 'made'))
  const again = () =>
    exportPipeline(pipeline, {
      ...{ parent: join(root, 'models'), includeRaw: false, onlyForOriginal: false },
      ...{ url: 'https://host/v0.7//', clock: () => 0, ...options },
    })
  const written = await again()
  const out = join(root, 'models', databaseVersion)
  const read = (path: string) => readFileSync(join(out, path), 'utf8')
  return {
    ...written,
    again,
    out,
    read,
    metadata: () => JSON.parse(read(join(options.name ?? 'made', 'metadata.json'))),
  }
}
const rows = { 'preprocessed_data/a.csv': 'timestamp\n1700000000\n', 'preprocessed_data/notes.txt': 'mine' }

describe('an export', () => {
  it('has another name where one is given: of its folder, zip, page, line and links', async () => {
    const { folder, zip, out, read, metadata } = await exported({}, { name: 'mine-0.2' })
    assert.deepEqual([folder, zip], [join(out, 'mine-0.2'), join(out, 'mine-0.2.zip')])
    assert.equal(metadata().name, 'mine-0.2')
    assert.match(read('.doc/mine-0.2.md'), /^\n# Pipeline mine-0\.2\n/)
    assert.match(read('README.md'), /^\[mine-0\.2\]\(/m)
    assert.ok(read('mine-0.2/error_report/node_type_1.md').includes(`| https://host/v0.7/mine-0.2/${place}.zip |`))
  })

  it('has publisher and time of its metadata, else those that are given, else the time of its data', async () => {
    const of = async (fields: object, options: Partial<ExportOptions> = {}) => {
      const { metadata } = await exported({ 'metadata.json': JSON.stringify(fields), ...rows }, options)
      const { publisher, collect_time } = metadata()
      return [publisher, collect_time]
    }
    const known = { publisher: 'them', collect_time: 'in May' }
    assert.deepEqual(await of(known), ['them', 'in May'])
    assert.deepEqual(await of(known, { publisher: 'me', collectTime: 'in June' }), ['me', 'in June'])
    assert.deepEqual(await of({ publisher: null }), [null, '2023-11-14 22:13:20'])
  })

  it('has an account for a publisher', async () => {
    for (const publisher of ['a', 'A-b9', 'x'.repeat(39)]) await exported({}, { publisher })
    for (const publisher of ['', '-a', 'a b', 'a_b', 'x'.repeat(40), 'a\n']) {
      await assert.rejects(exported({}, { publisher }), { code: 'INVALID_REQUEST', field: 'publisher' }, publisher)
    }
  })

  it('has its datasets where they are asked for, and nothing else beside them', async () => {
    const { read, metadata } = await exported(rows, { includeRaw: true })
    assert.equal(read('made/preprocessed_data/a.csv'), rows['preprocessed_data/a.csv'])
    assert.throws(() => read('made/preprocessed_data/notes.txt'), { code: 'ENOENT' })
    assert.equal(metadata().export_time, '1970-01-01 00:00:00')
    const without = await exported(rows)
    assert.throws(() => without.read('made/preprocessed_data/a.csv'), { code: 'ENOENT' })
  })

  it('says what is not known: no node types, no trainers, no pictures', async () => {
    const { read } = await exported({ 'metadata.json': '{}' }, {}, undefined)
    assert.match(read('.doc/made.md'), /AbsPower Trainers:\*\*\n\n\n- \*\*DynPower Trainers:\*\*\n\n {2}\(same as/)
    assert.ok(read('made/README.md').trimEnd().endsWith('|'))
  })

  it('leaves pages alone that stay the same', async () => {
    const { again, out } = await exported()
    const pages = () => ['README.md', '.doc/made.md'].map((path) => statSync(join(out, path)).ino)
    const before = pages()
    await again()
    assert.deepEqual(pages(), before)
  })

  it('tells how far it is, and why a pipeline has nothing for the model database', async () => {
    const told: unknown[] = []
    await exported({}, { onProgress: (...of) => told.push(of) })
    assert.deepEqual(told, [[1, 1, place]])
    const bad = pipelineFiles([
      { name: 'BTrainer_1', metadata: { mae: 500 } },
      { name: 'ATrainer_1', metadata: { mae: 600 } },
    ])
    await assert.rejects(exported(bad), {
      code: 'INVALID_DATA',
      message: `made has no model for the model database; the first of 2 is left out: ${place}: its MAE of 600 W is above 100`,
    })
    const none = { ...pipelineFiles([]) }
    const root = temporaryFolder()
    mkdirSync(join(root, 'none'))
    writeFiles(join(root, 'none'), { ...none, 'metadata.json': '{}' })
    const pipeline = await loadPipeline(pipelineAt(join(root, 'none'), 'none'))
    const options = { parent: root, includeRaw: false, onlyForOriginal: false, url: 'https://h', clock: () => 0 }
    await assert.rejects(exportPipeline(pipeline, options), { message: /; it has no models$/ })
  })
})
