import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { keplerModelProgram } from '../../src/cli/program.js'
import { startExporter } from '../../src/simulate/exporter.js'
import type { RunningExporter } from '../../src/simulate/serve-simulation.js'
import { runCli } from '../support/cli.js'
import { hastyScenario } from '../support/hasty-scenario.js'
import { errorOf, judgedStretch, sources } from '../support/node-truth.js'
import { startProgram } from '../support/program.js'
import { noPrometheus, type RunningPrometheus, startPrometheus } from '../support/prometheus.js'

/** Seconds of data to learn from, and to be judged by. */
const learnt = 60
const judged = 24

describe('a Prometheus that scrapes a simulated node', { skip: noPrometheus }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'kepler-pipeline-'))
  const run = (...args: string[]) => runCli(keplerModelProgram, [...args, '--data-path', folder])
  let exporter: RunningExporter
  let prometheus: RunningPrometheus
  let begun = 0
  before(async () => {
    exporter = await startExporter({ scenario: hastyScenario, seed: 6, port: 0, clock: Date.now })
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
    const times = ['--start-time', String(begun), '--end-time', String(begun + learnt), '--step', '2']
    const query = await run('query', '-s', prometheus.url, '-o', 'learnt', ...times)
    assert.equal(query.code, 0, query.stderr + prometheus.logs())
    const train = await run('train', '-i', 'learnt', '-ot', 'AbsPower', '--trainers', 'Polynomial,SGD,Linear', '--json')
    assert.equal(train.code, 0, train.stderr)
    assert.deepEqual(JSON.parse(train.stdout).failures, [])
    const node = { exporterPort: exporter.port, prometheusUrl: prometheus.url }
    const window = await judgedStretch(folder, node, begun + learnt, judged)

    const socket = join(folder, 'estimator.sock')
    const args = ['serve', '--offline', '--port', '0', '--http', '0', '--model-path', folder, '--socket', socket]
    const server = startProgram('kepler-model', args)
    try {
      await server.waitFor(/"estimator"/)
      for (const source of sources) {
        const { times, metrics, values } = window[source]
        assert.ok(times.length >= 8, `${times.length} rows`)
        const answer = await ask(socket, { metrics, values, source, output_type: 'AbsPower' })
        assert.equal(answer.msg, '')
        const mape = errorOf(window[source], answer.powers)
        test.diagnostic(`${source}: ${mape.toFixed(1)} % from the truth`)
        assert.ok(mape < 10, `${source}: ${mape.toFixed(1)} %`)
      }
    } finally {
      server.signal('SIGTERM')
      assert.equal(await server.ended, 0, server.stderr())
    }
  })
})

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
