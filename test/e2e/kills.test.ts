import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { bufferSource } from '../../src/archive/zip/byte-source.js'
import { openZip } from '../../src/archive/zip/zip.js'
import { readHistory } from '../support/read-history.js'
import { pipelineVersions, versionIn } from '../../src/online/versions/versions.js'
import { scenarioNamed } from '../../src/simulate/scenario.js'
import { responseChunks } from '../../src/simulate/write-response.js'
import { faultyPrometheus } from '../support/faulty-prometheus.js'
import { killed, randomMoments } from '../support/kill-at-random.js'
import { pipelineFiles, zipOf } from '../support/pipeline-fixture.js'
import { observed, type RunningProgram, startProgram } from '../support/program.js'
import { simulatedPrometheus } from '../support/simulated-prometheus.js'
import { simulatedResponse } from '../support/simulated-response.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { typescript } from '../support/typescript.js'
import { until } from '../support/until.js'

/** Files that are no one's when nobody writes. */
const leftIn = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => /\.tmp$|\.partial$/.test(file))

describe('kill -9', () => {
  const programs: RunningProgram[] = []
  const servers: Server[] = []
  const start = (name: string, args: string[], environment: Record<string, string>) => {
    const program = startProgram(name, ['--host', '127.0.0.1', '--port', '0', ...args], environment)
    programs.push(program)
    return program
  }
  after(() => {
    for (const program of programs) program.signal('SIGKILL')
    for (const server of servers) {
      server.close()
      server.closeAllConnections()
    }
  })

  it('of whoever publishes leaves the version before or the new one, whole', async (test) => {
    const folder = temporaryFolder()
    const random = randomMoments(test)
    const versions = pipelineVersions(folder, 'std', 3)
    const publisher = fileURLToPath(new URL('../support/publisher.ts', import.meta.url))
    let served = 0
    for (let round = 0; round < 10; round++) {
      const child = spawn(process.execPath, [...typescript, publisher, folder], {
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      const program = observed('publisher', child)
      programs.push(program)
      await program.waitFor(/\d/)
      await wait(random.next() * 60)
      await killed(program)
      const said = program.stdout().trim().split('\n').map(Number).at(-1)!
      const now = versionIn(join(folder, 'std.zip'))
      assert.ok(now >= said && now >= served, `version ${now} is served; ${said} and ${served} were`)
      served = now
      for (const { path, number } of await versions.list()) assert.equal(versionIn(path), number)
      assert.ok(
        (await versions.history()).length >= said - 1 - round,
        'a line for each version but those that were cut off',
      )
      assert.ok((await versions.nextNumber()) > served)
    }
    test.diagnostic(`${served} versions`)
  })

  it('of the online trainer loses no version and no measurement', async (test) => {
    const folder = temporaryFolder()
    const random = randomMoments(test)
    const models = join(folder, 'models')
    const history = join(folder, 'history')
    const begin = Math.floor(Date.now() / 1000) - 120
    const response = simulatedResponse({ scenario: scenarioNamed('mixed'), start: begin, duration: 600, step: 1 })
    const simulated = simulatedPrometheus(response)
    const prometheus = await faultyPrometheus(simulated)
    after(() => prometheus.close())
    const startTrainer = () =>
      start('online-trainer', ['--online-pipeline', 'std'], {
        PROM_SERVER: prometheus.url,
        PROM_QUERY_STEP: '1',
        PROM_QUERY_INTERVAL: '60',
        SAMPLING_INTERVAL: '1',
        MODEL_PATH: models,
        ONLINE_HISTORY_PATH: history,
        ONLINE_TRAINERS: 'SGDRegressorTrainer',
      })
    const kept = async () => {
      const files = existsSync(history) ? readdirSync(history).filter((file) => /^\d+-\d+\.json$/.test(file)) : []
      const { response: read, damaged } = await readHistory(files.sort().map((file) => join(history, file)))
      assert.deepEqual(damaged, [])
      return new Set(read.series.get('kepler_node_package_joules_total')?.[0]?.timestamps)
    }
    const served = () => versionIn(join(models, 'std.zip'))

    let measured = new Set<number>()
    let version = 0
    for (let round = 0; round < 6; round++) {
      const trainer = startTrainer()
      await trainer.waitFor(/"online-trainer","url":"(http[^"]+)"/)
      // Before, while and after it learns its first models.
      if (round === 2) await until('a version is served', () => served() > 0, trainer)
      else await wait(random.next() * 2500)
      await killed(trainer)
      const now = await kept()
      for (const time of measured) assert.ok(now.has(time), `the measurement of ${time} is lost`)
      measured = now
      assert.ok(served() >= version)
      version = served()
    }
    assert.ok(version > 0)
    // What it had measured is there even when Prometheus has forgotten it.
    simulated.forgotBefore = Date.now() / 1000
    const trainer = startTrainer()
    const [, url = ''] = await trainer.waitFor(/"online-trainer","url":"(http[^"]+)"/)
    const rounds = async () => JSON.parse(await (await fetch(`${url}/status`)).text()).rounds
    await until('a round', async () => ((r) => r.kept + r.published > 0)(await rounds()), trainer)
    const now = await kept()
    for (const time of measured) assert.ok(now.has(time), `the measurement of ${time} is lost`)
    assert.ok(served() >= version)
    await killed(trainer)
  })

  it('of the model server, while it downloads and while it serves, loses no pipeline', async (test) => {
    const models = temporaryFolder()
    const random = randomMoments(test)
    const file = zipOf({
      ...pipelineFiles([{ name: 'SGDRegressorTrainer_0', weights: true }]),
      ballast: Buffer.alloc(400_000, 7),
    })
    // 400 kB in 40 pieces, one every 25 ms.
    const source = createServer(async (_request, response) => {
      response.writeHead(200, { 'content-length': file.length })
      for (let at = 0; at < file.length && !response.destroyed; at += 10_000) {
        response.write(file.subarray(at, at + 10_000))
        await wait(25)
      }
      response.end()
    })
    servers.push(source)
    await new Promise<void>((resolve) => source.listen(0, '127.0.0.1', resolve))
    const origin = `http://127.0.0.1:${(source.address() as AddressInfo).port}`
    const startServer = async () => {
      const program = start('model-server', ['--model-path', models], {
        INITIAL_PIPELINE_URL: `${origin}/loaded-0.1.zip`,
      })
      const [, url = ''] = await program.waitFor(/"model-server","url":"(http[^"]+)"/)
      return { program, pipelines: async () => (await fetch(`${url}/readyz`)).text() }
    }
    const path = join(models, 'loaded-0.1.zip')
    let loaded = false
    for (let round = 0; round < 5; round++) {
      const { program, pipelines } = await startServer()
      if (loaded) assert.match(await pipelines(), /loaded-0\.1/)
      await wait(random.next() * 1200)
      await killed(program)
      // Nothing or all of it.
      if (existsSync(path)) assert.deepEqual(readFileSync(path), file)
      else assert.ok(!loaded)
      loaded = existsSync(path)
    }
    const { program, pipelines } = await startServer()
    await until('the pipeline is served', async () => /loaded-0\.1/.test(await pipelines()), program)
    await killed(program)
  })

  it('of the offline trainer loses no job, and leaves no process behind', async (test) => {
    const jobs = temporaryFolder()
    const random = randomMoments(test)
    const chunks = responseChunks({ scenario: scenarioNamed('mixed'), duration: 120 })
    const trainer = {
      abs_trainers: ['SGDRegressorTrainer'],
      dyn_trainers: ['SGDRegressorTrainer'],
      isolator: 'NoneIsolator',
    }
    const prom_response = JSON.parse([...chunks].join(''))
    const body = JSON.stringify({ name: 'small', energy_source: 'acpi', trainer, prom_response })
    const startTrainer = async () => {
      const program = start('offline-trainer', ['--jobs-path', jobs, '--model-path', jobs], {
        OFFLINE_TRAINER_MAX_ATTEMPTS: '100',
      })
      const [, url = ''] = await program.waitFor(/"offline-trainer","url":"(http[^"]+)"/)
      return { program, url }
    }
    const stateOf = async (url: string): Promise<{ state: string }> => JSON.parse(await (await fetch(url)).text())

    const promised = new Set<string>()
    for (let round = 0; round < 6; round++) {
      const { program, url } = await startTrainer()
      for (const job of promised) assert.match((await stateOf(url + job)).state, /queued|running|done/)
      // Two come in at any moment, also at that of the kill: only what was answered counts.
      const asked = Promise.allSettled(
        [0, 1].map(async () => {
          const answer = await fetch(`${url}/train?mode=async`, { method: 'POST', body })
          if (answer.status === 202) promised.add(String(answer.headers.get('location')))
        }),
      )
      await wait(random.next() * 1500)
      await killed(program)
      await asked
    }
    const { program, url } = await startTrainer()
    assert.ok(promised.size > 0)
    test.diagnostic(`${promised.size} jobs`)
    for (const job of promised) {
      await until(`${job} is done`, async () => (await stateOf(url + job)).state === 'done', program)
      const result = Buffer.from(await (await fetch(`${url}${job}/result`)).arrayBuffer())
      assert.ok([...openZip(bufferSource(result)).entries.keys()].some((name) => name.endsWith('metadata.json')))
    }
    // Also those that nobody was told of any more: they were kept a moment before a kill, and run too.
    const all = async (): Promise<{ jobs: { state: string }[] }> =>
      JSON.parse(await (await fetch(`${url}/jobs`)).text())
    await until('every job is done', async () => (await all()).jobs.every(({ state }) => state === 'done'), program)
    // What is done is told before it stands on the disk and its work folder is gone.
    const jobFiles = () => readdirSync(join(jobs, 'jobs')).flatMap((job) => readdirSync(join(jobs, 'jobs', job)))
    const isWork = (file: string) => file === 'work' || file === 'request.json'
    await until('the work of every job is removed', async () => !jobFiles().some(isWork), program)
    assert.deepEqual(leftIn(jobs), [])
    assert.deepEqual(readdirSync(join(jobs, 'incoming')), [])
    await killed(program)
  })

  it('of the estimator leaves sockets that the next one takes over', async () => {
    const folder = temporaryFolder()
    const socket = join(folder, 'e.sock')
    const startEstimator = async () => {
      const program = startProgram('estimator', ['--socket', socket, '--http', '0'], {
        MODEL_PATH: folder,
        OFFLINE: 'true',
      })
      programs.push(program)
      const [, url = ''] = await program.waitFor(/"url":"(http[^"]+)"/)
      return { program, url }
    }
    const first = await startEstimator()
    await killed(first.program)
    assert.ok(existsSync(socket))
    const second = await startEstimator()
    assert.equal((await fetch(`${second.url}/healthz`)).status, 200)
    await killed(second.program)
  })
})
