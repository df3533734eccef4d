import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { proxyFor } from './proxies.js'
import { shownUrl } from './shown-url.js'

const http = new URL('http://prometheus.test/')
const https = new URL('https://prometheus.test/')
const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`

describe('proxyFor', () => {
  it('is the one of the URL’s protocol', () => {
    const find = proxyFor({ httpProxy: 'http://a.test:1', httpsProxy: 'http://b.test:2' })
    assert.deepEqual(find(http), { origin: 'http://a.test:1', authorization: undefined })
    assert.deepEqual(find(https), { origin: 'http://b.test:2', authorization: undefined })
    assert.equal(proxyFor({ httpProxy: 'http://a.test:1' })(https), undefined)
    assert.equal(proxyFor({ httpsProxy: 'http://b.test:2' })(http), undefined)
  })

  it('is none without a setting, or where it is excepted', () => {
    assert.equal(proxyFor({})(http), undefined)
    assert.equal(proxyFor({ httpProxy: '', httpsProxy: '', noProxy: 'not read: [' })(http), undefined)
    const find = proxyFor({ httpProxy: 'http://a.test:1', noProxy: 'prometheus.test' })
    assert.equal(find(http), undefined)
    assert.equal(find(new URL('http://other.test/'))?.origin, 'http://a.test:1')
  })

  it('takes credentials from the URL, and shows them to the proxy alone', () => {
    for (const [user, credentials] of [
      ['me:secret@', 'me:secret'],
      ['me@', 'me:'],
      [':secret@', ':secret'],
      ['m%40e:s%3A@', 'm@e:s:'],
    ] as const) {
      const proxy = proxyFor({ httpProxy: `http://${user}a.test:1` })(http)
      assert.deepEqual(proxy, { origin: 'http://a.test:1', authorization: basic(credentials) })
    }
  })

  it('names the setting that is no URL, without showing it', () => {
    for (const [setting, field] of [
      ['httpProxy', 'HTTP_PROXY'],
      ['httpsProxy', 'HTTPS_PROXY'],
    ] as const) {
      assert.throws(
        () => proxyFor({ [setting]: 'secret' }),
        (error: Error & { field?: string; code?: string }) =>
          error.code === 'INVALID_CONFIG' && error.field === field && !error.message.includes('secret'),
      )
    }
  })
})

describe('shownUrl', () => {
  it('has no credentials, and leaves the URL as it is', () => {
    const url = new URL('https://me:secret@a.test:8443/b?c=d')
    assert.equal(shownUrl(url), 'https://a.test:8443/b?c=d')
    assert.equal(url.password, 'secret')
  })
})
