import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, it } from 'node:test'
import { scenarioNamed } from '../../src/simulate/scenario.js'
import { faultyPrometheus } from '../support/faulty-prometheus.js'
import { startProgram } from '../support/program.js'
import { simulatedPrometheus } from '../support/simulated-prometheus.js'
import { simulatedResponse } from '../support/simulated-response.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { until } from '../support/until.js'

it('kepler-model serve --online learns, serves and estimates in one process', async () => {
  const folder = temporaryFolder()
  const start = Math.floor(Date.now() / 1000) - 200
  const response = simulatedResponse({ scenario: scenarioNamed('mixed'), start, duration: 600, step: 1 })
  const prometheus = await faultyPrometheus(simulatedPrometheus(response))
  const program = startProgram(
    'kepler-model',
    [
      ...['serve', '--online', '--prometheus', prometheus.url, '--sampling-interval', '1', '--offline', '--demo'],
      ...['--host', '127.0.0.1', '--port', '0', '--http', '0', '--socket', join(folder, 'e.sock')],
      ...['--model-path', join(folder, 'models'), '--history-path', join(folder, 'history')],
    ],
    {
      PROM_QUERY_STEP: '1',
      PROM_QUERY_INTERVAL: '60',
      ONLINE_TRAINERS: 'SGDRegressorTrainer',
      MODEL_REFRESH_INTERVAL: '1',
    },
  )
  after(async () => {
    program.signal('SIGKILL')
    await program.ended
    await prometheus.close()
  })
  const [, estimator = ''] = await program.waitFor(/"estimator","url":"(http[^"]+)"/)
  const [, server = ''] = await program.waitFor(/"model-server","url":"(http[^"]+)"/)
  await program.waitFor(/"online-trainer","prometheus":"http:\/\/127\.0\.0\.1/)
  const metrics = async () => (await fetch(`${server}/metrics`)).text()
  // Before anything is learnt the demonstration answers.
  assert.match(await (await fetch(`${server}/readyz`)).text(), /"demo-/)

  const body = JSON.stringify({
    metrics: ['bpf_cpu_time_ms', 'bpf_page_cache_hit'],
    values: [[2000, 100]],
    output_type: 'AbsPower',
  })
  const estimate = async () =>
    JSON.parse(await (await fetch(`${estimator}/estimate`, { method: 'POST', body })).text()).provenance?.pipeline
  await until('its model answers', async () => (await estimate()) === 'std_v0.7.11', program)
  const text = await metrics()
  // What is served is shown with its weights, beside what the trainer of the same process says.
  assert.match(
    text,
    /^kepler_model_server_model_weight_watts\{pipeline="std_v0\.7\.11",.*feature="bpf_cpu_time_ms"\} \d/m,
  )
  assert.match(text, /^kepler_online_trainer_served_version [1-9]/m)
  assert.match(text, /^kepler_online_trainer_machines\{state="metered"\} 1$/m)

  program.signal('SIGTERM')
  assert.equal(await program.ended, 0, program.stderr().slice(-2000))
})
