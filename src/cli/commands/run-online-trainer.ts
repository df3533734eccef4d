import type { Command } from 'commander'
import { runningStack, untilAborted } from '../../service/running.js'
import { describedCommand } from '../help/described-command.js'
import { originalFlags } from '../options/original-arguments.js'
import { onlineTrainerFlags } from '../options/server-options.js'
import { serverSetup } from '../options/server-setup.js'
import { addSettingOptions, type SettingFlags } from '../options/setting-options.js'
import { addressOf } from '../reports/address.js'
import { reportRound } from '../reports/online-report.js'
import { type CliIo, writeAnnouncement } from '../terminal/io.js'

const flags: SettingFlags = {
  ...onlineTrainerFlags,
  MODEL_PATH: '--model-path <folder>',
  ONLINE_TRAINER_HOST: '--host <address>',
  ONLINE_TRAINER_PORT: '--port <port>',
  ERROR_KEY: '--error-key <attribute>',
  ...originalFlags,
}

/** `kepler-model online-trainer`, also the program `online-trainer`. */
export function onlineTrainerCommand(io: CliIo): Command {
  const command = describedCommand({
    name: 'online-trainer',
    group: 'serve',
    summary: 'retrain and publish models on what a Prometheus measures',
    description:
      "Queries a Prometheus every SAMPLING_INTERVAL for Kepler's measurements, measures the errors of the served models, trains new ones, and publishes those that are better on recent held-out data. A model server that follows the same folder serves them at once. Keeps earlier versions (see `kepler-model versions`). Machines without a power meter are not trained on. Runs until SIGTERM or Ctrl-C. Logs go to stderr.",
    examples: [
      ['online-trainer --prometheus http://prometheus:9090 --model-path /mnt/models', 'for a model server'],
      ['online-trainer --once', 'one round: is there a better model?'],
      ['kepler-model serve --online', 'model server, estimator and online trainer in one process'],
    ],
  })
    .option(
      '--once',
      'run one round; exit code 0 when a model is served after it, 1 when there is nothing to train on yet',
    )
    .option('--json', 'with --once: print the result as JSON')
  return addSettingOptions(command, flags).action(async (options: { once?: boolean; json?: boolean }) => {
    // Loaded when it is needed, so that other commands start faster.
    const [{ openOnlineTrainer, startOnlineTrainer }, { emptyMetrics }] = await Promise.all([
      import('../../service/start-online-trainer.js'),
      import('../../metrics/request-metrics.js'),
    ])
    const { config, logger, version } = await serverSetup(io, command, flags)
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
      const prometheus = addressOf(config.PROM_SERVER)
      const lines = [
        `kepler-model-server ${version}`,
        '',
        `Online trainer  ${url}/status, ${url}/metrics`,
        `Trains on       ${prometheus}, every ${config.SAMPLING_INTERVAL} s`,
        `Publishes       ${config.ONLINE_PIPELINE} (see \`kepler-model versions\`)`,
      ]
      writeAnnouncement(io.stdout, lines, {
        program: 'online-trainer',
        url,
        version,
        prometheus,
        pipeline: config.ONLINE_PIPELINE,
      })
      await untilAborted(io.signal)
    } finally {
      await started.stop()
    }
  })
}
