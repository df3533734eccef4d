import { type Command, Option } from 'commander'
import { type OutputType, outputTypes } from '../../core/output-type.js'
import { type ExtractorName, extractorNames } from '../../extract/extractor.js'
import { vocabularyOption } from './extract-options.js'
import { addIsolateOptions, type IsolateOptions } from './isolate-options.js'
import { meterFlags } from './measurement-options.js'
import { addSettingOptions } from './setting-options.js'
import { addTrainOptions, type TrainOptions } from './train-options.js'

/** The settings that training from saved responses has options for. */
export const responseSettings = {
  DATAPATH: '--data-path <folder>',
  VM_JOB_NAME: '--vm-job <name>',
  MODEL_PATH: '--model-path <folder>',
  ...meterFlags,
} as const

/** What {@link addResponseOptions} gives. */
export type ResponseOptions = TrainOptions &
  IsolateOptions & {
    readonly extractor: ExtractorName
    readonly energySource?: string
    readonly outputType?: OutputType
    readonly featureGroup?: string
    readonly absTrainers?: string
    readonly dynTrainers?: string
    readonly trainers?: string
    readonly thirdpartyMetrics?: string
    readonly vmTrain?: boolean
    readonly instance?: string
    readonly allMachines?: boolean
    readonly vocabulary?: string
  }

/** The options of training from saved responses, of one machine or of many. */
export function addResponseOptions(command: Command): void {
  command
    .option(
      '-e, --energy-source <sources>',
      'comma-separated (default: that of the meter, else all that were measured)',
    )
    .addOption(new Option('--output-type <type>', 'only this one (also -ot)').choices(outputTypes))
    .option('--feature-group <groups>', 'only these, comma-separated (also -fg)')
    .addOption(new Option('--extractor <name>', 'how rows are made').choices(extractorNames).default('default'))
    .option('--trainers <names>', 'comma-separated, for both outputs', 'default')
    .option('--abs-trainers <names>', 'for AbsPower')
    .option('--dyn-trainers <names>', 'for DynPower')
    .option(
      '--thirdparty-metrics <names>',
      'metrics of other exporters as features: METRIC, METRIC{mode!="idle"} or NAME=METRIC{...} (also -tm)',
    )
    .option(
      '--vm-train',
      "power of virtual machines as their host has it, with what is measured in them: a Kepler's processes (job VM_JOB_NAME), or NodeOS",
    )
    .option('--instance <name>', 'which machine to take where the response has several: its instance, node or cluster')
    .addOption(
      new Option(
        '--all-machines',
        'rows of all machines (with --vm-train: all virtual machines) that a response has; those that differ in a number at the end of their name are one workload when workloads are left out',
      ).conflicts('instance'),
    )
    .addOption(vocabularyOption())
  addIsolateOptions(command)
  addTrainOptions(command)
  addSettingOptions(command, responseSettings)
}
