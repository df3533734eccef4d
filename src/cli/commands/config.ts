import type { Command } from 'commander'
import { describedCommand } from '../help/described-command.js'
import { type CliIo, writeJson } from '../terminal/io.js'
import { addTableOption, type TableOptions, writeTable } from '../terminal/table.js'

/** `kepler-model config`: every setting, its value, and where that came from. */
export function configCommand(io: CliIo): Command {
  const command = describedCommand({
    name: 'config',
    group: 'help',
    summary: 'show every setting and where its value comes from',
    description:
      'Shows every setting and where its value comes from: a file in CONFIG_PATH (/etc/kepler/kepler.config/<KEY>), a line of MODEL_CONFIG, the environment, or the default. Secrets are masked. Fails if a value is wrong.',
    examples: [
      ['kepler-model config', 'what is in force'],
      ['MODEL_SERVER_PORT=9000 kepler-model config --json', 'the same for a program'],
    ],
  }).option('--json', 'print JSON')
  return addTableOption(command).action((options: TableOptions & { json?: boolean }) => {
    const settings = io.showConfig()
    if (options.json) writeJson(io.stdout, settings)
    else {
      writeTable(
        io.stdout,
        [{ title: 'SETTING' }, { title: 'VALUE', wrap: true }, { title: 'FROM', wrap: true }],
        settings.map(({ key, value, origin }) => [key, value, origin]),
        options,
      )
    }
    io.loadConfig()
  })
}
