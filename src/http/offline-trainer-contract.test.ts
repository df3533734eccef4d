import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { assertDescribed, checkedOpenApi } from '../../test/support/openapi.js'

import { doneJob, offlineTrainerScene, validRequest } from '../../test/support/offline-trainer-scene.js'

describe('the contract of the offline trainer', () => {
  const scene = offlineTrainerScene()

  it('asks for the token where there is one, but not of probes', async () => {
    await scene.start(doneJob, 'secret')
    for (const [method, url] of [
      ['POST', '/train'],
      ['GET', '/jobs'],
      ['GET', '/jobs/x'],
      ['DELETE', '/jobs/x'],
    ] as const) {
      for (const authorization of ['', 'Bearer wrong', 'Basic c2VjcmV0', 'Bearer secret2']) {
        const answer = await scene.app.inject({ method, url, headers: authorization === '' ? {} : { authorization } })
        assert.equal(answer.statusCode, 401)
        assert.match(String(answer.headers['www-authenticate']), /^Bearer/)
      }
    }
    const answer = await scene.train(validRequest, '', { authorization: 'Bearer secret' })
    assert.equal(answer.statusCode, 200)
    for (const url of ['/metrics', '/healthz', '/readyz', '/', '/openapi.json']) {
      assert.equal((await scene.app.inject(url)).statusCode, 200, url)
    }
  })

  it('says what it does not know', async () => {
    await scene.start(doneJob)
    assert.equal((await scene.train(validRequest, '?mode=later')).json().error.field, 'mode')
    const nobody = await scene.app.inject('/jobs/..%2F..%2Fetc')
    assert.equal(nobody.statusCode, 404)
    assert.match(nobody.json().error.message, /no job "\.\.\/\.\.\/etc"/)
  })

  it('describes every route in its contract', async () => {
    await scene.start(doneJob)
    const document = await checkedOpenApi(scene.app)
    const body = document.paths['/train']?.post?.requestBody?.content['application/json']
    assert.deepEqual(body?.schema.required, ['name', 'energy_source', 'trainer', 'prom_response'])
    const job = (await scene.train(validRequest, '?mode=async')).json()
    assertDescribed(document, 'GET /jobs/{id}', (await scene.app.inject(`/jobs/${job.id}`)).json())
  })

  it('describes the token where it wants one, for what wants it', async () => {
    await scene.start(doneJob)
    assert.equal((await checkedOpenApi(scene.app)).components.securitySchemes, undefined)
    await scene.stop()
    await scene.start(doneJob, 'secret')
    const { paths, components } = await checkedOpenApi(scene.app)
    assert.deepEqual(components.securitySchemes, { token: { type: 'http', scheme: 'bearer' } })
    const secured = Object.entries(paths).flatMap(([path, item = {}]) =>
      Object.values(item).some((operation) => operation?.security !== undefined) ? [path] : [],
    )
    assert.deepEqual(secured, ['/train', '/jobs', '/jobs/{id}', '/jobs/{id}/events', '/jobs/{id}/result'])
  })
})
