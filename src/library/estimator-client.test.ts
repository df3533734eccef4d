import assert from 'node:assert/strict'
import { createServer as createHttpServer } from 'node:http'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { ModelError } from '../core/errors.js'
import { estimatorClient } from './estimator-client.js'
import { parsePowerAnswer } from './power-answer.js'

const folder = temporaryFolder()

describe('a client of an estimator', () => {
  const answer = '{"powers":{"package":[52.5]},"msg":"","core_ratio":0.5,"provenance":{"trainer":"SGD"},"strange":1}'
  const request = { metrics: ['bpf_cpu_time_ms'], values: [[5]], outputType: 'AbsPower' } as const

  it('asks over a unix socket in the words of the protocol', async () => {
    const asked: unknown[] = []
    const path = join(folder, 'estimator.sock')
    const server = createServer((socket) =>
      socket.once('data', (data) => {
        asked.push(JSON.parse(String(data)))
        socket.end(answer)
      }),
    )
    await new Promise<void>((resolve) => server.listen(path, resolve))
    after(() => server.close())
    const client = estimatorClient({ socket: path })
    const full = {
      ...request,
      source: 'acpi',
      systemFeatures: ['a'],
      systemValues: ['b'],
      trainer: 'T',
      filter: 'mae:1',
    } as const
    assert.deepEqual(await client.estimate(full), {
      powers: { package: [52.5] },
      coreRatio: 0.5,
      provenance: { trainer: 'SGD' },
      more: { strange: 1 },
    })
    assert.deepEqual(asked, [
      {
        metrics: ['bpf_cpu_time_ms'],
        values: [[5]],
        output_type: 'AbsPower',
        source: 'acpi',
        system_features: ['a'],
        system_values: ['b'],
        trainer_name: 'T',
        filter: 'mae:1',
      },
    ])
  })

  it('asks over HTTP, and says what the estimator says', async () => {
    let body = answer
    const server = createHttpServer((_request, reply) => reply.end(body))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    after(() => server.close())
    const address = server.address()
    const url = typeof address === 'object' && address ? `http://127.0.0.1:${address.port}` : ''
    const client = estimatorClient({ url })
    assert.deepEqual((await client.estimate(request)).powers, { package: [52.5] })
    body = '{"powers":[],"msg":"no AbsPower model"}'
    await assert.rejects(client.estimate(request), { code: 'NO_MODEL', message: /no AbsPower model/ })
    for (body of ['', '<html>', '{}', '{"powers":{"package":["1"]},"msg":""}']) {
      await assert.rejects(client.estimate(request), { code: 'UNAVAILABLE' })
    }
  })

  it('does not wait for ever, nor for nobody', async () => {
    const path = join(folder, 'silent.sock')
    const server = createServer((socket) => socket.on('error', () => {}))
    await new Promise<void>((resolve) => server.listen(path, resolve))
    after(() => server.close())
    const silent = estimatorClient({ socket: path, timeout: 20 })
    await assert.rejects(silent.estimate(request), { code: 'UNAVAILABLE', message: /no answer within 20 ms/ })
    const nobody = estimatorClient({ socket: join(folder, 'nobody.sock') })
    await assert.rejects(nobody.estimate(request), { code: 'UNAVAILABLE', message: /ENOENT/ })
    const closed = estimatorClient({ url: 'http://127.0.0.1:1' })
    await assert.rejects(closed.estimate(request), { code: 'UNAVAILABLE' })
    assert.throws(() => estimatorClient({ url: 'http://127.0.0.1', socket: path }), { field: 'url' })
  })

  it('says what may be left out as the protocol has it', async () => {
    const bodies: unknown[] = []
    const told: RequestInit[] = []
    const client = estimatorClient({
      url: 'http://estimator.test:81/ignored',
      fetch: async (url, init) => {
        told.push(init ?? {})
        bodies.push([String(url), JSON.parse(String(init?.body))])
        return new Response(answer)
      },
    })
    await client.estimate(request)
    assert.deepEqual(bodies, [
      [
        'http://estimator.test:81/estimate',
        {
          ...{ metrics: ['bpf_cpu_time_ms'], values: [[5]], output_type: 'AbsPower', source: 'rapl-sysfs' },
          ...{ system_features: [], system_values: [], trainer_name: '', filter: '' },
        },
      ],
    ])
    assert.equal(told[0]?.method, 'POST')
    assert.deepEqual(told[0]?.headers, { 'content-type': 'application/json' })
  })

  it('gives an estimate over HTTP up as well, and names who does not answer and why', async () => {
    const url = 'http://estimator.test'
    const late = estimatorClient({
      url,
      timeout: 5,
      fetch: (_, init) =>
        new Promise((__, reject) => {
          // A request keeps a process alive; the timer of a signal does not.
          const alive = setInterval(() => {}, 1000)
          init?.signal?.addEventListener('abort', () => {
            clearInterval(alive)
            reject(init.signal?.reason)
          })
        }),
    })
    await assert.rejects(late.estimate(request), {
      code: 'UNAVAILABLE',
      message: /^the estimator at http:\/\/estimator\.test does not answer: .*timeout/,
    })
    const failing = (error: unknown) => estimatorClient({ url, fetch: () => Promise.reject(error) }).estimate(request)
    await assert.rejects(failing(new TypeError('fetch failed', { cause: new Error('refused') })), /answer: refused$/)
    await assert.rejects(failing(new TypeError('fetch failed')), /answer: fetch failed$/)
    await assert.rejects(failing('text'), /answer: text$/)
    const own = new ModelError('LIMIT_EXCEEDED', 'its own')
    await assert.rejects(failing(own), (error) => error === own)
  })

  it('knows the fields of a request', async () => {
    const strange: object = { ...request, sauce: 'acpi' }
    await assert.rejects(estimatorClient().estimate(strange as typeof request), { field: 'sauce' })
  })

  it('puts an answer together that comes in parts', async () => {
    const path = join(folder, 'parts.sock')
    const server = createServer((socket) =>
      socket.once('data', () => {
        socket.write(answer.slice(0, 20), () => setImmediate(() => socket.end(answer.slice(20))))
      }),
    )
    await new Promise<void>((resolve) => server.listen(path, resolve))
    after(() => server.close())
    assert.equal((await estimatorClient({ socket: path }).estimate(request)).coreRatio, 0.5)
  })
})

describe('parsePowerAnswer', () => {
  it('takes an answer of the socket, which has watts and a message alone', () => {
    assert.deepEqual(parsePowerAnswer('{"powers":{"package":[1,2]},"msg":""}', 'it'), {
      powers: { package: [1, 2] },
      coreRatio: 1,
      more: {},
    })
    assert.deepEqual(parsePowerAnswer('{"powers":{},"msg":""}', 'it').powers, {})
  })

  it('names who answers what', () => {
    assert.throws(() => parsePowerAnswer('x', 'it'), { code: 'UNAVAILABLE', message: /^it answers "x": ./ })
    for (const text of ['[]', '{"powers":[1],"msg":""}', '{"powers":{"cpu":[1]},"msg":""}', '{"powers":{}}']) {
      assert.throws(() => parsePowerAnswer(text, 'it'), {
        code: 'UNAVAILABLE',
        message: `it answers ${JSON.stringify(text)}, which is no estimate`,
      })
    }
    assert.throws(() => parsePowerAnswer('{"powers":[],"msg":"none"}', 'it'), { code: 'NO_MODEL', message: 'it: none' })
  })
})
