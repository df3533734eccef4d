import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { after, describe, it } from 'node:test'
import fastify from 'fastify'
import { hasIpv6 } from '../../test/support/has-ipv6.js'
import { until } from '../../test/support/until.js'
import { errorCode } from '../core/errors.js'
import { listen } from './listen.js'

/** An app whose `/slow` answers when a test says so. */
async function scene(host = '127.0.0.1', shutdownTimeout = 60) {
  const app = fastify({ forceCloseConnections: false })
  let finish = () => {}
  let asked = 0
  const finished = new Promise<void>((resolve) => (finish = resolve))
  app.get('/quick', () => 'quick')
  app.get('/slow', async () => {
    asked++
    await finished
    return 'slow'
  })
  const running = await listen('a server', app, { host, port: 0, shutdownTimeout })
  after(() => finish())
  return { app, running, finish: () => finish(), asked: () => asked }
}

async function connection(port: number): Promise<{ socket: Socket; text: () => string; closed: () => boolean }> {
  const socket = connect(port, '127.0.0.1')
  let [text, closed] = ['', false]
  socket.on('data', (chunk) => (text += chunk.toString()))
  socket.on('close', () => (closed = true))
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  return { socket, text: () => text, closed: () => closed }
}

const get = (path: string) => `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`

describe('listen', () => {
  it('says where a client on this machine reaches it', async () => {
    for (const [host, shown] of [
      ['127.0.0.1', '127.0.0.1'],
      ['0.0.0.0', 'localhost'],
    ] as const) {
      const { running } = await scene(host)
      assert.equal(running.name, 'a server')
      assert.ok(running.port > 0)
      assert.equal(running.url, `http://${shown}:${running.port}`)
      await running.stop()
    }
  })

  it('brackets an address of IPv6', { skip: !hasIpv6() }, async () => {
    for (const [host, shown] of [
      ['::1', '[::1]'],
      ['::', 'localhost'],
    ] as const) {
      const { running } = await scene(host)
      assert.equal(running.url, `http://${shown}:${running.port}`)
      await running.stop()
    }
  })

  it('names the address that is taken or is none, and what to do', async () => {
    const { running } = await scene()
    const refused = (host: string, port: number, message: RegExp) =>
      assert.rejects(listen('another', fastify(), { host, port, shutdownTimeout: 1 }), { code: 'UNAVAILABLE', message })
    await refused('127.0.0.1', running.port, new RegExp(`^another .*127\\.0\\.0\\.1:${running.port}: .*0 takes a free`))
    await refused('192.0.2.1', 0, /192\.0\.2\.1:0: this machine has no such address/)
    await assert.rejects(
      listen('another', fastify(), { host: '127.0.0.1', port: running.port, shutdownTimeout: 1 }),
      ({ cause }: Error) => errorCode(cause) === 'EADDRINUSE',
    )
    await running.stop()
  })

  it('closes connections that ask nothing and lets a running request finish', async () => {
    const { running, finish, asked } = await scene()
    const [silent, idle, busy] = [
      await connection(running.port),
      await connection(running.port),
      await connection(running.port),
    ]
    idle.socket.write(get('/quick'))
    await until('the quick answer is there', () => idle.text().endsWith('quick'))
    assert.ok(!idle.closed())
    busy.socket.write(get('/slow'))
    await until('the slow request runs', () => asked() === 1)
    const stopped = running.stop()
    await until('the others are closed', () => silent.closed() && idle.closed())
    assert.ok(!busy.closed())
    finish()
    await stopped
    await until('its connection is closed too', () => busy.closed())
    assert.match(busy.text(), /^HTTP\/1\.1 200 [\s\S]*slow$/)
  })

  it('lets the second request of a connection finish whose first is answered', async () => {
    const { running, finish, asked } = await scene()
    const busy = await connection(running.port)
    busy.socket.write(get('/quick') + get('/slow'))
    await until('the first is answered, the second runs', () => asked() === 1 && busy.text().endsWith('quick'))
    const stopped = running.stop()
    finish()
    await stopped
    await until('it is closed', () => busy.closed())
    assert.match(busy.text(), /quick[\s\S]*slow$/)
  })

  it('keeps a connection open after an answer while the server runs', async () => {
    const { running } = await scene()
    const one = await connection(running.port)
    for (const count of [1, 2]) {
      one.socket.write(get('/quick'))
      await until('it is answered', () => one.text().match(/quick/g)?.length === count)
    }
    assert.ok(!one.closed())
    await running.stop()
  })

  it('closes the app that cannot listen, and says why where the reason is a rare one', async () => {
    const app = fastify()
    let closed = false
    app.addHook('onClose', async () => {
      closed = true
    })
    await assert.rejects(listen('a server', app, { host: '127.0.0.1', port: 70_000, shutdownTimeout: 1 }), {
      code: 'UNAVAILABLE',
      message: /^a server cannot listen on 127\.0\.0\.1:70000: .*65536/,
    })
    assert.ok(closed)
  })

  it('has nothing to do with connections that have ended, and leaves no timer', async () => {
    const { app, running } = await scene()
    const asked: string[] = []
    app.server.on('connection', (socket: Socket) => {
      const { destroySoon } = socket
      socket.destroySoon = () => {
        asked.push(socket.destroyed ? 'ended' : 'open')
        destroySoon.call(socket)
      }
    })
    const [ended, open] = [await connection(running.port), await connection(running.port)]
    ended.socket.destroy()
    const connections = () => new Promise((resolve) => app.server.getConnections((_, count) => resolve(count)))
    await until('it has ended', async () => (await connections()) === 1)
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
    const before = timers()
    await running.stop()
    await until('the other is closed', () => open.closed())
    assert.deepEqual(asked, ['open'])
    assert.equal(timers(), before)
  })

  it('cuts off what runs longer than the grace', async () => {
    const { running, asked } = await scene('127.0.0.1', 0.05)
    const busy = await connection(running.port)
    busy.socket.write(get('/slow'))
    await until('the slow request runs', () => asked() === 1)
    await running.stop()
    await until('it is closed', () => busy.closed())
    assert.equal(busy.text(), '')
  })
})
