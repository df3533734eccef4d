import type { Command } from 'commander'
import { examplesText, exitCodesText } from './command.js'
import { completionCommand } from './completion.js'
import { configCommand } from './config.js'
import { describedProgram } from './described-program.js'
import { estimateCommand } from './estimate.js'
import { estimatorCommand } from './estimator.js'
import { extractCommand } from './extract.js'
import type { CliIo } from './io.js'
import { isolateCommand } from './isolate.js'
import { isolateFromDataCommand } from './isolate-from-data.js'
import { modelServerCommand } from './model-server.js'
import { modelsCommand } from './models.js'
import { offlineTrainerCommand } from './offline-trainer.js'
import { onlineTrainerCommand } from './online-trainer.js'
import { predictCommand } from './predict.js'
import { profileCommand } from './profile.js'
import { queryCommand } from './query.js'
import { serveCommand } from './serve.js'
import { simulateCommand } from './simulate.js'
import { specCommand } from './spec.js'
import { trainCommand } from './train.js'
import { trainFromDataCommand } from './train-from-data.js'
import { validateCommand } from './validate.js'
import { versionsCommand } from './versions.js'

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
