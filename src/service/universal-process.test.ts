import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it, type TestContext } from 'node:test'
import { fakeSystem } from '../../test/support/fake-proc.js'
import { plainPowerSource } from '../../test/support/plain-power-source.js'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { loadConfig } from '../config/config.js'
import { ModelError } from '../core/errors.js'
import type { PowerSource } from '../meter/power-source.js'
import { chosenSource, meterPowerSource, modelsOf, universalPowerSource } from './meter-source.js'

/** A guest whose firmware says that it is one of Google's. */
function scene(environment: Record<string, string> = {}) {
  const system = fakeSystem(temporaryFolder())
  const lines = 'model name\t: Intel(R) Xeon(R) CPU @ 2.80GHz\nflags\t: fpu hypervisor\n'
  system.file('proc/cpuinfo', [0, 1, 2, 3].map((id) => `processor\t: ${id}\n${lines}`).join('\n'))
  system.file('sys/class/dmi/id/product_name', 'Google Compute Engine\n')
  return loadConfig({
    environment: {
      ...{ CONFIG_PATH: '/nonexistent', METER_PROCFS: system.proc, METER_SYSFS: system.sys, MODEL_PATH: system.sys },
      ...environment,
    },
  })
}

describe('the process of the universal model', () => {
  const before = process.env.NODE_OPTIONS
  const script = join(temporaryFolder(), 'first.cjs')
  beforeEach(() => {
    process.env.NODE_OPTIONS = `--require ${script}`
  })
  afterEach(() => {
    if (before === undefined) delete process.env.NODE_OPTIONS
    else process.env.NODE_OPTIONS = before
  })

  it('is told of by its code or signal, and what it wrote last, when it ends without an answer', async () => {
    for (const [text, message] of [
      ['process.exit(3)', 'the universal model ended with 3'],
      ['process.stderr.write(" no memory \\n", () => process.exit(4))', 'the universal model ended with 4: no memory'],
      ['process.kill(process.pid, "SIGKILL")', 'the universal model ended with SIGKILL'],
    ] as const) {
      // Loaders of Node run in threads, which have this file before them too.
      writeFileSync(script, `if (require('node:worker_threads').isMainThread) { ${text} }`)
      await assert.rejects(universalPowerSource(scene()), { code: 'UNAVAILABLE', message })
    }
  })
})

describe('the type of this instance', () => {
  const share = async (environment: Record<string, string>) => {
    const { provenance } = await meterPowerSource(scene(environment))
    return { origin: provenance.share.origin, first: provenance.assumptions[0] ?? '' }
  }
  const answering = (t: TestContext, answer: () => Promise<Response>) => t.mock.method(globalThis, 'fetch', answer).mock

  it('is asked of the cloud where the user lets it, and not where the user says it', async (t) => {
    const asked = answering(t, async () => new Response('projects/1/machineTypes/n2-standard-4'))
    assert.match((await share({ METER_INSTANCE: 'm5.xlarge', METER_CLOUD_METADATA: 'true' })).origin, /^instance m5/)
    assert.equal(asked.callCount(), 0)
    assert.match((await share({ METER_CLOUD_METADATA: 'true' })).origin, /^instance n2-standard-4, 4 of/)
    assert.equal(asked.callCount(), 1)
  })

  it('is assumed, and that is said first, where the cloud does not answer', async (t) => {
    answering(t, () => Promise.reject(new Error('no route')))
    const { origin, first } = await share({ METER_CLOUD_METADATA: 'true' })
    assert.match(origin, /^assumed from the processor/)
    assert.match(first, /^Google's metadata service cannot be asked: no route/)
  })
})

describe('chosenSource', () => {
  const models = (load: () => Promise<PowerSource>) => ({ name: 'a place', load, close: async () => undefined })
  const failing = (error: Error) => models(() => Promise.reject(error))

  it('is the trained model that there is', async () => {
    const source = plainPowerSource()
    assert.equal(
      await chosenSource(
        scene(),
        models(async () => source),
      ),
      source,
    )
  })

  it('is the universal one where there is none, which says why before what it assumes', async () => {
    const { provenance, zones } = await chosenSource(scene(), failing(new Error('there is none')))
    const [why, ...others] = provenance.assumptions
    assert.equal(why, 'no trained model is in use: there is none')
    assert.ok(others.length > 0)
    assert.equal(provenance.kind, 'universal')
    assert.deepEqual(zones.slice(0, 2), ['psys', 'package'])
  })

  it('is none where a setting cannot be used', async () => {
    const error = new ModelError('INVALID_CONFIG', 'CA_FILE cannot be read')
    await assert.rejects(chosenSource(scene(), failing(error)), error)
  })
})

describe('modelsOf', () => {
  it('are where a setting says, and none where none does', async () => {
    assert.equal(await modelsOf(scene()), undefined)
    const [server, pipeline] = ['http://127.0.0.1:1', '/models/mine.zip']
    const named = async (environment: Record<string, string>) => {
      const found = await modelsOf(scene(environment))
      await found?.close()
      return found?.name
    }
    assert.equal(await named({ METER_MODEL_SERVER: server }), server)
    assert.equal(await named({ METER_PIPELINE: pipeline, METER_MODEL_SERVER: server }), pipeline)
  })
})
