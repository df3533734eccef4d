import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { afterEach, describe, it } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import fastify, { type FastifyInstance } from 'fastify'
import { requireToken } from './bearer-token.js'

const mebibytes = 32
const head = 'POST / HTTP/1.1\r\nHost: x\r\n'

describe('an answer that comes before the request is whole', () => {
  let app: FastifyInstance
  let client: Socket
  afterEach(async () => {
    client.destroy()
    await app.close()
  })

  async function start(): Promise<void> {
    app = fastify()
    app.addContentTypeParser('*', (_request, body, done) => done(null, body))
    app.post('/', { onRequest: requireToken('open', 'test') }, async () => 'never')
    await app.listen({ port: 0, host: '127.0.0.1' })
    client = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
  }

  it('reaches a client that sends all of it before it reads', async () => {
    await start()
    client.pause()
    client.write(`${head}Content-Length: ${mebibytes * 2 ** 20}\r\n\r\n`)
    for (let i = 0; i < mebibytes; i++) {
      await new Promise<void>((resolve, reject) =>
        client.write(Buffer.alloc(2 ** 20), (error) => (error ? reject(error) : resolve())),
      )
    }
    const [answer] = await once(client.setEncoding('latin1').resume(), 'data')
    assert.match(String(answer), /^HTTP\/1\.1 401 /)
    assert.match(String(answer), /^connection: close\r$/im)
    await once(client, 'end')
  })

  it('closes the connection of a client that never ends', async () => {
    await start()
    client.on('error', () => {})
    client.write(`${head}Transfer-Encoding: chunked\r\n\r\n`)
    const closed = once(client.resume(), 'close')
    let open = true
    void closed.then(() => {
      open = false
    })
    for (; open; await setTimeout(5)) client.write('4\r\nmore\r\n')
    assert.ok(client.destroyed)
  })
})
