import type { Command } from 'commander'
import { datasetTable } from '../../extract/dataset-table.js'
import { extractorNamed } from '../../extract/extractors.js'
import { rawTable } from '../../extract/raw.js'
import { writeFileAtomic } from '../../runtime/atomic-file.js'
import { csvChunks } from '../../table/csv-write.js'
import { describedCommand } from '../help/described-command.js'
import { inputFile, prefixedFile } from '../inputs/data-files.js'
import { readForExtraction } from '../inputs/extract-input.js'
import { addExtractOptions, type ExtractOptions } from '../options/extract-options.js'
import { meterFlags } from '../options/measurement-options.js'
import { addSettingOptions, settingOverrides } from '../options/setting-options.js'
import { summariseDataset, warnOfFindings, writeDatasetSummary } from '../reports/dataset-report.js'
import { type CliIo, writeJson, writeNotes } from '../terminal/io.js'

const settings = { DATAPATH: '--data-path <folder>', VM_JOB_NAME: '--vm-job <name>', ...meterFlags } as const

/** `kepler-model extract`: a saved response -> a dataset of usage and power. */
export function extractCommand(io: CliIo): Command {
  const command = describedCommand({
    name: 'extract',
    group: 'train',
    summary: 'make a dataset of usage and power from a saved Prometheus response',
    description:
      'Makes a dataset of usage and power from a saved Prometheus response (JSON, plain or gzip, of any size). Writes extracted_<output>.csv and extracted_<output>_raw.csv to the data folder.',
    examples: [
      ['kepler-model extract -i prom_response -o loaded', 'features BPFOnly and RAPL power, one row a timestamp'],
      ['kepler-model extract -i prom_response -o loaded -e acpi -fg Basic -ot DynPower', 'one row a container'],
    ],
  })
    .option('-i, --input <file>', 'saved response, in the data folder', 'prom_response')
    .option('-o, --output <name>', 'name of the dataset (default: that of the input)')
    .option('--json', 'print JSON')
  addExtractOptions(command, { outputType: 'AbsPower' })
  addSettingOptions(command, settings)
  return command.action(async (options: ExtractOptions & { input: string; output?: string; json?: boolean }) => {
    const config = io.loadConfig(settingOverrides(command, settings))
    const { DATAPATH } = config
    const input = inputFile(DATAPATH, options.input)
    const { response, request } = await readForExtraction(io, input, options, config)
    const { dataset, findings } = extractorNamed(options.extractor).extract(response, request)

    const path = prefixedFile(DATAPATH, 'extracted', options.output ?? options.input)
    const rawPath = path.replace(/\.csv$/, '_raw.csv')
    await writeFileAtomic(rawPath, csvChunks(rawTable(response, request)))
    await writeFileAtomic(path, csvChunks(datasetTable(dataset)))
    warnOfFindings(io, findings)
    const summary = summariseDataset(dataset)
    if (options.json) return writeJson(io.stdout, { files: [path, rawPath], ...summary, findings })
    writeDatasetSummary(io, summary)
    writeNotes(io, ['', `written to ${path} and ${rawPath}`])
  })
}
