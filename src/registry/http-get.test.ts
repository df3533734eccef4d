import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { httpGet } from './http-get.js'

// undici 7.25 to 7.30 end the process with a failed assertion here: a parser that is paused when the server closes.
it('takes all of an answer whose server is done before its reader is', { timeout: 20_000 }, async () => {
  const body = Buffer.alloc(2 * 2 ** 20, 'x')
  for (const length of ['', `Content-Length: ${body.length}\r\n`]) {
    const server = createServer((socket) => {
      socket.on('error', () => {})
      socket.once('data', () => {
        socket.write(`HTTP/1.1 200 OK\r\n${length}Connection: close\r\n\r\n`)
        socket.end(body)
      })
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    assert.ok(address !== null && typeof address === 'object')
    const answer = await httpGet(`http://127.0.0.1:${address.port}/`)
    let received = 0
    for await (const part of answer.body) {
      received += part.length
      await pause(2)
    }
    assert.equal(received, body.length)
    server.close()
  }
})
