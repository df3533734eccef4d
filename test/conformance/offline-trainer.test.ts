import assert from 'node:assert/strict'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { readModelArchive } from '../../src/archive/read-model-archive.js'
import { bufferSource } from '../../src/archive/zip/byte-source.js'
import { openZip } from '../../src/archive/zip/zip.js'
import { outputTypes } from '../../src/core/output-type.js'
import { openModelSelector } from '../../src/selection/open-model-selector.js'
import { checkHealth } from '../support/health-checks.js'
import { watchMemory } from '../support/process-memory.js'
import { type RunningProgram, startProgram } from '../support/program.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { postTrainRequest, type TrainAnswer, trainRequest } from '../support/train-requests.js'

const data = '../shared/data/prometheus'
const skip = existsSync(data) ? false : `needs the reference data in ${data}`
const response = `${data}/loaded.json`
const idle = `${data}/idle.json`

/** What the original's client asks for, and what is valid in both responses. */
const isolators = ['MinIdleIsolator', 'NoneIsolator', 'ProfileBackgroundIsolator']
const trainers = ['SGDRegressorTrainer', 'PolynomialRegressionTrainer']
const groups = ['CounterOnly', 'BPFOnly', 'BPFIRQ', 'CounterIRQCombined', 'Basic']
const modelPaths = outputTypes.flatMap((output) =>
  groups.flatMap((group) => trainers.map((trainer) => `rapl-sysfs/${output}/${group}/${trainer}_0.zip`)),
)

/**
 * The models that an isolator leaves. The idle response is of another machine, which draws more when idle (124 W) than
 * the loaded one at its least (32 W): its profile is refused, and with it dynamic power.
 */
function modelPathsOf(isolator: string): readonly string[] {
  return isolator === 'ProfileBackgroundIsolator'
    ? modelPaths.filter((path) => path.includes('/AbsPower/'))
    : modelPaths
}

/** Every model of every group and output, each of which can be read and predicts. */
function expectPipeline({ status, body }: TrainAnswer, paths: readonly string[]): void {
  assert.equal(status, 200, body.subarray(0, 500).toString())
  const zip = openZip(bufferSource(body))
  for (const path of paths) {
    const { model, predict } = readModelArchive(zip.read(path))
    const row = model.features.map(() => 1000)
    const { package: watts } = predict(model.features, [row])
    assert.ok(watts && Number.isFinite(watts[0]), path)
  }
}

describe('offline trainer on recorded responses', { skip }, () => {
  const folder = temporaryFolder()
  let program: RunningProgram
  let url: string
  before(async () => {
    const args = ['--host', '127.0.0.1', '--port', '0', '--jobs-path', join(folder, 'jobs'), '--concurrency', '2']
    program = startProgram('offline-trainer', args)
    url = (await program.waitFor(/"offline-trainer","url":"(http[^"]+)"/))[1]!
  })
  after(async () => {
    program.signal('SIGTERM')
    assert.equal(await program.ended, 0)
  })

  for (const isolator of isolators) {
    it(`trains all that the original's client expects, with ${isolator}`, async () => {
      const answer = await postTrainRequest(
        `${url}/train`,
        trainRequest({ name: isolator, isolator, trainers, response, idle }),
      )
      expectPipeline(answer, modelPathsOf(isolator))
      writeFileSync(join(folder, `${isolator}.zip`), answer.body)
    })
  }

  it('says in the log of the job why a profile of another machine is refused', async () => {
    const { jobs }: { jobs: { id: string; request: { name: string } }[] } = JSON.parse(
      await (await fetch(`${url}/jobs`)).text(),
    )
    const { id } = jobs.find(({ request }) => request.name === 'ProfileBackgroundIsolator')!
    const job = await (await fetch(`${url}/jobs/${id}`)).text()
    assert.match(job, /does not fit package_power: the profile has 123\.6 W idle, this run draws 32\.2 W at its least/)
  })

  it('gives what a model server can serve', async () => {
    const selector = await openModelSelector({
      modelPath: folder,
      preference: { defaults: {}, local: '', preferLocal: false },
    })
    const { pipelines, errors } = selector.status()
    assert.deepEqual(errors, [])
    assert.deepEqual(
      pipelines.map(({ models }) => models),
      isolators.map((isolator) => modelPathsOf(isolator).length),
    )
    await selector.close()
  })

  it('takes four at once, one cancelled, one of 300 MB: bounded memory, healthy all the while', async (test) => {
    const memory = watchMemory(program.pid)
    const healthy = checkHealth(`${url}/healthz`)
    test.after(() => Promise.all([healthy.stop(), memory.stop()]))
    const post = (name: string, isolator: string, times = 1, signal?: AbortSignal) =>
      postTrainRequest(`${url}/train`, trainRequest({ name, isolator, trainers, response, idle, times }), signal)
    const hangUp = new AbortController()
    const cancelled = post('cancelled', 'MinIdleIsolator', 20, hangUp.signal)
    const others = [
      post('large', 'MinIdleIsolator', 85),
      post('first', 'NoneIsolator'),
      post('second', 'ProfileBackgroundIsolator'),
    ]
    await untilRunning(url, 'cancelled')
    hangUp.abort()
    await assert.rejects(cancelled, { name: 'AbortError' })
    const [large, ...small] = await Promise.all(others)
    const [first, second] = small
    for (const answer of [large!, first!]) expectPipeline(answer, modelPaths)
    expectPipeline(second!, modelPathsOf('ProfileBackgroundIsolator'))
    assert.ok(large!.sent > 300e6, `${large!.sent} bytes`)
    const { jobs }: { jobs: { request: { name: string }; state: string }[] } = JSON.parse(
      await (await fetch(`${url}/jobs`)).text(),
    )
    assert.equal(jobs.find(({ request }) => request.name === 'cancelled')?.state, 'cancelled')

    const { checks, slowest, failures } = await healthy.stop()
    const { own, tree } = memory.stop()
    test.diagnostic(`server ${own.toFixed(0)} MB, with its jobs ${tree.toFixed(0)} MB`)
    test.diagnostic(`${checks} health checks, the slowest took ${slowest.toFixed(0)} ms`)
    assert.deepEqual(failures, [])
    assert.ok(checks > 20)
    assert.ok(own < 400, `the server took ${own} MB`)
    assert.ok(tree < 2000, `all together took ${tree} MB`)
  })
})

async function untilRunning(url: string, name: string): Promise<void> {
  for (;;) {
    const { jobs }: { jobs: { request: { name: string }; state: string }[] } = JSON.parse(
      await (await fetch(`${url}/jobs`)).text(),
    )
    if (jobs.some((job) => job.request.name === name && job.state === 'running')) return
    await wait(20)
  }
}
