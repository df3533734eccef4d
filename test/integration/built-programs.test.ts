import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { bufferSource } from '../../src/archive/zip/byte-source.js'
import { openZip } from '../../src/archive/zip/zip.js'
import { scenarioNamed } from '../../src/simulate/scenario.js'
import { faultyPrometheus } from '../support/faulty-prometheus.js'
import { observed, type RunningProgram, startBuilt } from '../support/program.js'
import { simulatedPrometheus } from '../support/simulated-prometheus.js'
import { simulatedResponse } from '../support/simulated-response.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const skip = existsSync('dist/bin') ? false : 'needs the built programs: npm run build'

/** Names of the models in a pipeline's zip. */
const modelsIn = (zip: Uint8Array) =>
  [...openZip(bufferSource(Buffer.from(zip))).entries.keys()].filter((name) => /Trainer_0\.zip$/.test(name))

/** Bundles find their threads and processes by name, beside themselves: nothing but running them shows that they do. */
describe('the programs as they are built', { skip }, () => {
  const folder = temporaryFolder()
  const programs: RunningProgram[] = []
  const start = (...args: Parameters<typeof startBuilt>) => {
    const program = startBuilt(...args)
    programs.push(program)
    return program
  }
  after(() => {
    for (const program of programs) program.signal('SIGKILL')
  })
  const succeed = async (args: readonly string[]) => {
    const program = start('kepler-model', args, { DATAPATH: folder })
    assert.equal(await program.ended, 0, program.stderr())
  }

  it('stop with npm start, which passes SIGTERM on', async () => {
    const environment = {
      ...{ PATH: process.env.PATH, HOME: folder, CONFIG_PATH: '/nonexistent', MODEL_PATH: join(folder, 'npm') },
      ...{
        OFFLINE: 'true',
        MODEL_SERVER_PORT: '0',
        ESTIMATOR_HTTP_PORT: '0',
        ESTIMATOR_SOCKETS: join(folder, 'npm.sock'),
      },
    }
    // The programs are built already; building them again is what prestart does.
    const child = spawn('npm', ['start', '--ignore-scripts'], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
    const program = observed('npm', child)
    programs.push(program)
    const [, url = ''] = await program.waitFor(/"model-server","url":"(http[^"]+)"/)
    program.signal('SIGTERM')
    await program.ended
    await assert.rejects(fetch(`${url}/healthz`))
  })

  it('ask the universal model in a process, for a power meter', async () => {
    // A folder in the place of /sys: a machine that has no meter of its own.
    const meter = start('power-meter', ['--port', '0', '--sysfs', temporaryFolder()], { MODEL_PATH: folder })
    const [, url = ''] = await meter.waitFor(/(http:\/\/\S+)\/metrics/)
    const text = await (await fetch(`${url}/metrics`)).text()
    assert.match(text, /^kepler_meter_model_info\{.*kind="universal".*\} 1$/m)
    meter.signal('SIGTERM')
    assert.equal(await meter.ended, 0, meter.stderr())
  })

  it('train on worker threads', async () => {
    await succeed(['simulate', '-o', 'mixed.json', '--duration', '240'])
    await succeed(['train', '-i', 'mixed', '-p', 'mine', '--fast', '--trainers', 'SGDRegressorTrainer'])
    assert.equal(modelsIn(readFileSync(join(folder, 'mine.zip'))).length, 20)
  })

  it('train in a process, for who asks over HTTP', async () => {
    const args = ['--host', '127.0.0.1', '--port', '0', '--jobs-path', join(folder, 'jobs'), '--model-path', folder]
    const program = start('offline-trainer', args)
    const [, url = ''] = await program.waitFor(/"offline-trainer","url":"(http[^"]+)"/)
    const trainers = ['SGDRegressorTrainer']
    const trainer = { abs_trainers: trainers, dyn_trainers: trainers, isolator: 'MinIdleIsolator' }
    const request = JSON.stringify({ name: 'theirs', energy_source: 'acpi', trainer }).slice(0, -1)
    const body = `${request},"prom_response":${readFileSync(join(folder, 'mixed.json'), 'utf8')}}`
    const answer = await fetch(`${url}/train`, { method: 'POST', body })
    assert.equal(answer.status, 200, program.stderr())
    assert.equal(modelsIn(new Uint8Array(await answer.arrayBuffer())).length, 10)
    program.signal('SIGTERM')
    assert.equal(await program.ended, 0)
  })

  it('train in rounds on a thread', async () => {
    const begin = Math.floor(Date.now() / 1000) - 300
    const response = simulatedResponse({ scenario: scenarioNamed('mixed'), start: begin, duration: 300, step: 1 })
    const prometheus = await faultyPrometheus(simulatedPrometheus(response))
    after(() => prometheus.close())
    const program = start('online-trainer', ['--once', '--prometheus', prometheus.url], {
      MODEL_PATH: join(folder, 'models'),
      ONLINE_HISTORY_PATH: join(folder, 'history'),
      ONLINE_TRAINERS: 'SGDRegressorTrainer',
    })
    assert.equal(await program.ended, 0, program.stderr())
    assert.match(program.stderr(), /^Published: /m)
    assert.equal(modelsIn(readFileSync(join(folder, 'models', 'std_v0.7.11.zip'))).length, 20)
  })
})
