import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { bpf, pipelineFiles, writeFiles } from '../support/pipeline-fixture.js'
import { type RunningProgram, startProgram } from '../support/program.js'
import { freePort } from '../support/prometheus.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { testArchive } from '../support/test-model.js'

const request = JSON.stringify({ metrics: bpf, values: [[1, 1]], output_type: 'AbsPower', source: 'rapl-sysfs' })

describe('estimator beside a model server that goes away', () => {
  const folder = temporaryFolder()
  const models = join(folder, 'models')
  const socket = join(folder, 'estimator.sock')
  const programs: RunningProgram[] = []
  after(async () => {
    for (const program of programs) program.signal('SIGKILL')
    await Promise.all(programs.map(({ ended }) => ended))
  })
  const started = (program: RunningProgram) => {
    programs.push(program)
    return program
  }

  /** A model of `idle` watts at rest, in the place of the one before. */
  async function publish(idle: number): Promise<void> {
    const name = 'LinearRegressionTrainer_0'
    const archive = await testArchive({ name, features: bpf, idle, slope: 1, metadata: { mae: idle / 10 } })
    writeFiles(join(models, 'std-0.1'), {
      ...pipelineFiles([]),
      [`rapl-sysfs/AbsPower/BPFOnly/${name}.zip`]: archive,
    })
  }

  async function startServer(port: number): Promise<RunningProgram> {
    const args = ['--host', '127.0.0.1', '--port', String(port), '--offline', '--model-path', models]
    const server = started(startProgram('model-server', args))
    await server.waitFor(/"model-server","url":"http/)
    return server
  }

  it('answers with the last model, asks ever less often, and takes the new one when the server is back', async () => {
    const port = await freePort()
    await publish(10)
    const server = await startServer(port)
    const estimator = started(
      startProgram('estimator', ['--socket', socket, '--http', '0'], {
        MODEL_SERVER_ENABLE: 'true',
        MODEL_SERVER_URL: `http://127.0.0.1:${port}`,
        MODEL_REFRESH_INTERVAL: '1',
        MODEL_PATH: join(folder, 'estimator'),
        OFFLINE: 'true',
      }),
    )
    const [, url = ''] = await estimator.waitFor(/(http:\/\/127\.0\.0\.1:\d+)/)

    /** Watts of the package, asked for as Kepler does. */
    const ask = async (): Promise<number> => {
      const client = connect(socket)
      client.write(request)
      const { powers, msg } = JSON.parse(await text(client))
      assert.equal(msg, '')
      return powers.package[0]
    }
    const figure = async (name: string): Promise<number> => {
      const metrics = await (await fetch(`${url}/metrics`)).text()
      const line = metrics.split('\n').find((one) => one.startsWith(`kepler_estimator_${name} `))
      return Number(line?.split(' ').at(-1) ?? 0)
    }
    const failures = () => figure('model_load_failures{source="rapl-sysfs",output_type="AbsPower"}')
    /** Goes on asking, as Kepler does, until a condition holds. */
    const until = async (what: string, watts: readonly number[], holds: (now: number) => Promise<boolean>) => {
      const deadline = Date.now() + 60_000
      for (;;) {
        const now = await ask()
        assert.ok(watts.includes(now), `${now} W, expected ${watts.join(' or ')}`)
        if (await holds(now)) return
        assert.ok(Date.now() < deadline, `not within 60 s: ${what}\n${estimator.stderr()}`)
        await wait(50)
      }
    }
    assert.equal(await ask(), 12)
    assert.equal(await failures(), 0)

    server.signal('SIGKILL')
    await server.ended
    await publish(20)
    await until('three failures in a row', [12], async () => (await failures()) >= 3)
    assert.ok((await figure('model_loads_total{outcome="failed"}')) >= 3)
    const warnings = estimator
      .stderr()
      .split('\n')
      .filter((line) => line.includes('cannot be renewed and stays'))
      .map((line) => JSON.parse(line))
    assert.ok(warnings.some(({ error }) => /does not answer: .*ECONNREFUSED/.test(error)))
    for (const { failures: count, retryInMs } of warnings) {
      // A second, doubled each time, of which up to a half is left out by chance.
      const longest = 1000 * 2 ** (count - 1)
      assert.ok(retryInMs >= longest / 2 && retryInMs <= longest, `attempt ${count}: ${retryInMs} ms`)
    }
    // Three failures are two lines: a failure that lasts is logged at a falling rate.
    assert.deepEqual(
      warnings.map(({ failures: count }) => count),
      [1, 2],
    )
    assert.equal((await fetch(`${url}/readyz`)).status, 200)

    await startServer(port)
    await until('the new model', [12, 22], async (now) => now === 22)
    assert.equal(await failures(), 0)
    assert.equal(await figure('model_loads_total{outcome="changed"}'), 1)
    assert.match(estimator.stderr(), /"msg":"another model was loaded"/)
    estimator.signal('SIGTERM')
    assert.equal(await estimator.ended, 0)
  })
})
