import assert from 'node:assert/strict'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, describe, it } from 'node:test'
import { pipelineFiles, zipOf } from '../../test/support/pipeline-fixture.js'
import { recordedLog } from '../../test/support/recorded-log.js'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { until } from '../../test/support/until.js'
import { createPipelineErrors } from './pipeline-errors.js'
import { openRegistry } from './registry.js'

/** A registry of `/mine.zip` of a server that a test plays; downloads that fail wait for the timers of the test. */
async function scene(answer: (response: ServerResponse) => void) {
  const server = createServer(({ url }, response) => {
    if (url?.endsWith('.sha256')) response.writeHead(404).end()
    else answer(response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://user:secret@127.0.0.1:${(server.address() as AddressInfo).port}/mine.zip`
  const logger = recordedLog()
  const changes: string[][] = []
  const registry = await openRegistry({
    modelPath: temporaryFolder(),
    urls: [url],
    pollInterval: 0,
    clock: () => 1234,
    logger,
    download: { attempts: 1 },
    onChange: (pipelines) => void changes.push(pipelines.map(({ name }) => name)),
  })
  after(async () => {
    server.closeAllConnections()
    server.close()
    await registry.close()
  })
  return { registry, changes, logger, url }
}
const zip = zipOf(pipelineFiles([{ name: 'A_0' }]))

describe('a pipeline of a URL', () => {
  it('is served once it is there', async () => {
    const { registry, changes, logger } = await scene((response) => response.end(zip))
    await registry.downloaded
    assert.deepEqual(changes, [['mine']])
    assert.deepEqual([registry.errors(), registry.downloads()], [[], []])
    assert.ok(logger.lines.some(({ level, fields }) => level === 'info' && fields.result === 'downloaded'))
  })

  it('shows how much of it has arrived, without its password', async () => {
    let answering: ServerResponse | undefined
    const { registry } = await scene((response) => {
      answering = response
      response.writeHead(200, { 'content-length': String(zip.length) })
      response.write(zip.subarray(0, 10))
    })
    await until('some bytes are there', () => registry.downloads()[0]?.bytes === 10)
    const [running] = registry.downloads()
    assert.equal(running?.total, zip.length)
    assert.doesNotMatch(running?.url ?? '', /secret/)
    answering?.end(zip.subarray(10))
    await registry.downloaded
    assert.deepEqual(registry.downloads(), [])
  })

  it('is said to fail, with the time, and is no pipeline of another name', async () => {
    const answers: readonly (readonly [(response: ServerResponse) => void, RegExp])[] = [
      [(response) => response.writeHead(404).end(), /answered 404/],
      [(response) => response.end('<html>'), /./],
      [(response) => response.end(zipOf({ 'other.json': '{}' })), /is no pipeline: it has no metadata\.json/],
    ]
    for (const [answer, message] of answers) {
      const { registry, changes, logger, url } = await scene(answer)
      await registry.downloaded
      const [error, ...others] = registry.errors()
      assert.deepEqual([error?.origin, error?.at, others.length], [url, 1234, 0])
      assert.match(error?.message ?? '', message)
      assert.deepEqual(changes, [])
      const [line] = logger.lines.filter(({ level }) => level === 'error')
      assert.equal(line?.fields.failures, 1)
    }
  })

  it('may have its files below one folder', async () => {
    const files = Object.entries(pipelineFiles([{ name: 'A_0' }])).map(([name, file]) => [`std/${name}`, file] as const)
    const { registry, changes } = await scene((response) => response.end(zipOf(Object.fromEntries(files))))
    await registry.downloaded
    assert.deepEqual(changes, [['mine']])
  })

  it('is given up when the registry is closed', async () => {
    const { registry, changes } = await scene((response) => void response.writeHead(200).write('a'))
    await registry.close()
    await registry.downloaded
    assert.deepEqual([registry.errors(), changes], [[], [[]]])
  })
})

describe('createPipelineErrors', () => {
  it('has the latest error of each origin, the latest last, and no more than its limit', () => {
    let now = 0
    const errors = createPipelineErrors(() => ++now, 2)
    errors.report('a', new Error('one'))
    errors.report('b', new Error('two'))
    errors.report('a', new Error('three'))
    assert.deepEqual(errors.list(), [
      { origin: 'b', message: 'two', at: 2 },
      { origin: 'a', message: 'three', at: 3 },
    ])
    errors.report('c', 'four')
    assert.deepEqual(
      errors.list().map(({ origin }) => origin),
      ['a', 'c'],
    )
    errors.resolve('a')
    errors.resolve('unheard of')
    assert.deepEqual(errors.list(), [{ origin: 'c', message: 'four', at: 4 }])
  })
})
