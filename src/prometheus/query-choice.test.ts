import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import {
  healthyPrometheus,
  type QueryHandler,
  queryRange,
  queryRequest,
  queryScene,
} from '../../test/support/query-scene.js'
import { partialPathOf, queryToFile } from './query.js'

/** A Prometheus that has these metrics. */
const having =
  (names: readonly string[]): QueryHandler =>
  (request, response, query) => {
    if (!request.url?.includes('/label/')) return healthyPrometheus(request, response, query)
    response.setHeader('content-type', 'application/json')
    return response.end(JSON.stringify({ status: 'success', data: names }))
  }

describe('the metrics of a query', () => {
  const scene = queryScene()
  const chosen = async (more: object) =>
    (await queryToFile(scene.client, { ...queryRequest, ...more }, scene.path)).metrics

  it('are those with the text in their names that are wanted, and those that are named, in order', async () => {
    scene.handler = having(['up', 'x_kepler_z', 'kepler_b', 'kepler_a', 'other'])
    assert.deepEqual(await chosen({}), ['kepler_a', 'kepler_b', 'x_kepler_z'])
    const wants = (name: string) => name !== 'kepler_b'
    assert.deepEqual(await chosen({ wants }), ['kepler_a', 'x_kepler_z'])
    assert.deepEqual(await chosen({ wants, metrics: ['up', 'kepler_a'] }), ['kepler_a', 'up', 'x_kepler_z'])
    assert.deepEqual(await chosen({ metricPrefix: 'none', metrics: ['up'] }), ['up'])
  })

  it('must all be there that are named', async () => {
    await assert.rejects(chosen({ metrics: ['pdu', 'up', 'wall'] }), {
      ...{ code: 'INVALID_DATA', field: 'thirdparty-metrics' },
      message: 'Prometheus has no metric pdu, wall in this time',
    })
  })

  it('are none where none has the text, which is said with ten of those that there are', async () => {
    const none = (message: RegExp) =>
      assert.rejects(chosen({ metricPrefix: 'scaphandre' }), {
        ...{ code: 'INVALID_DATA', field: 'metric-prefix', reason: 'no_metrics', message },
      })
    scene.handler = having([])
    await none(/no metric with "scaphandre" in its name in this time; it has 0 metrics$/)
    scene.handler = having(Array.from({ length: 11 }, (_, i) => `m${i}`))
    await none(/it has 11 metrics: m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, \.\.\.$/)
  })
})

describe('a query that was cut off', () => {
  const scene = queryScene()
  const partial = (plan: object) => writeFile(partialPathOf(scene.path), `${JSON.stringify(plan)}\n"kepler_a":[]\n`)
  const resumed = async (options = {}) => (await queryToFile(scene.client, queryRequest, scene.path, options)).resumed

  it('is taken up unless it shall not be', async () => {
    await partial({ identity: 'test', range: queryRange })
    assert.equal(await resumed(), 1)
    await partial({ identity: 'test', range: queryRange })
    assert.equal(await resumed({ resume: false }), 0)
  })

  it('is not taken up by a plan that is none', async () => {
    const { start, end, step } = queryRange
    for (const plan of [
      { range: queryRange },
      { identity: 7, range: queryRange },
      { identity: 'test' },
      { identity: 'test', range: { end, step } },
      { identity: 'test', range: { start, step } },
      { identity: 'test', range: { start, end, step: '3' } },
    ]) {
      await partial(plan)
      assert.equal(await resumed(), 0, JSON.stringify(plan))
    }
  })
})

describe('a server that refuses long ranges', () => {
  const scene = queryScene()

  it('is asked for quarters of a hundred samples or more, and not of fewer', async () => {
    scene.handler = (request, response, query) => {
      if (request.url?.includes('/label/') || Number(query.get('end')) - Number(query.get('start')) < 30)
        return healthyPrometheus(request, response, query)
      return response.writeHead(422).end()
    }
    const asked = (samples: number) =>
      queryToFile(scene.client, { ...queryRequest, range: { start: 0, end: samples - 1, step: 1 } }, scene.path)
    assert.equal((await asked(100)).samples, 200)
    await assert.rejects(asked(99), { code: 'LIMIT_EXCEEDED', reason: 'range_too_large' })
  })

  it('is not asked again for what it refuses for another reason', async () => {
    scene.handler = (request, response, query) =>
      request.url?.includes('/label/') ? healthyPrometheus(request, response, query) : response.writeHead(404).end()
    const range = { start: 0, end: 999, step: 1 }
    await assert.rejects(queryToFile(scene.client, { ...queryRequest, range }, scene.path), { code: 'INVALID_REQUEST' })
    assert.equal(scene.asked.length, 2)
  })
})
