import assert from 'node:assert/strict'
import { afterEach, describe, it, mock } from 'node:test'
import { ask, ServerError } from './server.js'

afterEach(() => mock.restoreAll())

/** What the server is asked while it answers so. */
function server(answer: () => Promise<Response>) {
  const asked: [string, RequestInit | undefined][] = []
  mock.method(globalThis, 'fetch', (route: string, init?: RequestInit) => {
    asked.push([route, init])
    return answer()
  })
  return asked
}
const says = (status: number, document: unknown) => () =>
  Promise.resolve(new Response(typeof document === 'string' ? document : JSON.stringify(document), { status }))

describe('ask', () => {
  it('gets a document, with a route relative to the page', async () => {
    const asked = server(says(200, { a: 1 }))
    assert.deepEqual(await ask('api/v1/x'), { a: 1 })
    assert.deepEqual(asked, [['api/v1/x', { headers: { accept: 'application/json' } }]])
  })

  it('posts a body, with a token and a signal where there are', async () => {
    const asked = server(says(200, {}))
    const { signal } = new AbortController()
    await ask('x', { body: { b: [1] }, token: 'secret', signal })
    const headers = { accept: 'application/json', authorization: 'Bearer secret' }
    assert.deepEqual(asked[0]?.[1], { headers, signal, method: 'POST', body: '{"b":[1]}' })
    await ask('x', { token: '' })
    assert.deepEqual(asked[1]?.[1]?.headers, { accept: 'application/json' })
  })

  it('fails with the status and the reason that the server gave', async () => {
    const refused = async (status: number, document: unknown) => {
      mock.restoreAll()
      server(says(status, document))
      const error = await ask('x').then(
        () => undefined,
        (reason: unknown) => reason,
      )
      assert.ok(error instanceof ServerError)
      return [error.status, error.message]
    }
    assert.deepEqual(await refused(404, { error: { code: 'NO_MODEL', message: 'none fits' } }), [404, 'none fits'])
    for (const document of ['<html>', {}, null, { error: 'text' }, { error: null }, { error: {} }, 5]) {
      assert.deepEqual(await refused(502, document), [502, 'the server answered 502'], JSON.stringify(document))
    }
  })

  it('says when nothing answers', async () => {
    server(() => Promise.reject(new TypeError('failed to fetch')))
    await assert.rejects(ask('x'), { status: 0, message: 'the server does not answer (failed to fetch)' })
    mock.restoreAll()
    server(() => Promise.reject('text'))
    await assert.rejects(ask('x'), { status: 0, message: 'the server does not answer (no network)' })
  })

  it('ends with the reason of its signal', async () => {
    const stop = new AbortController()
    server(async () => {
      stop.abort(new Error('left'))
      throw new TypeError('aborted')
    })
    await assert.rejects(ask('x', { signal: stop.signal }), { message: 'left' })
  })
})
