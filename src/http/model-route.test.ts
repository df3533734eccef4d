import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fakeModelSelector } from '../../test/support/model-selector.js'
import { silentLogger } from '../runtime/ports.js'
import type { ModelMatch } from '../selection/model-match.js'
import { parseModelRequest } from '../selection/model-request.js'
import type { ModelSelector } from '../selection/model-selector.js'
import { createModelServerApp } from './model-server-app.js'

const limits = { maxBodyBytes: 262_144, requestTimeout: 10, idleTimeout: 10, maxConnections: 100 }
const request = { metrics: ['bpf_cpu_time_ms', 'bpf_page_cache_hit'], output_type: 'AbsPower' }
/** What Kepler 0.9 sends: zero values for what it does not know. */
const keplerRequest = {
  ...request,
  source: 'intel_rapl',
  node_type: 0,
  weight: true,
  trainer_name: 'SGDRegressorTrainer',
  filter: '',
  machine_spec: { vendor: '', processor: '', cores: 0, chips: 0, memory: 0, frequency: 0, threads_per_core: 0 },
}

function serve(selector: ModelSelector = fakeModelSelector()) {
  return createModelServerApp({ selector, logger: silentLogger, limits, version: '1.2.3' })
}

function post(body: unknown, headers: Record<string, string> = { 'content-type': 'application/json' }, app = serve()) {
  const payload = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body)
  return app.inject({ method: 'POST', url: '/model', headers, payload })
}

describe('POST /model', () => {
  it('answers an archive as an attachment', async () => {
    const answer = await post(request)
    assert.equal(answer.statusCode, 200)
    assert.equal(answer.headers['content-type'], 'application/zip')
    assert.equal(answer.headers['content-disposition'], 'attachment; filename="SGDRegressorTrainer_0.zip"')
    assert.equal(answer.headers['x-kepler-model'], 'test-0.1/rapl-sysfs/AbsPower/BPFOnly/SGDRegressorTrainer_0')
    assert.equal(answer.body, 'PK')
  })

  it('answers weights as JSON to what Kepler 0.9 sends', async () => {
    const answer = await post(keplerRequest, { 'content-type': 'application/json; charset=UTF-8' })
    assert.equal(answer.statusCode, 200)
    assert.equal(answer.headers['content-type'], 'application/json; charset=utf-8')
    assert.equal(answer.json().package.All_Weights.Bias_Weight, 40)
  })

  it('takes JSON under any content type, or none', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
      assert.equal((await post(request, { 'content-type': type })).statusCode, 200, type)
    }
    assert.equal((await post(request, {})).statusCode, 200)
  })

  it('knows the original by its client, whose Python does not load everything', async () => {
    const asked: boolean[] = []
    const fake = fakeModelSelector()
    const app = serve({
      ...fake,
      findModel(wanted) {
        asked.push(wanted.forOriginal ?? false)
        return fake.findModel(wanted)
      },
    })
    for (const agent of ['python-requests/2.32.3', 'Go-http-client/1.1', 'curl/8.5.0']) {
      await post(request, { 'user-agent': agent }, app)
    }
    assert.deepEqual(asked, [true, false, false])
  })

  it('takes a byte order mark', async () => {
    assert.equal((await post(`\uFEFF${JSON.stringify(request)}`)).statusCode, 200)
  })

  it('ignores unknown keys, __proto__ among them', async () => {
    const answer = await post(`{"__proto__": {"weight": true}, "constructor": 1, ${JSON.stringify(request).slice(1)}`)
    assert.equal(answer.statusCode, 200)
    assert.equal(answer.headers['content-type'], 'application/zip')
    assert.equal(Object.hasOwn(Object.prototype, 'weight'), false)
  })

  it('answers 400 with the reason when no model fits', async () => {
    const answer = await post({ ...request, source: 'acpi' })
    assert.equal(answer.statusCode, 400)
    assert.deepEqual(answer.json(), {
      error: { code: 'NO_MODEL', message: 'no pipeline has models for source acpi' },
    })
  })

  it('says that a model is of another node type than the wanted one', async () => {
    const answered = async (match: ModelMatch) => {
      const found = fakeModelSelector().findModel(parseModelRequest(request))
      const selector = fakeModelSelector({
        findModel: () => ({ ...found, selection: { ...found.selection, match } }),
      })
      return (await post(request, {}, serve(selector))).headers['x-kepler-match']
    }
    assert.equal(await answered({ how: 'fallback', nodeType: 258, wanted: 999 }), 'fallback;node-type=258;wanted=999')
    const exact = { how: 'exact', nodeType: 1, uncertainty: 0, looseness: 0 } as const
    assert.equal(await answered(exact), 'exact;node-type=1;uncertainty=0;looseness=0')
  })

  it('refuses query parameters, which it would not use, and names them', async () => {
    const answer = await serve().inject({ method: 'POST', url: '/model?node_type=3', payload: JSON.stringify(request) })
    assert.equal(answer.statusCode, 400)
    assert.equal(answer.json().error.field, 'node_type')
    assert.match(answer.json().error.message, /unknown query parameter "node_type", this route takes none/)
  })

  it('names the field of a malformed request', async () => {
    for (const [field, value] of [
      ['metrics', 'bpf_cpu_time_ms'],
      ['output_type', 'Watts'],
      ['source', 7],
      ['node_type', 1.5],
      ['weight', 'perhaps'],
      ['filter', 'mae'],
      ['machine_spec', 'big'],
    ] as const) {
      const answer = await post({ ...request, [field]: value })
      assert.equal(answer.statusCode, 400, field)
      assert.equal(answer.json().error.field, field)
      assert.ok(answer.json().error.message.includes(field))
    }
  })

  it('refuses what is not a JSON object in UTF-8', async () => {
    for (const body of [
      '',
      'null',
      '[]',
      '"text"',
      '{"metrics": NaN}',
      '{',
      'PK\u0003\u0004',
      Buffer.from([0xff, 0xfe]),
    ]) {
      const answer = await post(body)
      assert.equal(answer.statusCode, 400, String(body))
      assert.equal(answer.json().error.code, 'INVALID_REQUEST')
    }
  })

  it('refuses JSON that is nested 100,000 deep, and brackets in strings do not count', async () => {
    const answer = await post('['.repeat(100_000) + ']'.repeat(100_000))
    assert.equal(answer.statusCode, 400)
    assert.match(answer.json().error.message, /nested deeper than 64/)
    assert.equal((await post({ ...request, note: `${'['.repeat(1000)}\\"` })).statusCode, 200)
  })

  it('refuses a body over the limit with 413', async () => {
    const answer = await post(`{"metrics": ["${'x'.repeat(270_000)}"]}`)
    assert.equal(answer.statusCode, 413)
    assert.equal(answer.json().error.code, 'LIMIT_EXCEEDED')
    assert.match(answer.json().error.message, /larger than 262144 bytes/)
  })

  it('hides the details of its own failures, and logs them', async () => {
    const logged: object[] = []
    const selector = fakeModelSelector({
      findModel() {
        throw new TypeError('secret detail')
      },
    })
    const logger = { ...silentLogger, error: (fields: object) => void logged.push(fields) }
    const answer = await post(request, {}, createModelServerApp({ selector, logger, limits, version: '1' }))
    assert.equal(answer.statusCode, 500)
    assert.ok(!answer.body.includes('secret'))
    assert.equal(logged.length, 1)
  })
})
