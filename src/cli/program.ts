import type { Command } from 'commander'
import { calibrateCommand } from './commands/calibrate.js'
import { completionCommand } from './commands/completion.js'
import { configCommand } from './commands/config.js'
import { curveCommand } from './commands/curve.js'
import { doctorCommand } from './commands/doctor.js'
import { estimateCommand } from './commands/estimate.js'
import { extractCommand } from './commands/extract.js'
import { isolateCommand } from './commands/isolate.js'
import { isolateFromDataCommand } from './commands/isolate-from-data.js'
import { modelsCommand } from './commands/models.js'
import { predictCommand } from './commands/predict.js'
import { profileCommand } from './commands/profile.js'
import { queryCommand } from './commands/query.js'
import { estimatorCommand } from './commands/run-estimator.js'
import { modelServerCommand } from './commands/run-model-server.js'
import { offlineTrainerCommand } from './commands/run-offline-trainer.js'
import { onlineTrainerCommand } from './commands/run-online-trainer.js'
import { powerMeterCommand } from './commands/run-power-meter.js'
import { serveCommand } from './commands/serve.js'
import { simulateCommand } from './commands/simulate.js'
import { specCommand } from './commands/spec.js'
import { topCommand } from './commands/top.js'
import { trainCommand } from './commands/train.js'
import { trainFromDataCommand } from './commands/train-from-data.js'
import { validateCommand } from './commands/validate.js'
import { versionsCommand } from './commands/versions.js'
import { examplesText, exitCodesText } from './help/described-command.js'
import { describedProgram } from './help/described-program.js'
import type { CliIo } from './terminal/io.js'

/** Makes a command. `program` gives the whole program, for commands that describe it. */
type MakeCommand = (io: CliIo, program: () => Command) => Command

/** The commands of `kepler-model`, in the order of its help. A new command is a file in `commands/` and a line here. */
const commands: readonly MakeCommand[] = [
  serveCommand,
  modelServerCommand,
  modelsCommand,
  predictCommand,
  estimateCommand,
  specCommand,
  curveCommand,
  calibrateCommand,
  estimatorCommand,
  offlineTrainerCommand,
  onlineTrainerCommand,
  powerMeterCommand,
  topCommand,
  versionsCommand,
  simulateCommand,
  queryCommand,
  validateCommand,
  extractCommand,
  profileCommand,
  isolateCommand,
  isolateFromDataCommand,
  trainCommand,
  trainFromDataCommand,
  configCommand,
  doctorCommand,
  completionCommand,
]

export function keplerModelProgram(io: CliIo): Command {
  return programNamed('kepler-model', io)
}

/** The same under the name of the package, as `npx kepler-model-server` starts it: without a command it serves. */
export function keplerModelServerProgram(io: CliIo): Command {
  return programNamed('kepler-model-server', io, serveCommand)
}

function programNamed(name: string, io: CliIo, byDefault?: MakeCommand): Command {
  const program = describedProgram(name, 'Power models for Kepler: serve them, use them, train them.')
  for (const makeCommand of commands) {
    program.addCommand(
      makeCommand(io, () => program),
      { isDefault: makeCommand === byDefault },
    )
  }
  return program
    .addHelpText('after', () =>
      examplesText([
        [`${name} serve`, 'serve models and estimates'],
        [`${name} config`, 'show every setting and where its value comes from'],
        [`${name} help config`, 'describe one command'],
      ]),
    )
    .addHelpText('after', exitCodesText)
}
