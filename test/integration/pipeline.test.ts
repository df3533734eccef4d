import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { keplerModelProgram } from '../../src/cli/program.js'
import { groupFeatures } from '../../src/core/feature-group.js'
import { meanAbsolutePercentageError } from '../../src/numeric/scores.js'
import { runCli } from '../support/cli.js'
import { type RunningProgram, startProgram } from '../support/program.js'
import { freePort, noPrometheus, type RunningPrometheus, startPrometheus } from '../support/prometheus.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const features = groupFeatures.Basic
/** Seconds of usage that one estimate is of, and how many estimates there are. */
const seconds = 4
const estimates = 6

interface Truth {
  readonly components: readonly string[]
  readonly samples: readonly { readonly time: number; readonly total: readonly number[] }[]
}

describe('from a real Prometheus to estimates', { skip: noPrometheus }, () => {
  const folder = temporaryFolder()
  const data = join(folder, 'data')
  let exporterUrl: string
  let simulator: RunningProgram
  let prometheus: RunningPrometheus

  before(async () => {
    const port = await freePort()
    exporterUrl = `http://127.0.0.1:${port}`
    simulator = startProgram('kepler-model', [
      'simulate',
      '--serve',
      String(port),
      '--scenario',
      'mixed',
      '--seed',
      '5',
    ])
    prometheus = await startPrometheus(join(folder, 'prometheus'), port)
    await prometheus.untilScraped('kepler_node_package_joules_total', 70, 150)
  })
  after(async () => {
    await prometheus?.stop()
    simulator?.signal('SIGTERM')
    await simulator?.ended
  })

  it('queries, trains and serves models whose estimates are within 10 % of the true watts', async (t) => {
    const run = async (...args: string[]) => {
      const { code, stdout, stderr } = await runCli(keplerModelProgram, args, { environment: { DATAPATH: data } })
      assert.equal(code, 0, `${args.join(' ')}\n${stdout}\n${stderr}\n${prometheus.logs()}`)
      return stdout
    }
    await run('query', '-s', prometheus.url, '--interval', '70', '--step', '1')
    const trainers = 'PolynomialRegressionTrainer,SGDRegressorTrainer,GradientBoostingRegressorTrainer'
    await run('train', '--trainers', trainers, '-fg', 'BPFOnly,Basic', '--fast')
    const judged = JSON.parse(await run('estimate', '-i', 'prom_response', '-ot', 'AbsPower', '--json'))
    assert.equal(judged.models.length, 2 * 2 * 3)

    const program = startProgram('kepler-model', [
      ...['serve', '--host', '127.0.0.1', '--port', '0', '--http', '0', '--offline', '--model-path', data],
      ...['--socket', join(folder, 'estimator.sock')],
    ])
    try {
      const [, estimator] = await program.waitFor(/curl -s (http:\/\/\S+)\/estimate -d/)
      const [, server] = await program.waitFor(/curl -s (http:\/\/\S+)\/model -d/)
      const model = await post(`${server}/model`, { metrics: features, output_type: 'AbsPower', weight: true })
      assert.match(model.headers.get('x-kepler-model') ?? '', /^std_v0\.7\.11\/rapl-sysfs\/AbsPower\//)
      assert.match(await model.text(), /"All_Weights"/)

      const intervals = await observe(exporterUrl)
      for (const [source, component] of [
        ['rapl-sysfs', 'package'],
        ['acpi', 'platform'],
      ] as const) {
        const request = {
          metrics: features,
          values: intervals.map(({ usage }) => usage),
          output_type: 'AbsPower',
          source,
        }
        const answer: { powers: Record<string, number[]> } = JSON.parse(
          await (await post(`${estimator}/estimate`, request)).text(),
        )
        const measured = intervals.map(({ watts }) => watts.get(component)!)
        const mape = meanAbsolutePercentageError(measured, answer.powers[component]!)
        t.diagnostic(`${component}: MAPE ${mape.toFixed(2)} %`)
        assert.ok(mape < 10, `${component}: ${mape} % off: ${answer.powers[component]} W for ${measured} W`)
      }
    } finally {
      program.signal('SIGTERM')
      assert.equal(await program.ended, 0, program.stderr())
    }
  })
})

function post(url: string, body: object): Promise<Response> {
  return fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
}

/** What the machine does next, second by second: its usage as an exporter shows it, and the watts it draws in truth. */
async function observe(url: string) {
  const scrapes: { time: number; counters: number[] }[] = []
  for (let i = 0; i <= estimates; i++) {
    if (i > 0) await wait(seconds * 1000)
    const text = await (await fetch(`${url}/metrics`)).text()
    scrapes.push({ time: Date.now() / 1000, counters: features.map((feature) => counterOf(text, feature)) })
  }
  const { components, samples }: Truth = JSON.parse(await (await fetch(`${url}/truth`)).text())
  return scrapes.slice(1).map((scrape, i) => {
    const { time, counters } = scrapes[i]!
    const within = samples.filter((sample) => sample.time > time && sample.time <= scrape.time)
    assert.ok(within.length >= seconds - 1, 'the truth is known by the second')
    const mean = (c: number) => within.reduce((sum, { total }) => sum + total[c]!, 0) / within.length
    return {
      usage: scrape.counters.map((value, j) => (value - counters[j]!) / (scrape.time - time)),
      watts: new Map(components.map((component, c) => [component, mean(c)])),
    }
  })
}

/** A counter of all containers together; in this scenario all of them stay. */
function counterOf(text: string, feature: string): number {
  const lines = text.matchAll(new RegExp(`^kepler_container_${feature}_total\\{.*\\} (\\S+)$`, 'gm'))
  return [...lines].reduce((sum, [, value]) => sum + Number(value), 0)
}
