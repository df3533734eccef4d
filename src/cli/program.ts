import type { Command } from 'commander'
import { examplesText, exitCodesText } from './command.js'
import { completionCommand } from './commands/completion.js'
import { configCommand } from './commands/config.js'
import { describedProgram } from './described-program.js'
import { estimateCommand } from './commands/estimate.js'
import { estimatorCommand } from './commands/run-estimator.js'
import { extractCommand } from './commands/extract.js'
import type { CliIo } from './terminal/io.js'
import { isolateCommand } from './commands/isolate.js'
import { isolateFromDataCommand } from './commands/isolate-from-data.js'
import { modelServerCommand } from './commands/run-model-server.js'
import { modelsCommand } from './commands/models.js'
import { offlineTrainerCommand } from './commands/run-offline-trainer.js'
import { onlineTrainerCommand } from './commands/run-online-trainer.js'
import { predictCommand } from './commands/predict.js'
import { profileCommand } from './commands/profile.js'
import { queryCommand } from './commands/query.js'
import { serveCommand } from './commands/serve.js'
import { simulateCommand } from './commands/simulate.js'
import { specCommand } from './commands/spec.js'
import { trainCommand } from './commands/train.js'
import { trainFromDataCommand } from './commands/train-from-data.js'
import { validateCommand } from './commands/validate.js'
import { versionsCommand } from './commands/versions.js'

/** `kepler-model` with all its commands. A new command is one file and one line here. */
export function keplerModelProgram(io: CliIo): Command {
  const program = describedProgram('kepler-model', 'Power models for Kepler: serve them, use them, train them.')
  const commands = [
    serveCommand(io),
    modelServerCommand(io),
    modelsCommand(io),
    predictCommand(io),
    estimateCommand(io),
    specCommand(io),
    estimatorCommand(io),
    offlineTrainerCommand(io),
    onlineTrainerCommand(io),
    versionsCommand(io),
    simulateCommand(io),
    queryCommand(io),
    validateCommand(io),
    extractCommand(io),
    profileCommand(io),
    isolateCommand(io),
    isolateFromDataCommand(io),
    trainCommand(io),
    trainFromDataCommand(io),
    configCommand(io),
    completionCommand(io, () => program),
  ]
  for (const command of commands) program.addCommand(command)
  return program
    .addHelpText('after', () =>
      examplesText([
        ['kepler-model serve', 'serve models and estimates, with what there is'],
        ['kepler-model config', 'see every setting and where its value comes from'],
        ['kepler-model help config', 'read about one command'],
      ]),
    )
    .addHelpText('after', exitCodesText)
}
