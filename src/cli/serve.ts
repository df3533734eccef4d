import type { Command } from 'commander'
import { runningStack, untilAborted } from '../service/running.js'
import { describedCommand } from './command.js'
import { packageVersion } from './described-program.js'
import { estimatorFlags } from './estimator.js'
import { type CliIo, writeLines } from './io.js'
import { modelServerFlags } from './model-server.js'
import { addSettingOptions, defaultHttpPort, type SettingFlags, settingOverrides } from './setting-options.js'

const flags: SettingFlags = { ...modelServerFlags, ...estimatorFlags }

/** `kepler-model serve`: model server and estimator in one process; what `npm start` runs. */
export function serveCommand(io: CliIo): Command {
  const command = describedCommand({
    name: 'serve',
    group: 'serve',
    summary: 'model server and estimator in one process',
    description:
      'Runs the model server and the estimator in one process, the estimator with the models of the server. Starts without a network, with a demonstration pipeline, and swaps in the published ones when they are there. A pipeline trained here goes before the published one. Runs until SIGTERM or Ctrl-C. Logs go to stderr.',
    examples: [
      ['kepler-model serve', 'serve on port 8100 and on the sockets that Kepler knows'],
      ['kepler-model serve --offline --port 0 --socket /tmp/mine.sock', 'try it beside another one'],
    ],
  })
  return addSettingOptions(command, flags).action(async () => {
    // Loaded when it is needed: every other command would start more slowly for a server's modules.
    const [{ createLogger }, { startModelServer }, { startEstimator }, { announceEstimator, announceModelServer }] =
      await Promise.all([
        import('../service/logger.js'),
        import('../service/model-server.js'),
        import('../service/estimator.js'),
        import('./announce.js'),
      ])
    const settings = io.loadConfig(settingOverrides(command, flags))
    const config = {
      ...settings,
      PREFER_TRAINED_PIPELINE: true,
      ESTIMATOR_HTTP_PORT: settings.ESTIMATOR_HTTP_PORT ?? Number(defaultHttpPort),
    }
    const logger = createLogger({ level: config.LOG_LEVEL, format: config.LOG_FORMAT, output: io.stderr })
    const version = packageVersion()
    const started = runningStack(logger)
    try {
      const server = started.add(await startModelServer(config, { logger, version }))
      const { service } = server.registry
      const estimator = started.add(await startEstimator(config, { logger, version, service }))
      announceModelServer(io.stdout, server, version)
      writeLines(io.stdout, [''])
      announceEstimator(io.stdout, estimator)
      await untilAborted(io.signal)
    } finally {
      await started.stop()
    }
  })
}
