import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { httpProxy } from '../../test/support/http-proxy.js'
import { queryToFile } from './query.js'
import { parseMatchers } from './selector.js'

import { healthyPrometheus, queryRange, queryRequest, queryScene } from '../../test/support/query-scene.js'

describe('the address that is asked', () => {
  const scene = queryScene()

  it('asks for series with some labels only, and for a meter whatever labels it has', async () => {
    const urls: string[] = []
    scene.handler = (...args) => {
      urls.push(decodeURIComponent(args[0].url ?? ''))
      healthyPrometheus(...args)
    }
    const matchers = parseMatchers('cluster="a b",node!~"w.*"')
    const selecting = scene.connect({ url: scene.url, matchers, unmatched: ['pdu_watts'] })
    await selecting.metricNames(queryRange)
    await selecting.series('kepler_a', queryRange)
    await selecting.series('pdu_watts', queryRange).catch(() => {})
    const matched = 'cluster="a b",node!~"w.*"'
    assert.deepEqual(urls, [
      `/api/v1/label/__name__/values?start=1000&end=1030&match[]={__name__=~".+",${matched}}&match[]=pdu_watts`,
      `/api/v1/query_range?query=kepler_a{${matched}}&start=1000&end=1030&step=3`,
      '/api/v1/query_range?query=pdu_watts&start=1000&end=1030&step=3',
    ])
  })

  it('keeps the path and the parameters of the address on every request, and shows no parameter', async () => {
    const url = `${scene.url}/prefix?namespace=x%20y&dedup=true&step=9`
    const urls: (string | undefined)[] = []
    scene.handler = (...args) => {
      urls.push(args[0].url)
      healthyPrometheus(...args)
    }
    const tenant = scene.connect({ url })
    await tenant.metricNames(queryRange)
    await tenant.series('kepler_a', queryRange)
    assert.deepEqual(urls, [
      '/prefix/api/v1/label/__name__/values?namespace=x%20y&dedup=true&step=9&start=1000&end=1030',
      '/prefix/api/v1/query_range?namespace=x%20y&dedup=true&step=3&query=kepler_a&start=1000&end=1030',
    ])
    scene.handler = (_, response) => response.writeHead(400).end()
    await assert.rejects(tenant.metricNames(queryRange), {
      message: `Prometheus at ${scene.url}/prefix answered 400: Bad Request`,
    })
  })

  it('asks through the proxy, and says so when it fails', async () => {
    const [proxy, refusing] = [await httpProxy(), await httpProxy(502)]
    const { url } = scene
    await scene.connect({ httpProxy: proxy.url }).metricNames(queryRange)
    assert.deepEqual(proxy.asked, [`GET ${url}/prom/api/v1/label/__name__/values?start=1000&end=1030`])
    await assert.rejects(scene.connect({ httpProxy: refusing.url }).metricNames(queryRange), {
      code: 'UNAVAILABLE',
      message: `Prometheus at ${url}/prom through the proxy ${refusing.url}: it answered 502: "Proxy error"`,
    })
    await scene.connect({ httpProxy: refusing.url, noProxy: 'localhost,127.0.0.0/8,.svc' }).metricNames(queryRange)
    await proxy.close()
    await refusing.close()
  })

  it('shows credentials to the server and to nobody else', async () => {
    let seen: string | undefined
    scene.handler = (request, response) => {
      seen = request.headers.authorization
      response.writeHead(403).end()
    }
    const withUser = scene.connect({ url: scene.url.replace('//', '//user:geheim@') })
    await assert.rejects(
      queryToFile(withUser, queryRequest, scene.path),
      ({ message }: Error) => !message.includes('geheim'),
    )
    assert.equal(seen, `Basic ${Buffer.from('user:geheim').toString('base64')}`)
    await assert.rejects(
      queryToFile(scene.connect({ bearerToken: 'geheim' }), queryRequest, scene.path),
      ({ message }: Error) => !message.includes('geheim'),
    )
    assert.equal(seen, 'Bearer geheim')
    assert.ok((await readdir(scene.folder)).length <= 1)
  })

  it('stops between metrics when asked to, and can go on', async () => {
    const stop = new AbortController()
    const stopped = queryToFile(scene.client, queryRequest, scene.path, {
      signal: stop.signal,
      onProgress: () => stop.abort(),
    })
    await assert.rejects(stopped, { code: 'CANCELLED' })
    assert.equal((await queryToFile(scene.client, queryRequest, scene.path)).resumed, 1)
  })
})
