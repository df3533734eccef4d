import type { Command } from 'commander'
import { untilAborted } from '../../service/running.js'
import { describedCommand } from '../help/described-command.js'
import { modelServerFlags } from '../options/server-options.js'
import { serverSetup } from '../options/server-setup.js'
import { addSettingOptions } from '../options/setting-options.js'
import type { CliIo } from '../terminal/io.js'

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
      ['model-server --port 9000 --offline', 'serve what is on disk, and the universal model'],
      ['model-server --pipeline-url file:///srv/my-pipeline.zip', 'serve a pipeline of your own'],
    ],
  })
  return addSettingOptions(command, modelServerFlags).action(async () => {
    // Loaded when it is needed: the modules of a server take half a second, and no other command needs them.
    const [{ startModelServer }, { announceModelServer }] = await Promise.all([
      import('../../service/start-model-server.js'),
      import('../reports/announce.js'),
    ])
    const { config, logger, version } = await serverSetup(io, command, modelServerFlags)
    const server = await startModelServer(config, { logger, version })
    announceModelServer(io.stdout, server, version)
    // Last, since it may open the universal model; and nobody waits for what it is made of.
    const { announcePower } = await import('../reports/announce-power.js')
    announcePower(io.stdout, server)
    await untilAborted(io.signal)
    await server.stop()
  })
}
