import type { Command } from 'commander'
import type { Config } from '../../config/config.js'
import { counted } from '../../core/counted.js'
import { ModelError } from '../../core/errors.js'
import type { MergedPipeline } from '../../merge/merge-pipelines.js'
import type { Pipeline } from '../../registry/pipeline.js'
import { describedCommand } from '../help/described-command.js'
import { withNamedPipeline } from '../inputs/named-pipeline.js'
import { addSettingOptions, settingOverrides } from '../options/setting-options.js'
import { type CliIo, writeJson, writeLines } from '../terminal/io.js'
import { countProgress } from '../terminal/train-progress.js'

const settings = { DATAPATH: '--data-path <folder>' } as const

interface Options {
  readonly pipelineName: string
  readonly json?: boolean
}

/** `kepler-model merge`: several runs as one pipeline. */
export function mergeCommand(io: CliIo): Command {
  const command = describedCommand({
    name: 'merge',
    group: 'train',
    summary: 'join pipelines of several runs into one',
    description:
      'Joins pipelines (folders, zips, URLs or names) into one in the data folder. Node types get one numbering: equal specs are one type, and models are renamed to it. Of several models of one source, output type, feature group, trainer and node type the one is kept that a server would choose; the others are listed with the reason. See docs/export.md.',
    examples: [
      ['kepler-model merge lab-a lab-b.zip -p lab', 'two runs, as data/lab and data/lab.zip'],
      ['kepler-model merge ec2-0.7.11 mine -p both --json', 'a published pipeline and one of yours, for a program'],
    ],
  })
    .argument('<pipelines...>', 'two or more')
    .requiredOption('-p, --pipeline-name <name>', 'name of the merged pipeline')
    .option('--json', 'print JSON')
  addSettingOptions(command, settings)
  return command.action(async (named: readonly string[], options: Options) => {
    const config = io.loadConfig(settingOverrides(command, settings))
    if (named.length < 2) throw new ModelError('INVALID_REQUEST', 'merge: name two pipelines or more')
    const { mergePipelines } = await import('../../merge/merge-pipelines.js')
    const progress = countProgress(io.stderr, 'merged')
    const merged = await withNamedPipelines(named, config, io.signal, (pipelines) =>
      mergePipelines(pipelines, {
        name: options.pipelineName,
        parent: config.DATAPATH,
        clock: Date.now,
        signal: io.signal,
        onProgress: progress.onProgress,
      }),
    ).finally(progress.clear)
    if (options.json) writeJson(io.stdout, merged)
    else report(io, merged)
  })
}

function withNamedPipelines<T>(
  [first, ...others]: readonly string[],
  config: Config,
  signal: AbortSignal,
  use: (pipelines: readonly Pipeline[]) => Promise<T>,
): Promise<T> {
  if (first === undefined) return use([])
  return withNamedPipeline(first, config, signal, (pipeline) =>
    withNamedPipelines(others, config, signal, (rest) => use([pipeline, ...rest])),
  )
}

function report(io: CliIo, { folder, zip, models, nodeTypes, conflicts, notes }: MergedPipeline): void {
  writeLines(
    io.stderr,
    notes.map((note) => `warning: ${note}`),
  )
  writeLines(
    io.stdout,
    conflicts.flatMap(({ model, kept, dropped }) =>
      dropped.map(({ from, why }) => `${model}: ${kept} is kept, not ${from}: ${why}`),
    ),
  )
  writeLines(io.stdout, [
    `${counted(models, 'model')} of ${counted(nodeTypes.length, 'node type')} merged into ${folder} and ${zip}`,
  ])
}
