import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { ModelError } from '../core/errors.js'

import { doneJob, offlineTrainerScene, validRequest } from '../../test/support/offline-trainer-scene.js'

describe('createOfflineTrainerApp', () => {
  const scene = offlineTrainerScene()

  it('answers the zip, and keeps the job', async () => {
    await scene.start(doneJob)
    const answer = await scene.train(validRequest)
    assert.equal(answer.statusCode, 200, answer.body)
    assert.equal(answer.headers['content-type'], 'application/zip')
    assert.equal(answer.headers['content-disposition'], 'attachment; filename="mine.zip"')
    assert.equal(answer.body, 'PK the zip')
    const id = String(answer.headers['x-kepler-job'])
    const job = (await scene.app.inject(`/jobs/${id}`)).json()
    assert.equal(job.state, 'done')
    assert.deepEqual(job.log, ['reading'])
    assert.deepEqual(job.scores, [{ model: 'acpi/AbsPower/BPFOnly/SGDRegressorTrainer_0', mae: 1, mape: 2 }])
    assert.equal(job.request.trainer.isolator, 'min')
    assert.equal(existsSync(scene.store.requestPath(id)), false, 'the request has served its time')
    await scene.expectNothingLeft()
  })

  it('takes the key as the seed spells it, gzip, any content type, and null for what is not there', async () => {
    await scene.start(doneJob)
    const { prom_response: prome_response, ...rest } = validRequest
    const trainer = { ...rest.trainer, idle_prom_response: null }
    for (const [payload, headers] of [
      [{ ...rest, prome_response }, {}],
      [{ ...rest, trainer, prom_response: null, prome_response }, {}],
      [gzipSync(JSON.stringify(validRequest)), { 'content-encoding': 'gzip' }],
      [validRequest, { 'content-type': 'text/plain' }],
    ] as const) {
      const answer = await scene.train(payload, '', headers)
      assert.equal(answer.statusCode, 200, answer.body)
    }
  })

  const refusals: readonly [what: string, body: unknown, field: string | undefined, message: RegExp][] = [
    ['no body', '', undefined, /no body|stops short/],
    ['something else than JSON', 'name=mine', undefined, /not (valid JSON|a JSON object)|stops short/],
    ['half a request', JSON.stringify(validRequest).slice(0, -5), undefined, /stops short/],
    ['a path for a name', { ...validRequest, name: '../../etc/passwd' }, 'name', /"\.\.\/\.\.\/etc\/passwd"/],
    ['no name', { ...validRequest, name: undefined }, 'name', /name is missing/],
    ['what can be no source', { ...validRequest, energy_source: '/nuclear' }, 'energy_source', /nuclear/],
    [
      'an unknown trainer',
      { ...validRequest, trainer: { abs_trainers: ['Oracle'] } },
      'trainer.abs_trainers',
      /Oracle/,
    ],
    ['an unknown isolator', { ...validRequest, trainer: { isolator: 'eval' } }, 'trainer.isolator', /eval/],
    ['no response', { ...validRequest, prom_response: undefined }, 'prom_response', /prom_response is missing/],
    [
      'the profile isolator without an idle response',
      { ...validRequest, trainer: { isolator: 'ProfileBackgroundIsolator' } },
      'trainer.idle_prom_response',
      /needs trainer.idle_prom_response/,
    ],
    [
      'a path for a pipeline of background models',
      { ...validRequest, trainer: { isolator: 'TrainIsolator', isolator_args: { abs_pipeline_name: '/etc' } } },
      'trainer.isolator_args.abs_pipeline_name',
      /"\/etc"/,
    ],
  ]
  for (const [what, body, field, message] of refusals) {
    it(`refuses ${what}, and says which field is wrong`, async () => {
      await scene.start(doneJob)
      const answer = await scene.train(body)
      assert.equal(answer.statusCode, 400, answer.body)
      const { error } = answer.json()
      assert.equal(error.field, field)
      assert.match(error.message, message)
      assert.deepEqual(scene.store.list(), [])
      await scene.expectNothingLeft()
    })
  }

  it('refuses what is too large, packed or not, and what only pretends to be packed', async () => {
    await scene.start(doneJob)
    const large = { ...validRequest, prom_response: { a: 'x'.repeat(200_000) } }
    const plain = await scene.train(large)
    assert.equal(plain.statusCode, 413, plain.body)
    assert.match(plain.json().error.message, /larger than 100000 bytes/)
    const packed = await scene.train(gzipSync(JSON.stringify(large)), '', { 'content-encoding': 'gzip' })
    assert.equal(packed.statusCode, 413, packed.body)
    const fake = await scene.train(validRequest, '', { 'content-encoding': 'gzip' })
    assert.equal(fake.statusCode, 400)
    assert.match(fake.json().error.message, /not gzip/)
    const odd = await scene.train(validRequest, '', { 'content-encoding': 'br' })
    assert.equal(odd.json().error.field, 'content-encoding')
    await scene.expectNothingLeft()
  })

  it('passes on why a job failed', async () => {
    await scene.start(async () => {
      throw new ModelError('INVALID_DATA', 'nothing can be trained: no metric', { field: 'prom_response' })
    })
    const answer = await scene.train(validRequest)
    assert.equal(answer.statusCode, 400)
    assert.deepEqual(answer.json(), {
      error: { code: 'INVALID_DATA', field: 'prom_response', message: 'nothing can be trained: no metric' },
    })
  })

  it('gives a job at once, its events, its result, and lets it be removed', async () => {
    let go = () => {}
    const gate = new Promise<void>((resolve) => {
      go = resolve
    })
    await scene.start(async (run) => {
      await gate
      return doneJob(run)
    })
    const answer = await scene.train(validRequest, '?mode=async')
    assert.equal(answer.statusCode, 202, answer.body)
    const url = String(answer.headers.location)
    assert.equal(answer.json().links.self, url)
    const early = await scene.app.inject(`${url}/result`)
    assert.equal(early.statusCode, 409)
    const events = scene.app.inject(`${url}/events`)
    await setImmediate()
    go()
    const stream = (await events).body
    assert.match(stream, /^event: job\ndata: \{.*"state":"(queued|running)"/)
    assert.match(stream, /"state":"done".*\n\n$/)
    assert.equal((await scene.app.inject(`${url}/result`)).body, 'PK the zip')
    assert.equal((await scene.app.inject('/jobs')).json().jobs[0].state, 'done')
    assert.equal((await scene.app.inject({ method: 'DELETE', url })).statusCode, 204)
    assert.equal((await scene.app.inject(url)).statusCode, 404)
    assert.deepEqual(await readdir(join(scene.folder, 'jobs')), [])
  })
})
