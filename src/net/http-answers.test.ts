import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { localServers } from '../../test/support/local-servers.js'
import { askServer } from './http-client.js'

const { serve, network } = localServers()

describe('redirects', () => {
  for (const status of [301, 302, 303, 307, 308]) {
    it(`are followed for ${status}`, async () => {
      const url = await serve((request, response) => {
        if (request.url === '/') response.writeHead(status, { location: 'there' }).end()
        else response.end(request.url)
      })
      assert.equal(String(await (await askServer(network(), url)).bytes(99)), '/there')
    })
  }

  it('are answers where they say no place, or are of another kind', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/300') response.writeHead(300, { location: '/there' }).end()
      else response.writeHead(302).end()
    })
    assert.equal((await askServer(network(), `${url}300`)).status, 300)
    assert.equal((await askServer(network(), url)).status, 302)
  })

  it('are followed five times and no more', async () => {
    let left = 0
    const url = await serve((_, response) => {
      if (left === 0) response.end('there')
      else response.writeHead(302, { location: `/${left--}` }).end()
    })
    left = 5
    assert.equal(String(await (await askServer(network(), url)).bytes(99)), 'there')
    left = 6
    await assert.rejects(askServer(network(), url), {
      code: 'UNAVAILABLE',
      message: `${url} cannot be asked: it redirects more than 5 times`,
    })
  })

  it('to what is no URL, or of another protocol, are refused', async () => {
    const to = async (location: string) =>
      askServer(network(), await serve((_, r) => r.writeHead(302, { location }).end()))
    await assert.rejects(to('http://['), { message: /redirects to "http:\/\/\[", which is no URL$/ })
    await assert.rejects(to('ftp://a.example/'), { message: /redirects to ftp:$/ })
  })
})

describe('an answer', () => {
  it('is unpacked by each name of gzip, and by no other', async () => {
    const url = await serve((request, response) => {
      response.setHeader('content-encoding', request.url!.slice(1)).end(gzipSync('text'))
    })
    const read = async (encoding: string) =>
      (await askServer(network(), url + encoding, { compressed: true })).bytes(1000)
    for (const encoding of ['gzip', 'GZIP', 'x-gzip']) assert.equal(String(await read(encoding)), 'text', encoding)
    for (const encoding of ['gzip2', 'not-gzip', 'identity']) {
      assert.deepEqual(await read(encoding), gzipSync('text'), encoding)
    }
  })

  it('has its status, its headers, of several of one name the first, and what it is called', async () => {
    const url = await serve((_, response) => {
      response.writeHead(503, { 'retry-after': '7', 'set-cookie': ['a=1', 'b=2'] }).end('busy')
    })
    const answer = await askServer(network(), url)
    assert.equal(answer.status, 503)
    assert.deepEqual(
      ['retry-after', 'set-cookie', 'x-none'].map((name) => answer.header(name)),
      ['7', 'a=1', undefined],
    )
    assert.equal(answer.said, `${url} answered 503`)
    assert.equal((await askServer(network(), url, { name: 'Prometheus' })).said, 'Prometheus answered 503')
  })

  it('may be as long as its limit', async () => {
    const url = await serve((_, response) => response.end('12345'))
    assert.equal(String(await (await askServer(network(), url)).bytes(5)), '12345')
    await assert.rejects(async () => (await askServer(network(), url)).bytes(4), {
      code: 'LIMIT_EXCEEDED',
      message: 'the answer is longer than 4 bytes',
    })
  })

  it('that is not wanted gives its connection back', async () => {
    const connections = new Set<unknown>()
    const url = await serve((request, response) => {
      connections.add(request.socket)
      response.end('x'.repeat(1000))
    })
    const net = network()
    for (let i = 0; i < 8; i++) await (await askServer(net, url)).discard()
    assert.equal((await askServer(net, url)).status, 200)
    assert.ok(connections.size < 4, `${connections.size} connections`)
  })

  it('that does not come in time is given up', async () => {
    const url = await serve(() => {})
    await assert.rejects(askServer(network(), url, { idleTimeout: 50 }), {
      code: 'UNAVAILABLE',
      message: new RegExp(`^${url} does not answer: .*Timeout`),
    })
    const failure = await askServer(network(), url, { idleTimeout: 50 }).catch((error: unknown) => error)
    assert.match(String((failure as Error).cause), /Timeout/)
    const half = await serve((_, response) => response.write('half'))
    await assert.rejects(async () => (await askServer(network(), half, { idleTimeout: 50 })).bytes(99), /Timeout/)
  })
})

describe('a request', () => {
  it('is a GET without a body, or what it says, and names this program', async () => {
    const url = await serve((request, response) => {
      request.setEncoding('utf8').on('data', (text: string) => response.write(text))
      request.on('end', () =>
        response.end(` ${request.method} ${request.headers['user-agent']} ${request.headers['x-a']}`),
      )
    })
    const text = async (request: Parameters<typeof askServer>[2]) =>
      String(await (await askServer(network(), url, request)).bytes(99))
    assert.equal(await text({}), ' GET kepler-model-server undefined')
    const posted = { method: 'POST', body: 'a=b', headers: { 'x-a': '1', 'user-agent': 'other' } } as const
    assert.equal(await text(posted), 'a=b POST other 1')
    assert.equal(await text({ headers: { 'x-a': '1' }, credentials: { 'x-a': '2' } }), ' GET kepler-model-server 2')
  })
})
