import type { Command } from 'commander'
import { describedCommand } from '../help/described-command.js'
import { inputFile } from '../inputs/data-files.js'
import { machineOfId, warnOfMissingSpec } from '../inputs/machine-id.js'
import { nodeTypeOf, splitNames } from '../options/extract-options.js'
import { addResponseOptions, type ResponseOptions, responseSettings } from '../options/response-options.js'
import { settingOverrides } from '../options/setting-options.js'
import { trainSettings } from '../options/train-options.js'
import type { CliIo } from '../terminal/io.js'
import { type MeasuredInput, trainResponses } from '../training/train-responses.js'

type Options = ResponseOptions & {
  readonly input: string
  readonly nodeType?: string
  readonly id?: string
}

/** `kepler-model train`: a saved response -> a pipeline of models. */
export function trainCommand(io: CliIo): Command {
  const command = describedCommand({
    name: 'train',
    group: 'train',
    summary: 'train a pipeline of models from a saved Prometheus response',
    description:
      'Trains models of every energy source, output type, valid feature group and trainer from a saved Prometheus response, on all processors. Writes the folder <pipeline> and <pipeline>.zip to the data folder; models that are in it already stay, unless they are trained anew. A trainer that fails affects no other.',
    examples: [
      ['kepler-model train -i prom_response -p mine', 'all sources, feature groups and trainers'],
      [
        'kepler-model train -i prom_response -e acpi --trainers SGDRegressorTrainer --isolator profile --profile idle',
        'weights for platform power, with an idle profile',
      ],
      [
        'kepler-model train -i prom_response -fg NodeOS --vm-train --all-machines -p guests',
        'models for guests, from the power that their hosts measured',
      ],
      [
        'kepler-model train -i prom_response --rank-by workload --all',
        'every model, the best on unseen workloads first',
      ],
    ],
  })
    .option('-i, --input <files>', 'saved responses, comma-separated; the rows of all are trained on', 'prom_response')
    .option('--node-type <number>', 'the node type of all rows, instead of what kepler_node_node_info says')
    .option('--id <machine>', 'the machine that was measured; its spec is machine_spec/<id>.json in the data folder')
  addResponseOptions(command)
  return command.action((options: Options) => train(io, command, options))
}

async function train(io: CliIo, command: Command, options: Options): Promise<void> {
  const config = io.loadConfig(settingOverrides(command, responseSettings))
  const { name } = trainSettings(options)
  const machine = options.id === undefined ? undefined : machineOfId(config.DATAPATH, name, options.id)
  warnOfMissingSpec(io, machine)
  const nodeType = options.nodeType === undefined ? machine?.nodeType : nodeTypeOf(options.nodeType)
  const known = machine && nodeType !== undefined ? { ...machine, nodeType } : undefined
  const inputs = splitNames(options.input).map(
    (path): MeasuredInput => ({
      path: inputFile(config.DATAPATH, path),
      ...(nodeType !== undefined && { nodeType }),
    }),
  )
  await trainResponses(io, config, command, options, inputs, known ? [known] : [])
}
