import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { brotliCompressSync, brotliDecompressSync, gzipSync } from 'node:zlib'
import { fakeModelSelector } from '../../test/support/model-selector.js'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { silentLogger } from '../runtime/ports.js'
import { createModelServerApp } from './model-server-app.js'

const limits = { maxBodyBytes: 262_144, requestTimeout: 10, idleTimeout: 10, maxConnections: 100 }
const index = '<!doctype html><title>the page</title>'
const script = 'console.log("the page")'

function serve(isBuilt = true) {
  const pageFolder = temporaryFolder()
  if (isBuilt) {
    writeFileSync(join(pageFolder, 'index.html'), index)
    writeFileSync(join(pageFolder, 'page-ABC.js'), script)
    writeFileSync(join(pageFolder, 'page-ABC.js.br'), brotliCompressSync(script))
    writeFileSync(join(pageFolder, 'page-ABC.js.gz'), gzipSync(script))
    writeFileSync(join(pageFolder, 'secret.txt'), 'not of the page')
  }
  return createModelServerApp({ selector: fakeModelSelector(), logger: silentLogger, limits, version: '1', pageFolder })
}
const browser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }

describe('the page', () => {
  it('is for browsers; others get what they got before', async () => {
    const app = serve()
    const page = await app.inject({ url: '/', headers: browser })
    assert.equal(page.body, index)
    assert.equal(page.headers['cache-control'], 'no-cache')
    assert.match(String(page.headers.vary), /accept/)
    const text = await app.inject({ url: '/', headers: { accept: '*/*' } })
    assert.match(text.body, /^Kepler power model server 1\n/)
    assert.match(String(text.headers['content-type']), /text\/plain/)
  })

  it('lets nothing in but its own files', async () => {
    const { headers } = await serve().inject({ url: '/', headers: browser })
    const policy = String(headers['content-security-policy'])
    assert.match(policy, /default-src 'none'; script-src 'self'; style-src 'self'/)
    assert.doesNotMatch(policy, /unsafe|\*|https?:/)
    assert.equal(headers['x-content-type-options'], 'nosniff')
  })

  it('is the text where it was not built', async () => {
    const page = await serve(false).inject({ url: '/', headers: browser })
    assert.match(page.body, /Kepler power model server 1/)
    assert.match(String(page.headers['content-type']), /text\/html/)
    assert.equal((await serve(false).inject('/page/page-ABC.js')).statusCode, 404)
  })

  it('has assets that are kept for ever, packed as the browser can take them', async () => {
    const app = serve()
    const get = (encoding: string) => app.inject({ url: '/page/page-ABC.js', headers: { 'accept-encoding': encoding } })
    const packed = await get('gzip, deflate, br')
    assert.equal(packed.headers['content-encoding'], 'br')
    assert.equal(brotliDecompressSync(packed.rawPayload).toString(), script)
    assert.match(String(packed.headers['cache-control']), /immutable/)
    assert.equal((await get('gzip')).headers['content-encoding'], 'gzip')
    for (const encoding of ['identity', 'br;q=0', '']) assert.equal((await get(encoding)).body, script)
    const headers = { 'if-none-match': String(packed.headers.etag) }
    assert.equal((await app.inject({ url: '/page/page-ABC.js', headers })).statusCode, 304)
  })

  it('has no other files', async () => {
    const app = serve()
    for (const name of ['secret.txt', 'page-ABC.js.br', '..%2f..%2fpackage.json', 'no.js', '']) {
      assert.equal((await app.inject(`/page/${name}`)).statusCode, 404, name)
    }
  })
})

describe('which packing a browser takes', () => {
  const answered = async (encoding: string | undefined, files = ['br', 'gz']) => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'index.html'), index)
    for (const suffix of files) writeFileSync(join(folder, `index.html.${suffix}`), suffix)
    const headers = { ...browser, ...(encoding !== undefined && { 'accept-encoding': encoding }) }
    const options = { selector: fakeModelSelector(), logger: silentLogger, limits, version: '1', pageFolder: folder }
    const answer = await createModelServerApp(options).inject({ url: '/', headers })
    return answer.headers['content-encoding']
  }

  it('is read as the header has it: in any case, with spaces, and not where its quality is 0', async () => {
    for (const [encoding, expected] of [
      ['BR', 'br'],
      ['deflate , br ; q=0.5', 'br'],
      ['br;q=0.001', 'br'],
      ['br;q=0.0, gzip', 'gzip'],
      ['br; q=0, gzip; Q=0.00', undefined],
      ['br;q=0;x=1', undefined],
      ['brotli, gzipped', undefined],
      [undefined, undefined],
    ] as const) {
      assert.equal(await answered(encoding), expected, encoding)
    }
  })

  it('is one that was made when the page was built', async () => {
    assert.equal(await answered('br, gzip', ['gz']), 'gzip')
    assert.equal(await answered('br, gzip', []), undefined)
  })

  it('does not matter to what has not changed', async () => {
    const app = serve()
    const first = await app.inject({ url: '/', headers: browser })
    const tag = String(first.headers.etag)
    assert.match(tag, /^"[\w-]{20}"$/)
    const again = async (header: string) =>
      (await app.inject({ url: '/', headers: { ...browser, 'if-none-match': header } })).statusCode
    assert.deepEqual([await again(`"x", W/${tag}`), await again('"x"')], [304, 200])
    const other = await app.inject({ url: '/page/page-ABC.js' })
    assert.notEqual(other.headers.etag, tag)
    assert.equal(other.headers['content-type'], 'text/javascript; charset=utf-8')
    assert.equal(other.headers.vary, 'accept, accept-encoding')
    assert.equal(other.headers['referrer-policy'], 'no-referrer')
  })
})
