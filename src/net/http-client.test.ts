import assert from 'node:assert/strict'
import type { IncomingHttpHeaders } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import { describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { MockAgent } from 'undici'
import { type HttpProxy, httpProxy } from '../../test/support/http-proxy.js'
import { localServers } from '../../test/support/local-servers.js'
import { tlsText } from '../../test/support/tls.js'
import { askServer } from './http-client.js'
import { createNetwork, type Network } from './network.js'

const { listening, serve, serveSecurely, network, onClose } = localServers()
async function proxy(...options: Parameters<typeof httpProxy>): Promise<HttpProxy> {
  const made = await httpProxy(...options)
  onClose(() => made.close())
  return made
}
const text = async (net: Network, url: string) => String(await (await askServer(net, url)).bytes(1000))

describe('askServer', () => {
  // undici 7.25 to 7.30 end the process with a failed assertion here: a parser that is paused when the server closes.
  it('takes all of an answer whose server is done before its reader is', { timeout: 20_000 }, async () => {
    const body = Buffer.alloc(2 * 2 ** 20, 'x')
    for (const length of ['', `Content-Length: ${body.length}\r\n`]) {
      const server = createTcpServer((socket) => {
        socket.on('error', () => {})
        socket.once('data', () => {
          socket.write(`HTTP/1.1 200 OK\r\n${length}Connection: close\r\n\r\n`)
          socket.end(body)
        })
      })
      const answer = await askServer(network(), `http://127.0.0.1:${await listening(server)}/`)
      let received = 0
      for await (const part of answer.body) {
        received += part.length
        await pause(2)
      }
      assert.equal(received, body.length)
    }
  })

  it('unpacks what it lets a server compress, and asks for plain bytes otherwise', async () => {
    const asked: unknown[] = []
    const url = await serve((request, response) => {
      asked.push(request.headers['accept-encoding'])
      response.setHeader('content-encoding', 'gzip').end(gzipSync('text'))
    })
    const net = network()
    assert.equal(String(await (await askServer(net, url, { compressed: true })).bytes(4)), 'text')
    assert.deepEqual(await (await askServer(net, url)).bytes(100), gzipSync('text'))
    assert.deepEqual(asked, ['gzip', 'identity'])
    await assert.rejects(async () => (await askServer(net, url, { compressed: true })).bytes(3), {
      code: 'LIMIT_EXCEEDED',
    })
  })

  it('says that a compressed answer is damaged', async () => {
    const url = await serve((_, response) => response.setHeader('content-encoding', 'gzip').end('no gzip'))
    await assert.rejects(async () => (await askServer(network(), url, { compressed: true })).bytes(99), /header check/)
  })

  it('shows credentials to no server that it is only redirected to', async () => {
    const seen: IncomingHttpHeaders[] = []
    const other = await serve((request, response) => {
      seen.push(request.headers)
      response.end('there')
    })
    const url = await serve((request, response) => {
      seen.push(request.headers)
      if (request.url === '/') response.writeHead(307, { location: '/next' }).end()
      else response.writeHead(302, { location: other }).end()
    })
    const credentials = { authorization: 'Bearer geheim', 'x-api-key': 'geheim' }
    const answer = await askServer(network(), url, { credentials, headers: { accept: 'a/b' } })
    assert.equal(String(await answer.bytes(99)), 'there')
    assert.deepEqual(
      seen.map((headers) => [headers['x-api-key'], headers.authorization, headers.accept]),
      [
        ['geheim', 'Bearer geheim', 'a/b'],
        ['geheim', 'Bearer geheim', 'a/b'],
        [undefined, undefined, 'a/b'],
      ],
    )
  })

  it('follows a redirect from http to https and never back, and none of what is posted', async () => {
    const plain = await serve((_, response) => response.writeHead(301, { location: secure }).end())
    const secure = await serveSecurely((request, response) => {
      if (request.url === '/back') response.writeHead(302, { location: plain }).end()
      else response.end('safe')
    })
    const net = network()
    assert.equal(await text(net, plain), 'safe')
    await assert.rejects(askServer(net, `${secure}back`), { code: 'UNAVAILABLE', message: /redirects to http:$/ })
    await assert.rejects(askServer(net, plain, { method: 'POST', body: '{}' }), (error: Error) => {
      return error.message.includes(`redirects to ${secure}: name that address instead`)
    })
  })

  it('ends with the reason of its signal', async () => {
    const url = await serve(() => {})
    const reason = new Error('time is up')
    const stop = new AbortController()
    const asking = askServer(network(), url, { signal: stop.signal })
    setTimeout(() => stop.abort(reason), 20)
    await assert.rejects(asking, reason)
    await assert.rejects(askServer(network(), url, { signal: stop.signal }), reason)
  })

  it('breaks off an answer that has begun when its signal comes', async () => {
    const url = await serve((_, response) => response.write('half'))
    const stop = new AbortController()
    const reading = (await askServer(network(), url, { signal: stop.signal })).bytes(99)
    const reason = new Error('time is up')
    stop.abort(reason)
    await assert.rejects(reading, reason)
  })

  it('says once what each address of a host said', async () => {
    const agent = new MockAgent()
    onClose(() => agent.close())
    const refused = ['away', 'away', 'elsewhere'].map((message) => new Error(message))
    agent.get('http://a.test').intercept({ path: '/' }).replyWithError(new AggregateError(refused))
    const net = network()
    const route = async (url: URL) => ({ ...(await net.route(url)), dispatcher: agent })
    await assert.rejects(askServer({ ...net, route }, 'http://a.test/'), {
      message: 'http://a.test/ does not answer: away, elsewhere',
    })
  })

  it('names the server, without its password, that nobody answers for', async () => {
    await assert.rejects(askServer(network(), 'http://me:geheim@127.0.0.1:1/a'), {
      code: 'UNAVAILABLE',
      message: /^http:\/\/127\.0\.0\.1:1\/a does not answer: .*ECONNREFUSED/,
    })
  })

  it('trusts no certificate of an authority that it does not know, unless it is told to', async () => {
    const url = await serveSecurely((_, response) => response.end('safe'))
    await assert.rejects(text(network({ tls: {} }), url), { code: 'UNAVAILABLE', message: /certificate/ })
    assert.equal(await text(network({ tls: { insecure: true } }), url), 'safe')
    assert.equal(await text(network(), url), 'safe')
  })
})

describe('askServer through a proxy', () => {
  it('lets the proxy fetch http, opens a tunnel for https, and reaches what is excepted directly', async () => {
    const http = await serve((request, response) => {
      assert.equal(request.headers['proxy-authorization'], undefined)
      response.end(`${request.method} ${request.headers.host}${request.url}`)
    })
    const https = await serveSecurely((_, response) => response.end('safe'))
    const { url, asked, authorizations } = await proxy()
    const withUser = url.replace('//', '//us%40er:pass@')
    const proxied = network({ httpProxy: withUser, httpsProxy: withUser, noProxy: '10.0.0.0/8' })
    const answer = await askServer(proxied, `${http}a?b=c`, { method: 'POST', body: 'body' })
    assert.equal(String(await answer.bytes(99)), `POST ${new URL(http).host}/a?b=c`)
    assert.equal(answer.said.includes('pass'), false)
    assert.equal(await text(proxied, https), 'safe')
    assert.deepEqual(asked.splice(0), [`POST ${http}a?b=c`, `CONNECT ${new URL(https).host}`])
    const basic = `Basic ${Buffer.from('us@er:pass').toString('base64')}`
    assert.deepEqual(authorizations, [basic, basic])

    const excepted = network({ httpProxy: url, httpsProxy: url, noProxy: 'localhost,127.0.0.0/8' })
    assert.equal(await text(excepted, https), 'safe')
    assert.match(await text(excepted, http), /^GET/)
    assert.deepEqual(asked, [])
    assert.match(await text(network({ httpsProxy: url }), http), /^GET/)
    assert.deepEqual(asked, [], 'a proxy for https is none for http')
  })

  it('says what the proxy said, and which proxy it was, without its password', async () => {
    const { url } = await proxy(502)
    const withUser = url.replace('//', '//user:geheim@')
    const proxied = network({ httpProxy: withUser, httpsProxy: withUser })
    const answer = await askServer(proxied, 'http://prometheus.test/')
    assert.equal(answer.said, `http://prometheus.test/ through the proxy ${url}: it answered 502`)
    await assert.rejects(askServer(proxied, 'https://prometheus.test/'), {
      code: 'UNAVAILABLE',
      message: `https://prometheus.test/ does not answer through the proxy ${url}: it answered 502`,
    })
    for (const target of ['http://prometheus.test/', 'https://prometheus.test/']) {
      const nobody = 'http://user:geheim@127.0.0.1:1'
      await assert.rejects(askServer(network({ httpProxy: nobody, httpsProxy: nobody }), target), {
        message:
          /^https?:\/\/prometheus\.test\/ does not answer through the proxy http:\/\/127\.0\.0\.1:1: .*ECONNREFUSED/,
      })
    }
  })

  it('gives up on a proxy that takes a connection and never answers', async () => {
    const silent = `http://127.0.0.1:${await listening(createTcpServer(() => {}))}`
    const proxied = network({ httpProxy: silent, httpsProxy: silent, connectTimeout: 0.1 })
    for (const target of ['http://prometheus.test/', 'https://prometheus.test/']) {
      await assert.rejects(askServer(proxied, target, { idleTimeout: 100 }), {
        message: /through the proxy.*: Headers Timeout/,
      })
    }
  })

  it('wants a certificate of a proxy, whatever the server may have, and shows it none', async () => {
    const [cert, key, ca] = ['server.pem', 'server.key', 'authority.pem'].map(tlsText)
    const { url, asked, certified } = await proxy(undefined, {
      ...{ cert, key, ca },
      ...{ requestCert: true, rejectUnauthorized: false },
    })
    const http = await serve((_, response) => response.end('plain'))
    const https = await serveSecurely((_, response) => response.end('safe'))
    const ours = { cert: tlsText('client.pem'), key: tlsText('client.key') }
    const proxies = { httpProxy: url, httpsProxy: url }
    const proxied = network({ ...proxies, tls: { extraCa: ca, ...ours } })
    assert.deepEqual([await text(proxied, http), await text(proxied, https)], ['plain', 'safe'])
    assert.deepEqual(asked, [`GET ${http}`, `CONNECT ${new URL(https).host}`])
    assert.deepEqual(certified, [false, false])
    for (const target of [http, https]) {
      const insecure = network({ ...proxies, tls: { insecure: true } })
      await assert.rejects(text(insecure, target), { message: /through the proxy https:.*certificate/ })
    }
  })

  it('shows no proxy that cannot be read', () => {
    for (const httpProxy of ['geheim', 'http://a:%zzgeheim@b']) {
      assert.throws(
        () => createNetwork({ httpProxy }),
        ({ message }: Error) => {
          return message.startsWith('HTTP_PROXY') && !message.includes('geheim')
        },
      )
    }
  })
})
