import type { Command } from 'commander'
import { describedCommand } from '../help/described-command.js'
import { datasetNames, inputFile, prefixedFile } from '../inputs/data-files.js'
import { readDataset } from '../inputs/dataset-input.js'
import { energySourceOf } from '../options/extract-options.js'
import { addIsolateOptions, type IsolateOptions, isolatorOf } from '../options/isolate-options.js'
import { addSettingOptions, settingOverrides } from '../options/setting-options.js'
import { writeIsolation } from '../reports/isolation-report.js'
import type { CliIo } from '../terminal/io.js'

const settings = { DATAPATH: '--data-path <folder>', MODEL_PATH: '--model-path <folder>' } as const

/** `kepler-model isolate_from_data`: an extracted dataset -> dynamic power of the workload alone. */
export function isolateFromDataCommand(io: CliIo): Command {
  const command = describedCommand({
    name: 'isolate_from_data',
    group: 'train',
    summary: 'make a dataset of dynamic power from an extracted one',
    description:
      'Like isolate, from extracted_<input>.csv in the data folder instead of a response. The isolators profile and trainer need a dataset with rows per container (extract -ot DynPower). Writes isolated_<output>.csv.',
    examples: [
      ['kepler-model isolate_from_data -i loaded --isolator min', 'extracted_loaded.csv -> isolated_loaded.csv'],
      [
        'kepler-model isolate_from_data -i loaded -o quiet --isolator profile --profile idle_profile',
        'with an idle profile',
      ],
    ],
  })
    .requiredOption('-i, --input <name>', 'name of the extracted dataset')
    .option('-o, --output <name>', 'name of the isolated dataset (default: that of the input)')
    .option('-e, --energy-source <source>', 'source of the power in it', 'rapl-sysfs')
    .option('--json', 'print JSON')
  addIsolateOptions(command)
  addSettingOptions(command, settings)
  return command.action(
    async (options: IsolateOptions & { input: string; output?: string; energySource: string; json?: boolean }) => {
      const config = io.loadConfig(settingOverrides(command, settings))
      const source = energySourceOf(options.energySource)
      const isolator = await isolatorOf(io, config, options, source)
      const outputType = isolator.needsContainers ? 'DynPower' : 'AbsPower'
      const dataset = await readDataset(
        inputFile(config.DATAPATH, options.input, datasetNames(options.input, 'extracted')),
        {
          source,
          outputType,
        },
      )
      const path = prefixedFile(config.DATAPATH, 'isolated', options.output ?? options.input)
      await writeIsolation(io, path, isolator.isolate(dataset), options.json)
    },
  )
}
