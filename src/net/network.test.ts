import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { localServers } from '../../test/support/local-servers.js'
import { tlsText } from '../../test/support/tls.js'
import type { ModelError } from '../core/errors.js'
import { openConnections } from './connections.js'
import { askServer } from './http-client.js'
import { createNetwork } from './network.js'
import { secureContext, type TlsSettings } from './tls.js'

const { serveSecurely, network, onClose } = localServers()
const proxy = 'http://me:secret@proxy.test:3128'

describe('the route to a URL', () => {
  it('is direct without a proxy', async () => {
    const { dispatcher: _, ...route } = await network().route(new URL('https://a.test:8443/b?c=d'))
    assert.deepEqual(route, { origin: 'https://a.test:8443', path: '/b?c=d', headers: {}, proxy: undefined })
  })

  it('names the whole URL to a proxy for http, with its credentials', async () => {
    const { dispatcher: _, ...route } = await network({ httpProxy: proxy }).route(new URL('http://a.test:81/b?c=d'))
    assert.deepEqual(route, {
      origin: 'http://proxy.test:3128',
      path: 'http://a.test:81/b?c=d',
      headers: { host: 'a.test:81', 'proxy-authorization': `Basic ${Buffer.from('me:secret').toString('base64')}` },
      proxy: 'http://proxy.test:3128',
    })
    const plain = await network({ httpProxy: 'http://proxy.test' }).route(new URL('http://a.test/'))
    assert.deepEqual(plain.headers, { host: 'a.test' })
  })

  it('goes through a tunnel for https', async () => {
    const net = network({ httpsProxy: proxy, noProxy: 'b.test' })
    const { dispatcher, ...route } = await net.route(new URL('https://a.test/b'))
    assert.deepEqual(route, { origin: 'https://a.test', path: '/b', headers: {}, proxy: 'http://proxy.test:3128' })
    assert.equal((await net.route(new URL('https://c.test/'))).dispatcher, dispatcher)
    assert.notEqual((await net.route(new URL('https://b.test/'))).dispatcher, dispatcher)
    assert.equal(net.proxyOf(new URL('https://a.test/')), 'http://proxy.test:3128')
    assert.equal(net.proxyOf(new URL('https://b.test/')), undefined)
  })
})

describe('connections', () => {
  it('are the same through a tunnel of one proxy and user, and others for another', () => {
    const connections = openConnections({ tls: {}, connectTimeout: 1 })
    onClose(() => connections.close())
    const tunnel = (origin: string, authorization?: string) => connections.tunnel({ origin, authorization })
    const first = tunnel('http://a.test', 'Basic x')
    assert.equal(tunnel('http://a.test', 'Basic x'), first)
    for (const other of [
      tunnel('http://a.test', 'Basic y'),
      tunnel('http://a.test'),
      tunnel('http://b.test', 'Basic x'),
    ]) {
      assert.notEqual(other, first)
    }
    assert.equal(tunnel('http://a.test'), tunnel('http://a.test'))
  })

  it('serve on while the certificates are the same, and are made anew when they change', async () => {
    let tls: TlsSettings = { ca: tlsText('authority.pem') }
    const url = await serveSecurely((_, response) => response.end('safe'))
    const net = network({ tls: async () => tls })
    const { dispatcher } = await net.route(new URL(url))
    tls = { ...tls }
    assert.equal((await net.route(new URL(url))).dispatcher, dispatcher)
    assert.equal((await askServer(net, url)).status, 200)
    tls = {}
    assert.notEqual((await net.route(new URL(url))).dispatcher, dispatcher)
    await assert.rejects(askServer(net, url), /certificate/)
    await assert.rejects(dispatcher.request({ origin: url, path: '/', method: 'GET' }), {
      code: /^UND_ERR_(CLOSED|DESTROYED)$/,
    })
  })

  it('end with their network, also one that never asked, or could not', async () => {
    await createNetwork().close()
    const failed = createNetwork({ tls: { ca: 'none' } })
    await assert.rejects(failed.route(new URL('http://a.test/')), { code: 'INVALID_CONFIG' })
    await failed.close()
    const net = createNetwork()
    const { dispatcher } = await net.route(new URL('http://a.test/'))
    await net.close()
    await assert.rejects(dispatcher.request({ origin: 'http://a.test', path: '/', method: 'GET' }), {
      code: 'UND_ERR_DESTROYED',
    })
  })
})

describe('TLS settings', () => {
  it('trust an authority alone, or besides those of Node', async () => {
    const url = await serveSecurely((_, response) => response.end('safe'))
    for (const tls of [{ ca: tlsText('authority.pem') }, { extraCa: tlsText('authority.pem') }]) {
      assert.equal((await askServer(network({ tls }), url)).status, 200)
    }
  })

  it('take no text for a certificate, and no key that belongs to another', () => {
    for (const tls of [{ ca: 'x' }, { extraCa: '' }]) {
      assert.throws(() => secureContext(tls), { code: 'INVALID_CONFIG', message: /no certificate of an authority/ })
    }
    const [cert, key] = [tlsText('server.pem'), tlsText('server.key')]
    assert.ok(secureContext({ cert, key }))
    for (const tls of [
      { cert: 'x', key },
      { cert, key: 'x' },
      { cert: tlsText('authority.pem'), key },
    ]) {
      assert.throws(
        () => secureContext(tls),
        (error: ModelError) => {
          assert.equal(error.code, 'INVALID_CONFIG')
          assert.ok(error.cause instanceof Error)
          assert.equal(error.message, `certificate and key cannot be used: ${error.cause.message}`)
          return true
        },
      )
    }
  })
})
