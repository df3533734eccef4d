import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { keplerModelProgram } from '../../src/cli/program.js'
import { meanAbsolutePercentageError } from '../../src/numeric/scores.js'
import { energyComponents } from '../../src/simulate/container.js'
import { type RunningExporter, startExporter } from '../../src/simulate/exporter.js'
import { type Scenario, scenarioNamed } from '../../src/simulate/scenario.js'
import { runCli } from '../support/cli.js'
import { startProgram } from '../support/program.js'
import { noPrometheus, type RunningPrometheus, startPrometheus } from '../support/prometheus.js'

/** Seconds of data to learn from, and to be judged by. */
const learnt = 60
const judged = 24

/** Work that changes every few seconds, so that a minute is enough to learn from. */
const hasty: Scenario = {
  ...scenarioNamed('mixed'),
  workloads: scenarioNamed('mixed').workloads.map((workload) =>
    workload.background ? workload : { ...workload, pattern: { kind: 'steps', low: 0, high: 1, seconds: 9 } },
  ),
}

describe('a Prometheus that scrapes a simulated node', { skip: noPrometheus }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'kepler-pipeline-'))
  const run = (...args: string[]) => runCli(keplerModelProgram, [...args, '--data-path', folder])
  let exporter: RunningExporter
  let prometheus: RunningPrometheus
  let begun = 0
  before(async () => {
    exporter = await startExporter({ scenario: hasty, seed: 6, port: 0, clock: Date.now })
    prometheus = await startPrometheus(folder, exporter.port)
    await prometheus.untilScraped('kepler_node_node_info', 2, 30)
    begun = Math.ceil(Date.now() / 1000)
    await prometheus.untilScraped('kepler_node_node_info', learnt + judged + 4, learnt + judged + 60)
  })
  after(async () => {
    await prometheus?.stop()
    await exporter?.close()
    rmSync(folder, { recursive: true })
  })

  it('query, train, serve, estimate: within 10 % of the true watts', async (test) => {
    const query = async (name: string, from: number, seconds: number) => {
      const times = ['--start-time', String(from), '--end-time', String(from + seconds), '--step', '2']
      const { code, stderr } = await run('query', '-s', prometheus.url, '-o', name, ...times)
      assert.equal(code, 0, stderr + prometheus.logs())
    }
    await query('learnt', begun, learnt)
    await query('judged', begun + learnt, judged)
    const train = await run('train', '-i', 'learnt', '-ot', 'AbsPower', '--trainers', 'Polynomial,SGD,Linear', '--json')
    assert.equal(train.code, 0, train.stderr)
    assert.deepEqual(JSON.parse(train.stdout).failures, [])
    for (const source of ['acpi', 'rapl-sysfs']) {
      const extract = await run('extract', '-i', 'judged', '-o', source, '-e', source, '-fg', 'Basic')
      assert.equal(extract.code, 0, extract.stderr)
    }

    const socket = join(folder, 'estimator.sock')
    const args = ['serve', '--offline', '--port', '0', '--http', '0', '--model-path', folder, '--socket', socket]
    const server = startProgram('kepler-model', args)
    try {
      await server.waitFor(/Ask it for watts/)
      const truth = await trueWatts(exporter.port, prometheus.url, begun + learnt)
      for (const source of ['acpi', 'rapl-sysfs']) {
        const { times, metrics, values } = readRows(join(folder, `extracted_${source}.csv`))
        assert.ok(times.length >= 8, `${times.length} rows`)
        const answer = await ask(socket, { metrics, values, source, output_type: 'AbsPower' })
        assert.equal(answer.msg, '')
        for (const component of source === 'acpi' ? (['platform'] as const) : (['package', 'dram'] as const)) {
          const actual = times.map((time) => truth(time, component))
          const mape = meanAbsolutePercentageError(actual, answer.powers[component]!)
          test.diagnostic(`${source} ${component}: ${mape.toFixed(1)} % from the truth`)
          assert.ok(mape < 10, `${source} ${component}: ${mape.toFixed(1)} %`)
        }
      }
    } finally {
      server.signal('SIGTERM')
      assert.equal(await server.ended, 0, server.stderr())
    }
  })
})

/**
 * True watts between the scrapes that a query sees at a time and at the step before. A query takes the last scrape, which
 * may be a second old.
 */
async function trueWatts(exporterPort: number, prometheusUrl: string, from: number) {
  const query = new URLSearchParams({
    query: 'timestamp(kepler_node_node_info)',
    start: String(from),
    end: String(from + judged),
    step: '2',
  })
  const scraped = await (await fetch(`${prometheusUrl}/api/v1/query_range?${query}`)).text()
  const scrapes = new Map<number, number>(
    JSON.parse(scraped).data.result[0].values.map(([time, at]: [number, string]) => [time, Number(at)]),
  )
  const answer = await fetch(`http://127.0.0.1:${exporterPort}/truth`)
  const { samples }: { samples: { time: number; total: number[] }[] } = JSON.parse(await answer.text())
  return (time: number, component: (typeof energyComponents)[number]) => {
    const c = energyComponents.indexOf(component)
    const [begin, end] = [scrapes.get(time - 2)!, scrapes.get(time)!]
    let joules = 0
    for (const sample of samples) {
      // A sample is the mean of the second that ends at its time.
      const seconds = Math.min(end, sample.time) - Math.max(begin, sample.time - 1)
      if (seconds > 0) joules += seconds * sample.total[c]!
    }
    return joules / (end - begin)
  }
}

/** The usage in a dataset file. */
function readRows(path: string): { times: number[]; metrics: string[]; values: number[][] } {
  const [header = '', ...lines] = readFileSync(path, 'utf8').trim().split('\n')
  const names = header.split(',')
  const metrics = names.filter((name) => /^(bpf_|cpu_|cache_)/.test(name))
  const rows = lines.map((line) => line.split(',').map(Number))
  return {
    times: rows.map((row) => row[0]!),
    metrics,
    values: rows.map((row) => metrics.map((name) => row[names.indexOf(name)]!)),
  }
}

function ask(socket: string, request: object): Promise<{ powers: Record<string, number[]>; msg: string }> {
  return new Promise((resolve, reject) => {
    let text = ''
    connect(socket)
      .on('error', reject)
      .on('data', (chunk) => (text += chunk.toString()))
      .on('end', () => resolve(JSON.parse(text)))
      .write(JSON.stringify(request))
  })
}
