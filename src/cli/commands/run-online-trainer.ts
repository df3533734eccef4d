import type { Command } from 'commander'
import { runningStack, untilAborted } from '../../service/running.js'
import { describedCommand } from '../command.js'
import { packageVersion } from '../described-program.js'
import { type CliIo, writeLines } from '../terminal/io.js'
import { reportRound } from '../reports/online-report.js'
import { addSettingOptions, type SettingFlags, settingOverrides } from '../options/setting-options.js'

/** Options of everything that trains online. */
export const onlineTrainerFlags: SettingFlags = {
  PROM_SERVER: '--prometheus <url>',
  PROM_SSL_DISABLE: '--insecure',
  PROM_CA_FILE: '--ca-file <file>',
  SAMPLING_INTERVAL: '--sampling-interval <seconds>',
  ONLINE_HISTORY_PATH: '--history-path <folder>',
  ONLINE_PIPELINE: '--online-pipeline <name>',
  ONLINE_TRAINERS: '--trainer <name>',
  ONLINE_MARGIN: '--margin <percent>',
  ONLINE_MACHINE_SPECS: '--machine-specs <folder>',
}

const flags: SettingFlags = {
  ...onlineTrainerFlags,
  MODEL_PATH: '--model-path <folder>',
  ONLINE_TRAINER_HOST: '--host <address>',
  ONLINE_TRAINER_PORT: '--port <port>',
  ERROR_KEY: '--error-key <attribute>',
  LOG_LEVEL: '--log-level <level>',
  LOG_FORMAT: '--log-format <format>',
}

/** `kepler-model online-trainer`, also the program `online-trainer`. */
export function onlineTrainerCommand(io: CliIo): Command {
  const command = describedCommand({
    name: 'online-trainer',
    group: 'serve',
    summary: 'keep the models right with what a Prometheus measures',
    description:
      'Asks a Prometheus every SAMPLING_INTERVAL for what Kepler measured, tells how far the served models are off, trains new ones, and publishes those that are better on recent data that neither has seen. A model server that follows the same folder serves them at once. Keeps earlier versions (see `kepler-model versions`). Machines without a power meter are never learnt from. Runs until SIGTERM or Ctrl-C. Logs go to stderr.',
    examples: [
      ['online-trainer --prometheus http://prometheus:9090 --model-path /mnt/models', 'beside a model server'],
      ['online-trainer --once', 'one round: what would a new model do?'],
      ['kepler-model serve --online', 'model server, estimator and online trainer in one process'],
    ],
  })
    .option(
      '--once',
      'one round, then end; exit code 0 when a model is served then, 1 when there is nothing to learn from yet',
    )
    .option('--json', 'with --once: print what was found out as JSON')
  return addSettingOptions(command, flags).action(async (options: { once?: boolean; json?: boolean }) => {
    // Loaded when it is needed: every other command would start more slowly for it.
    const [{ createLogger }, { openOnlineTrainer, startOnlineTrainer }, { emptyMetrics }] = await Promise.all([
      import('../../service/logger.js'),
      import('../../service/start-online-trainer.js'),
      import('../../metrics/request-metrics.js'),
    ])
    const config = io.loadConfig(settingOverrides(command, flags))
    const logger = createLogger({ level: config.LOG_LEVEL, format: config.LOG_FORMAT, output: io.stderr })
    const version = packageVersion()
    if (options.once) {
      const opened = await openOnlineTrainer(config, { logger }, emptyMetrics())
      try {
        reportRound(io, await opened.trainer.round(io.signal), options.json === true)
        return
      } finally {
        await opened.stop()
      }
    }
    const started = runningStack(logger)
    try {
      const { url } = started.add(await startOnlineTrainer(config, { logger, version }))
      writeLines(io.stdout, [
        `kepler-model-server ${version}`,
        '',
        `Online trainer  ${url}/status, ${url}/metrics`,
        `Learns from     ${addressOf(config.PROM_SERVER)}, every ${config.SAMPLING_INTERVAL} s`,
        `Publishes       ${config.ONLINE_PIPELINE} (see \`kepler-model versions\`)`,
      ])
      await untilAborted(io.signal)
    } finally {
      await started.stop()
    }
  })
}

/** Without credentials that may stand in it. */
export function addressOf(url: string): string {
  const { protocol, host, pathname } = new URL(url)
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}`
}
