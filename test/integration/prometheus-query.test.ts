import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { keplerModelProgram } from '../../src/cli/program.js'
import { runCli } from '../support/cli.js'
import { noPrometheus, type RunningPrometheus, startPrometheus } from '../support/prometheus.js'

/** A node at 50 W and 10 W of DRAM whose one container works 100 ms a second; counters since `begun`. */
function exposition(begun: number): string {
  const seconds = (Date.now() - begun) / 1000
  const joules = (component: string, watts: number) =>
    ['0', '1'].map(
      (unit) =>
        `kepler_node_${component}_joules_total{source="rapl-sysfs",mode="dynamic",package="${unit}"} ${(watts / 2) * seconds}`,
    )
  const container = '{container_id="c1",pod_name="pod",container_name="app",container_namespace="ns"}'
  return [
    ...joules('package', 50),
    ...joules('core', 0),
    ...joules('uncore', 0),
    ...joules('dram', 10),
    `kepler_container_bpf_cpu_time_ms_total${container} ${100 * seconds}`,
    `kepler_container_bpf_page_cache_hit_total${container} ${7 * seconds}`,
    'other_metric 1',
    '',
  ].join('\n')
}

describe('query against a real Prometheus', { skip: noPrometheus }, () => {
  let folder: string
  let exporter: Server
  let prometheus: RunningPrometheus

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'prometheus-'))
    const begun = Date.now()
    exporter = createServer((_, response) => {
      response.setHeader('content-type', 'text/plain; version=0.0.4')
      response.end(exposition(begun))
    })
    const target = await listen(exporter)
    prometheus = await startPrometheus(folder, target)
    await prometheus.untilScraped('other_metric', 5, 30)
  })
  after(async () => {
    await prometheus?.stop()
    await new Promise((resolve) => exporter.close(resolve))
    await rm(folder, { recursive: true })
  })

  it('calibrates by expressions, whose series have no name', async () => {
    await prometheus.untilScraped('other_metric', 9, 60)
    const power = 'sum(irate(kepler_node_package_joules_total[10s]))'
    const utilisation = '0.25 + 0 * sum(irate(kepler_node_package_joules_total[10s]))'
    const options = ['-s', prometheus.url, '--interval', '30', '--step', '1']
    const expressions = ['--power', power, '--utilisation', utilisation]
    const { code, stderr, stdout } = await runCli(keplerModelProgram, ['calibrate', ...options, ...expressions], {
      environment: { MODEL_PATH: folder },
    })
    assert.equal(code, 0, stderr)
    assert.match(stdout, /^1 point, .*:\n {2}25 %: (49|50)\.\d W at the wall$/m)
  })

  it('saves what was scraped, and a dataset comes out of it', async () => {
    const run = (...args: string[]) => runCli(keplerModelProgram, args, { environment: { DATAPATH: folder } })
    const query = await run('query', '-s', prometheus.url, '--interval', '30', '--step', '1')
    assert.equal(query.code, 0, query.stderr + prometheus.logs())
    const saved = Object.keys(JSON.parse(await readFile(join(folder, 'prom_response.json'), 'utf8')))
    assert.ok(saved.includes('kepler_node_package_joules_total') && !saved.includes('other_metric'))

    const extract = await run('extract', '--json')
    assert.equal(extract.code, 0, extract.stderr)
    const columns = new Map<string, { highest: number }>(
      JSON.parse(extract.stdout).columns.map((column: { column: string }) => [column.column, column]),
    )
    // A step of the query may fall between two scrapes, so single rates vary; none can be far off.
    assert.ok(Math.abs(columns.get('package_power')!.highest - 50) < 30)
    assert.ok(Math.abs(columns.get('bpf_cpu_time_ms')!.highest - 100) < 60)
    assert.equal((await run('validate')).code, 0)
  })

  it('passes on what Prometheus says of a bad question', async () => {
    const { code, stderr } = await runCli(
      keplerModelProgram,
      ['query', '-s', prometheus.url, '--metric-prefix', 'nothing_like_it'],
      {
        environment: { DATAPATH: folder },
      },
    )
    assert.equal(code, 1)
    assert.match(stderr, /no metric with "nothing_like_it" in its name/)
  })
})

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}
