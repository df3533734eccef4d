import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { pipelineFiles, writeFiles } from '../support/pipeline-fixture.js'
import { type RunningProgram, startProgram } from '../support/program.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const request = JSON.stringify({
  metrics: ['bpf_cpu_time_ms', 'bpf_page_cache_hit'],
  output_type: 'AbsPower',
  weight: true,
})
const folder = temporaryFolder()
writeFiles(join(folder, 'small-0.1'), pipelineFiles([{ name: 'SGDRegressorTrainer_0', weights: true }]))

const serve = (...args: string[]) =>
  startProgram('model-server', ['--host', '127.0.0.1', '--port', '0', '--offline', '--model-path', folder, ...args])
const urlOf = async (program: RunningProgram) => (await program.waitFor(/"model-server","url":"(http[^"]+)"/))[1]!

describe('model-server', () => {
  it('says what it serves, serves it, and ends with 0 on SIGTERM', async () => {
    const program = serve()
    const url = await urlOf(program)
    assert.match(
      program.stdout(),
      /^\{"program":"model-server","url":"\S+","version":"\S+","pipelines":\["small-0\.1",.*\],"downloading":\[\]\}\n$/,
    )
    const answer = await fetch(`${url}/model`, { method: 'POST', body: request })
    assert.match(await answer.text(), /"Bias_Weight":1,[\s\S]*"model_name":"SGDRegressorTrainer_0"/)
    assert.equal((await fetch(`${url}/readyz`)).status, 200)
    program.signal('SIGTERM')
    assert.equal(await program.ended, 0)
  })

  it('ends with 0 on Ctrl-C too, also with a connection open', async () => {
    const program = serve()
    await fetch(`${await urlOf(program)}/healthz`)
    program.signal('SIGINT')
    assert.equal(await program.ended, 0)
  })

  it('logs JSON lines to stderr, and no request bodies', async () => {
    const program = serve('--log-level', 'debug')
    const url = await urlOf(program)
    await fetch(`${url}/model`, { method: 'POST', body: '{"metrics": "hunter2"}' })
    await fetch(`${url}/model`, { method: 'POST', body: request })
    program.signal('SIGTERM')
    await program.ended
    const lines = program
      .stderr()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    assert.ok(lines.some(({ msg, field }) => msg === 'request refused' && field === 'metrics'))
    assert.ok(lines.some(({ msg, status }) => msg === 'request' && status === 200))
    assert.ok(lines.every(({ level, time }) => typeof level === 'string' && !Number.isNaN(Date.parse(time))))
    assert.ok(!program.stderr().includes('All_Weights'))
  })

  it('does not download what the online trainer publishes in its folder', async () => {
    const models = temporaryFolder()
    writeFiles(join(models, 'mine'), pipelineFiles([{ name: 'SGDRegressorTrainer_0', weights: true }]))
    mkdirSync(join(models, '.versions', 'mine'), { recursive: true })
    const args = ['--host', '127.0.0.1', '--port', '0', '--model-path', models, '--log-level', 'info']
    const program = startProgram('model-server', [...args, '--pipeline-url', 'http://127.0.0.1:9/mine.zip'], {
      ONLINE_PIPELINE: 'mine',
    })
    await urlOf(program)
    program.signal('SIGTERM')
    assert.equal(await program.ended, 0)
    assert.match(program.stderr(), /not downloaded: the online trainer publishes this pipeline here/)
    assert.doesNotMatch(program.stderr(), /cannot be downloaded|download failed/)
  })

  it('starts while a download fails', async () => {
    const empty = temporaryFolder()
    const program = startProgram('model-server', ['--host', '127.0.0.1', '--port', '0', '--model-path', empty], {
      INITIAL_PIPELINE_URL: 'http://127.0.0.1:9/nothing-0.1.zip',
    })
    const url = await urlOf(program)
    assert.equal((await fetch(`${url}/healthz`)).status, 200)
    program.signal('SIGTERM')
    assert.equal(await program.ended, 0)
  })

  it('says which address is taken, and ends with 69', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => other.once('listening', resolve))
    const address = other.address()
    assert.ok(address !== null && typeof address === 'object')
    const program = serve('--port', String(address.port))
    assert.equal(await program.ended, 69)
    assert.match(
      program.stderr(),
      /^error: model server cannot listen on 127\.0\.0\.1:\d+: another program listens there/m,
    )
    assert.equal(program.stdout(), '')
    other.close()
  })

  it('names a setting that is wrong, and ends with 2', async () => {
    const program = startProgram('model-server', ['--port', 'many'])
    assert.equal(await program.ended, 2)
    assert.match(program.stderr(), /^error: MODEL_SERVER_PORT="many" from the command line: expected a port/)
  })
})
