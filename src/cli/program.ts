import type { Command } from 'commander'
import { examplesText, exitCodesText } from './help/described-command.js'
import { describedProgram } from './help/described-program.js'
import type { CliIo } from './terminal/io.js'

/** Makes a command. `program` gives the whole program, for commands that describe it. */
export type MakeCommand = (io: CliIo, program: () => Promise<Command>) => Command

/**
 * The commands of `kepler-model` by name, in the order of its help. A new command is a file in `commands/` and a line here.
 * Each is loaded by itself: loading all of them takes as long as reading ten megabytes of measurements.
 */
const commands: Readonly<Record<string, () => Promise<MakeCommand>>> = {
  serve: async () => (await import('./commands/serve.js')).serveCommand,
  'model-server': async () => (await import('./commands/run-model-server.js')).modelServerCommand,
  models: async () => (await import('./commands/models.js')).modelsCommand,
  predict: async () => (await import('./commands/predict.js')).predictCommand,
  onnx: async () => (await import('./commands/onnx.js')).onnxCommand,
  estimate: async () => (await import('./commands/estimate.js')).estimateCommand,
  plot: async () => (await import('./commands/plot.js')).plotCommand,
  report: async () => (await import('./commands/report.js')).reportCommand,
  spec: async () => (await import('./commands/spec.js')).specCommand,
  curve: async () => (await import('./commands/curve.js')).curveCommand,
  calibrate: async () => (await import('./commands/calibrate.js')).calibrateCommand,
  estimator: async () => (await import('./commands/run-estimator.js')).estimatorCommand,
  'offline-trainer': async () => (await import('./commands/run-offline-trainer.js')).offlineTrainerCommand,
  'online-trainer': async () => (await import('./commands/run-online-trainer.js')).onlineTrainerCommand,
  meter: async () => (await import('./commands/run-power-meter.js')).powerMeterCommand,
  top: async () => (await import('./commands/top.js')).topCommand,
  versions: async () => (await import('./commands/versions.js')).versionsCommand,
  simulate: async () => (await import('./commands/simulate.js')).simulateCommand,
  query: async () => (await import('./commands/query.js')).queryCommand,
  validate: async () => (await import('./commands/validate.js')).validateCommand,
  extract: async () => (await import('./commands/extract.js')).extractCommand,
  profile: async () => (await import('./commands/profile.js')).profileCommand,
  isolate: async () => (await import('./commands/isolate.js')).isolateCommand,
  isolate_from_data: async () => (await import('./commands/isolate-from-data.js')).isolateFromDataCommand,
  train: async () => (await import('./commands/train.js')).trainCommand,
  train_from_data: async () => (await import('./commands/train-from-data.js')).trainFromDataCommand,
  fleet: async () => (await import('./commands/fleet.js')).fleetCommand,
  specpower: async () => (await import('./commands/specpower.js')).specpowerCommand,
  merge: async () => (await import('./commands/merge.js')).mergeCommand,
  export: async () => (await import('./commands/export.js')).exportCommand,
  config: async () => (await import('./commands/config.js')).configCommand,
  doctor: async () => (await import('./commands/doctor.js')).doctorCommand,
  completion: async () => (await import('./commands/completion.js')).completionCommand,
}

/**
 * `kepler-model`, for these arguments: where they name a command it has only that one, else (help, a wrong name) all of
 * them.
 */
export function keplerModelProgram(io: CliIo, args: readonly string[] = []): Promise<Command> {
  return programNamed('kepler-model', io, args)
}

/** The same under the name of the package, as `npx kepler-model-server` starts it: without a command it serves. */
export function keplerModelServerProgram(io: CliIo, args: readonly string[] = []): Promise<Command> {
  return programNamed('kepler-model-server', io, args, 'serve')
}

async function programNamed(name: string, io: CliIo, args: readonly string[], byDefault?: string): Promise<Command> {
  const program = describedProgram(name, 'Power models for Kepler: serve them, use them, train them.')
  const whole = () => programNamed(name, io, [], byDefault)
  for (const command of commandsFor(args)) {
    const makeCommand = await commands[command]?.()
    if (makeCommand) program.addCommand(makeCommand(io, whole), { isDefault: command === byDefault })
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

function commandsFor([first]: readonly string[]): readonly string[] {
  return first !== undefined && Object.hasOwn(commands, first) ? [first] : Object.keys(commands)
}
