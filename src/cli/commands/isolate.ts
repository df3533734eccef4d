import type { Command } from 'commander'
import { writeFileAtomic } from '../../runtime/atomic-file.js'
import { datasetTable } from '../../extract/dataset-table.js'
import { extractorNamed } from '../../extract/extractors.js'
import type { Isolation } from '../../isolate/isolator.js'
import { csvChunks } from '../../table/csv-write.js'
import { describedCommand } from '../command.js'
import { dataFile, prefixedFile } from '../inputs/data-files.js'
import { summariseDataset, warnOfFindings, writeDatasetSummary } from '../reports/dataset-report.js'
import { addExtractOptions, type ExtractOptions, extractRequestOf, readOptionsFor } from '../options/extract-options.js'
import { type CliIo, writeJson, writeLines } from '../terminal/io.js'
import { addIsolateOptions, type IsolateOptions, isolatorOf } from '../options/isolate-options.js'
import { readInput } from '../inputs/response-input.js'
import { addSettingOptions, settingOverrides } from '../options/setting-options.js'

const settings = {
  DATAPATH: '--data-path <folder>',
  VM_JOB_NAME: '--vm-job <name>',
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
      'Extracts a dataset from a saved Prometheus response and takes from its power what the workload did not cause: nothing (none), the least power of each column (min), an idle profile (profile), or what a trained model says of the background (trainer). Writes isolated_<output>.csv to the data folder. Without hints every container is workload.',
    examples: [
      ['kepler-model isolate -i prom_response -o loaded --isolator min', 'take the least power as idle'],
      [
        'kepler-model isolate -i prom_response -o loaded --isolator profile --profile idle',
        'take an idle run of the node',
      ],
      [
        'kepler-model isolate -i prom_response -o loaded --isolator trainer --target-hints coremark',
        'let a model say what the rest draws',
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
    const request = extractRequestOf(options, config.VM_JOB_NAME)
    const isolator = await isolatorOf(io, config, options, request.source)
    const response = await readInput(io, dataFile(config.DATAPATH, options.input, '.json'), readOptionsFor(request))
    const outputType = isolator.needsContainers ? 'DynPower' : 'AbsPower'
    const { dataset, findings } = extractorNamed(options.extractor).extract(response, { ...request, outputType })
    warnOfFindings(io, findings)
    const path = prefixedFile(config.DATAPATH, 'isolated', options.output ?? options.input)
    await writeIsolation(io, path, isolator.isolate(dataset), options.json)
  })
}

/** Writes the dataset, and tells what was done. */
export async function writeIsolation(
  io: CliIo,
  path: string,
  { dataset, notes }: Isolation,
  json = false,
): Promise<void> {
  await writeFileAtomic(path, csvChunks(datasetTable(dataset)))
  const summary = summariseDataset(dataset)
  if (json) return writeJson(io.stdout, { files: [path], ...summary, notes })
  writeLines(io.stdout, [...notes, ''])
  writeDatasetSummary(io.stdout, summary)
  writeLines(io.stdout, ['', `written to ${path}`])
}
