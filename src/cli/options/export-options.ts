import type { Command } from 'commander'
import type { Config } from '../../config/config.js'
import { counted } from '../../core/counted.js'
import { exportNamed } from '../commands/export.js'
import { type CliIo, writeLines } from '../terminal/io.js'

/** The options of commands that train and may export what they trained. */
export interface ExportAfterOptions {
  readonly export?: string
  readonly publisher?: string
  readonly collectDate?: string
}

export function addExportAfterOptions(command: Command): Command {
  return command
    .option('--export <folder>', "then export it: to the model database's folder `models`")
    .option('--publisher <account>', 'with --export: your account of GitHub')
    .option('--collect-date <text>', 'with --export: when it was measured, in any words')
}

/** Exports a pipeline that was just trained, where that was asked for. @throws ModelError as `exportPipeline` */
export async function exportAfter(
  io: CliIo,
  config: Config,
  pipeline: string,
  options: ExportAfterOptions,
): Promise<void> {
  if (options.export === undefined) return
  const { publisher, collectDate } = options
  const { models, folder, leftOut } = await exportNamed(io, config, pipeline, {
    output: options.export,
    ...(publisher !== undefined && { publisher }),
    ...(collectDate !== undefined && { collectDate }),
  })
  writeLines(io.stderr, [`${counted(models.length, 'model')} exported to ${folder}; ${leftOut.length} left out`])
}
