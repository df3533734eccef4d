import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { recordedLog } from '../../test/support/recorded-log.js'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { writeFiles, zipOf } from '../../test/support/pipeline-fixture.js'
import { testArchive } from '../../test/support/test-model.js'
import { loadConfig } from '../config/config.js'
import { startEstimator } from './start-estimator.js'

const nobody = 'http://127.0.0.1:1'

async function scene(environment: Record<string, string> = {}, prepare = async (_folder: string) => {}) {
  const folder = temporaryFolder()
  await prepare(folder)
  const config = loadConfig({
    environment: {
      ...{ CONFIG_PATH: '/nonexistent', MNT_PATH: folder, MODEL_TOPURL: nobody, MODEL_SERVER_URL: nobody },
      ...{ ESTIMATOR_SOCKETS: join(folder, 'e.sock'), ESTIMATOR_HTTP_HOST: '127.0.0.1', ESTIMATOR_HTTP_PORT: '0' },
      ...environment,
    },
  })
  const logger = recordedLog()
  const estimator = await startEstimator(config, { logger, version: '9.9.9' })
  after(() => estimator.stop())
  const estimate = async (rows = 1) => {
    const values = Array.from({ length: rows }, () => [100])
    const body = JSON.stringify({ metrics: ['bpf_cpu_time_ms'], values, output_type: 'AbsPower', source: 'rapl-sysfs' })
    const answer = await fetch(`${estimator.url}/estimate`, { method: 'POST', body })
    return { status: answer.status, answer: JSON.parse(await answer.text()) }
  }
  return { estimator, logger, estimate }
}

/** A pipeline with one model: 10 W, and 2 W more for each millisecond a second. */
async function ownPipeline(folder: string): Promise<void> {
  const name = 'SGDRegressorTrainer_0'
  const model = await testArchive({ name, idle: 10, slope: 2, components: ['package'] })
  writeFiles(join(folder, 'models'), {
    'mine.zip': zipOf({
      'metadata.json': '{"name":"mine"}',
      [`rapl-sysfs/AbsPower/BPFOnly/${name}.zip`]: model,
    }),
  })
}

describe('an estimator on HTTP', () => {
  it('offline takes the pipelines on its disk', async () => {
    const { estimate, estimator } = await scene({ OFFLINE: 'true', UNIVERSAL: 'false' }, ownPipeline)
    const { status, answer } = await estimate()
    assert.deepEqual([status, answer.powers], [200, { package: [210] }])
    assert.deepEqual([answer.provenance.pipeline, answer.provenance.loaded_from], ['mine', 'this process'])
    assert.deepEqual(estimator.name, 'estimator')
  })

  it('has the universal model where no other can be had, as its sources say', async () => {
    const { estimate } = await scene()
    const { status, answer } = await estimate(3)
    assert.equal(status, 200)
    assert.equal(answer.powers.package.length, 3)
    assert.equal(answer.provenance.loaded_from, 'universal model')
    assert.ok(answer.provenance.universal)
  })

  it('looks for no pipelines on its disk while it is online', async () => {
    const { estimate } = await scene({ UNIVERSAL: 'false' }, ownPipeline)
    const { status, answer } = await estimate()
    assert.equal(status, 400)
    assert.deepEqual([answer.powers, answer.error.code], [[], 'NO_MODEL'])
  })

  it('says when it tries again, by the settings', async () => {
    const { estimate, estimator } = await scene(
      { OFFLINE: 'true', UNIVERSAL: 'false', MODEL_REFRESH_INTERVAL: '120' },
      ownPipeline,
    )
    const before = Date.now()
    await estimate()
    const { models } = JSON.parse(await (await fetch(`${estimator.url}/info`)).text())
    // The pipelines come after the default models, which there are none of: half a minute until these are tried again.
    const wait = Date.parse(models[0].next_try) - before
    assert.ok(wait > 25_000 && wait < 60_000, `${wait} ms`)
  })

  it('takes down what it started when a socket cannot be made', async () => {
    const file = join(temporaryFolder(), 'file')
    writeFileSync(file, '')
    await assert.rejects(scene({ ESTIMATOR_SOCKETS: join(file, 'e.sock') }), { code: 'UNAVAILABLE' })
  })
})
