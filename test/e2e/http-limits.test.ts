import assert from 'node:assert/strict'
import { connect, type Socket } from 'node:net'
import { after, afterEach, before, describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { silentLogger } from '../../src/runtime/ports.js'
import { createModelServerApp } from '../../src/http/model-server-app.js'
import { listen, type RunningHttp } from '../../src/service/listen.js'
import { fakeModelSelector } from '../support/model-selector.js'
import { exchange, rawPost } from '../support/raw-client.js'

const body = JSON.stringify({ metrics: ['bpf_cpu_time_ms'], output_type: 'AbsPower', weight: true })
const close = 'Connection: close'

describe('the model server on a real socket', () => {
  let server: RunningHttp
  before(async () => {
    const limits = { maxBodyBytes: 65_536, requestTimeout: 1, idleTimeout: 3, maxConnections: 50 }
    const app = createModelServerApp({ selector: fakeModelSelector(), logger: silentLogger, limits, version: '1' })
    server = await listen('model server', app, { host: '127.0.0.1', port: 0, shutdownTimeout: 1 })
  })
  after(() => server.stop())

  const stillServes = async () => {
    const { answer } = await exchange(server.port, [rawPost(body, [close])])
    assert.match(answer, /^HTTP\/1\.1 200 OK[\s\S]*All_Weights/)
  }

  it('answers a request that comes in pieces', async () => {
    const request = rawPost(body, [close])
    const { answer } = await exchange(
      server.port,
      pieces([request.slice(0, 30), request.slice(30, 90), request.slice(90)]),
    )
    assert.match(answer, /^HTTP\/1\.1 200 OK/)
  })

  it('answers requests on one connection in their order', async () => {
    const { answer } = await exchange(server.port, [rawPost(body) + rawPost('{"metrics": 1}') + rawPost(body, [close])])
    assert.deepEqual(
      [...answer.matchAll(/HTTP\/1\.1 (\d+)/g)].map((match) => match[1]),
      ['200', '400', '200'],
    )
  })

  it('refuses 100 MB while they arrive, declared or not', async () => {
    const declared = ['POST /model HTTP/1.1', 'Host: x', `Content-Length: ${100 * 2 ** 20}`, '', ''].join('\r\n')
    const undeclared = ['POST /model HTTP/1.1', 'Host: x', 'Transfer-Encoding: chunked', '', ''].join('\r\n')
    const megabyte = Buffer.alloc(2 ** 20, 0x20)
    const chunk = Buffer.concat([Buffer.from('100000\r\n'), megabyte, Buffer.from('\r\n')])
    for (const [head, part] of [
      [declared, megabyte],
      [undeclared, chunk],
    ] as const) {
      const { answer, sent } = await exchange(server.port, hundredTimes(head, part))
      assert.match(answer, /^HTTP\/1\.1 413 /)
      assert.ok(sent < 50 * 2 ** 20, `the server read on for ${sent} bytes`)
    }
    await stillServes()
  })

  it('gives up on a client that sends its request too slowly', async () => {
    const { answer } = await exchange(server.port, drip(`POST /model HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(100)}`))
    assert.match(answer, /^HTTP\/1\.1 408 /)
    await stillServes()
  })

  it('gives up on a body that is shorter than its Content-Length', async () => {
    const { answer } = await exchange(server.port, [rawPost(body, [close]).slice(0, -5)])
    assert.match(answer, /^HTTP\/1\.1 408 /)
    await stillServes()
  })

  it('answers 400 to what is no HTTP, and to two lengths', async () => {
    const twice = rawPost(body, ['Content-Length: 3'])
    for (const bytes of ['\u0016\u0003\u0001', 'GET\r\n\r\n', 'POST /model HTTP/9.9\r\n\r\n', twice]) {
      const { answer } = await exchange(server.port, [bytes])
      assert.match(answer, /^HTTP\/1\.1 400 Bad Request[\s\S]*"code":"INVALID_REQUEST"/, JSON.stringify(bytes))
    }
    await stillServes()
  })

  it('answers 431 to a head that is too large', async () => {
    const { answer } = await exchange(server.port, [`GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`])
    assert.match(answer, /^HTTP\/1\.1 431 /)
  })

  it('does not mind clients that leave', async () => {
    for (const bytes of ['', 'POST /mo', rawPost(body).slice(0, -1), rawPost(body)]) {
      const socket = connect(server.port, '127.0.0.1')
      await new Promise((resolve) => socket.once('connect', resolve))
      socket.write(bytes)
      socket.resetAndDestroy()
    }
    await stillServes()
  })

  describe('with more connections than it takes', () => {
    const open: Socket[] = []
    const connectAll = (count: number, bytes: string) => {
      for (let i = 0; i < count; i++) {
        const socket = connect(server.port, '127.0.0.1').on('error', () => {})
        if (bytes !== '') socket.write(bytes)
        open.push(socket)
      }
    }
    afterEach(() => {
      for (const socket of open.splice(0)) socket.destroy()
    })
    const probe = (path: string) => exchange(server.port, [`GET ${path} HTTP/1.1\r\nHost: x\r\n${close}\r\n\r\n`])

    it('answers probes and requests beside those that say nothing, or never end their head', async () => {
      for (const bytes of ['', 'GET /metrics HTTP/1.1\r\nX: ']) {
        connectAll(300, bytes)
        await pause(50)
        for (const path of ['/healthz', '/readyz', '/metrics', '/best-models']) {
          assert.match((await probe(path)).answer, /^HTTP\/1\.1 200 OK/, path)
        }
      }
    })

    it('answers probes, and refuses all else, while each of them has a request', async () => {
      connectAll(51, `POST /model HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{`)
      await pause(200)
      const [healthy, refused] = await Promise.all([probe('/healthz'), exchange(server.port, [rawPost(body)])])
      assert.match(healthy.answer, /^HTTP\/1\.1 200 OK/)
      assert.match(refused.answer, /^HTTP\/1\.1 503 [\s\S]*connection: close[\s\S]*all 50 connections have a request/)
    })
  })

  it('refuses connections past the limit, and takes new ones once others leave', async () => {
    const sockets = Array.from({ length: 200 }, () => connect(server.port, '127.0.0.1').on('error', () => {}))
    const refused = await Promise.race(sockets.map((socket) => new Promise((resolve) => socket.once('close', resolve))))
    assert.equal(refused, false)
    for (const socket of sockets) socket.destroy()
    await pause(20)
    await stillServes()
  })
})

describe('a server that stops', () => {
  it('finishes the request that runs, and closes connections that have none', async () => {
    const limits = { maxBodyBytes: 65_536, requestTimeout: 5, idleTimeout: 60, maxConnections: 50 }
    const app = createModelServerApp({ selector: fakeModelSelector(), logger: silentLogger, limits, version: '1' })
    const started = new Promise<void>((resolve) => {
      app.get('/slow', async () => {
        resolve()
        await pause(100)
        return { done: true }
      })
    })
    const server = await listen('model server', app, { host: '127.0.0.1', port: 0, shutdownTimeout: 5 })
    const idle = exchange(server.port, [])
    const running = exchange(server.port, ['GET /slow HTTP/1.1\r\nHost: x\r\n\r\n'])
    await started
    await server.stop()
    assert.match((await running).answer, /^HTTP\/1\.1 200 OK[\s\S]*\{"done":true\}$/)
    assert.equal((await idle).answer, '')
    await assert.rejects(fetch(`${server.url}/healthz`))
  })

  it('cuts off a request that does not finish in time', async () => {
    const limits = { maxBodyBytes: 65_536, requestTimeout: 60, idleTimeout: 60, maxConnections: 50 }
    const app = createModelServerApp({ selector: fakeModelSelector(), logger: silentLogger, limits, version: '1' })
    const server = await listen('model server', app, { host: '127.0.0.1', port: 0, shutdownTimeout: 0.05 })
    const half = exchange(server.port, ['POST /model HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{'])
    await pause(20)
    await server.stop()
    await half
  })
})

async function* pieces(parts: readonly string[]): AsyncIterable<string> {
  for (const part of parts) {
    yield part
    await pause(5)
  }
}

/** One byte every 50 ms. */
async function* drip(text: string): AsyncIterable<string> {
  for (const byte of text) {
    yield byte
    await pause(50)
  }
}

async function* hundredTimes(head: string, part: Buffer): AsyncIterable<string | Buffer> {
  yield head
  for (let i = 0; i < 100; i++) yield part
}
