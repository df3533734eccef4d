import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

/** Why tests that need a real Prometheus are skipped, `false` where they are not. */
export const noPrometheus: string | false =
  spawnSync('prometheus', ['--version']).status === 0 ? false : "needs Debian's prometheus (apt-get install prometheus)"

export interface RunningPrometheus {
  readonly url: string
  /** What it logged so far. */
  readonly logs: () => string
  untilReady(timeoutSeconds: number): Promise<void>
  /** Waits until it has so many samples of a metric. */
  untilScraped(metric: string, samples: number, timeoutSeconds: number): Promise<void>
  stop(): Promise<void>
}

/** Starts a Prometheus that scrapes exporters on this machine every second. */
export async function startPrometheus(folder: string, ...exporterPorts: readonly number[]): Promise<RunningPrometheus> {
  const targets = `[${exporterPorts.map((port) => `'127.0.0.1:${port}'`).join(', ')}]`
  return runPrometheus(
    folder,
    `scrape_configs:\n- job_name: kepler\n  scrape_interval: 1s\n  static_configs:\n  - targets: ${targets}\n`,
  )
}

/** The same of one job of a name, with rules from a file, evaluated each second. */
export async function startPrometheusWithRules(
  folder: string,
  { job, port, rules }: { readonly job: string; readonly port: number; readonly rules: string },
): Promise<RunningPrometheus> {
  const every = 'global: { scrape_interval: 1s, evaluation_interval: 1s }'
  const targets = `static_configs: [{ targets: ['127.0.0.1:${port}'] }]`
  return runPrometheus(
    folder,
    `${every}\nrule_files: ['${rules}']\nscrape_configs:\n- job_name: ${job}\n  ${targets}\n`,
  )
}

/** Starts a Prometheus that scrapes nothing and has what `openMetrics` says: text with the time of each sample. */
export async function startBackfilledPrometheus(folder: string, openMetrics: string): Promise<RunningPrometheus> {
  mkdirSync(folder, { recursive: true })
  const text = join(folder, 'samples.txt')
  writeFileSync(text, openMetrics)
  const tsdb = join(folder, 'tsdb')
  const blocks = spawnSync('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', text, tsdb], { encoding: 'utf8' })
  if (blocks.status !== 0) throw new Error(`promtool makes no blocks: ${blocks.stderr}`)
  return runPrometheus(folder, 'scrape_configs: []\n', ['--storage.tsdb.retention.time=100y'])
}

async function runPrometheus(
  folder: string,
  config: string,
  options: readonly string[] = [],
): Promise<RunningPrometheus> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'prometheus.yml'), config)
  const child: ChildProcess = spawn('prometheus', [
    `--config.file=${join(folder, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(folder, 'tsdb')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    ...options,
  ])
  let logs = ''
  child.stderr?.on('data', (chunk: Buffer) => (logs += chunk.toString()))
  return {
    url,
    logs: () => logs,
    async untilReady(timeoutSeconds) {
      const end = Date.now() + timeoutSeconds * 1000
      while (Date.now() < end) {
        await wait(200)
        if ((await fetch(`${url}/-/ready`).catch(() => undefined))?.ok) return
      }
      throw new Error(`Prometheus is not ready after ${timeoutSeconds} s\n${logs}`)
    },
    async untilScraped(metric, samples, timeoutSeconds) {
      const query = encodeURIComponent(`max(count_over_time(${metric}[1h]))`)
      const end = Date.now() + timeoutSeconds * 1000
      while (Date.now() < end) {
        await wait(200)
        const answer = await fetch(`${url}/api/v1/query?query=${query}`).catch(() => undefined)
        const count = /"value":\[[^,]+,"(\d+)"/.exec((await answer?.text()) ?? '')?.[1]
        if (Number(count) >= samples) return
      }
      throw new Error(`Prometheus has no ${samples} samples of ${metric} after ${timeoutSeconds} s\n${logs}`)
    },
    async stop() {
      child.kill('SIGTERM')
      if (child.exitCode === null) await new Promise((resolve) => child.once('exit', resolve))
    },
  }
}

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
