import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { readHistory } from '../support/read-history.js'
import { scenarioNamed } from '../../src/simulate/scenario.js'
import { type Fault, type FaultyPrometheus, faultyPrometheus } from '../support/faulty-prometheus.js'
import { type RunningProgram, startProgram } from '../support/program.js'
import { simulatedPrometheus } from '../support/simulated-prometheus.js'
import { simulatedResponse } from '../support/simulated-response.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { until as waitUntil } from '../support/until.js'

const pipeline = 'std_v0.7.11'
const metric = 'kepler_node_package_joules_total'

describe('online trainer beside a Prometheus with faults', () => {
  const folder = temporaryFolder()
  const modelPath = join(folder, 'models')
  const historyPath = join(folder, 'history')
  const first = Math.floor(Date.now() / 1000) - 120
  const response = simulatedResponse({ scenario: scenarioNamed('mixed'), start: first, duration: 720, step: 1 })
  let prometheus: FaultyPrometheus
  let program: RunningProgram
  let url: string

  before(async () => {
    prometheus = await faultyPrometheus(simulatedPrometheus(response))
    program = startProgram('online-trainer', ['--host', '127.0.0.1', '--port', '0'], {
      PROM_SERVER: prometheus.url,
      PROM_QUERY_STEP: '1',
      PROM_QUERY_INTERVAL: '60',
      PROM_TIMEOUT: '1',
      SAMPLING_INTERVAL: '1',
      MODEL_PATH: modelPath,
      ONLINE_HISTORY_PATH: historyPath,
      ONLINE_TRAINERS: 'SGDRegressorTrainer',
      PROM_BEARER_TOKEN: 'geheim',
    })
    url = (await program.waitFor(/"online-trainer","url":"(http[^"]+)"/))[1]!
    await until('a version is served', async () => (await figure('served_version')) > 0)
  })
  after(async () => {
    program?.signal('SIGKILL')
    await program?.ended
    await prometheus?.close()
  })

  /** The program must not end meanwhile. */
  const until = (what: string, holds: () => Promise<boolean>) => waitUntil(what, holds, program)

  /** A figure of `/metrics` without the prefix; 0 when it is not there. */
  async function figure(name: string): Promise<number> {
    const text = await (await fetch(`${url}/metrics`)).text()
    const line = text.split('\n').find((one) => one.startsWith(`kepler_online_trainer_${name} `))
    return Number(line?.split(' ').at(-1) ?? 0)
  }

  const rounds = async () =>
    (await figure('rounds_total{outcome="kept"}')) + (await figure('rounds_total{outcome="published"}'))
  const logLines = (): readonly Record<string, unknown>[] =>
    program
      .stderr()
      .split('\n')
      .filter((line) => line.startsWith('{') && line.endsWith('}'))
      .map((line) => JSON.parse(line))

  async function keptTimes(): Promise<readonly number[]> {
    const files = readdirSync(historyPath).filter((file) => /^\d+-\d+\.json$/.test(file))
    const paths = files.sort().map((file) => join(historyPath, file))
    const { response: kept, damaged } = await readHistory(paths)
    assert.deepEqual(damaged, [])
    return [...(kept.series.get(metric)?.[0]?.timestamps ?? [])]
  }

  /** One fault, from its begin until the first good round after it. */
  async function endure(fault: Fault, reason: string, says: RegExp, failures: number): Promise<void> {
    const counter = `failures_total{reason="${reason}"}`
    const before = await figure(counter)
    const version = await figure('served_version')
    const logged = logLines().length
    await prometheus.become(fault)
    await until(
      `${fault}: ${failures} failures in a row`,
      async () => (await figure('consecutive_failures')) >= failures,
    )
    const { requests } = prometheus
    const failed = (await figure(counter)) - before

    assert.ok(failed >= failures, `${failed} failures with reason ${reason}`)
    // The round that ran when the fault began may have published; the others must leave what is served as it is.
    const served = await figure('served_version')
    assert.ok(served >= version, `version ${served} is served, was ${version}`)
    const kept = readFileSync(join(modelPath, '.versions', pipeline, `${String(served).padStart(6, '0')}.zip`))
    assert.deepEqual(readFileSync(join(modelPath, `${pipeline}.zip`)), kept)
    const errors = logLines()
      .slice(logged)
      .filter(({ level, reason: own }) => level === 'error' && own === reason)
    assert.ok(errors.length >= failures, `${errors.length} lines of the log name ${reason}`)
    for (const { msg } of errors) assert.match(String(msg), says)
    // Two attempts a round, and perhaps a round that has just begun.
    assert.ok(requests <= 2 * (failed + 1), `${requests} requests in ${failed} failed rounds`)

    const good = await rounds()
    await prometheus.become(undefined)
    await until(`a good round after ${fault}`, async () => (await rounds()) > good)
    assert.equal(await figure('consecutive_failures'), 0)
  }

  const faults: readonly (readonly [Fault, string, RegExp, number])[] = [
    ['away', 'unavailable', /does not answer: .*ECONNREFUSED/, 3],
    ['hangs', 'unavailable', /does not answer: .*Timeout/i, 1],
    ['answers 500', 'unavailable', /answered 500: "the disk is broken"/, 1],
    ['answers 401', 'refused', /answered 401.*PROM_BEARER_TOKEN/, 1],
    ['is busy', 'unavailable', /answered 429: "too many queries"/, 1],
    ['answers HTML', 'invalid', /"text\/html" instead of JSON/, 1],
    ['breaks off', 'unavailable', /broke off its answer/, 1],
    ['reports an error', 'invalid', /"query timed out"/, 1],
  ]
  for (const [fault, reason, says, failures] of faults) {
    it(`${fault}: says so, keeps what it has, asks seldom, and goes on by itself`, () =>
      endure(fault, reason, says, failures))
  }

  const mended: readonly (readonly [Fault, string])[] = [
    ['gives samples out of order', 'out of order'],
    ['gives samples twice', 'duplicate time'],
  ]
  for (const [fault, kind] of mended) {
    it(`${fault}: mends them, and says so`, async () => {
      const good = await rounds()
      await prometheus.become(fault)
      await until(`a round with ${fault}`, async () => (await figure(`mended_samples_total{kind="${kind}"}`)) > 0)
      await until('a round with it', async () => (await rounds()) > good)
      assert.ok(logLines().some((line) => line.msg === 'samples of Prometheus were recovered' && line.kind === kind))
      await prometheus.become(undefined)
    })
  }

  it('gives no numbers: learns from the others', async () => {
    const good = await rounds()
    await prometheus.become('gives no numbers')
    await until('two rounds', async () => (await rounds()) > good + 1)
    assert.equal(await figure('consecutive_failures'), 0)
    await prometheus.become(undefined)
  })

  it('has lost nothing that Prometheus still has', async () => {
    const good = await rounds()
    await until('one more round', async () => (await rounds()) > good)
    const times = await keptTimes()
    const last = times.at(-1)!
    assert.ok(last - times[0]! >= 120, `only ${last - times[0]!} s are kept`)
    const expected = response.series.get(metric)![0]!.timestamps.filter((time) => time >= times[0]! && time <= last)
    assert.deepEqual(times, [...expected])
  })

  it('doubles the pause after each consecutive failure, less up to a half by chance', () => {
    // A pause runs from the start of a round to the start of the next. A log line gives what is left of it, so the next
    // round starts then; after it, the error says how many failed in a row.
    let failures = 0
    let started: number | undefined
    const pauses: { failures: number; seconds: number }[] = []
    for (const line of logLines()) {
      if (line.level === 'error' && typeof line.failures === 'number') failures = line.failures
      if (line.msg !== 'trying again') {
        if (line.outcome !== undefined) started = undefined
        continue
      }
      const next = Date.parse(String(line.time)) + 1000 * Number(line.seconds)
      if (started !== undefined) pauses.push({ failures, seconds: (next - started) / 1000 })
      started = next
    }
    // Two lengths, whose ranges do not overlap: a constant pause, or one that is only random, is outside of one of them.
    assert.deepEqual([...new Set(pauses.map((pause) => pause.failures))].sort().slice(-2), [2, 3])
    for (const pause of pauses) {
      // The interval is a second; log lines round to a tenth of a second.
      const most = 2 ** pause.failures
      const shown = `${pause.seconds} s after ${pause.failures} failures`
      assert.ok(pause.seconds >= most / 2 - 0.2 && pause.seconds <= most + 0.2, shown)
    }
  })

  it('shows its token to nobody', () => {
    assert.ok(!program.stderr().includes('geheim') && !program.stdout().includes('geheim'))
  })

  it('ends with 0 on SIGTERM, also while Prometheus hangs', async () => {
    await prometheus.become('hangs')
    await until('a request that hangs', async () => prometheus.requests > 0)
    program.signal('SIGTERM')
    assert.equal(await program.ended, 0)
  })
})
