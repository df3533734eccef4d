import assert from 'node:assert/strict'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { partialPathOf, queryToFile } from './query.js'
import { readResponseFile } from './read.js'

import {
  healthyPrometheus,
  type QueryHandler,
  queryRange,
  queryRequest,
  queryScene,
} from '../../test/support/query-scene.js'

describe('queryToFile', () => {
  const scene = queryScene()

  it('saves what it is asked for, as a response that reads back', async () => {
    const steps: unknown[] = []
    const result = await queryToFile(scene.client, queryRequest, scene.path, {
      onProgress: (...step) => steps.push(step),
    })
    assert.deepEqual(result, { range: queryRange, metrics: ['kepler_a', 'kepler_b'], resumed: 0, samples: 22 })
    assert.deepEqual(steps, [
      [1, 2, 'kepler_a'],
      [2, 2, 'kepler_b'],
    ])
    assert.deepEqual(Object.keys(JSON.parse(await readFile(scene.path, 'utf8'))), ['kepler_a', 'kepler_b'])
    const [series] = (await readResponseFile(scene.path)).series.get('kepler_a')!
    assert.deepEqual([series!.labels.job, series!.values.length, series!.values[10]], ['kepler', 11, 1030])
    assert.deepEqual(await readdir(scene.folder), ['response.json'])
    assert.equal(scene.asked[0], '/prom/api/v1/label/__name__/values')
  })

  it('asks for long ranges in parts and joins them', async () => {
    const long = { ...queryRequest, range: { start: 0, end: 25_000, step: 1 } }
    await queryToFile(scene.client, long, scene.path)
    const [series, ...more] = (await readResponseFile(scene.path)).series.get('kepler_b')!
    assert.equal(more.length, 0)
    assert.equal(series!.values.length, 25_001)
    assert.ok(series!.timestamps.every((time, i) => time === i && series!.values[i] === i))
    assert.equal(scene.asked.length, 1 + 2 * 3)
  })

  const tooLarge = [
    [422, 'execution', 'query processing would load too many samples'],
    [400, 'bad_data', 'exceeded maximum resolution of 1,000 points per timeseries'],
  ] as const
  for (const [status, errorType, error] of tooLarge) {
    it(`asks for smaller parts where the server answers ${status} ${errorType}`, async () => {
      scene.handler = (request, response, query) => {
        if (Number(query.get('end')) - Number(query.get('start')) <= 50_000 / 4 || request.url?.includes('/label/'))
          return healthyPrometheus(request, response, query)
        response.writeHead(status, { 'content-type': 'application/json' })
        response.end(JSON.stringify({ status: 'error', errorType, error }))
      }
      await queryToFile(scene.client, { ...queryRequest, range: { start: 0, end: 20_000, step: 5 } }, scene.path)
      assert.equal((await readResponseFile(scene.path)).series.get('kepler_a')![0]!.values.length, 4001)
    })
  }

  it('goes on where a query was cut off, with the same range', async () => {
    scene.handler = (request, response, query) => {
      if (query.get('query') !== 'kepler_b') return healthyPrometheus(request, response, query)
      response.writeHead(400).end('{"status":"error","error":"no"}')
    }
    await assert.rejects(queryToFile(scene.client, queryRequest, scene.path), {
      code: 'INVALID_REQUEST',
      message: /answered 400: "no"/,
    })
    assert.deepEqual(await readdir(scene.folder), ['response.json.partial'])
    // What was being written when the program was killed does not count.
    const partial = await readFile(partialPathOf(scene.path), 'utf8')
    assert.deepEqual(JSON.parse(partial.split('\n')[0]!), { identity: 'test', range: queryRange })
    await writeFile(partialPathOf(scene.path), `${partial}"kepler_b":[{"metr`)

    scene.handler = healthyPrometheus
    scene.asked = []
    const later = { ...queryRequest, range: { start: 2000, end: 2030, step: 3 } }
    const result = await queryToFile(scene.client, later, scene.path)
    assert.deepEqual(result, { range: queryRange, metrics: ['kepler_a', 'kepler_b'], resumed: 1, samples: 11 })
    assert.deepEqual(scene.asked.slice(1), ['kepler_b'])
    const { series } = await readResponseFile(scene.path)
    assert.deepEqual(
      [...series.values()].map(([one]) => one!.values[0]),
      [1000, 1000],
    )
  })

  it('begins anew for another query', async () => {
    await writeFile(
      partialPathOf(scene.path),
      `${JSON.stringify({ identity: 'other', range: queryRange })}\n"kepler_a":[]\n`,
    )
    assert.equal((await queryToFile(scene.client, queryRequest, scene.path)).resumed, 0)
    await writeFile(partialPathOf(scene.path), 'something else')
    assert.equal((await queryToFile(scene.client, queryRequest, scene.path)).resumed, 0)
  })

  it('tries again when the server fails, breaks off or is busy', async () => {
    const failures: QueryHandler[] = [
      (_, response) => response.writeHead(500).end('oops'),
      (_, response) => response.writeHead(503, { 'retry-after': '1' }).end(),
      (request) => request.socket.destroy(),
      (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
        response.write('{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"val', () =>
          response.destroy(),
        )
      },
    ]
    scene.handler = (...args) => (failures.shift() ?? healthyPrometheus)(...args)
    assert.equal((await queryToFile(scene.client, queryRequest, scene.path)).metrics.length, 2)
    assert.equal(scene.asked.length, 3 + 4)
  })

  it('leaves a busy server alone for as long as it wants, also for the next question', async () => {
    let now = 1000
    const retries: number[] = []
    const patient = scene.connect(
      { url: scene.url },
      { attempts: 2, clock: () => now, monotonic: () => now, onRetry: (_, seconds) => retries.push(seconds) },
    )
    scene.handler = (_, response) => response.writeHead(429, { 'retry-after': '90' }).end('slow down')
    await assert.rejects(patient.metricNames(queryRange), { code: 'UNAVAILABLE', message: /answered 429: "slow down"/ })
    await assert.rejects(patient.metricNames(queryRange), {
      code: 'UNAVAILABLE',
      message: /to be left alone for 90 s more/,
    })
    assert.equal(scene.asked.length, 1)
    now += 90_000
    scene.handler = (...args) => {
      scene.handler = healthyPrometheus
      args[1].writeHead(503, { 'retry-after': new Date(now + 50).toUTCString() }).end()
    }
    assert.equal((await patient.metricNames(queryRange)).length, 3)
    assert.equal(scene.asked.length, 3)
    assert.equal(retries.length, 1)
  })

  it('asks again when a timer ended a moment early', async () => {
    let now = 1000
    const early = scene.connect(
      { url: scene.url },
      {
        attempts: 2,
        monotonic: () => now,
        onRetry() {
          now += 999.2
        },
      },
    )
    scene.handler = (...args) => {
      scene.handler = healthyPrometheus
      args[1].writeHead(503, { 'retry-after': '1' }).end()
    }
    assert.equal((await early.metricNames(queryRange)).length, 3)
    assert.equal(scene.asked.length, 2)
  })

  it('gives up on a server that accepts and never answers, or never comes to an end', async () => {
    const impatient = () => scene.connect({ url: scene.url, idleSeconds: 0.1 }, { attempts: 2 })
    scene.handler = () => {}
    await assert.rejects(impatient().metricNames(queryRange), {
      code: 'UNAVAILABLE',
      message: /does not answer|no whole answer/,
    })
    assert.equal(scene.asked.length, 2)
    scene.handler = (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      const dripping = setInterval(() => response.write(' '), 20)
      response.on('close', () => clearInterval(dripping))
    }
    await assert.rejects(impatient().metricNames(queryRange), {
      code: 'UNAVAILABLE',
      message: /no whole answer within 1 s/,
    })
  })

  it('sorts samples, keeps the last of a time, and says so', async () => {
    scene.handler = (request, response, query) => {
      if (request.url?.includes('/label/')) return healthyPrometheus(request, response, query)
      response.setHeader('content-type', 'application/json')
      const values = [
        [1003, '2'],
        [1000, '1'],
        [1003, '3'],
        [1006, 'watt'],
      ]
      const result = [{ metric: { __name__: 'kepler_a', job: 'kepler' }, values }]
      response.end(JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } }))
    }
    const mended: unknown[] = []
    const told = scene.connect({ url: scene.url }, { onRecovered: ({ kind, count }) => mended.push([kind, count]) })
    const [series] = await told.series('kepler_a', queryRange)
    assert.deepEqual([...series!.timestamps], [1000, 1003, 1006])
    assert.deepEqual([...series!.values], [1, 3, Number.NaN])
    assert.deepEqual(mended, [
      ['out of order', 1],
      ['duplicate time', 1],
      ['not a number', 1],
    ])
  })

  it('gives up with a clear error, and leaves nothing half-written', async () => {
    const answers =
      (status: number, body: string, type = 'application/json'): QueryHandler =>
      (_, response) => {
        response.writeHead(status, { 'content-type': type }).end(body)
      }
    const cases: [QueryHandler, { code: string; message: RegExp }][] = [
      [answers(500, '<html><b>Bad</b> gateway'), { code: 'UNAVAILABLE', message: /answered 500: "Bad gateway"/ }],
      [answers(401, ''), { code: 'INVALID_CONFIG', message: /answered 401.*PROM_BEARER_TOKEN/ }],
      [answers(200, '<html>login', 'text/html'), { code: 'INVALID_DATA', message: /"text\/html" instead of JSON/ }],
      [answers(200, '{"status":"error","error":"too slow"}'), { code: 'INVALID_DATA', message: /metrics: "too slow"/ }],
      [answers(200, '{"status":"success","data":"no"}'), { code: 'INVALID_DATA', message: /no list of metrics/ }],
      [answers(200, '{"status":"success","data":["up"]}'), { code: 'INVALID_DATA', message: /it has 1 metrics: up/ }],
    ]
    for (const [answer, expected] of cases) {
      scene.handler = answer
      await assert.rejects(queryToFile(scene.client, queryRequest, scene.path), { name: 'ModelError', ...expected })
      assert.deepEqual(
        (await readdir(scene.folder)).filter((name) => name === 'response.json' || name.endsWith('.tmp')),
        [],
      )
    }
    await assert.rejects(queryToFile(scene.connect({ url: 'http://127.0.0.1:1' }), queryRequest, scene.path), {
      code: 'UNAVAILABLE',
      message: /127\.0\.0\.1:1 does not answer/,
    })
  })
})
