import type { Command } from 'commander'
import { extractorNamed } from '../../extract/extractors.js'
import { measuredFor } from '../../isolate/measured-for.js'
import { describedCommand } from '../help/described-command.js'
import { inputFile, prefixedFile } from '../inputs/data-files.js'
import { readForExtraction } from '../inputs/extract-input.js'
import { addExtractOptions, type ExtractOptions } from '../options/extract-options.js'
import { addIsolateOptions, type IsolateOptions, isolatorOf } from '../options/isolate-options.js'
import { meterFlags } from '../options/measurement-options.js'
import { addSettingOptions, settingOverrides } from '../options/setting-options.js'
import { warnOfFindings } from '../reports/dataset-report.js'
import { writeIsolation } from '../reports/isolation-report.js'
import type { CliIo } from '../terminal/io.js'

const settings = {
  DATAPATH: '--data-path <folder>',
  VM_JOB_NAME: '--vm-job <name>',
  ...meterFlags,
  MODEL_PATH: '--model-path <folder>',
} as const

type Options = ExtractOptions & IsolateOptions & { input: string; output?: string; json?: boolean }

/** `kepler-model isolate`: a saved response -> dynamic power of the workload alone. */
export function isolateCommand(io: CliIo): Command {
  const command = describedCommand({
    name: 'isolate',
    group: 'train',
    summary: 'make a dataset of dynamic power, without idle and background',
    description:
      "Extracts a dataset from a saved Prometheus response and subtracts from its power what the workload did not cause: nothing (none), the minimum of each column (min), an idle profile's background power (profile), or the background power that a trained model predicts (trainer). Writes isolated_<output>.csv to the data folder. Without hints every container is workload.",
    examples: [
      ['kepler-model isolate -i prom_response -o loaded --isolator min', 'subtract the minimum'],
      [
        'kepler-model isolate -i prom_response -o loaded --isolator profile --profile idle',
        'with the response of an idle node',
      ],
      [
        'kepler-model isolate -i prom_response -o loaded --isolator trainer --target-hints coremark',
        'with the background power that a model predicts',
      ],
    ],
  })
    .option('-i, --input <file>', 'saved response, in the data folder', 'prom_response')
    .option('-o, --output <name>', 'name of the dataset (default: that of the input)')
    .option('--json', 'print JSON')
  addIsolateOptions(addExtractOptions(command, { outputType: 'DynPower' }))
  addSettingOptions(command, settings)
  return command.action(async (options: Options) => {
    const config = io.loadConfig(settingOverrides(command, settings))
    const input = inputFile(config.DATAPATH, options.input)
    const { response, request } = await readForExtraction(io, input, options, config)
    const isolator = await isolatorOf(io, config, options, request.source)
    const { measured, findings } = measuredFor(isolator, extractorNamed(options.extractor), response, request)
    warnOfFindings(io, findings)
    const path = prefixedFile(config.DATAPATH, 'isolated', options.output ?? options.input)
    await writeIsolation(io, path, isolator.isolate(measured), options.json)
  })
}
