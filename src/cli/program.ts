import type { Command } from 'commander'
import { examplesText, exitCodesText } from './command.js'
import { completionCommand } from './completion.js'
import { configCommand } from './config.js'
import { describedProgram } from './described-program.js'
import type { CliIo } from './io.js'
import { modelServerCommand } from './model-server.js'

/** `kepler-model` with all its commands. A new command is one file and one line here. */
export function keplerModelProgram(io: CliIo): Command {
  const program = describedProgram('kepler-model', 'Power models for Kepler: serve them, use them, train them.')
  for (const command of [modelServerCommand(io), configCommand(io), completionCommand(io, () => program)]) {
    program.addCommand(command)
  }
  return program
    .addHelpText('after', () =>
      examplesText([
        ['kepler-model config', 'see every setting and where its value comes from'],
        ['kepler-model help config', 'read about one command'],
      ]),
    )
    .addHelpText('after', exitCodesText)
}
