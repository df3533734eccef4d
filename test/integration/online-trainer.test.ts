import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { startExporter } from '../../src/simulate/exporter.js'
import type { RunningExporter } from '../../src/simulate/serve-simulation.js'
import { hastyScenario } from '../support/hasty-scenario.js'
import { errorOf, type JudgedSources, judgedStretch, sources, type WatchedNode } from '../support/node-truth.js'
import { type RunningProgram, startProgram } from '../support/program.js'
import { noPrometheus, type RunningPrometheus, startPrometheus } from '../support/prometheus.js'
import { type ScrapeProxy, startScrapeProxy } from '../support/scrape-proxy.js'
import { temporaryFolder } from '../support/temporary-folder.js'

/** Seconds of data that models are judged by. */
const judged = 20
/** Seconds after which something that should happen has not. */
const patience = 240
/** Percent of the truth, from the issue. */
const allowed = 10

interface Status {
  readonly servedVersion: number
  readonly rounds: Readonly<Record<string, number>>
  readonly lastRound: string
}

describe('an online trainer beside a model server, and an estimator that asks it', { skip: noPrometheus }, () => {
  const folder = temporaryFolder()
  const models = join(folder, 'models')
  const programs: RunningProgram[] = []
  let exporter: RunningExporter
  let proxy: ScrapeProxy
  let prometheus: RunningPrometheus
  let node: WatchedNode
  let trainer: { program: RunningProgram; url: string }
  let server: { program: RunningProgram; url: string }
  let estimator: { program: RunningProgram; url: string }

  async function start(name: string, args: string[], pattern: RegExp, environment: Record<string, string> = {}) {
    const program = startProgram(name, args, { MODEL_PATH: models, LOG_FORMAT: 'json', ...environment })
    programs.push(program)
    return { program, url: (await program.waitFor(pattern))[1]! }
  }
  const startTrainer = () =>
    start(
      'online-trainer',
      ['--host', '127.0.0.1', '--port', '0', '--prometheus', prometheus.url],
      /"online-trainer","url":"(http[^"]+)"/,
      {
        SAMPLING_INTERVAL: '3',
        PROM_QUERY_STEP: '2',
        PROM_QUERY_INTERVAL: '72',
        ONLINE_MIN_ROWS: '20',
        // Nothing waits: so what is published some rounds after garbage began was learnt from garbage.
        ONLINE_PUBLISH_INTERVAL: '0',
        ONLINE_HISTORY_PATH: join(folder, 'history'),
      },
    )
  const startServer = () =>
    start('model-server', ['--host', '127.0.0.1', '--port', '0', '--offline'], /"model-server","url":"(http[^"]+)"/, {
      PREFER_TRAINED_PIPELINE: 'true',
    })

  const text = async (url: string) => (await fetch(url)).text()
  const status = async (): Promise<Status> => JSON.parse(await text(`${trainer.url}/status`))
  /** The gauges of served models by series, such as `kepler_online_trainer_served_model_error_percent{…}`. */
  async function gauges(metric: string, labels: RegExp): Promise<number[]> {
    const lines = (await text(`${trainer.url}/metrics`)).split('\n')
    const matching = lines.filter((line) => line.startsWith(`kepler_online_trainer_${metric}{`) && labels.test(line))
    return matching.map((line) => Number(line.split(' ').at(-1)))
  }
  const weights = async () =>
    (await text(`${server.url}/metrics`))
      .split('\n')
      .filter((line) => line.includes('model_weight_watts{') && line.includes('std_v0.7.11'))

  async function until(what: string, reached: () => Promise<boolean>): Promise<void> {
    const end = Date.now() + patience * 1000
    while (Date.now() < end) {
      if (await reached()) return
      await wait(500)
    }
    const logs = trainer.program.stderr().split('\n').slice(-30).join('\n')
    assert.fail(`not after ${patience} s: ${what}\n${JSON.stringify(await status())}\n${logs}`)
  }

  /** What the estimator says of a window of time, and how far it is off at most. */
  async function estimates(window: JudgedSources): Promise<{ error: number; pipelines: Set<string> }> {
    const pipelines = new Set<string>()
    let error = 0
    for (const source of sources) {
      const { metrics, values } = window[source]
      const body = JSON.stringify({ metrics, values, source, output_type: 'AbsPower' })
      const answer = await fetch(`${estimator.url}/estimate`, { method: 'POST', body })
      const { powers, msg, provenance } = JSON.parse(await answer.text())
      assert.equal(msg, '')
      pipelines.add(provenance.pipeline)
      error = Math.max(error, errorOf(window[source], powers))
    }
    return { error, pipelines }
  }
  async function newestStretch(): Promise<JudgedSources> {
    const from = Math.ceil(Date.now() / 1000)
    await wait((judged + 2) * 1000)
    return judgedStretch(folder, node, from, judged)
  }
  /** Until the estimator, which asks again every second, has what the trainer publishes. */
  async function untilAccurate(window: JudgedSources): Promise<number> {
    let last = { error: Number.NaN, pipelines: new Set<string>() }
    await until(`the estimator is within ${allowed} % of the truth, now ${last.error} %`, async () => {
      last = await estimates(window)
      return last.error < allowed && [...last.pipelines].join() === 'std_v0.7.11'
    })
    return last.error
  }

  before(async () => {
    exporter = await startExporter({ scenario: hastyScenario, seed: 6, port: 0, clock: Date.now })
    proxy = await startScrapeProxy(exporter.port)
    prometheus = await startPrometheus(folder, proxy.port)
    node = { exporterPort: exporter.port, prometheusUrl: prometheus.url }
    server = await startServer()
    const args = ['--model-server', '--model-server-url', server.url, '--http', '0', '--socket', join(folder, 'e.sock')]
    estimator = await start('estimator', args, /"url":"(http[^"]+)"/, { MODEL_REFRESH_INTERVAL: '1' })
    trainer = await startTrainer()
  })
  after(async () => {
    for (const program of programs) program.signal('SIGKILL')
    await Promise.all(programs.map(({ ended }) => ended))
    await prometheus?.stop()
    await proxy?.close()
    await exporter?.close()
  })

  it('starts from nothing, and soon the estimator answers with its model', async (test) => {
    const begun = Date.now()
    await until('a first version', async () => (await status()).servedVersion > 0)
    test.diagnostic(`first version after ${Math.round((Date.now() - begun) / 1000)} s`)
    const error = await untilAccurate(await newestStretch())
    test.diagnostic(`${error.toFixed(1)} % from the truth`)
    assert.ok((await weights()).length > 0)
  })

  it('sees that the machine has changed, and learns it anew', async (test) => {
    const before = await status()
    const weightsBefore = await weights()
    const curve = { packageIdle: 40, packageDynamic: 150, platformBase: 120 }
    const changed = await fetch(`http://127.0.0.1:${exporter.port}/curve`, {
      method: 'POST',
      body: JSON.stringify(curve),
    })
    assert.equal(changed.status, 200)
    const slots = /output_type="AbsPower",feature_group="Basic"/
    let worst = 0
    await until('drift in /metrics', async () => {
      worst = Math.max(worst, ...(await gauges('served_model_error_percent', slots)))
      const drift = await gauges('served_model_drift_ratio', slots)
      return drift.length > 0 && Math.max(...drift) > 2
    })
    const stale = (await estimates(await newestStretch())).error
    await until('a version after the change', async () => (await status()).servedVersion > before.servedVersion)
    await until('the error of what is served falls', async () => {
      const errors = await gauges('served_model_error_percent', slots)
      return errors.length > 0 && Math.max(...errors) < Math.min(allowed, worst / 2)
    })
    const error = await untilAccurate(await newestStretch())
    test.diagnostic(`off by ${stale.toFixed(1)} % and more at first, then by ${error.toFixed(1)} %`)
    assert.notDeepEqual(await weights(), weightsBefore)
  })

  it('does not let garbage take the place of a good model', async () => {
    const good = await newestStretch()
    // A machine that has just changed may show loads that nobody has learnt yet.
    await untilAccurate(good)
    const rounds = async () => Object.values((await status()).rounds).reduce((sum, count) => sum + count, 0)
    /** Whatever is published meanwhile, e.g. from what was measured before, must be good. */
    async function goodFor(count: number): Promise<void> {
      const end = (await rounds()) + count
      await until(`${count} rounds`, async () => {
        const { error } = await estimates(good)
        assert.ok(error < allowed, `${error} % off\n${(await status()).lastRound}`)
        return (await rounds()) >= end
      })
    }
    proxy.garbage = () => Math.floor(Math.random() * 1e12)
    await goodFor(4)
    const { servedVersion } = await status()
    await goodFor(6)
    const after = await status()
    assert.equal(after.servedVersion, servedVersion, after.lastRound)
    proxy.garbage = undefined
    await goodFor(8)
  })

  it('loses no version when everything is killed', async () => {
    const before = await status()
    for (const { program } of [trainer, server]) {
      program.signal('SIGKILL')
      await program.ended
    }
    server = await startServer()
    trainer = await startTrainer()
    assert.match(await text(`${server.url}/readyz`), /"std_v0\.7\.11"/)
    await until('a round of the new process', async () => (await status()).lastRound !== '')
    const now = await status()
    assert.ok(now.servedVersion >= before.servedVersion)
    assert.equal(now.rounds.failed, 0)
  })
})
