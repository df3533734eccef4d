import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { type DescribedMetric, processMetrics, programMetrics } from '../../scripts/program-metrics.js'
import { isProgramMetric } from '../../src/metrics/program-prefixes.js'
import { startProgram } from '../support/program.js'
import { noPrometheus } from '../support/prometheus.js'
import { temporaryFolder } from '../support/temporary-folder.js'

/** What promtool says of text that a program exposes. */
function complaints(exposition: string): string[] {
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
    input: exposition,
    encoding: 'utf8',
  })
  assert.ok(status !== null, 'promtool did not end')
  return `${stdout}${stderr}`.split('\n').filter((line) => line !== '')
}

/** One series of a metric, made up: promtool leaves families without one out. */
function madeUp({ name, type, help, labels }: DescribedMetric): string {
  const series = (suffix: string, ...more: string[]) =>
    `${name}${suffix}{${[...labels.map((label) => `${label}="a"`), ...more].join()}} 1`
  const sums = [series('_sum'), series('_count')]
  const lines: Readonly<Record<string, readonly string[]>> = {
    histogram: [series('_bucket', 'le="+Inf"'), ...sums],
    summary: [series('', 'quantile="0.5"'), ...sums],
  }
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...(lines[type] ?? [series('')]), ''].join('\n')
}

describe('the metrics of all programs, as promtool checks them', { skip: noPrometheus }, () => {
  it('finds what is wrong', () => {
    const wrong = { name: 'kepler_meter_energy_kilojoules', type: 'counter', help: 'Energy.', labels: [] }
    assert.match(complaints(madeUp(wrong)).join('\n'), /counter metrics should have "_total" suffix/)
  })

  for (const [program, metrics] of programMetrics()) {
    it(`${program}: every metric that it may have`, () => {
      assert.ok(metrics.length > 5)
      assert.deepEqual(complaints(metrics.map(madeUp).join('')), [])
    })
  }

  it('those of every Node process', () => {
    assert.deepEqual(complaints(processMetrics().map(madeUp).join('')), [])
  })

  it("each name is Kepler's or begins as those that queries leave out", () => {
    const kepler = /^kepler_(node|process|container|pod|vm)_cpu_/
    const names = [...programMetrics().values()].flat().map(({ name }) => name)
    assert.deepEqual(
      names.filter((name) => !kepler.test(name) && !isProgramMetric(name)),
      [],
    )
  })
})

describe('/metrics of the running programs', { skip: noPrometheus }, () => {
  const folder = temporaryFolder()
  const local = ['--host', '127.0.0.1', '--port', '0']
  const usage = { metrics: ['bpf_cpu_time_ms', 'bpf_page_cache_hit'], output_type: 'AbsPower', source: 'rapl-sysfs' }
  const programs: Readonly<Record<string, { args: readonly string[]; path: string; body?: object; until: RegExp }>> = {
    'model-server': {
      args: [...local, '--offline'],
      path: '/model',
      body: { ...usage, weight: true },
      until: /^kepler_model_server_http_requests_total\{.*status="200"/m,
    },
    estimator: {
      args: ['--http', '0', '--offline', '--socket', join(folder, 'e.sock')],
      path: '/estimate',
      body: { ...usage, values: [[100, 5]] },
      until: /^kepler_estimator_http_requests_total\{.*status="200"/m,
    },
    'offline-trainer': {
      args: local,
      path: '/train',
      body: { name: 'none' },
      until: /^kepler_offline_trainer_http_requests_total\{.*status="400"/m,
    },
    'online-trainer': {
      args: [...local, '--prometheus', 'http://127.0.0.1:9'],
      path: '/status',
      until: /^kepler_online_trainer_failures_total\{reason="unavailable"\} [1-9]/m,
    },
    'power-meter': { args: ['--port', '0'], path: '/reading', until: /^kepler_node_cpu_watts\{/m },
  }

  for (const [name, { args, path, body, until }] of Object.entries(programs)) {
    it(`${name}: nothing to complain of`, { timeout: 120_000 }, async () => {
      const program = startProgram(name, args, {
        LOG_FORMAT: 'json',
        MODEL_PATH: join(folder, name, 'models'),
        JOBS_PATH: join(folder, name, 'jobs'),
        ONLINE_HISTORY_PATH: join(folder, name, 'history'),
      })
      after(() => program.signal('SIGKILL'))
      const [, url = ''] = await program.waitFor(/(http:\/\/[\w.:[\]]+\d)/)
      let text = ''
      while (!until.test(text)) {
        await wait(100)
        await fetch(`${url}${path}`, body && { method: 'POST', body: JSON.stringify(body) })
        text = await (await fetch(`${url}/metrics`)).text()
      }
      assert.deepEqual(complaints(text), [])
      program.signal('SIGTERM')
      await program.ended
    })
  }
})
