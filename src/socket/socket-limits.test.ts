import assert from 'node:assert/strict'
import { once } from 'node:events'
import { statSync, writeFileSync } from 'node:fs'
import { createConnection, type Socket } from 'node:net'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { recordedLog } from '../../test/support/recorded-log.js'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { until } from '../../test/support/until.js'
import { isAnswered } from './is-answered.js'
import { type ConnectionLimits, defaultConnectionLimits, type JsonHandler } from './json-connection.js'
import { listenOnUnixSocket, type UnixSocketOptions } from './unix-socket.js'

const length: JsonHandler = {
  answer: (request) => `${request.length}`,
  refuse: ({ code, message }) => `${code} ${message}`,
}

async function scene(limits: Partial<ConnectionLimits> = {}, more: Partial<UnixSocketOptions> = {}) {
  const path = join(temporaryFolder(), 'test.sock')
  const log = recordedLog()
  const server = await listenOnUnixSocket({ path, handler: length, log, limits, ...more })
  after(() => server.close(0))
  const client = async (): Promise<{ socket: Socket; text: () => string; ended: () => boolean }> => {
    const socket = createConnection({ path, allowHalfOpen: true })
    let [text, ended] = ['', false]
    socket.on('data', (bytes) => (text += bytes.toString()))
    socket.on('end', () => (ended = true))
    socket.on('close', () => (ended = true))
    socket.on('error', () => undefined)
    await once(socket, 'connect')
    return { socket, text: () => text, ended: () => ended }
  }
  const ask = async (...pieces: readonly string[]) => {
    const { socket, text, ended } = await client()
    for (const piece of pieces) socket.write(piece)
    await until('the answer is there', ended)
    socket.destroy()
    return text()
  }
  return { path, log, server, client, ask }
}

/** A request of so many bytes. */
const ofBytes = (count: number) => `{"a":"${'x'.repeat(count - 8)}"}`

describe('the limits of a connection', () => {
  it('are those of the estimator unless others are set', () => {
    assert.deepEqual(defaultConnectionLimits, { maxRequestBytes: 16_777_216, maxDepth: 32, timeout: 10_000 })
  })

  it('let just as many bytes pass as are allowed, in one piece or several, whatever follows', async () => {
    const { ask } = await scene({ maxRequestBytes: 1000 })
    assert.equal(await ask(ofBytes(1000)), '1000')
    assert.equal(await ask(ofBytes(1000).slice(0, 500), ofBytes(1000).slice(500)), '1000')
    assert.equal(await ask(`${ofBytes(1000)}  more`), '1000')
    const message = 'LIMIT_EXCEEDED the request is larger than 1000 bytes'
    assert.equal(await ask(ofBytes(1001)), message)
    assert.equal(await ask(ofBytes(1001).slice(0, 500), ofBytes(1001).slice(500)), message)
  })

  it('let values nest as deep as is allowed', async () => {
    const { ask } = await scene({ maxDepth: 3 })
    assert.equal(await ask('{"a":[[1]]}'), '11')
    assert.match(await ask('{"a":[[[1]]]}'), /^LIMIT_EXCEEDED .* deeper than 3 levels$/)
  })

  it('say of how many bytes a request was that stops short', async () => {
    const { client } = await scene()
    const { socket, text, ended } = await client()
    socket.end('{"a":')
    await until('it is refused', ended)
    assert.equal(text(), 'INVALID_REQUEST the request stops short after 5 bytes')
  })

  it('refuse once, whatever a client goes on to send', async () => {
    let refused = 0
    const { server, client } = await scene({}, { handler: { ...length, refuse: () => `refused ${++refused}` } })
    const { socket, text, ended } = await client()
    socket.write('[')
    await until('it is refused', ended)
    socket.end('[')
    await until('the connection is gone', () => server.connections === 0)
    assert.deepEqual([text(), refused], ['refused 1', 1])
  })

  it('cut off a client that does not read its answer', async () => {
    const large = { ...length, answer: () => 'x'.repeat(2 ** 24) }
    const { server, client } = await scene({ timeout: 50 }, { handler: large })
    const { socket } = await client()
    socket.pause()
    socket.write('{}')
    await until('the connection is gone', () => server.connections === 0)
    socket.destroy()
  })

  it('give a handler all the time that it takes', async () => {
    let finish = (_: string) => {}
    const slow = { ...length, answer: () => new Promise<string>((resolve) => (finish = resolve)) }
    const { client } = await scene({ timeout: 20 }, { handler: slow })
    const { socket, text, ended } = await client()
    socket.write('{}')
    await new Promise((resolve) => setTimeout(resolve, 60))
    assert.equal(ended(), false)
    finish('late')
    await until('the answer is there', ended)
    assert.equal(text(), 'late')
    socket.destroy()
  })
})

describe('the server of a socket', () => {
  it('may be used by its group, and counts its clients', async () => {
    const { path, server, client } = await scene()
    assert.equal(statSync(path).mode & 0o777, 0o660)
    assert.deepEqual([server.path, server.connections], [path, 0])
    const { socket } = await client()
    await until('it is connected', () => server.connections === 1)
    socket.destroy()
    await until('it is gone', () => server.connections === 0)
  })

  it('says that it turned a client away', async () => {
    const { log, server, client } = await scene({}, { maxConnections: 1 })
    const first = await client()
    await until('it is connected', () => server.connections === 1)
    const { socket, ended } = await client()
    await until('the second is closed', ended)
    const line = log.lines.find(({ level }) => level === 'warn')
    assert.equal(line?.fields.maxConnections, 1)
    socket.destroy()
    first.socket.destroy()
  })

  it('cuts off what runs when its grace is over', async () => {
    const never = { ...length, answer: () => new Promise<string>(() => {}) }
    const { server, client } = await scene({}, { handler: never })
    const { socket, ended } = await client()
    socket.write('{}')
    await until('it is connected', () => server.connections === 1)
    await server.close(20)
    await until('the client is closed', ended)
    assert.equal(server.connections, 0)
  })
})

describe('isAnswered', () => {
  it('is true while somebody listens', async () => {
    const { path, server } = await scene()
    assert.equal(await isAnswered(path), true)
    await server.close(0)
    assert.equal(await isAnswered(path), false)
    writeFileSync(path, '')
    assert.equal(await isAnswered(path), false)
  })
})
