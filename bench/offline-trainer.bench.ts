/**
 * How the offline trainer answers while it trains: four requests at once, one of 300 MB, one cancelled in the middle.
 * Beside each health check a bare Node server is asked in the same way at the same time: what it takes longer is ours, the
 * rest is the machine's. And how fast a large request is taken, beside a bare server that only writes it to a file.
 */
import { spawnSync } from 'node:child_process'
import { createReadStream, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { checkHealth, type HealthChecks } from '../test/support/health-checks.js'
import { watchMemory } from '../test/support/process-memory.js'
import { startBuilt } from '../test/support/program.js'
import { postTrainRequest } from '../test/support/train-requests.js'
import { startBareServer } from './support/bare-server.js'
import { writeMadeResponse } from './support/made-response.js'

const idleSeconds = 5

const build = spawnSync(process.execPath, ['scripts/build.mjs'], { stdio: 'inherit' })
if (build.status !== 0) process.exit(1)
const folder = mkdtempSync(join(tmpdir(), 'bench-offline-trainer-'))
const large = join(folder, 'large.json')
const small = join(folder, 'small.json')
const largeBytes = writeMadeResponse(large, 2050, 800)
const smallBytes = writeMadeResponse(small, 50, 800)
const jobs = ['--host', '127.0.0.1', '--port', '0', '--concurrency', '2', '--jobs-path', join(folder, 'jobs')]
const trainer = startBuilt('offline-trainer', [...jobs, '--model-path', folder], { LOG_LEVEL: 'error' })
const bare = startBareServer(join(folder, 'bare.json'))
try {
  const [, url = ''] = await trainer.waitFor(/"offline-trainer","url":"(http[^"]+)"/)
  const [bareUrl] = await bare.waitFor(/http:\S+/)
  console.log(
    `requests of ${megabytes(smallBytes)} MB, the large one of ${megabytes(largeBytes)} MB; two train at once\n`,
  )
  console.log('| health checks | checks | median, ms | 99 %, ms | slowest, ms |')
  console.log('| --- | ---: | ---: | ---: | ---: |')
  const idle = await checked(url, bareUrl, () => wait(idleSeconds * 1000))
  row('offline trainer, nothing to do', idle.ours)
  row('bare server, at the same time', idle.bare)
  const memory = watchMemory(trainer.pid)
  const busy = await checked(url, bareUrl, () => fourAtOnce(url))
  const { own, tree } = memory.stop()
  row('offline trainer, four requests', busy.ours)
  row('bare server, at the same time', busy.bare)
  console.log(`\nmemory: the server ${own.toFixed(0)} MB, with the processes of its jobs ${tree.toFixed(0)} MB`)

  const taken = await rounds(3, () => upload(`${url}/train?mode=async`, 202))
  const copied = await rounds(3, () => upload(bareUrl, 200))
  console.log(
    `\na request of ${megabytes(largeBytes)} MB is taken at ${taken.toFixed(0)} MB/s, a bare copy to disk runs at ${copied.toFixed(0)} MB/s: ${((100 * taken) / copied).toFixed(0)} %`,
  )
} finally {
  trainer.signal('SIGKILL')
  bare.signal('SIGKILL')
  await Promise.all([trainer.ended, bare.ended])
  rmSync(folder, { recursive: true, force: true })
}

async function* requestOf(name: string, response: string): AsyncGenerator<string | Buffer> {
  const trainers = ['SGDRegressorTrainer', 'PolynomialRegressionTrainer']
  const how = { abs_trainers: trainers, dyn_trainers: trainers, isolator: 'MinIdleIsolator' }
  const request = { name, energy_source: 'rapl-sysfs', trainer: how, cross_validation: false }
  yield `${JSON.stringify(request).slice(0, -1)},"prom_response":`
  yield* createReadStream(response, { highWaterMark: 1 << 20 })
  yield '}'
}

async function fourAtOnce(url: string): Promise<void> {
  const hangUp = new AbortController()
  const post = (name: string, response: string, signal?: AbortSignal) =>
    postTrainRequest(`${url}/train`, requestOf(name, response), signal)
  const cancelled = post('cancelled', large, hangUp.signal).catch(() => undefined)
  const others = [post('large', large), post('first', small), post('second', small)]
  await wait(2000)
  hangUp.abort()
  for (const { status, body } of await Promise.all(others)) {
    if (status !== 200) throw new Error(`${status}: ${body}`)
  }
  await cancelled
}

/** Asks both servers for as long as the work takes. */
async function checked(url: string, bareUrl: string, work: () => Promise<void>) {
  const ours = checkHealth(`${url}/healthz`)
  const other = checkHealth(bareUrl)
  await work()
  return { ours: await ours.stop(), bare: await other.stop() }
}

/** Megabytes a second until the answer. */
async function upload(url: string, expected: number): Promise<number> {
  const begun = performance.now()
  const { status, body, sent } = await postTrainRequest(url, requestOf('upload', large))
  const rate = sent / 1e3 / (performance.now() - begun)
  if (status !== expected) throw new Error(`${status}: ${body}`)
  const { id } = JSON.parse(body.toString())
  if (id) await fetch(`${url.replace(/\/train.*/, '')}/jobs/${id}`, { method: 'DELETE' })
  return rate
}

async function rounds(count: number, measure: () => Promise<number>): Promise<number> {
  const values: number[] = []
  for (let i = 0; i < count; i++) values.push(await measure())
  return values.sort((a, b) => a - b)[count >> 1]!
}

function row(what: string, { checks, median, p99, slowest, failures }: HealthChecks): void {
  const failed = failures.length > 0 ? `, ${failures.length} failed` : ''
  console.log(`| ${what} | ${checks}${failed} | ${median.toFixed(2)} | ${p99.toFixed(1)} | ${slowest.toFixed(1)} |`)
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0)
}
