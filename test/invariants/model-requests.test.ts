import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Logger, silentLogger } from '../../src/runtime/ports.js'
import { createModelServerApp } from '../../src/http/model-server-app.js'
import { fakeModelSelector } from '../support/model-selector.js'
import { mutateText, mutateValue, seeded } from '../support/mutate.js'

const limits = { maxBodyBytes: 65_536, requestTimeout: 10, idleTimeout: 10, maxConnections: 100 }
const valid = {
  metrics: ['bpf_cpu_time_ms', 'bpf_page_cache_hit', 'cpu_cycles'],
  output_type: 'AbsPower',
  source: 'rapl-sysfs',
  node_type: 0,
  weight: true,
  trainer_name: 'SGDRegressorTrainer',
  filter: 'mae:10; features:bpf_cpu_time_ms,cpu_cycles',
  pipeline_name: '',
  machine_spec: { vendor: '', processor: 'intel_xeon', cores: 32, chips: 2, memory: '128', frequency: 2300 },
  loose_node_type: true,
}

describe('any request', () => {
  it('is answered with a model or a 4xx that says why, and changes no later answer', async () => {
    const failures: object[] = []
    const logger: Logger = { ...silentLogger, error: (fields) => void failures.push(fields) }
    const app = createModelServerApp({ selector: fakeModelSelector(), logger, limits, version: '1' })
    const send = (payload: Buffer | string, headers: Record<string, string> = {}) =>
      app.inject({ method: 'POST', url: '/model', headers, payload })
    const before = await send(JSON.stringify(valid))
    assert.equal(before.statusCode, 200)

    const random = seeded(20_261_123)
    const seen = new Map<number, number>()
    for (let i = 0; i < 4000; i++) {
      const payload =
        i % 2 === 0 ? mutateText(JSON.stringify(valid), random) : JSON.stringify(mutateValue(valid, random))
      const { statusCode, body } = await send(payload, i % 3 === 0 ? {} : { 'content-type': 'application/json' })
      seen.set(statusCode, (seen.get(statusCode) ?? 0) + 1)
      assert.ok(statusCode === 200 || (statusCode >= 400 && statusCode < 500), `${statusCode} for ${payload}`)
      if (statusCode !== 200) {
        const { error } = JSON.parse(body)
        assert.ok(error.message.length > 10 && error.message.length < 1000, body)
        if (error.field !== undefined) assert.ok(error.message.includes(error.field), body)
      }
    }
    assert.deepEqual(failures, [])
    // Both kinds must be there, or the mutations test nothing.
    assert.ok((seen.get(200) ?? 0) > 200 && (seen.get(400) ?? 0) > 1000, JSON.stringify([...seen]))
    assert.deepEqual((await send(JSON.stringify(valid))).body, before.body)
  })

  it('with any query is answered with models or a 4xx that names the parameter', async () => {
    const app = createModelServerApp({ selector: fakeModelSelector(), logger: silentLogger, limits, version: '1' })
    const query = 'energy-source=rapl-sysfs&output-type=AbsPower&feature-group=BPFOnly&node-type=1&filter=mae:10'
    const random = seeded(7)
    for (let i = 0; i < 1000; i++) {
      const mutated = mutateText(query, random)
      const url = `/best-models?${mutated.toString('latin1').replace(/[^\x21-\x7e]/g, (character) => encodeURIComponent(character))}`
      const { statusCode, body } = await app.inject(url)
      assert.ok(statusCode === 200 || statusCode === 400, `${statusCode} for ${url}`)
      if (statusCode === 400) assert.ok(JSON.parse(body).error.message.length > 10, body)
    }
  })
})
