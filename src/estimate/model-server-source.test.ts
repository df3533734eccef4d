import assert from 'node:assert/strict'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, it } from 'node:test'
import { httpProxy } from '../../test/support/http-proxy.js'
import { testArchive } from '../../test/support/test-model.js'
import { createNetwork, type NetworkOptions } from '../net/network.js'
import { modelServerSource } from './model-server-source.js'
import type { ModelQuery, ModelSource } from './model-source.js'

const query: ModelQuery = {
  source: 'rapl-sysfs',
  outputType: 'AbsPower',
  metrics: ['bpf_cpu_time_ms'],
  trainerName: '',
  filter: 'mae:5',
}
const machineSpec = { processor: 'p', cores: 4 }
const unused = new AbortController().signal

describe('modelServerSource', () => {
  const closing: (() => unknown)[] = []
  afterEach(async () => {
    for (const close of closing.splice(0)) await close()
  })

  function sourceAt(url: string, options: NetworkOptions = {}): ModelSource {
    const network = createNetwork(options)
    closing.push(() => network.close())
    return modelServerSource({ url, network, machineSpec, clock: () => 0 })
  }
  async function serve(listener: RequestListener): Promise<string> {
    const server: Server = createServer(listener)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    closing.push(() => {
      server.closeAllConnections()
      server.close()
    })
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  it('asks for what the query says, for this machine, and keeps how the model was chosen', async () => {
    const archive = await testArchive()
    let asked: unknown
    const url = await serve(async (request, response) => {
      let body = ''
      for await (const chunk of request) body += chunk
      asked = [request.method, request.url, request.headers['content-type'], JSON.parse(body)]
      response.setHeader('x-kepler-model', 'std/rapl-sysfs/AbsPower/BPFOnly/LinearRegressionTrainer_1')
      response.setHeader('x-kepler-match', 'similar;node-type=1;uncertainty=0.5;looseness=1')
      response.end(archive)
    })
    const { provenance } = await sourceAt(url).load(query, unused)
    assert.deepEqual(asked, [
      'POST',
      '/model',
      'application/json',
      {
        metrics: ['bpf_cpu_time_ms'],
        output_type: 'AbsPower',
        source: 'rapl-sysfs',
        trainer_name: '',
        filter: 'mae:5',
        weight: false,
        machine_spec: machineSpec,
      },
    ])
    assert.deepEqual([provenance.pipeline, provenance.feature_group], ['std', 'BPFOnly'])
    assert.deepEqual(provenance.match, { how: 'similar', uncertainty: 0.5, looseness: 1 })
    assert.equal(provenance.loaded_from, `${url}/model`)
  })

  it('tells no model from a server that fails, and says what it said', async () => {
    const answers: [number, string][] = [
      [400, '{"error":{"message":"no model fits"}}'],
      [500, 'plain words'],
      [200, 'no zip'],
    ]
    const url = await serve((_, response) => {
      const [status, body] = answers.shift()!
      response.writeHead(status).end(body)
    })
    const source = sourceAt(url)
    await assert.rejects(source.load(query, unused), { code: 'NO_MODEL', message: 'it answered 400: no model fits' })
    await assert.rejects(source.load(query, unused), {
      code: 'UNAVAILABLE',
      message: 'it answered 500: "plain words"',
    })
    await assert.rejects(source.load(query, unused), { code: 'INVALID_ARCHIVE' })
  })

  it('says the text of an answer that is no message of ours, and refuses one without end', async () => {
    const bodies = ['null', '{"error":null}', '{"error":{"message":5}}', '{"error":"x"}', '']
    const left = [...bodies, 'x'.repeat(16 * 1024 + 1), 'x'.repeat(16 * 1024)]
    const url = await serve((_, response) => response.writeHead(404).end(left.shift()))
    const source = sourceAt(url)
    for (const body of bodies) {
      const message = `it answered 404: ${JSON.stringify(body)}`
      await assert.rejects(source.load(query, unused), { code: 'UNAVAILABLE', message }, body)
    }
    await assert.rejects(source.load(query, unused), { code: 'LIMIT_EXCEEDED' })
    await assert.rejects(source.load(query, unused), { code: 'UNAVAILABLE', message: /^it answered 404: "x{50}/ })
  })

  it('knows nothing of how a model was chosen where the server does not say', async () => {
    const archive = await testArchive()
    const url = await serve((_, response) => response.end(archive))
    const source = sourceAt(`${url}/ignored`)
    assert.equal(source.name, `model server ${url}/model`)
    const { provenance } = await source.load(query, unused)
    const { pipeline, feature_group, match, loaded_at } = provenance
    assert.deepEqual([pipeline, feature_group, match, loaded_at], [null, null, null, '1970-01-01T00:00:00.000Z'])
  })

  it('asks through the proxy, and names it when that fails', async () => {
    const archive = await testArchive()
    const url = await serve((_, response) => response.end(archive))
    const proxy = await httpProxy()
    const refusing = await httpProxy(502)
    closing.push(proxy.close, refusing.close)
    const { provenance } = await sourceAt(url, { httpProxy: proxy.url }).load(query, unused)
    assert.equal(provenance.model_name, 'LinearRegressionTrainer_1')
    assert.deepEqual(proxy.asked, [`POST ${url}/model`])
    await assert.rejects(sourceAt(url, { httpProxy: refusing.url }).load(query, unused), {
      code: 'UNAVAILABLE',
      message: `it through the proxy ${refusing.url}: it answered 502: "<h1>Proxy error</h1>"`,
    })
    await sourceAt(url, { httpProxy: refusing.url, noProxy: '127.0.0.0/8' }).load(query, unused)
    assert.deepEqual(refusing.asked, [`POST ${url}/model`])
  })
})
