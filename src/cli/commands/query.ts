import { createHash } from 'node:crypto'
import { dirname, join } from 'node:path'
import type { Command } from 'commander'
import type { Config } from '../../config/config.js'
import { ModelError, messageOf } from '../../core/errors.js'
import { isProgramMetric } from '../../metrics/program-prefixes.js'
import { parseThirdParty, splitMetrics } from '../../extract/third-party.js'
import { noticeCollector, noticeLines } from '../../prometheus/notices.js'
import { queryToFile } from '../../prometheus/query.js'
import { readResponseFile } from '../../prometheus/read.js'
import { parseTime } from '../../prometheus/time-range.js'
import { writeFileAtomic } from '../../runtime/atomic-file.js'
import { makeFolder } from '../../runtime/make-folder.js'
import { meterMetrics } from '../../extract/measurements.js'
import { measurementSettings } from '../../service/measurement-settings.js'
import { isNodeOsMetric } from '../../vocabulary/node-os.js'
import { realMeterMetric } from '../../vocabulary/own-meter.js'
import { prometheusServer } from '../../service/prometheus-server.js'
import { describedCommand } from '../help/described-command.js'
import { inputFile, outputFile, responseNames } from '../inputs/data-files.js'
import { addSettingOptions, settingOverrides } from '../options/setting-options.js'
import { timeText } from '../reports/dataset-report.js'
import { metricCsv } from '../reports/metric-csv.js'
import { type CliIo, writeJson, writeLines } from '../terminal/io.js'
import { progressLine } from '../terminal/progress.js'

const settings = {
  DATAPATH: '--data-path <folder>',
  PROM_SERVER: '-s, --server <url>',
  PROM_QUERY_INTERVAL: '--interval <seconds>',
  PROM_QUERY_STEP: '--step <seconds>',
  PROM_SSL_DISABLE: '--insecure',
  PROM_CA_FILE: '--ca-file <file>',
  PROM_USERNAME: '--username <name>',
  PROM_ALLOW_PARTIAL: '--allow-partial',
  PROM_SELECTOR: '--select <matchers>',
  POWER_METRIC: '--power-metric <selector>',
  POWER_METERS: '--power-meters <file>',
} as const

interface Options {
  readonly output: string
  readonly startTime?: string
  readonly endTime?: string
  readonly benchmark?: string
  readonly metricPrefix: string
  readonly thirdpartyMetrics?: string
  readonly nodeOs?: boolean
  readonly bearerTokenFile?: string
  readonly passwordFile?: string
  readonly toCsv?: boolean
  readonly resume: boolean
  readonly json?: boolean
}

const defaultPrefix = 'kepler_'

/** `kepler-model query`: Kepler's metrics in a Prometheus -> a saved response. */
export function queryCommand(io: CliIo): Command {
  const command = describedCommand({
    name: 'query',
    group: 'train',
    summary: "save Kepler's metrics from a Prometheus",
    description:
      "Queries a Prometheus for all of Kepler's metrics over a range of time and saves them as <output>.json in the data folder. Long ranges are queried in parts; a query that was interrupted continues where it stopped when it is run again. Secrets come from files or settings (PROM_BEARER_TOKEN, PROM_PASSWORD), never from the command line.",
    examples: [
      ['kepler-model query -s http://localhost:9090 -o prom_response --interval 3600', 'the last hour'],
      [
        'kepler-model query --start-time 2026-11-23T08:00:00Z --end-time 2026-11-23T20:00:00Z --bearer-token-file /run/token',
        'half a day, with a token',
      ],
    ],
  })
    .option('-o, --output <name>', 'file of the data folder to write', 'prom_response')
    .option('--start-time <time>', 'unix seconds or 2026-11-23T16:00:00Z (default: --interval before the end)')
    .option('--end-time <time>', 'unix seconds or 2026-11-23T16:00:00Z (default: now)')
    .option(
      '--benchmark <file>',
      'take begin and end from this file of the data folder, {startTimeUTC, endTimeUTC} or a CPE Benchmark',
    )
    .option(
      '--metric-prefix <text>',
      "save metrics with this in their names; by default without those of this package's programs",
      defaultPrefix,
    )
    .option('--thirdparty-metrics <names>', 'save these metrics too, comma-separated (also -tm)')
    .option(
      '--node-os',
      'save what the feature group NodeOS is made of too: metrics of node_exporter or the power meter',
    )
    .option('--bearer-token-file <file>', 'file that holds a bearer token')
    .option('--password-file <file>', 'file that holds the password for basic authentication')
    .option('--to-csv', 'also write each metric as <metric>.csv')
    .option('--no-resume', 'start again instead of continuing a query that was interrupted')
    .option('--json', 'print JSON')
  addSettingOptions(command, settings)
  return command.action(async (options: Options) => {
    const config = io.loadConfig(settingOverrides(command, settings))
    const path = outputFile(config.DATAPATH, options.output, '.json')
    await makeFolder(dirname(path))
    // Loaded when it is needed, so that other commands start faster.
    const { prometheusClient } = await import('../../prometheus/client.js')
    const said = noticeCollector()
    const client = prometheusClient(await prometheusServer(config, options), {
      signal: io.signal,
      allowPartial: config.PROM_ALLOW_PARTIAL,
      onNotice: said.add,
      onRetry: (error, seconds) =>
        writeLines(io.stderr, [`${messageOf(error)}; trying again in ${seconds.toFixed(1)} s`]),
      onRecovered: ({ metric, kind, count }) =>
        writeLines(io.stderr, [`${metric}: ${count} samples recovered: ${kind}`]),
    })
    const progress = progressLine(io.stderr)
    try {
      const result = await queryToFile(client, await requestOf(config, await withBenchmark(config, options)), path, {
        signal: io.signal,
        resume: options.resume,
        onProgress: (done, total, metric) => progress.show(done / total, `${done} of ${total} metrics, ${metric}`),
      })
      progress.clear()
      writeLines(io.stderr, noticeLines(said.notices))
      if (options.nodeOs && !result.metrics.some(isNodeOsMetric)) {
        writeLines(io.stderr, ['warning: --node-os: nothing of node_exporter or the power meter is there'])
      }
      const files = [path, ...(options.toCsv ? await writeMetricCsvs(config.DATAPATH, path) : [])]
      if (options.json) return writeJson(io.stdout, { files, ...result })
      const { range, metrics, resumed } = result
      const before = resumed > 0 ? `, ${resumed} of them from the interrupted query` : ''
      writeLines(io.stdout, [
        `${metrics.length} metrics from ${timeText(range.start)} to ${timeText(range.end)} every ${range.step} s${before}`,
        ...files.map((file) => `written to ${file}`),
      ])
    } finally {
      progress.clear()
      await client.close()
    }
  })
}

