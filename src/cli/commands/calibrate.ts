import { join } from 'node:path'
import type { Command } from 'commander'
import type { Config } from '../../config/config.js'
import { counted } from '../../core/counted.js'
import { ModelError } from '../../core/errors.js'
import type { PrometheusServerClient } from '../../prometheus/client.js'
import { parseTime, type TimeRange } from '../../prometheus/time-range.js'
import { silentLogger } from '../../runtime/ports.js'
import { prometheusServer } from '../../service/prometheus-server.js'
import { knownFolder, writableFolder } from '../../service/writable-folder.js'
import {
  type Calibration,
  calibrationPath,
  forgetCalibration,
  machineIdentity,
  readCalibration,
  writeCalibration,
} from '../../universal/calibrate/calibration-file.js'
import { parseCalibrationPoint } from '../../universal/calibrate/parse-point.js'
import { pointsOfMeasurements } from '../../universal/calibrate/points-of-measurements.js'
import type { CalibrationPoint } from '../../universal/calibration.js'
import { describedCommand } from '../help/described-command.js'
import { localMachine } from '../../service/local-machine.js'
import { measurementsOf } from '../inputs/power-measurements.js'
import { addSettingOptions, settingOverrides } from '../options/setting-options.js'
import { type CliIo, writeJson, writeLines } from '../terminal/io.js'

const settings = {
  PROM_SERVER: '-s, --server <url>',
  PROM_QUERY_INTERVAL: '--interval <seconds>',
  PROM_QUERY_STEP: '--step <seconds>',
  PROM_SSL_DISABLE: '--insecure',
  PROM_CA_FILE: '--ca-file <file>',
  PROM_USERNAME: '--username <name>',
} as const

interface Options {
  readonly point?: readonly string[]
  readonly power?: string
  readonly utilisation?: string
  readonly startTime?: string
  readonly endTime?: string
  readonly bearerTokenFile?: string
  readonly passwordFile?: string
  readonly forget?: boolean
  readonly json?: boolean
}

/** `kepler-model calibrate`: what was measured of this machine, kept for every later answer. */
export function calibrateCommand(io: CliIo): Command {
  const command = describedCommand({
    name: 'calibrate',
    group: 'use',
    summary: "keep what was measured of this machine's power",
    description:
      'Calibrates the power curve of this machine with points that you measured, or with a stretch of measurements in a Prometheus: the power of a plug, PDU or BMC (--power) against the utilisation of the machine (--utilisation, 0 to 1), both as expressions of PromQL that give one series. The points are kept beside the pipelines (calibration.json in MODEL_PATH); `kepler-model curve` uses and names them. Without options it shows what is kept.',
    examples: [
      ['kepler-model calibrate --point 50%=212W --point idle=95W', 'from points'],
      [
        `kepler-model calibrate -s http://localhost:9090 --power 'pdu_outlet_watts{outlet="7"}' --utilisation '1 - avg(rate(node_cpu_seconds_total{mode="idle",instance="a:9100"}[1m]))'`,
        'from the last hour of a PDU',
      ],
      ['kepler-model calibrate --forget', 'forget what is kept'],
    ],
  })
    .option(
      '--point <load=watts>',
      '50%=212W at the wall, idle=60W:package of the processors; repeatable',
      (value: string, before: readonly string[] | undefined) => [...(before ?? []), value],
    )
    .option('--power <expression>', 'PromQL of the watts at the wall')
    .option('--utilisation <expression>', 'PromQL of the share of its threads that is busy, 0 to 1')
    .option('--start-time <time>', 'unix seconds or 2026-11-23T16:00:00Z (default: --interval before the end)')
    .option('--end-time <time>', 'unix seconds or 2026-11-23T16:00:00Z (default: now)')
    .option('--bearer-token-file <file>', 'file that holds a bearer token')
    .option('--password-file <file>', 'file that holds the password for basic authentication')
    .option('--forget', 'remove what is kept')
    .option('--json', 'print JSON')
  addSettingOptions(command, settings)
  return command.action(async (options: Options) => {
    const config = io.loadConfig(settingOverrides(command, settings))
    const { machine } = localMachine(config)
    if (options.forget) {
      const there = forgetCalibration(calibrationPath(knownFolder(config, 'MODEL_PATH')))
      return writeLines(io.stdout, [
        there ? 'The calibration of this machine is removed.' : 'There was no calibration.',
      ])
    }
    const points = await measuredPoints(io, config, options)
    if (points.length === 0) {
      return show(io, readCalibration(calibrationPath(knownFolder(config, 'MODEL_PATH')), machine), options.json)
    }
    const folder = writableFolder(config, 'MODEL_PATH', silentLogger)
    const source = options.power === undefined ? 'points' : `${options.power} against ${options.utilisation}`
    const calibration = {
      machine: machineIdentity(machine),
      points,
      source: source.slice(0, 2048),
      measured: new Date().toISOString(),
    }
    writeCalibration(calibrationPath(folder), calibration)
    show(io, calibration, options.json)
    if (!options.json)
      writeLines(io.stdout, [`kept in ${join(folder, 'calibration.json')}; \`kepler-model curve\` uses it`])
  })
}

async function measuredPoints(io: CliIo, config: Config, options: Options): Promise<readonly CalibrationPoint[]> {
  const points = (options.point ?? []).map(parseCalibrationPoint)
  const { power, utilisation } = options
  if (power === undefined && utilisation === undefined) return points
  if (power === undefined || utilisation === undefined) {
    throw new ModelError('INVALID_REQUEST', '--power and --utilisation go together', {
      field: power === undefined ? 'power' : 'utilisation',
    })
  }
  const { prometheusClient } = await import('../../prometheus/client.js')
  const client: PrometheusServerClient = prometheusClient(await prometheusServer(config, options), {
    signal: io.signal,
  })
  try {
    return [
      ...points,
      ...pointsOfMeasurements(await measurementsOf(client, power, utilisation, rangeOf(config, options))),
    ]
  } finally {
    await client.close()
  }
}

function rangeOf(
  { PROM_QUERY_INTERVAL: interval, PROM_QUERY_STEP: step }: Config,
  { startTime, endTime }: Options,
): TimeRange {
  const end = endTime === undefined ? Math.floor(Date.now() / 1000) : parseTime(endTime, 'end-time')
  const start = startTime === undefined ? end - interval : parseTime(startTime, 'start-time')
  return { start, end, step }
}

function show(io: CliIo, calibration: Calibration | undefined, json = false): void {
  if (json) {
    writeJson(io.stdout, calibration ?? null)
    return
  }
  if (!calibration) {
    writeLines(io.stdout, ['This machine is not calibrated.'])
    return
  }
  writeLines(io.stdout, [
    `${counted(calibration.points.length, 'point')}, measured ${calibration.measured} (${calibration.source}):`,
    ...calibration.points.map(({ load, watts }) => `  ${Math.round(load * 100)} %: ${watts.toFixed(1)} W at the wall`),
  ])
}
