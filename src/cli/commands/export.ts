import type { Command } from 'commander'
import type { Config } from '../../config/config.js'
import { counted } from '../../core/counted.js'
import type { DrawnPicture, ExportedPipeline } from '../../export/export-pipeline.js'
import { databaseTime } from '../../export/collect-time.js'
import type { ModelEntry } from '../../registry/model-entry.js'
import type { Pipeline } from '../../registry/pipeline.js'
import { describedCommand } from '../help/described-command.js'
import { benchmarkTime } from '../inputs/benchmark-time.js'
import { inputFile } from '../inputs/data-files.js'
import { withNamedPipeline } from '../inputs/named-pipeline.js'
import { addSettingOptions, settingOverrides } from '../options/setting-options.js'
import { type CliIo, writeJson, writeLines } from '../terminal/io.js'
import { countProgress } from '../terminal/train-progress.js'

const settings = { DATAPATH: '--data-path <folder>', MODEL_TOPURL: '--top-url <url>' } as const

interface Options {
  readonly pipelineName: string
  readonly output: string
  readonly name?: string
  readonly publisher?: string
  readonly collectDate?: string
  readonly benchmark?: string
  readonly includeRaw?: boolean
  readonly originalOnly?: boolean
  readonly plots: boolean
  readonly json?: boolean
}

/** `kepler-model export`: a pipeline in the layout of the model database. */
export function exportCommand(io: CliIo): Command {
  const command = describedCommand({
    name: 'export',
    group: 'train',
    summary: 'write a pipeline in the layout of the model database',
    description:
      'Writes the models of a pipeline that err by at most 10 W or 20 %, and by no more than 100 of either, to <output>/v0.7/<pipeline> and its zip: archives, weights, tables, pictures, node types, a README, an error report for each node type; and the pipeline to the pages of the version. What was exported under the name before is replaced as a whole. See docs/export.md.',
    examples: [
      ['kepler-model export -p std_v0.7.11 -o kepler-model-db/models --publisher me', 'a pipeline that was trained'],
      [
        'kepler-model export -p mine.zip -o models --collect-date "June 2026" --include-raw',
        'with the data that it was trained on',
      ],
    ],
  })
    .option('-p, --pipeline-name <pipeline>', 'folder, zip, URL or name of the pipeline', 'std_v0.7.11')
    .requiredOption('-o, --output <folder>', "the database's folder `models`, which is made where it is missing")
    .option('--name <name>', "the pipeline's name in the database (default: its own)")
    .option('--publisher <account>', 'your account of GitHub')
    .option('--collect-date <text>', 'when it was measured, in any words (default: from its data)')
    .option('--benchmark <file>', 'when it was measured: when this benchmark ran')
    .option('--include-raw', 'also the datasets that it was trained on')
    .option('--original-only', "leave models out that the original's Python has no class for")
    .option('--no-plots', 'without the pictures of errors and power curves')
    .option('--zip', 'also the zip of the pipeline: always, the option is that of the original')
    .option('--json', 'print JSON')
  addSettingOptions(command, settings)
  return command.action(async (options: Options) => {
    const config = io.loadConfig(settingOverrides(command, settings))
    const collectDate = options.collectDate ?? (await timeOf(options.benchmark, config.DATAPATH))
    const exported = await exportNamed(io, config, options.pipelineName, {
      ...options,
      ...(collectDate !== undefined && { collectDate }),
    })
    report(io, exported, options)
  })
}

/** How a pipeline is exported, from whichever command. */
export interface ExportRunOptions extends Partial<Omit<Options, 'pipelineName' | 'benchmark' | 'json'>> {
  readonly output: string
}

/** Exports the pipeline that is named, with progress. @throws ModelError as `exportPipeline` */
export async function exportNamed(
  io: CliIo,
  config: Config,
  named: string,
  options: ExportRunOptions,
): Promise<ExportedPipeline> {
  const { exportPipeline } = await import('../../export/export-pipeline.js')
  const { name, publisher, collectDate: collectTime } = options
  const progress = countProgress(io.stderr, 'exported')
  return withNamedPipeline(named, config, io.signal, (pipeline) =>
    exportPipeline(pipeline, {
      parent: options.output,
      includeRaw: options.includeRaw ?? false,
      onlyForOriginal: options.originalOnly ?? false,
      url: config.MODEL_TOPURL,
      ...((options.plots ?? true) && { draw: (models) => drawn(pipeline, models) }),
      clock: Date.now,
      signal: io.signal,
      onProgress: progress.onProgress,
      ...(name !== undefined && { name }),
      ...(publisher !== undefined && { publisher }),
      ...(collectTime !== undefined && { collectTime }),
    }),
  ).finally(progress.clear)
}

/** The plots are loaded where they are wanted: they take longer than the rest. */
async function drawn(pipeline: Pipeline, models: readonly ModelEntry[]): Promise<readonly DrawnPicture[]> {
  const { exportPictures } = await import('../plots/export-pictures.js')
  return exportPictures(pipeline, models)
}

async function timeOf(benchmark: string | undefined, dataPath: string): Promise<string | undefined> {
  if (benchmark === undefined) return undefined
  const { start } = await benchmarkTime(inputFile(dataPath, benchmark, undefined, 'benchmark'))
  return databaseTime(1000 * start)
}

function report(io: CliIo, { folder, zip, models, leftOut }: ExportedPipeline, { json }: Options): void {
  if (json) {
    writeJson(io.stdout, { folder, zip, models: models.map(({ folder: of, name }) => `${of.path}/${name}`), leftOut })
    return
  }
  writeLines(
    io.stderr,
    leftOut.map(({ model, why }) => `${model} is left out: ${why}`),
  )
  writeLines(io.stdout, [
    `${counted(models.length, 'model')} exported to ${folder} and ${zip}; ${leftOut.length} left out`,
  ])
}
