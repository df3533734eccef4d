import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import type { ClientOptions } from './client.js'
import { queryToFile } from './query.js'
import { readResponseFile } from './read.js'

import { type QueryHandler, queryRange, queryRequest, queryScene } from '../../test/support/query-scene.js'

describe('a server that has a part of the answer', () => {
  const scene = queryScene()

  const warning = 'store 10.0.0.9:10901 unavailable'
  /** As Thanos answers while a store is away, and VictoriaMetrics while one of its own is. */
  const partial =
    (said: object): QueryHandler =>
    (request, response) => {
      const data = request.url?.includes('/label/')
        ? ['kepler_a']
        : { resultType: 'matrix', result: [{ metric: { __name__: 'kepler_a' }, values: [[1000, '1']] }] }
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ status: 'success', data, ...said }))
    }
  const forgiving = (options: ClientOptions = {}) =>
    scene.connect({ url: scene.url }, { allowPartial: true, ...options })

  it('is asked again, and then refused, with what it said', async () => {
    for (const said of [{ warnings: [warning] }, { isPartial: true }]) {
      scene.handler = partial(said)
      scene.asked = []
      const text = 'warnings' in said ? warning : 'isPartial is true'
      await assert.rejects(scene.client.series('kepler_a', queryRange), {
        code: 'UNAVAILABLE',
        field: 'PROM_ALLOW_PARTIAL',
        message: new RegExp(`warned that its answer may be incomplete: "${text}".*--allow-partial`),
      })
      assert.equal(scene.asked.length, 5)
      await assert.rejects(scene.client.metricNames(queryRange), { field: 'PROM_ALLOW_PARTIAL' })
      await assert.rejects(queryToFile(scene.client, queryRequest, scene.path), { field: 'PROM_ALLOW_PARTIAL' })
      assert.equal((await readdir(scene.folder)).includes('response.json'), false)
    }
    scene.handler = partial({ warnings: [], infos: [], isPartial: false })
    assert.equal((await scene.client.series('kepler_a', queryRange)).length, 1)
  })

  it('is taken where that is allowed, and what it said is told and kept with the data', async () => {
    scene.handler = partial({ warnings: [warning, 'another'], infos: ['"kepler_a" is no counter'] })
    const told: unknown[] = []
    const allowed = forgiving({ onNotice: (...notice) => told.push(notice) })
    await queryToFile(allowed, queryRequest, scene.path)
    const [first, , , fourth] = told
    assert.deepEqual(first, ['warnings', warning, undefined])
    assert.deepEqual(fourth, ['warnings', warning, 'kepler_a'])
    const { notices, series } = await readResponseFile(scene.path)
    assert.deepEqual(notices, { warnings: [warning, 'another'], infos: ['"kepler_a" is no counter'] })
    assert.deepEqual([...series.keys()], ['kepler_a'])
    assert.deepEqual(Object.keys(JSON.parse(await readFile(scene.path, 'utf8'))), ['kepler_a', 'warnings', 'infos'])
  })

  it('has what it said kept when the query goes on later', async () => {
    const names = ['kepler_a', 'kepler_b']
    const answering =
      (said: object, fails: boolean): QueryHandler =>
      (request, response, query) => {
        if (!request.url?.includes('/label/')) {
          if (fails && query.get('query') === 'kepler_b') return response.writeHead(400).end()
          return partial(said)(request, response, query)
        }
        response.setHeader('content-type', 'application/json')
        return response.end(JSON.stringify({ status: 'success', data: names }))
      }
    scene.handler = answering({ warnings: [warning] }, true)
    await assert.rejects(queryToFile(forgiving(), queryRequest, scene.path), { code: 'INVALID_REQUEST' })
    scene.handler = answering({}, false)
    assert.equal((await queryToFile(forgiving(), queryRequest, scene.path)).resumed, 1)
    assert.deepEqual((await readResponseFile(scene.path)).notices.warnings, [warning])
  })

  it('may remark something without being refused', async () => {
    scene.handler = partial({ infos: ['a remark'] })
    await queryToFile(scene.client, queryRequest, scene.path)
    assert.deepEqual((await readResponseFile(scene.path)).notices, { warnings: [], infos: ['a remark'] })
  })
})