/** The options with the times of the benchmark that they name. */
async function withBenchmark(config: Config, options: Options): Promise<Options> {
  if (options.benchmark === undefined) return options
  const { benchmarkTime } = await import('../inputs/benchmark-time.js')
  const { start, end } = await benchmarkTime(
    inputFile(config.DATAPATH, options.benchmark, responseNames(options.benchmark), 'benchmark'),
  )
  return { ...options, startTime: options.startTime ?? String(start), endTime: options.endTime ?? String(end) }
}

async function requestOf(config: Config, options: Options) {
  const { startTime, endTime, metricPrefix, nodeOs = false } = options
  const { PROM_QUERY_INTERVAL: interval, PROM_QUERY_STEP: step } = config
  // What to join with Kepler's measurements is saved whole: which series are meant is said when a dataset is made.
  const { meters } = await measurementSettings(config)
  const thirdParty = splitMetrics(options.thirdpartyMetrics).map((text) => parseThirdParty(text).metric)
  const metrics = [...new Set([...thirdParty, ...meterMetrics(meters)])]
  const from = startTime === undefined ? undefined : parseTime(startTime, 'start-time')
  const now = Math.floor(Date.now() / 1000)
  const end =
    endTime !== undefined ? parseTime(endTime, 'end-time') : from === undefined ? now : Math.min(now, from + interval)
  const start = from ?? end - interval
  if (end <= start) {
    const times = `--end-time ${timeText(end)} is not after --start-time ${timeText(start)}`
    throw new ModelError('INVALID_REQUEST', `${times}: give an end that is later`, { field: 'end-time' })
  }
  // The times as the user gave them: "the last hour", run again after an interruption, continues the hour of the first run.
  const identity = JSON.stringify([
    serverIdentity(config.PROM_SERVER),
    metricPrefix,
    metrics,
    step,
    interval,
    config.PROM_ALLOW_PARTIAL,
    config.PROM_SELECTOR ?? '',
    startTime,
    endTime,
    // A query of before this option goes on.
    ...(nodeOs ? ['node-os'] : []),
  ])
  // Those of this package's programs measure no machine; whoever wants them names them. One says which watts are estimates.
  const isWanted = (metric: string) =>
    metricPrefix !== defaultPrefix || !isProgramMetric(metric) || metric === realMeterMetric
  const wants = (metric: string) =>
    (metric.includes(metricPrefix) && isWanted(metric)) || (nodeOs && isNodeOsMetric(metric))
  // With metrics of other exporters the prefix is checked by `wants`.
  return { metricPrefix: nodeOs ? '' : metricPrefix, metrics, wants, range: { start, end, step }, identity }
}

/** Without what may be secret in the parameters: it stands in a file. */
function serverIdentity(server: string): string {
  const { host, pathname, search } = new URL(server)
  return host + pathname + (search && `?${createHash('sha256').update(search).digest('hex')}`)
}

async function writeMetricCsvs(folder: string, path: string): Promise<readonly string[]> {
  const { series } = await readResponseFile(path)
  const files: string[] = []
  for (const [metric, list] of series) {
    // The metric's name becomes a file name. Prometheus allows no other characters in it, but the server may not be one.
    if (!/^[A-Za-z0-9_:]+$/.test(metric)) continue
    const file = join(folder, `${metric}.csv`)
    await writeFileAtomic(file, metricCsv(metric, list))
    files.push(file)
  }
  return files
}
