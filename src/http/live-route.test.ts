import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fastify from 'fastify'
import type { LiveJson } from '../api/live-answers.js'
import { ModelError } from '../core/errors.js'
import { addLiveRoute } from './live-route.js'

function get(latest: () => Promise<LiveJson>) {
  const app = fastify()
  addLiveRoute(app, { latest })
  return app.inject('/api/v1/live')
}

describe('GET /api/v1/live', () => {
  it('answers what the meter reads, for now only', async () => {
    const reading = { zones: [] } as unknown as LiveJson
    const answer = await get(async () => reading)
    assert.deepEqual(answer.json(), { reading, reason: null })
    assert.equal(answer.headers['cache-control'], 'no-store')
  })

  it('says why there is no reading where no meter answers', async () => {
    const answer = await get(() => Promise.reject(new ModelError('UNAVAILABLE', 'no meter')))
    assert.equal(answer.statusCode, 200)
    assert.deepEqual(answer.json(), { reading: null, reason: 'no meter' })
  })

  it('fails as anything else fails', async () => {
    for (const error of [new ModelError('INVALID_DATA', 'no'), new Error('no'), { code: 'UNAVAILABLE', message: '' }]) {
      assert.equal((await get(() => Promise.reject(error))).statusCode, 500)
    }
  })
})
