import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import { join } from 'node:path'
import { afterEach, describe, it } from 'node:test'
import { type DownloadOptions, download } from '../../src/registry/download.js'
import { openModelSelector } from '../../src/selection/open-model-selector.js'
import { pipelineFiles, zipOf } from '../support/pipeline-fixture.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const content = Buffer.from(Array.from({ length: 200_000 }, (_, index) => index % 251))

describe('download', () => {
  const root = temporaryFolder()
  const servers: Server[] = []
  let made = 0

  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections()
      server.close()
    }
  })

  async function serve(listener: RequestListener): Promise<string> {
    const server = createServer((request, response) => {
      if (request.url?.endsWith('.sha256')) return checksum ? response.end(checksum) : response.writeHead(404).end()
      return listener(request, response)
    })
    let checksum: string | undefined
    Object.assign(listener, { publish: (text: string) => (checksum = text) })
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    assert.ok(address !== null && typeof address === 'object')
    return `http://127.0.0.1:${address.port}/file.zip`
  }
  function target(): string {
    return join(root, String(made++), 'file.zip')
  }
  const quick: DownloadOptions = { retryDelay: 1, idleTimeout: 500 }

  it('writes the file, tells of its progress and leaves nothing else that could be taken for a pipeline', async () => {
    const url = await serve((_request, response) => response.end(content))
    const path = target()
    let last: readonly [number, number | undefined] = [0, 0]
    const onProgress = (done: number, total: number | undefined) => {
      last = [done, total]
    }
    assert.equal(await download(url, path, { ...quick, onProgress }), 'downloaded')
    assert.deepEqual(readFileSync(path), content)
    assert.deepEqual(last, [content.length, content.length])
    assert.deepEqual(
      readdirSync(join(path, '..')).filter((name) => !name.startsWith('.')),
      ['file.zip'],
    )
  })

  it('goes on where it was cut off, when the server still has the same version', async () => {
    const ranges: (string | undefined)[] = []
    const url = await serve((request, response) => {
      ranges.push(request.headers.range)
      response.setHeader('etag', '"one"')
      if (request.headers.range === undefined) {
        response.writeHead(200, { 'content-length': content.length })
        response.write(content.subarray(0, 100_000))
        // Not at once: what is on its way must arrive before the connection is cut.
        setTimeout(() => response.destroy(), 50)
        return
      }
      assert.equal(request.headers['if-range'], '"one"')
      const start = Number(/\d+/.exec(request.headers.range)?.[0])
      response.writeHead(206, { 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` })
      response.end(content.subarray(start))
    })
    const path = target()
    await download(url, path, quick)
    assert.deepEqual(readFileSync(path), content)
    assert.equal(ranges.length, 2)
    assert.match(ranges[1]!, /^bytes=\d+-$/)
  })

  it('starts anew when there is another version meanwhile', async () => {
    let requests = 0
    const url = await serve((_request, response) => {
      requests += 1
      response.setHeader('etag', `"${requests}"`)
      response.writeHead(200, { 'content-length': content.length })
      if (requests > 1) return response.end(content)
      response.write(Buffer.alloc(100_000, 9))
      return setTimeout(() => response.destroy(), 50)
    })
    const path = target()
    await download(url, path, quick)
    assert.deepEqual(readFileSync(path), content)
  })

  it('does not fetch again what has not changed', async () => {
    let sent = 0
    const url = await serve((request, response) => {
      if (request.headers['if-none-match'] === '"one"') return response.writeHead(304).end()
      sent += 1
      return response.setHeader('etag', '"one"').end(content)
    })
    const path = target()
    assert.equal(await download(url, path, quick), 'downloaded')
    assert.equal(await download(url, path, quick), 'kept')
    assert.equal(sent, 1)
  })

  it('tries again when the server is busy, and not when it says no', async () => {
    let requests = 0
    const busy = await serve((_request, response) => {
      requests += 1
      if (requests < 3) response.writeHead(503).end()
      else response.end(content)
    })
    await download(busy, target(), quick)
    assert.equal(requests, 3)

    requests = 0
    const absent = await serve((_request, response) => {
      requests += 1
      response.writeHead(404).end()
    })
    await assert.rejects(download(absent, target(), quick), { code: 'UNAVAILABLE', message: /answered 404/ })
    assert.equal(requests, 1)
  })

  it('gives up on a server that sends nothing', async () => {
    const url = await serve((_request, response) => response.writeHead(200).write('some'))
    const options = { ...quick, idleTimeout: 50, attempts: 2 }
    await assert.rejects(download(url, target(), options), { code: 'UNAVAILABLE' })
  })

  it('gives up on a server that never comes to an end', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200)
      const dripping = setInterval(() => response.write('.'), 10)
      response.on('close', () => clearInterval(dripping))
    })
    const options = { ...quick, totalTimeout: 100, attempts: 2 }
    await assert.rejects(download(url, target(), options), { code: 'UNAVAILABLE', message: /within 0.1 s/ })
  })

  it('stops when it is told to', async () => {
    const stop = new AbortController()
    const url = await serve((_request, response) => {
      response.writeHead(200).write('some')
      setTimeout(() => stop.abort(), 20)
    })
    await assert.rejects(download(url, target(), { ...quick, signal: stop.signal }), { code: 'CANCELLED' })
  })

  it('refuses more bytes than allowed, announced or not', async () => {
    const announced = await serve((_request, response) =>
      response.setHeader('content-length', content.length).end(content),
    )
    const chunked = await serve((_request, response) => {
      response.write(content)
      response.end()
    })
    for (const url of [announced, chunked]) {
      const path = target()
      await assert.rejects(download(url, path, { ...quick, maxBytes: 1000 }), { code: 'LIMIT_EXCEEDED' })
      assert.equal(existsSync(path), false)
    }
  })

  it('honours a published checksum', async () => {
    const listener: RequestListener & { publish?: (text: string) => void } = (_request, response) =>
      response.end(content)
    const url = await serve(listener)
    const path = target()
    listener.publish?.(`${createHash('sha256').update(content).digest('hex')}  file.zip\n`)
    await download(url, path, quick)
    listener.publish?.(`${'0'.repeat(64)}  file.zip\n`)
    await assert.rejects(download(url, path, { ...quick, attempts: 2 }), { code: 'UNAVAILABLE', message: /checksum/ })
    assert.deepEqual(readFileSync(path), content, 'what was there stays')
  })

  it('follows a few redirects, to http and https only', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/moved.zip') response.end(content)
      else if (request.url === '/file.zip') response.writeHead(302, { location: '/moved.zip' }).end()
      else if (request.url === '/file') response.writeHead(302, { location: 'file:///etc/passwd' }).end()
      else response.writeHead(302, { location: request.url }).end()
    })
    await download(url, target(), quick)
    await assert.rejects(
      download(new URL('/file', url).href, target(), { ...quick, attempts: 1 }),
      /redirects to file:/,
    )
    await assert.rejects(download(new URL('/loop', url).href, target(), { ...quick, attempts: 1 }), /more than 5 times/)
  })

  describe('by a registry', () => {
    const preference = { defaults: {}, local: 'std' }
    const options = { preference, pollInterval: 0, download: { ...quick, attempts: 1 } }

    it('shows how far it is', async () => {
      const zip = zipOf(pipelineFiles([{ name: 'A_0' }]))
      let finish = () => {}
      const url = await serve((_request, response) => {
        response.writeHead(200, { 'content-length': zip.length }).write(zip.subarray(0, 100))
        finish = () => void response.end(zip.subarray(100))
      })
      const withUser = url.replace('//', '//user:geheim@')
      const selector = await openModelSelector({ ...options, modelPath: join(root, 'far'), urls: [withUser] })
      while (selector.downloads()[0]?.bytes !== 100) await new Promise((resolve) => setTimeout(resolve, 5))
      assert.deepEqual(selector.downloads(), [{ url, bytes: 100, total: zip.length }])
      finish()
      await selector.downloaded
      assert.deepEqual(selector.downloads(), [])
      await selector.close()
    })

    it('is served as soon as it is there, and from disk when the network is away', async () => {
      const url = await serve((_request, response) => response.end(zipOf(pipelineFiles([{ name: 'A_0' }]))))
      const modelPath = join(root, 'online')
      const online = await openModelSelector({ ...options, modelPath, urls: [url] })
      await online.downloaded
      assert.equal(online.status().models, 1)
      await online.close()
      for (const server of servers.splice(0)) {
        server.closeAllConnections()
        await new Promise((resolve) => server.close(resolve))
      }
      const offline = await openModelSelector({ ...options, modelPath, urls: [url] })
      assert.equal(offline.status().models, 1)
      await offline.downloaded
      assert.equal(offline.status().models, 1)
      assert.match(offline.status().errors[0]!.message, /does not answer/)
      await offline.close()
    })

    it('that fails leaves the others in place (one failing download kills the original)', async () => {
      const good = await serve((_request, response) => response.end(zipOf(pipelineFiles([{ name: 'A_0' }]))))
      const bad = await serve((_request, response) => response.end('<html>not found, but politely</html>'))
      const urls = [bad.replace('file.zip', 'bad.zip'), good]
      const selector = await openModelSelector({ ...options, modelPath: join(root, 'mixed'), urls })
      await selector.downloaded
      assert.deepEqual(
        selector.status().pipelines.map(({ name }) => name),
        ['file'],
      )
      assert.equal(selector.status().errors.length, 1)
      await selector.close()
    })
  })
})
