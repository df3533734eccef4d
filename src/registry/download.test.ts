import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { basename, join } from 'node:path'
import { after, before, beforeEach, describe, it } from 'node:test'
import { httpProxy } from '../../test/support/http-proxy.js'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { createNetwork } from '../net/network.js'
import { type Logger, silentLogger } from '../runtime/ports.js'
import { download } from './download.js'

describe('download', () => {
  const folder = temporaryFolder()
  let made = 0
  let answers: { status: number; headers?: Record<string, string> }[] = []
  let asked = 0
  const server = createServer((request, response) => {
    if (request.url?.endsWith('.sha256')) return void response.writeHead(404).end()
    asked++
    const { status, headers } = answers.shift() ?? { status: 200 }
    response.writeHead(status, headers).end('content')
  })
  let url = ''
  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/file`
  })
  after(() => void server.close())
  beforeEach(() => {
    asked = 0
  })
  const target = () => join(folder, String(made++))

  /** Downloads without jitter, and gives the pauses in milliseconds that were announced, and their reasons. */
  async function pausesOf(options: object = {}): Promise<{ pauses: number[]; reasons: string[] }> {
    const pauses: number[] = []
    const reasons: string[] = []
    const logger: Logger = {
      ...silentLogger,
      debug(fields) {
        const { seconds, reason } = fields as { seconds: number; reason: string }
        pauses.push(Math.round(seconds * 1000))
        reasons.push(reason)
      },
    }
    const path = target()
    await download(url, path, { retryDelay: 8, random: () => 1, logger, ...options })
    assert.equal(readFileSync(path, 'utf8'), 'content')
    return { pauses, reasons }
  }

  for (const status of [408, 425, 429, 500, 502, 503, 504, 599]) {
    it(`tries again after a ${status}`, async () => {
      answers = [{ status }]
      const { reasons } = await pausesOf()
      assert.deepEqual(reasons, [`${url} answered ${status}`])
      assert.equal(asked, 2)
    })
  }

  for (const status of [400, 401, 403, 404, 410, 451]) {
    it(`takes a ${status} for an answer`, async () => {
      answers = [{ status }]
      await assert.rejects(download(url, target()), { code: 'UNAVAILABLE', message: `${url} answered ${status}` })
      assert.equal(asked, 1)
    })
  }

  it('waits twice as long each time, and gives up after four attempts', async () => {
    answers = [500, 500, 500].map((status) => ({ status }))
    assert.deepEqual((await pausesOf()).pauses, [8, 16, 32])
    answers = [500, 500, 500, 500].map((status) => ({ status }))
    await assert.rejects(download(url, target(), { retryDelay: 1 }), { code: 'UNAVAILABLE', message: /answered 500/ })
    assert.equal(asked, 8)
  })

  it('waits for as long as the server wants, and then a little longer', async () => {
    answers = [{ status: 503, headers: { 'retry-after': new Date(Date.now() + 1000).toUTCString() } }]
    const [pause] = (await pausesOf()).pauses
    assert.ok(pause! <= 1008, String(pause))
    answers = [{ status: 503, headers: { 'retry-after': '1' } }]
    assert.deepEqual((await pausesOf({ random: () => 0.5 })).pauses, [1004])
  })

  it('announces a pause in whole milliseconds', async () => {
    answers = [{ status: 500 }]
    const seconds: unknown[] = []
    const logger: Logger = { ...silentLogger, debug: (fields) => 'seconds' in fields && seconds.push(fields.seconds) }
    await download(url, target(), { retryDelay: 8, random: () => 0.55, logger })
    assert.deepEqual(seconds, [0.006])
  })

  it('does not wait for longer than a minute because a server wants it', async () => {
    answers = [{ status: 503, headers: { 'retry-after': '3600' } }]
    const stop = new AbortController()
    const pauses: unknown[] = []
    const logger: Logger = {
      ...silentLogger,
      debug(fields) {
        pauses.push('seconds' in fields && fields.seconds)
        stop.abort()
      },
    }
    const stopped = download(url, target(), { retryDelay: 8, random: () => 0, logger, signal: stop.signal })
    await assert.rejects(stopped, { code: 'CANCELLED' })
    assert.deepEqual(pauses, [60])
  })

  it('leaves nothing behind of a file that is too large, announced or not', async () => {
    for (const headers of [{ 'content-length': '7' }, { 'transfer-encoding': 'chunked' }]) {
      const path = target()
      answers = [{ status: 200, headers }]
      await assert.rejects(download(url, path, { maxBytes: 3 }), { code: 'LIMIT_EXCEEDED' })
      assert.deepEqual(
        readdirSync(folder).filter((file) => file.includes(basename(path)) && file.endsWith('.part')),
        [],
      )
    }
  })

  it('comes through the proxy, also the checksum', async () => {
    const proxy = await httpProxy()
    const network = createNetwork({ httpProxy: proxy.url })
    await pausesOf({ network })
    await network.close()
    await proxy.close()
    assert.deepEqual(proxy.asked, [`GET ${url}`, `GET ${url}.sha256`])
  })
})
