import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import type { Server } from 'node:http'
import { describe, it } from 'node:test'
import { limitConnections } from './connection-limit.js'

class Connection extends EventEmitter {
  destroyed = false
  destroy() {
    this.destroyed = true
    this.emit('close')
  }
}

/** A server with a limit of `most` connections that have a request. */
function limited(most: number) {
  const server = Object.assign(new EventEmitter(), { maxConnections: 0 })
  const limit = limitConnections(server as unknown as Server, most)
  return {
    limit,
    server,
    connect() {
      const socket = new Connection()
      server.emit('connection', socket)
      return socket
    },
    request(socket: Connection) {
      const response = new EventEmitter()
      server.emit('request', { socket }, response)
      return response
    },
  }
}

describe('the limit of connections', () => {
  it('lets Node take 64 more than may have a request', () => {
    assert.equal(limited(100).server.maxConnections, 164)
  })

  it('is reached when more than that many have a request, and no longer when one is answered', () => {
    const { limit, connect, request } = limited(2)
    for (let i = 0; i < 5; i++) connect()
    const first = request(connect())
    request(connect())
    assert.equal(limit.isReached(), false)
    request(connect())
    assert.equal(limit.isReached(), true)
    first.emit('close')
    assert.equal(limit.isReached(), false)
  })

  it('counts a connection once, however many requests it sends at once', () => {
    const { limit, connect, request } = limited(0)
    const socket = connect()
    const [first, second] = [request(socket), request(socket)]
    assert.equal(limit.isReached(), true)
    first.emit('close')
    assert.equal(limit.isReached(), true)
    second.emit('close')
    assert.equal(limit.isReached(), false)
  })

  it('forgets a connection that breaks off, and does not count its answer twice', () => {
    const { limit, connect, request } = limited(0)
    const [broken, other] = [connect(), connect()]
    const response = request(broken)
    broken.destroy()
    assert.equal(limit.isReached(), false)
    response.emit('close')
    request(other)
    assert.equal(limit.isReached(), true)
    connect().destroy()
    assert.equal(limit.isReached(), true)
  })

  it('takes no request of a connection that it does not know', () => {
    const { limit, request } = limited(0)
    request(new Connection())
    assert.equal(limit.isReached(), false)
  })

  it('closes the one that was silent for longest when there is no more room', () => {
    const { connect, request } = limited(0)
    const [busy, answered, silent] = [connect(), connect(), connect()]
    request(busy)
    request(answered).emit('close')
    const others = Array.from({ length: 60 }, connect)
    // 63 of 64: Node drops what comes when its bound is reached.
    assert.deepEqual([busy.destroyed, answered.destroyed, silent.destroyed], [false, false, false])
    connect()
    assert.deepEqual([busy.destroyed, answered.destroyed, silent.destroyed], [false, false, true])
    connect()
    assert.deepEqual([busy.destroyed, answered.destroyed, others[0]?.destroyed], [false, true, false])
    connect()
    assert.equal(others[0]?.destroyed, true)
    assert.equal(others[1]?.destroyed, false)
  })

  it('closes nobody when all have a request', () => {
    const { connect, request } = limited(0)
    const all = Array.from({ length: 63 }, connect)
    for (const socket of all) request(socket)
    const late = connect()
    assert.ok(all.every(({ destroyed }) => !destroyed))
    assert.equal(late.destroyed, false)
  })
})
