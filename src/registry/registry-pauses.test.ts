import assert from 'node:assert/strict'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, describe, it, type TestContext } from 'node:test'
import { pipelineFiles, zipOf } from '../../test/support/pipeline-fixture.js'
import { recordedLog } from '../../test/support/recorded-log.js'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { until } from '../../test/support/until.js'
import { openRegistry, type RegistryOptions } from './registry.js'

const zip = zipOf(pipelineFiles([{ name: 'A_0' }]))
/** The pauses of a registry; others that use timers are given other times. */
const pauses = new Set([2000, 15_000, 30_000, 60_000, 120_000, 240_000, 480_000, 600_000])

/** Notes the pauses of a registry, and ends each of them at once, as long as `wanted`. */
function hastyTimers(context: TestContext, wanted: () => boolean = () => true): number[] {
  const noted: number[] = []
  const { setTimeout: real } = globalThis
  context.mock.method(
    globalThis,
    'setTimeout',
    (action: (...all: unknown[]) => void, milliseconds = 0, ...all: unknown[]) => {
      if (!pauses.has(milliseconds)) return real(() => action(...all), milliseconds)
      noted.push(milliseconds)
      return real(wanted() ? action : () => {}, 0)
    },
  )
  return noted
}

async function scene(answer: (response: ServerResponse) => void, options: Partial<RegistryOptions> = {}) {
  const server = createServer(({ url }, response) => {
    if (url?.endsWith('.sha256')) response.writeHead(404).end()
    else answer(response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mine.zip`
  const logger = recordedLog()
  const served: string[][] = []
  const registry = await openRegistry({
    ...{ modelPath: temporaryFolder(), urls: [url], pollInterval: 0, logger, random: () => 1 },
    download: { attempts: 1, totalTimeout: 111_111, idleTimeout: 11_111 },
    onChange: (pipelines) => void served.push(pipelines.map(({ name }) => name)),
    ...options,
  })
  after(async () => {
    server.closeAllConnections()
    server.close()
    await registry.close()
  })
  return { registry, served, logger }
}

describe('a download that fails', () => {
  it('is tried again after half a minute, twice as long each time, up to ten minutes, until it is there', async (context) => {
    const noted = hastyTimers(context)
    let asked = 0
    const { served, registry, logger } = await scene((response) => {
      if (++asked <= 7) response.writeHead(404).end()
      else response.end(zip)
    })
    await until('it is served', () => served.length > 0)
    assert.deepEqual(noted, [30_000, 60_000, 120_000, 240_000, 480_000, 600_000, 600_000])
    assert.deepEqual([served, registry.errors()], [[['mine']], []])
    const failures = logger.lines.filter(({ message }) => message === 'pipeline cannot be downloaded')
    assert.deepEqual(
      failures.map(({ fields }) => fields.failures),
      [1, 2, 3, 4, 5, 6, 7],
    )
    // The first is an error, and not each of those that follow.
    assert.deepEqual([failures[0]?.level, failures[2]?.level], ['error', 'debug'])
  })

  it('is tried again up to a half earlier, so that not all come back together', async (context) => {
    const noted = hastyTimers(context, () => false)
    const { registry } = await scene((response) => response.writeHead(404).end(), { random: () => 0 })
    await registry.downloaded
    assert.deepEqual(noted, [15_000])
  })

  it('is not tried again once the registry is closed', async (context) => {
    const noted = hastyTimers(context)
    let asked = 0
    const { registry } = await scene((response) => {
      asked++
      void registry.close()
      response.writeHead(404).end()
    })
    await registry.close()
    assert.deepEqual([noted, asked <= 1], [[], true])
  })
})

describe('a registry', () => {
  it('looks at its files every two seconds unless it is told otherwise, and not at all with an interval of 0', async (context) => {
    const noted = hastyTimers(context, () => noted.length < 3)
    const registry = await openRegistry({ modelPath: temporaryFolder(), onChange() {} })
    after(() => registry.close())
    await until('it has looked three times', () => noted.length === 3)
    assert.deepEqual(noted, [2000, 2000, 2000])
    const { mock } = context.mock.method(globalThis, 'setTimeout')
    await scene(() => {}, { urls: [] })
    assert.deepEqual([noted.length, mock.callCount()], [3, 0])
  })

  it('shows a download before anything has arrived, and without its size where nobody tells it', async () => {
    let answering: ServerResponse | undefined
    const { registry } = await scene((response) => {
      answering = response
    })
    await until('it is asked for', () => answering !== undefined)
    assert.deepEqual(
      registry.downloads().map(({ bytes, total }) => [bytes, total]),
      [[0, null]],
    )
    answering?.write(zip.subarray(0, 10))
    await until('some bytes are there', () => registry.downloads()[0]?.bytes === 10)
    assert.deepEqual(
      registry.downloads().map(({ bytes, total }) => [bytes, total]),
      [[10, null]],
    )
    answering?.end(zip.subarray(10))
    await registry.downloaded
  })

  it('takes no zip for a pipeline whose metadata.json is of something within it, or called otherwise', async () => {
    for (const name of ['a/b/metadata.json', 'my-metadata.json', 'metadata.json.bak', '/metadata.json']) {
      const { registry, served } = await scene((response) => response.end(zipOf({ [name]: '{}' })))
      await registry.downloaded
      assert.equal(registry.errors().length, 1, name)
      assert.deepEqual(served, [], name)
    }
  })
})
