import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { readHistory } from '../support/read-history.js'
import { scenarioNamed } from '../../src/simulate/scenario.js'
import { fakeClock, noFakeClock } from '../support/faketime.js'
import { type FaultyPrometheus, faultyPrometheus } from '../support/faulty-prometheus.js'
import { bpf, pipelineFiles, writeFiles } from '../support/pipeline-fixture.js'
import { type RunningProgram, startProgram } from '../support/program.js'
import { freePort } from '../support/prometheus.js'
import { simulatedPrometheus } from '../support/simulated-prometheus.js'
import { simulatedResponse } from '../support/simulated-response.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { testArchive } from '../support/test-model.js'
import { until } from '../support/until.js'

const day = 86_400

describe('a clock that is set', { skip: noFakeClock }, () => {
  const programs: RunningProgram[] = []
  let prometheus: FaultyPrometheus | undefined
  after(async () => {
    for (const program of programs) program.signal('SIGKILL')
    await Promise.all(programs.map(({ ended }) => ended))
    await prometheus?.close()
  })
  function start(...args: Parameters<typeof startProgram>): RunningProgram {
    const program = startProgram(...args)
    programs.push(program)
    return program
  }

  it('neither stops the online trainer nor loses what it measured', async () => {
    const folder = temporaryFolder()
    const historyPath = join(folder, 'history')
    const first = Math.floor(Date.now() / 1000) - 60
    const response = simulatedResponse({ scenario: scenarioNamed('mixed'), start: first, duration: 900, step: 1 })
    prometheus = await faultyPrometheus(simulatedPrometheus(response))
    const clock = fakeClock()
    const program = start('online-trainer', ['--host', '127.0.0.1', '--port', '0'], {
      ...clock.environment,
      PROM_SERVER: prometheus.url,
      PROM_QUERY_STEP: '1',
      PROM_QUERY_INTERVAL: '60',
      SAMPLING_INTERVAL: '1',
      MODEL_PATH: join(folder, 'models'),
      ONLINE_HISTORY_PATH: historyPath,
      ONLINE_TRAINERS: 'SGDRegressorTrainer',
    })
    const [, url = ''] = await program.waitFor(/"url":"(http[^"]+)"/)
    const rounds = async () => {
      const text = await (await fetch(`${url}/metrics`)).text()
      const counts = [...text.matchAll(/^kepler_online_trainer_rounds_total\{.*\} (\d+)$/gm)]
      return counts.reduce((sum, [, count]) => sum + Number(count), 0)
    }
    const measured = async () => {
      const files = readdirSync(historyPath).filter((file) => /^\d+-\d+\.json$/.test(file))
      const { response: kept } = await readHistory(files.sort().map((file) => join(historyPath, file)))
      return [...(kept.series.get('kepler_node_package_joules_total')?.[0]?.timestamps ?? [])]
    }
    const newest = async () => (await measured()).at(-1) ?? 0

    await until('something is measured', async () => (await newest()) > first, program)
    for (const offset of [-3600, 2 * day, 0, -2 * day]) {
      clock.set(offset)
      const before = await rounds()
      await until(`rounds go on ${offset} s away`, async () => (await rounds()) >= before + 2, program)
    }
    clock.set(0)
    const now = Date.now() / 1000
    await until('it measures up to now', async () => (await newest()) >= now, program)
    // A segment stands there twice for the moment in which it is replaced.
    program.signal('SIGTERM')
    assert.equal(await program.ended, 0)
    const times = await measured()
    assert.equal(times[0], first)
    assert.deepEqual(times, [...new Set(times)])
  })

  it('lets the estimator ask again as soon as without it', async () => {
    const folder = temporaryFolder()
    const models = join(folder, 'models')
    const name = 'LinearRegressionTrainer_0'
    const archive = await testArchive({ name, features: bpf })
    writeFiles(join(models, 'std-0.1'), {
      ...pipelineFiles([]),
      [`rapl-sysfs/AbsPower/BPFOnly/${name}.zip`]: archive,
    })
    const port = await freePort()
    const clock = fakeClock()
    const estimator = start('estimator', ['--socket', join(folder, 'estimator.sock'), '--http', '0'], {
      ...clock.environment,
      MODEL_SERVER_ENABLE: 'true',
      MODEL_SERVER_URL: `http://127.0.0.1:${port}`,
      MODEL_REFRESH_INTERVAL: '1',
      MODEL_PATH: join(folder, 'estimator'),
      // Nothing else may answer in the model server's place.
      NODE_COMPONENTS_INIT_URL: 'http://127.0.0.1:1/none.zip',
      UNIVERSAL: 'false',
    })
    const [, url = ''] = await estimator.waitFor(/(http:\/\/127\.0\.0\.1:\d+)/)
    const body = JSON.stringify({ metrics: bpf, values: [[1, 1]], output_type: 'AbsPower', source: 'rapl-sysfs' })
    const ask = async () => (await fetch(`${url}/estimate`, { method: 'POST', body })).status
    assert.notEqual(await ask(), 200)
    clock.set(-day)
    const server = start('model-server', [
      '--host',
      '127.0.0.1',
      '--port',
      String(port),
      '--offline',
      '--model-path',
      models,
    ])
    await server.waitFor(/"model-server","url":"http/)
    await until('it has the model', async () => (await ask()) === 200, estimator)
  })
})
