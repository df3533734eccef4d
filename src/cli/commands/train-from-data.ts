import { type Command, Option } from 'commander'
import { ModelError, quote } from '../../core/errors.js'
import { featuresOf, groupFeatures, isFeatureGroup } from '../../core/feature-group.js'
import { type OutputType, outputTypes } from '../../core/output-type.js'
import type { Dataset } from '../../extract/dataset.js'
import { describedCommand } from '../help/described-command.js'
import { datasetNames, inputFile } from '../inputs/data-files.js'
import { readDataset } from '../inputs/dataset-input.js'
import { machineOfId, warnOfMissingSpec } from '../inputs/machine-id.js'
import { energySourceOf, nodeTypeOf, splitNames } from '../options/extract-options.js'
import { addSettingOptions, settingOverrides } from '../options/setting-options.js'
import { addTrainOptions, type TrainOptions, trainersOf, trainSettings } from '../options/train-options.js'
import type { CliIo } from '../terminal/io.js'
import { trainAndReport } from '../training/train-and-report.js'

const settings = { DATAPATH: '--data-path <folder>' } as const

type Options = TrainOptions & {
  readonly input: string
  readonly energySource: string
  readonly outputType: OutputType
  readonly featureGroup: string
  readonly thirdpartyMetrics?: string
  readonly trainers?: string
  readonly nodeType?: string
  readonly id?: string
}

/** `kepler-model train_from_data`: a dataset in CSV -> models of one source, output type and feature group. */
export function trainFromDataCommand(io: CliIo): Command {
  const command = describedCommand({
    name: 'train_from_data',
    group: 'train',
    summary: 'train models from an extracted or isolated dataset',
    description:
      'Trains models of one energy source, output type and feature group from a CSV in the data folder, such as extract and isolate write. Dynamic power is taken as it stands: isolate first.',
    examples: [
      ['kepler-model train_from_data -i extracted_loaded -fg BPFOnly', 'AbsPower of rapl-sysfs'],
      [
        'kepler-model train_from_data -i isolated_loaded -e acpi -ot DynPower -fg Basic -p mine',
        'dynamic platform power',
      ],
    ],
  })
    .alias('train-from-data')
    .requiredOption('-i, --input <name>', 'CSV in the data folder')
    .option('-e, --energy-source <source>', 'source of the power in it', 'rapl-sysfs')
    .addOption(
      new Option('--output-type <type>', 'what its power is (also -ot)').choices(outputTypes).default('AbsPower'),
    )
    .addOption(
      new Option('--feature-group <group>', 'features to learn from (also -fg)')
        .choices([...Object.keys(groupFeatures), 'ThirdParty'])
        .default('BPFOnly'),
    )
    .option('--thirdparty-metrics <names>', 'further features by their own name (also -tm)')
    .option('--trainers <names>', 'comma-separated', 'default')
    .option('--node-type <number>', 'the node type of all rows')
    .option('--id <machine>', 'the machine that was measured; its spec is machine_spec/<id>.json in the data folder')
  addTrainOptions(command)
  addSettingOptions(command, settings)
  return command.action((options: Options) => trainFromData(io, command, options))
}

async function trainFromData(io: CliIo, command: Command, options: Options): Promise<void> {
  const { DATAPATH } = io.loadConfig(settingOverrides(command, settings))
  const own = trainSettings(options)
  const trainers = trainersOf('trainers', options.trainers)
  const machine = options.id === undefined ? undefined : machineOfId(DATAPATH, own.name, options.id)
  warnOfMissingSpec(io, machine)
  const nodeType = options.nodeType === undefined ? machine?.nodeType : nodeTypeOf(options.nodeType)
  const source = energySourceOf(options.energySource)
  const group = options.featureGroup
  if (!isFeatureGroup(group)) throw new ModelError('INVALID_REQUEST', `unknown feature group ${quote(group)}`)
  const read = await readDataset(inputFile(DATAPATH, options.input, datasetNames(options.input)), {
    source,
    outputType: options.outputType,
  })
  const dataset = withFeatures(read, featuresOf(group, splitNames(options.thirdpartyMetrics)), nodeType)

  const { trainingSets } = await import('../../train/training-set.js')
  const abbreviation = options.outputType === 'AbsPower' ? 'abs' : 'dyn'
  await trainAndReport(io, command, options, {
    ...own,
    parent: DATAPATH,
    sets: trainingSets(dataset, group),
    preprocessed: [{ fileName: `preprocess_${abbreviation}_data_${source}_${group}.csv`, dataset }],
    absTrainers: trainers,
    dynTrainers: trainers,
    isolator: 'none',
    extractor: 'default',
    ...(machine && nodeType !== undefined && { machines: new Map([[nodeType, machine]]) }),
  })
}

/** The dataset with the group's features only. @throws ModelError `INVALID_DATA` naming those that are missing */
function withFeatures(dataset: Dataset, names: readonly string[], nodeType: number | undefined): Dataset {
  const features = names.map((name) => dataset.features.find((feature) => feature.name === name))
  const missing = names.filter((_, i) => features[i] === undefined)
  if (names.length === 0 || missing.length > 0) {
    const there = dataset.features.map(({ name }) => name).join(', ')
    throw new ModelError('INVALID_DATA', `the dataset lacks ${missing.join(', ') || 'features'}; it has ${there}`, {
      field: 'feature-group',
    })
  }
  return {
    ...dataset,
    features: features.filter((feature) => feature !== undefined),
    nodeTypes: nodeType === undefined ? dataset.nodeTypes : new Int32Array(dataset.rows).fill(nodeType),
  }
}
