import type { Command } from 'commander'
import { keepYoungGenerationSmall } from '../../runtime/small-heap.js'
import type { RunningPowerMeter } from '../../service/power-meter.js'
import { untilAborted } from '../../service/running.js'
import { describedCommand } from '../help/described-command.js'
import { packageVersion } from '../package-version.js'
import { meterFlags } from '../options/meter-flags.js'
import { addSettingOptions, type SettingFlags, settingOverrides } from '../options/setting-options.js'
import { powerSourceLines } from '../reports/power-source-lines.js'
import { type CliIo, type Output, writeLines } from '../terminal/io.js'

const flags: SettingFlags = {
  ...meterFlags,
  METER_POWERCAP: '--powercap <folder>',
  METER_HTTP_PORT: '-p, --port <port>',
  METER_HTTP_HOST: '--host <address>',
  METER_LEVELS: '--level <name>',
  METER_COMPARE: '--compare',
  METER_NODE_NAME: '--node-name <name>',
  METER_PODS: '--pods <who>',
  METER_OTLP_URL: '--otlp <url>',
  METER_OTLP_INTERVAL: '--otlp-interval <seconds>',
  LOG_LEVEL: '--log-level <level>',
  LOG_FORMAT: '--log-format <format>',
}

/** `kepler-model meter`, also the program `power-meter`. */
export function powerMeterCommand(io: CliIo): Command {
  const command = describedCommand({
    name: 'meter',
    group: 'serve',
    summary: "estimate this machine's power, as a meter that other programs read",
    description:
      "Estimates this machine's power from /proc and /sys once a second: zones with a 90 % interval, processes, containers, pods and virtual machines. Shows them at /metrics in the words of Kepler 0.10, keeps a tree like /sys/class/powercap that Kepler, node_exporter and others read as the kernel's, and sends OpenTelemetry metrics. Where the hardware has a meter it stands aside. Runs until SIGTERM or Ctrl-C. Logs go to stderr.",
    examples: [
      ['power-meter', 'metrics on 127.0.0.1:28283'],
      ['power-meter --powercap /run/power-meter', 'and a tree for `kepler --host.sysfs=/run/power-meter`'],
      ['power-meter --share 0.25 --host 0.0.0.0', 'in a guest that has a quarter of its host'],
      ['power-meter --model-server http://models:8100', 'by a model that was trained for guests of this kind'],
      ['power-meter --compare', 'beside a real meter, to learn the error'],
    ],
  })
  return addSettingOptions(command, flags).action(async () => {
    keepYoungGenerationSmall()
    const [{ createLogger }, { startFollowingMeter }] = await Promise.all([
      import('../../service/logger.js'),
      import('../../service/following-meter.js'),
    ])
    const config = io.loadConfig(settingOverrides(command, flags))
    const logger = createLogger({ level: config.LOG_LEVEL, format: config.LOG_FORMAT, output: io.stderr })
    const version = packageVersion()
    const meter = await startFollowingMeter(config, { logger, version })
    writeLines(io.stdout, [`kepler-model-server ${version}`, ''])
    announce(io.stdout, meter.current)
    await untilAborted(io.signal)
    await meter.stop()
  })
}

function announce(output: Output, { url, folder, realMeter, source }: RunningPowerMeter): void {
  if (realMeter === 'aside') {
    writeLines(output, [
      'This machine has a meter of its own: no estimates here. --compare makes them beside it.',
      ...(folder === undefined ? [] : [`Powercap tree ${folder} leads to the real meter`]),
      `Power meter   ${url}/metrics`,
    ])
    return
  }
  writeLines(output, [
    'ESTIMATES, not measurements.',
    ...powerSourceLines(source.provenance),
    `Zones         ${source.zones.join(', ')}`,
    ...(folder === undefined ? [] : [`Powercap tree ${folder}  (kepler --host.sysfs=${folder})`]),
    `Power meter   ${url}/metrics`,
  ])
}
