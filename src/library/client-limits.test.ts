import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { syncBuiltinESMExports } from 'node:module'
import net from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { estimatorClient } from './estimator-client.js'

const request = { metrics: ['bpf_cpu_time_ms'], values: [[5]], outputType: 'AbsPower' } as const
const answer = '{"powers":{"package":[52.5]},"msg":""}'

/** Connections that give these chunks and close, or fail. */
function connections(t: TestContext, happens: readonly Buffer[] | Error) {
  const paths: unknown[] = []
  t.mock.method(net, 'connect', (path: unknown) => {
    paths.push(path)
    const socket = new EventEmitter()
    const destroy = (error?: Error) => {
      if (error) socket.emit('error', error)
      socket.emit('close')
    }
    setImmediate(() => {
      if (happens instanceof Error) return destroy(happens)
      socket.emit('connect')
      for (const chunk of happens) socket.emit('data', chunk)
      socket.emit('close')
    })
    return Object.assign(socket, { write: () => true, destroy })
  })
  syncBuiltinESMExports()
  t.after(() => {
    t.mock.restoreAll()
    syncBuiltinESMExports()
  })
  return paths
}

const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length

describe('a client of an estimator that is told nothing', () => {
  it('looks where Kepler does, and says why nobody answers', async (t) => {
    const refused = new Error('refused')
    const paths = connections(t, refused)
    await assert.rejects(estimatorClient().estimate(request), {
      ...{ code: 'UNAVAILABLE', cause: refused },
      message: 'the estimator at /tmp/estimator.sock does not answer: refused',
    })
    assert.deepEqual(paths, ['/tmp/estimator.sock'])
  })

  it('leaves no timer behind an answer', async (t) => {
    connections(t, [Buffer.from(answer.slice(0, 9)), Buffer.from(answer.slice(9))])
    const before = timers()
    assert.deepEqual((await estimatorClient().estimate(request)).powers, { package: [52.5] })
    assert.equal(timers(), before)
  })
})

describe('an answer of an estimator', () => {
  const large = Buffer.alloc(32 * 1024 * 1024, ' ')

  it('has 64 MiB at most, however it comes', async (t) => {
    const full = large.subarray(0, large.length - answer.length)
    connections(t, [large, full, Buffer.from(answer)])
    assert.deepEqual((await estimatorClient().estimate(request)).powers, { package: [52.5] })
  })

  it('is given up with the first byte beyond', async (t) => {
    connections(t, [large, large, Buffer.from('x')])
    await assert.rejects(estimatorClient().estimate(request), {
      code: 'UNAVAILABLE',
      message: /does not answer: an answer of more than 67108864 bytes$/,
    })
  })
})
