import assert from 'node:assert/strict'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import { pipelineFiles, zipOf } from '../../test/support/pipeline-fixture.js'
import { recordedLog } from '../../test/support/recorded-log.js'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { until } from '../../test/support/until.js'
import { silentLogger } from '../runtime/ports.js'
import { openRegistry, type RegistryOptions } from './registry.js'

function scene() {
  const folder = temporaryFolder()
  const logger = recordedLog()
  const served: (readonly string[])[] = []
  const open = async (options: Partial<RegistryOptions> = {}) => {
    const registry = await openRegistry({
      ...{ modelPath: folder, pollInterval: 0, logger, clock: () => 7 },
      onChange: (pipelines) => void served.push(pipelines.map(({ name }) => name)),
      ...options,
    })
    after(() => registry.close())
    return registry
  }
  return { folder, logger, served, open }
}

const pipeline = zipOf(pipelineFiles([{ name: 'A_0' }]))

describe('what a registry cannot read', () => {
  it('may be the whole folder, until it is one', async () => {
    const { folder, logger, served, open } = scene()
    const modelPath = join(folder, 'models')
    writeFileSync(modelPath, '')
    const registry = await open({ modelPath })
    assert.deepEqual(
      registry.errors().map(({ origin, at }) => [origin, at]),
      [[modelPath, 7]],
    )
    const [line] = logger.lines
    assert.deepEqual([line?.level, line?.fields.origin], ['error', modelPath])
    assert.match(String(line?.fields.reason), /cannot be listed/)
    rmSync(modelPath)
    mkdirSync(modelPath)
    writeFileSync(join(modelPath, 'a.zip'), pipeline)
    await registry.refresh()
    assert.deepEqual(registry.errors(), [])
    assert.deepEqual(served, [['a']])
  })

  it('may be a file that is named, and takes no place of one in the folder', async () => {
    const { folder, served, open } = scene()
    writeFileSync(join(folder, 'a.zip'), pipeline)
    const other = temporaryFolder()
    for (const name of ['a.zip', 'b.zip']) writeFileSync(join(other, name), pipeline)
    const absent = join(other, 'absent.zip')
    const urls = ['a.zip', 'b.zip', 'absent.zip'].map((name) => pathToFileURL(join(other, name)).href)
    const registry = await open({ urls, lastResort: [{ name: 'last', path: join(other, 'b.zip') }] })
    assert.deepEqual(
      registry.errors().map(({ origin }) => origin),
      [absent],
    )
    assert.deepEqual(served, [['a', 'b', 'last']])
    await registry.downloaded
    assert.deepEqual(registry.downloads(), [])
  })

  it('may be what whoever is told of it cannot use, which is said and tried again', async () => {
    const { folder, logger, open } = scene()
    let fails = true
    writeFileSync(join(folder, 'a.zip'), pipeline)
    const registry = await open({
      onChange() {
        if (fails) throw new Error('no use')
      },
    })
    assert.match(registry.errors()[0]?.message ?? '', /no use/)
    assert.equal(logger.lines.filter(({ message }) => message === 'pipelines cannot be looked at').length, 1)
    fails = false
    await registry.refresh()
    assert.deepEqual(registry.errors(), [])
  })
})

describe('a registry that is closed', () => {
  it('says nothing of what it was about to look at', async () => {
    const { folder, logger, open } = scene()
    const modelPath = join(folder, 'models')
    mkdirSync(modelPath)
    const registry = await open({ modelPath })
    rmSync(modelPath, { recursive: true })
    writeFileSync(modelPath, '')
    void registry.refresh()
    await registry.close()
    assert.deepEqual([registry.errors(), logger.lines], [[], []])
  })

  it('hands on no pipeline that it had just read', async () => {
    const { folder, served, open } = scene()
    let close = () => {}
    const logger = { ...silentLogger, info: () => close() }
    const registry = await open({ logger })
    close = () => void registry.close()
    writeFileSync(join(folder, 'a.zip'), pipeline)
    await registry.refresh()
    await registry.close()
    assert.deepEqual(new Set(served.flat()), new Set())
  })

  it('says nothing of a pipeline that it was indexing', async () => {
    const { folder, logger, open } = scene()
    const registry = await open()
    writeFileSync(
      join(folder, 'a.zip'),
      zipOf(pipelineFiles(Array.from({ length: 40 }, (_, i) => ({ name: `A_${i}` })))),
    )
    void registry.refresh()
    await registry.close()
    assert.deepEqual([registry.errors(), logger.lines], [[], []])
  })
})

describe('a download of a registry', () => {
  it('is logged with the pipeline when it is there, and when it is not', async () => {
    const server = createServer((request, response) => {
      const known = request.url === '/there.zip'
      response.writeHead(known ? 200 : 404, { 'content-length': known ? pipeline.length : 0 })
      response.end(known ? pipeline : undefined)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    after(() => void server.close())
    const { logger, served, open } = scene()
    const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const progress: unknown[] = []
    const registry = await open({
      urls: [`${at}/there.zip`, `${at}/absent.zip`],
      onProgress: (...all) => progress.push(all),
    })
    await registry.downloaded
    await until('it is served', () => served.some((names) => names.includes('there')))
    assert.deepEqual(
      registry.errors().map(({ origin, at: time }) => [origin, time]),
      [[`${at}/absent.zip`, 7]],
    )
    assert.deepEqual(progress.at(-1), [`${at}/there.zip`, pipeline.length, pipeline.length])
    const lines = logger.lines.filter(({ message }) => /^pipeline (downloaded|cannot be downloaded)$/.test(message))
    assert.deepEqual(lines.map(({ level, fields: { reason: _, ...fields } }) => [level, fields]).sort(), [
      ['error', { pipeline: 'absent', url: `${at}/absent.zip`, failures: 1 }],
      ['info', { pipeline: 'there', url: `${at}/there.zip`, result: 'downloaded' }],
    ])
    assert.deepEqual(registry.downloads(), [])
    assert.equal(served.at(-1)?.[0], 'there')
  })
})
