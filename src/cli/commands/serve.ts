import type { Command } from 'commander'
import type { Config } from '../../config/config.js'
import type { Logger } from '../../runtime/ports.js'
import { runningStack, untilAborted } from '../../service/running.js'
import { folderToRead } from '../../service/writable-folder.js'
import { describedCommand } from '../help/described-command.js'
import { estimatorFlags, modelServerFlags, onlineTrainerFlags } from '../options/server-options.js'
import { serverSetup } from '../options/server-setup.js'
import { addSettingOptions, defaultHttpPort, type SettingFlags } from '../options/setting-options.js'
import { addressOf } from '../reports/address.js'
import { type CliIo, writeAnnouncement, writeLines } from '../terminal/io.js'

const flags: SettingFlags = {
  ...modelServerFlags,
  ...estimatorFlags,
  ONLINE_TRAINER: '--online',
  ...onlineTrainerFlags,
}

/** `kepler-model serve`: model server and estimator in one process; `npm start` runs it. */
export function serveCommand(io: CliIo): Command {
  const command = describedCommand({
    name: 'serve',
    group: 'serve',
    summary: 'model server and estimator in one process',
    description:
      'Runs the model server and the estimator in one process, the estimator with the models of the server. Starts without a network, with the universal model, which knows the watts of any machine; the published pipelines are used when they are downloaded, for machines that they know. --demo serves a demonstration of simulated machines instead. A pipeline trained here takes precedence over the published one; with --online it is retrained on what a Prometheus measures. Runs until SIGTERM or Ctrl-C. Logs go to stderr.',
    examples: [
      ['kepler-model serve', 'serve on port 8100 and on the sockets that Kepler knows'],
      ['kepler-model serve --online --prometheus http://prometheus:9090', 'and train on what is measured'],
      ['kepler-model serve --offline --port 0 --socket /tmp/mine.sock', 'try it beside another one'],
    ],
  })
  return addSettingOptions(command, flags).action(async () => {
    // Loaded when it is needed, so that other commands start faster.
    const [{ startModelServer }, { startEstimator }, { announceEstimator, announceModelServer }] = await Promise.all([
      import('../../service/start-model-server.js'),
      import('../../service/start-estimator.js'),
      import('../reports/announce.js'),
    ])
    const { config: settings, logger, version } = await serverSetup(io, command, flags)
    const config = {
      ...settings,
      // Found here, so that server and estimator use the same folder and the log says it once.
      MODEL_PATH: folderToRead(settings, 'MODEL_PATH', logger),
      PREFER_TRAINED_PIPELINE: true,
      ESTIMATOR_HTTP_PORT: settings.ESTIMATOR_HTTP_PORT ?? Number(defaultHttpPort),
    }
    const started = runningStack(logger)
    try {
      const online = config.ONLINE_TRAINER ? await onlineTrainer(config, logger) : undefined
      const server = started.add(await startModelServer(config, { logger, version, ...(online && { online }) }))
      const { selector } = server
      const estimator = started.add(await startEstimator(config, { logger, version, selector }))
      announceModelServer(io.stdout, server, version)
      if (io.stdout.isTTY) writeLines(io.stdout, [''])
      announceEstimator(io.stdout, estimator)
      if (online) {
        started.add(online.start())
        const prometheus = addressOf(config.PROM_SERVER)
        const where = `${prometheus} every ${config.SAMPLING_INTERVAL} s`
        const lines = ['', `Online trainer trains on ${where} (see \`kepler-model versions\`)`]
        writeAnnouncement(io.stdout, lines, { program: 'online-trainer', prometheus })
      }
      // Last, since it may open the universal model; and nobody waits for what it is made of.
      const { announcePower } = await import('../reports/announce-power.js')
      announcePower(io.stdout, server)
      await untilAborted(io.signal)
    } finally {
      await started.stop()
    }
  })
}

/** The online trainer: the model server answers its `/status` and its metrics; its rounds start last. */
async function onlineTrainer(config: Config, logger: Logger) {
  const [{ openOnlineTrainer, startRounds }, { emptyMetrics }] = await Promise.all([
    import('../../service/start-online-trainer.js'),
    import('../../metrics/request-metrics.js'),
  ])
  const metrics = emptyMetrics()
  const opened = await openOnlineTrainer(config, { logger }, metrics)
  return {
    metrics: () => metrics.metrics(),
    status: () => opened.trainer.status(),
    versions: opened.versions,
    start: () => startRounds(opened),
  }
}
