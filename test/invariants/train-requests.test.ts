import assert from 'node:assert/strict'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type Logger, silentLogger } from '../../src/runtime/ports.js'
import { createOfflineTrainerApp } from '../../src/http/offline-trainer-app.js'
import { createRequestMetrics } from '../../src/metrics/request-metrics.js'
import { createJobQueue, type RunJob } from '../../src/jobs/job-queue.js'
import { openJobStore } from '../../src/jobs/job-store.js'
import { envelopeScanner } from '../../src/jobs/json-envelope.js'
import { mutateText, mutateValue, seeded } from '../support/mutate.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const limits = { maxBodyBytes: 65_536, requestTimeout: 10, idleTimeout: 10, maxConnections: 100 }
const largePaths = new Set(['large', 'outer.large'])

describe('any training request', () => {
  it('is split as JSON.parse reads it, however it arrives and is written', () => {
    const objects = fc.dictionary(fc.oneof(fc.constantFrom('large', 'outer', 'a'), fc.string()), fc.jsonValue())
    const document = fc.record({ outer: objects, large: fc.jsonValue(), rest: fc.jsonValue() })
    fc.assert(
      fc.property(document, fc.integer({ min: 1, max: 20 }), fc.constantFrom(0, 2), (request, size, space) => {
        const bytes = Buffer.from(JSON.stringify(request, null, space))
        const scanner = envelopeScanner({ largePaths })
        for (let i = 0; i < bytes.length; i += size) scanner.write(bytes.subarray(i, i + size))
        const { value, large } = scanner.end()
        const whole = JSON.parse(bytes.toString())
        const cut = (path: string) => {
          const range = large.get(path)
          return range && JSON.parse(bytes.subarray(range.start, range.end).toString())
        }
        assert.deepEqual(cut('large'), whole.large)
        assert.deepEqual(cut('outer.large'), whole.outer.large)
        const outer = 'large' in whole.outer ? { ...whole.outer, large: null } : whole.outer
        assert.deepEqual(value, { ...whole, outer, large: null })
      }),
      { numRuns: 1000 },
    )
  })

  it('is trained, or answered with a 4xx that says why and leaves nothing', async () => {
    const folder = temporaryFolder()
    const failures: object[] = []
    const logger: Logger = { ...silentLogger, error: (fields) => void failures.push(fields) }
    const run: RunJob = async ({ resultPath }) => {
      await writeFile(resultPath, 'PK')
      return []
    }
    const store = await openJobStore(folder, { maxFinished: 3, maxBytes: 1e6 }, silentLogger)
    const queue = createJobQueue({
      ...{ store, run, log: silentLogger, clock: Date.now },
      ...{ concurrency: 1, maxWaiting: 4, maxAttempts: 3 },
    })
    const metrics = createRequestMetrics('kepler_offline_trainer_')
    const app = createOfflineTrainerApp({ queue, store, metrics, logger, limits, token: undefined, version: '1' })
    const valid = {
      name: 'mine',
      energy_source: 'rapl-sysfs,acpi',
      trainer: {
        abs_trainers: ['SGDRegressorTrainer'],
        dyn_trainers: ['SGDRegressorTrainer'],
        idle_prom_response: { kepler_x: [] },
        isolator: 'ProfileBackgroundIsolator',
        isolator_args: { bg_hints: ['system'], abs_pipeline_name: 'ec2-0.7.11' },
      },
      prom_response: { kepler_x: [{ metric: { a: '"' }, values: [[1, '2']] }] },
      use_vm_metrics: false,
    }
    const random = seeded(20_261_126)
    const seen = new Map<number, number>()
    for (let i = 0; i < 2000; i++) {
      const payload =
        i % 2 === 0 ? mutateText(JSON.stringify(valid), random) : JSON.stringify(mutateValue(valid, random))
      const headers: Record<string, string> = i % 50 === 0 ? { 'content-encoding': 'gzip' } : {}
      const { statusCode, body } = await app.inject({ method: 'POST', url: '/train', headers, payload })
      seen.set(statusCode, (seen.get(statusCode) ?? 0) + 1)
      assert.ok(statusCode === 200 || (statusCode >= 400 && statusCode < 500), `${statusCode} ${body} for ${payload}`)
      if (statusCode === 200) continue
      const { error } = JSON.parse(body)
      assert.ok(error.message.length > 10 && error.message.length < 1000, body)
    }
    assert.ok((seen.get(200) ?? 0) > 100 && (seen.get(400) ?? 0) > 500, JSON.stringify([...seen]))
    assert.deepEqual(failures, [])
    assert.deepEqual(await readdir(join(folder, 'incoming')), [])
    assert.equal(queue.full, false)
    assert.ok(store.list().length <= 3)
    await queue.close()
    await app.close()
  })
})
