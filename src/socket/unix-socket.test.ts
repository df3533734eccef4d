import assert from 'node:assert/strict'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { createConnection, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { silentLogger } from '../runtime/ports.js'
import type { JsonHandler } from './json-connection.js'
import { listenOnUnixSocket, type UnixSocketServer } from './unix-socket.js'

const echo: JsonHandler = {
  answer: (request) => JSON.stringify({ got: JSON.parse(request) }),
  refuse: (error) => JSON.stringify({ error: error.message }),
}

/** Sends pieces one after another, never ends its side, and resolves with all that came back. */
function exchange(path: string, pieces: readonly (string | Buffer)[], pause = 0): Promise<string> {
  return new Promise((resolve, reject) => {
    const answer: Buffer[] = []
    const socket = createConnection(path, async () => {
      for (const piece of pieces) {
        if (socket.destroyed) break
        socket.write(piece)
        await new Promise((next) => setTimeout(next, pause))
      }
    })
    socket.on('data', (bytes) => answer.push(bytes))
    socket.on('end', () => {
      socket.destroy()
      resolve(Buffer.concat(answer).toString())
    })
    socket.on('error', reject)
  })
}

describe('unix socket', () => {
  let folder: string
  let path: string
  let server: UnixSocketServer | undefined

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'socket-'))
    path = join(folder, 'a', 'test.sock')
  })
  afterEach(async () => {
    await server?.close(0)
    server = undefined
    await rm(folder, { recursive: true, force: true })
  })
  const start = async (handler = echo, limits = {}, more = {}): Promise<UnixSocketServer> => {
    server = await listenOnUnixSocket({ path, handler, log: silentLogger, limits, ...more })
    return server
  }

  it('answers a client that does not end its side', async () => {
    await start()
    assert.equal(await exchange(path, ['{"a":1}']), '{"got":{"a":1}}')
  })

  it('takes a request in pieces, cut inside characters, strings and escapes', async () => {
    await start()
    const bytes = Buffer.from('{"a":"é{\\"}\\\\","b":[{}]}')
    const pieces = Array.from(bytes, (_, i) => bytes.subarray(i, i + 1))
    assert.deepEqual(JSON.parse(await exchange(path, pieces, 1)), { got: JSON.parse(bytes.toString()) })
  })

  it('ignores what comes after the object', async () => {
    await start()
    assert.equal(await exchange(path, ['{"a":1}{"b":2} more']), '{"got":{"a":1}}')
  })

  it('answers a client that ends its side, also while the answer takes its time', async () => {
    await start({ ...echo, answer: (request) => new Promise((resolve) => setTimeout(() => resolve(request), 20)) })
    const answer = await new Promise<string>((resolve) => {
      const socket = createConnection(path, () => socket.end('{"slow":1}'))
      socket.on('data', (bytes) => resolve(bytes.toString()))
    })
    assert.equal(answer, '{"slow":1}')
  })

  it('lets go of an empty connection without a word', async () => {
    await start()
    const received = await new Promise<number>((resolve) => {
      const socket = createConnection(path, () => socket.end())
      let count = 0
      socket.on('data', (bytes) => {
        count += bytes.length
      })
      socket.on('close', () => resolve(count))
    })
    assert.equal(received, 0)
    assert.equal(await exchange(path, ['{}']), '{"got":{}}')
  })

  const refusals: [string, string[], RegExp][] = [
    ['what is no object', ['[1]'], /begins with '\['/],
    ['words', ['hello'], /begins with 'h'/],
    ['brackets that do not match', ['{"a":[}'], /not JSON: unexpected '}'/],
    ['too many bytes', [`{"a":"${'x'.repeat(2000)}"}`], /larger than 1000 bytes/],
    ['too deep nesting', [`{"a":${'['.repeat(100)}`], /nested deeper than 32/],
    ['a request that never ends', ['{"a":'], /did not arrive within 50 ms/],
  ]
  for (const [what, pieces, message] of refusals) {
    it(`refuses ${what} and serves the next client`, async () => {
      await start(echo, { maxRequestBytes: 1000, timeout: 50 })
      assert.match(await exchange(path, pieces), message)
      assert.equal(await exchange(path, ['{}']), '{"got":{}}')
    })
  }

  it('survives clients that leave', async () => {
    await start({ ...echo, answer: () => new Promise((resolve) => setTimeout(() => resolve('x'.repeat(1 << 20)), 5)) })
    for (let i = 0; i < 50; i++) {
      await new Promise<void>((resolve) => {
        const socket = createConnection(path, () => {
          socket.write(i % 2 ? '{"a":1}' : '{"a"')
          setTimeout(() => socket.destroy(), i % 5)
        })
        socket.on('close', () => resolve())
      })
    }
    assert.equal((await exchange(path, ['{}'])).length, 1 << 20)
  })

  it('serves many clients at once', async () => {
    await start()
    const answers = await Promise.all(Array.from({ length: 200 }, (_, i) => exchange(path, [`{"i":${i}}`])))
    assert.deepEqual(
      answers,
      answers.map((_, i) => `{"got":{"i":${i}}}`),
    )
  })

  it('turns away more clients than it may have', async () => {
    await start(echo, {}, { maxConnections: 1 })
    const first = createConnection(path)
    await new Promise((resolve) => first.once('connect', resolve))
    await new Promise((resolve) => setTimeout(resolve, 5))
    const second = createConnection(path)
    second.on('error', () => undefined)
    await new Promise((resolve) => second.once('close', resolve))
    first.destroy()
  })

  it('replaces a socket that a dead process left', async () => {
    // A listener in this process that is closed without removing its file, as after kill -9.
    await start()
    await server!.close(0)
    const { spawnSync } = await import('node:child_process')
    spawnSync(process.execPath, [
      '-e',
      `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`,
    ])
    assert.ok((await stat(path)).isSocket())
    await start()
    assert.equal(await exchange(path, ['{}']), '{"got":{}}')
  })

  it('leaves a living socket and other files alone', async () => {
    await start()
    await assert.rejects(listenOnUnixSocket({ path, handler: echo, log: silentLogger }), {
      code: 'UNAVAILABLE',
      message: /another process answers there/,
    })
    const file = join(folder, 'file')
    await writeFile(file, 'precious')
    await assert.rejects(
      listenOnUnixSocket({ path: file, handler: echo, log: silentLogger }),
      /no socket is in the way/,
    )
  })

  it('sets the mode, and removes the socket when it closes', async () => {
    const running = await start(echo, {}, { mode: 0o600 })
    assert.equal((await stat(path)).mode & 0o777, 0o600)
    await running.close(0)
    server = undefined
    await assert.rejects(stat(path), { code: 'ENOENT' })
  })

  it('finishes what runs before it closes', async () => {
    const running = await start({
      ...echo,
      answer: () => new Promise((resolve) => setTimeout(() => resolve('done'), 30)),
    })
    const answer = exchange(path, ['{}'])
    await new Promise((resolve) => setTimeout(resolve, 10))
    await running.close(1000)
    server = undefined
    assert.equal(await answer, 'done')
  })

  it('says which path it cannot listen on', async () => {
    const blocker = createServer()
    path = `${folder}/${'x'.repeat(200)}.sock`
    await assert.rejects(start(), { code: 'UNAVAILABLE', message: /x{20}/ })
    blocker.close()
  })
})
