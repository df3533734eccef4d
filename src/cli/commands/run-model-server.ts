import type { Command } from 'commander'
import { untilAborted } from '../../service/running.js'
import { describedCommand } from '../command.js'
import { packageVersion } from '../described-program.js'
import type { CliIo } from '../terminal/io.js'
import { addSettingOptions, type SettingFlags, settingOverrides } from '../options/setting-options.js'

/** Options of everything that serves models. */
export const modelServerFlags: SettingFlags = {
  MODEL_SERVER_HOST: '--host <address>',
  MODEL_SERVER_PORT: '--port <port>',
  MODEL_PATH: '--model-path <folder>',
  INITIAL_PIPELINE_URL: '--pipeline-url <url>',
  OFFLINE: '--offline',
  ERROR_KEY: '--error-key <attribute>',
  LOG_LEVEL: '--log-level <level>',
  LOG_FORMAT: '--log-format <format>',
}

/** `kepler-model model-server`, also the program `model-server`. */
export function modelServerCommand(io: CliIo): Command {
  const command = describedCommand({
    name: 'model-server',
    group: 'serve',
    summary: 'serve power models over HTTP',
    description:
      'Serves the best power model for a machine over HTTP. What is on disk is served at once; pipelines are downloaded in the background and swapped in. Runs until SIGTERM or Ctrl-C. Logs go to stderr.',
    examples: [
      ['model-server', 'serve the published pipelines on port 8100'],
      ['model-server --port 9000 --offline', 'serve what is on disk, else the demonstration pipeline'],
      ['model-server --pipeline-url file:///srv/my-pipeline.zip', 'serve a pipeline of your own'],
    ],
  })
  return addSettingOptions(command, modelServerFlags).action(async () => {
    // Loaded when it is needed: a server is half a second of modules, and every other command would wait for them.
    const [{ createLogger }, { startModelServer }, { announceModelServer }] = await Promise.all([
      import('../../service/logger.js'),
      import('../../service/start-model-server.js'),
      import('../reports/announce.js'),
    ])
    const config = io.loadConfig(settingOverrides(command, modelServerFlags))
    const logger = createLogger({ level: config.LOG_LEVEL, format: config.LOG_FORMAT, output: io.stderr })
    const version = packageVersion()
    const server = await startModelServer(config, { logger, version })
    announceModelServer(io.stdout, server, version)
    await untilAborted(io.signal)
    await server.stop()
  })
}
