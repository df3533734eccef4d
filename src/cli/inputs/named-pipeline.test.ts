import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import { recordedIo } from '../../../test/support/cli.js'
import { pipelineFiles, writeFiles, zipOf } from '../../../test/support/pipeline-fixture.js'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { testArchive } from '../../../test/support/test-model.js'
import type { Pipeline } from '../../registry/pipeline.js'
import { isHttpUrl } from './downloaded-file.js'
import { readNamedArchive } from './named-archive.js'
import { withNamedPipeline } from './named-pipeline.js'
import { pipelineLocation } from './pipeline-path.js'

const { signal } = new AbortController()

describe('pipelines and archives that users name', () => {
  const folder = temporaryFolder()
  const [DATAPATH, MODEL_PATH] = [join(folder, 'data'), join(folder, 'models')]
  const { io } = recordedIo({ environment: { DATAPATH, MODEL_PATH } })
  const config = io.loadConfig()
  const files = pipelineFiles([{ name: 'A_1' }])
  const zip = zipOf(files)
  const server = createServer(({ url }, answer) => {
    if (url === '/std-1.zip') answer.end(zip)
    else answer.writeHead(404).end()
  })
  let url = ''

  before(async () => {
    writeFiles(join(DATAPATH, 'mine'), files)
    writeFiles(join(MODEL_PATH, 'mine'), files)
    // A folder without metadata is none, although it has the name of one.
    writeFiles(DATAPATH, { 'other/notes.txt': '', 'std.ZIP': zip })
    writeFiles(MODEL_PATH, { 'other.zip': zip, 'std-2.zip': zip, 'model.zip': await testArchive() })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
  })
  after(() => server.close())
  const located = (named: string) => pipelineLocation(named, config, 'pipeline')

  it('a name is looked up in the data folder first, then in MODEL_PATH, as folder and as zip', () => {
    assert.deepEqual(located('mine'), { name: 'mine', path: join(DATAPATH, 'mine'), kind: 'folder' })
    assert.deepEqual(located('other'), { name: 'other', path: join(MODEL_PATH, 'other.zip'), kind: 'zip' })
    assert.equal(located('std-2.zip').path, join(MODEL_PATH, 'std-2.zip'))
    assert.equal(located('std-2').name, 'std-2')
  })

  it('a path and a file URL are what they name', () => {
    const path = join(MODEL_PATH, 'mine')
    assert.deepEqual(located(path), { name: 'mine', path, kind: 'folder' })
    assert.equal(located(pathToFileURL(join(MODEL_PATH, 'other.zip')).href).name, 'other')
    writeFiles(join(folder, 'x.zipped'), files)
    assert.equal(located(join(folder, 'x.zipped')).name, 'x.zipped')
    assert.equal(located(join(MODEL_PATH, 'std-2')).path, join(MODEL_PATH, 'std-2.zip'))
    assert.deepEqual(located(join(DATAPATH, 'std.ZIP')), { name: 'std', path: join(DATAPATH, 'std.ZIP'), kind: 'zip' })
  })

  it('an error lists where was looked', () => {
    const code = { code: 'INVALID_CONFIG', field: 'pipeline', reason: 'file_not_found' }
    const places = [DATAPATH, '', MODEL_PATH].flatMap((place) => ['gone', 'gone.zip'].map((name) => join(place, name)))
    const said = `there is no pipeline "gone"; looked for${places.map((place) => `\n  ${place}`).join('')}`
    assert.throws(() => located('gone'), { ...code, message: said })
    const path = join(folder, 'gone')
    assert.throws(() => located(path), { ...code, message: /looked for\n\s+\S+gone\n\s+\S+gone\.zip$/ })
  })

  it('is open as long as it is used, and closed after a failure too', async () => {
    let opened: Pipeline | undefined
    const used = await withNamedPipeline('mine', config, signal, (pipeline) => {
      opened = pipeline
      return pipeline.entries.length
    })
    assert.equal(used, 1)
    await assert.rejects(
      withNamedPipeline(join(MODEL_PATH, 'other.zip'), config, signal, (pipeline) => {
        opened = pipeline
        throw new Error('of the user')
      }),
      /of the user/,
    )
    assert.throws(() => opened?.store.read('metadata.json'))
  })

  it('is downloaded from a URL, under its name, and nothing of that stays', async () => {
    const left = () => readdirSync(tmpdir()).filter((name) => name.startsWith('kepler-model-'))
    const before = new Set(left())
    let during: readonly string[] = []
    const name = await withNamedPipeline(`${url}/std-1.zip`, config, signal, (pipeline) => {
      during = left().filter((one) => !before.has(one))
      return pipeline.name
    })
    assert.equal(name, 'std-1')
    assert.ok(during.length > 0)
    assert.deepEqual(
      left().filter((one) => during.includes(one)),
      [],
    )
    const bounded = { ...config, DOWNLOAD_MAX_BYTES: 10 }
    await assert.rejects(
      withNamedPipeline(`${url}/std-1.zip`, bounded, signal, () => 0),
      { code: 'LIMIT_EXCEEDED' },
    )
    await assert.rejects(
      withNamedPipeline(`${url}/none.zip`, config, signal, () => 0),
      { code: 'UNAVAILABLE' },
    )
  })

  it('http and https are URLs to download, everything else is a file or a name', () => {
    assert.deepEqual(['http://a/b', 'https://a/b'].map(isHttpUrl), [true, true])
    assert.deepEqual(['file:///a', 'a', 'http', 'x/http://a', 'ftp://a'].map(isHttpUrl), Array(5).fill(false))
  })

  it('an archive is of one model: a folder or zip of a pipeline is refused, with what to do', async () => {
    const read = (named: string) => readNamedArchive(named, config, signal)
    const model = join(MODEL_PATH, 'model.zip')
    assert.equal((await read(model)).metadata.model_name, 'LinearRegressionTrainer_1')
    assert.equal((await read(pathToFileURL(model).href)).metadata.model_name, 'LinearRegressionTrainer_1')
    for (const path of [join(MODEL_PATH, 'mine'), join(MODEL_PATH, 'other.zip')]) {
      await assert.rejects(read(path), { code: 'INVALID_CONFIG', field: 'archive', message: /is a pipeline/ })
    }
    await assert.rejects(read(`${url}/std-1.zip`), { code: 'INVALID_CONFIG', field: 'archive' })
    writeFiles(folder, { 'damaged.zip': 'no zip' })
    const damaged = join(folder, 'damaged.zip')
    const said = { code: 'INVALID_ARCHIVE', message: `${damaged}: this is not a zip: it has no end record` }
    await assert.rejects(read(damaged), said)
    await assert.rejects(
      withNamedPipeline(damaged, config, signal, () => 0),
      said,
    )
    await assert.rejects(read(join(folder, 'none.zip')), {
      code: 'INVALID_CONFIG',
      message: /none\.zip cannot be read/,
    })
  })
})
