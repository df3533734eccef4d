import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fakeModelSelector } from '../../test/support/model-selector.js'
import { silentLogger } from '../runtime/ports.js'
import { createMachinePowers } from '../universal/machine-powers.js'
import { createCurveSource } from '../universal/curve-source.js'
import { createModelServerApp } from './model-server-app.js'

const limits = { maxBodyBytes: 262_144, requestTimeout: 10, idleTimeout: 10, maxConnections: 100 }
const app = createModelServerApp({
  selector: fakeModelSelector(),
  logger: silentLogger,
  limits,
  version: '1.2.3',
  curves: {
    source: createCurveSource(createMachinePowers()),
    thisMachine: () => ({ machine: { processor: 'AMD EPYC 9654', chips: 1 } }),
  },
})
const get = (query: string) => app.inject({ url: `/curve${query}` })

describe('GET /curve', () => {
  it('answers for a described machine', async () => {
    const answer = await get('?processor=AMD%20EPYC%209654&chips=2&memory=384')
    assert.equal(answer.statusCode, 200)
    const { load, wall, machine, rests_on: rests, sources } = answer.json()
    assert.equal(load.length, 11)
    for (let u = 0; u < 11; u++) assert.ok(wall.low[u] < wall.watts[u] && wall.watts[u] < wall.high[u])
    assert.equal(machine.cores, 192)
    assert.match(rests[0].processor, /9654/)
    assert.match(sources[0].name, /SPECpower/)
  })

  it('answers for this machine without parameters', async () => {
    assert.equal((await get('')).json().machine.cores, 96)
  })

  it('goes through points and knows instances', async () => {
    const { wall } = (await get('?processor=AMD%20EPYC%209654&point=50%25%3D300W&point=idle=100')).json()
    assert.ok(Math.abs(wall.watts[5] - 300) < 15 && Math.abs(wall.watts[0] - 100) < 5)
    assert.equal((await get('?instance=m5.4xlarge')).json().host.from, 'instance table')
  })

  const wrong: readonly (readonly [string, string, RegExp])[] = [
    ['?chips=-1', 'chips', /expected a number from 1/],
    ['?chips=two', 'chips', /expected a number/],
    ['?cpu=x', 'cpu', /unknown query parameter "cpu", known are processor/],
    ['?instance=m5.huge', 'instance', /m5\.huge/],
    ['?point=much', 'point', /much/],
    ['?processor=a&processor=b', 'processor', /expected one value/],
  ]
  for (const [query, field, message] of wrong) {
    it(`refuses ${query}`, async () => {
      const answer = await get(query)
      assert.equal(answer.statusCode, 400)
      assert.equal(answer.json().error.field, field)
      assert.match(answer.json().error.message, message)
    })
  }

  it('is not there when it is turned off', async () => {
    const without = createModelServerApp({ selector: fakeModelSelector(), logger: silentLogger, limits, version: '1' })
    assert.equal((await without.inject({ url: '/curve' })).statusCode, 404)
  })
})
