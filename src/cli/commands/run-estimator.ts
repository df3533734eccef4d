import type { Command } from 'commander'
import { untilAborted } from '../../service/running.js'
import { describedCommand } from '../help/described-command.js'
import { originalFlags } from '../options/original-arguments.js'
import { estimatorFlags } from '../options/server-options.js'
import { serverSetup } from '../options/server-setup.js'
import { addSettingOptions, type SettingFlags } from '../options/setting-options.js'
import { type CliIo, writeLines } from '../terminal/io.js'

const flags: SettingFlags = {
  ...estimatorFlags,
  MODEL_SERVER_ENABLE: '--model-server',
  MODEL_SERVER_URL: '--model-server-url <url>',
  OFFLINE: '--offline',
  ...originalFlags,
}

/** `kepler-model estimator`, also the program `estimator`. */
export function estimatorCommand(io: CliIo): Command {
  const command = describedCommand({
    name: 'estimator',
    group: 'serve',
    summary: "answer Kepler's power requests on unix sockets",
    description:
      "Answers Kepler's power requests on unix sockets. Models come from a model server, or from the URLs of the settings; each is loaded once and refreshed. Runs until SIGTERM or Ctrl-C. Logs go to stderr.",
    examples: [
      ['estimator', 'answer on /tmp/estimator.sock and /tmp/estimator.socket'],
      ['estimator --model-server --model-server-url http://kepler-model-server:8100', 'with models of a model server'],
      ['estimator --socket /run/kepler/estimator.sock --http', 'one socket of your own, and HTTP on loopback'],
    ],
  })
  return addSettingOptions(command, flags).action(async () => {
    // Loaded when it is needed, so that other commands start faster.
    const [{ startEstimator }, { announceEstimator }] = await Promise.all([
      import('../../service/start-estimator.js'),
      import('../reports/announce.js'),
    ])
    const { config, logger, version } = await serverSetup(io, command, flags)
    const estimator = await startEstimator(config, { logger, version })
    if (io.stdout.isTTY) writeLines(io.stdout, [`kepler-model-server ${version}`, ''])
    announceEstimator(io.stdout, estimator)
    await untilAborted(io.signal)
    await estimator.stop()
  })
}
