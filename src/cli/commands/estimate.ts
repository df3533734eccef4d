import { join, parse } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { type Command, Option } from 'commander'
import { messageOf, ModelError, quote } from '../../core/errors.js'
import { outputTypes } from '../../core/output-type.js'
import type { Dataset } from '../../extract/dataset.js'
import { extractorNames } from '../../extract/extractor.js'
import { type ModelEntry, modelPath } from '../../registry/model-entry.js'
import type { Pipeline } from '../../registry/pipeline.js'
import { writeFileAtomic } from '../../runtime/atomic-file.js'
import { csvChunks } from '../../table/csv-write.js'
import { table } from '../../table/table.js'
import { describedCommand } from '../help/described-command.js'
import { outputFile } from '../inputs/data-files.js'
import { chosenInput, type EstimateChoice, type EstimateInput } from '../inputs/estimate-input.js'
import { withNamedPipeline } from '../inputs/named-pipeline.js'
import { energySourceOf, nodeTypeOf } from '../options/extract-options.js'
import { addIsolateOptions } from '../options/isolate-options.js'
import { meterFlags } from '../options/measurement-options.js'
import { addSettingOptions, settingOverrides } from '../options/setting-options.js'
import { type ModelErrors, modelErrors } from '../reports/model-errors.js'
import { type CliIo, writeJson, writeNotes } from '../terminal/io.js'
import { progressLine } from '../terminal/progress.js'
import { addTableOption, type TableOptions, writeTable } from '../terminal/table.js'

const settings = {
  DATAPATH: '--data-path <folder>',
  MODEL_PATH: '--model-path <folder>',
  VM_JOB_NAME: '--vm-job <name>',
  ...meterFlags,
} as const

interface EstimateOptions extends EstimateChoice, TableOptions {
  readonly input: string
  readonly output?: string
  readonly pipelineName: string
  readonly featureGroup?: string
  readonly modelName?: string
  readonly nodeType?: string
  readonly json?: boolean
}

/** A model with its errors on the input. */
interface EvaluatedModel {
  readonly entry: ModelEntry
  readonly dataset: Dataset
  readonly errors: ModelErrors
}

interface Evaluation {
  /** The best first. */
  readonly models: readonly EvaluatedModel[]
  /** Models that could not be evaluated, by reason. */
  readonly skipped: ReadonlyMap<string, readonly string[]>
}

/** `kepler-model estimate`: the errors of a pipeline's models on measured power. */
export function estimateCommand(io: CliIo): Command {
  const command = describedCommand({
    name: 'estimate',
    group: 'use',
    summary: 'predict measured power with the models of a pipeline, and list their errors',
    description:
      'Predicts the watts of a saved response, or of an extracted or isolated dataset, with every model of a pipeline that has the features, and compares with the measured watts. The errors of a model are those of its worst component: mae in watts, mape in percent. On its own training data, they are too low. With --output, predicted and measured watts of the best model of each source and output type are written.',
    examples: [
      ['kepler-model estimate -i prom_response -p std_v0.7.11', 'all models of a pipeline in MODEL_PATH'],
      ['kepler-model estimate -i loaded -p ./std.zip -e acpi -ot AbsPower', 'extracted_loaded.csv, one source'],
      ['kepler-model estimate -i prom_response -fg BPFOnly -o best --json', 'for a program, predictions in best_*.csv'],
    ],
  })
    .requiredOption('-i, --input <name>', 'saved response or dataset, in the data folder')
    .option('-o, --output <name>', 'write <name>_<source>_<output type>.csv with the predictions of the best models')
    .option(
      '-p, --pipeline-name <name>',
      'folder, zip, URL, or name of a pipeline in the data folder or MODEL_PATH',
      'std_v0.7.11',
    )
    .option('-e, --energy-source <source>', 'only this source (default: all; of a dataset: rapl-sysfs)')
    .addOption(
      new Option(
        '--output-type <type>',
        'only this output type (default: all; of a dataset: AbsPower) (also -ot)',
      ).choices(outputTypes),
    )
    .option('--feature-group <group>', 'only models of this feature group (also -fg)')
    .option('--model-name <name>', 'only this model, e.g. SGDRegressorTrainer_0, or all of a trainer')
    .option('--node-type <number>', 'only models of this node type')
    .addOption(new Option('--extractor <name>', 'how rows are made').choices(extractorNames).default('default'))
    .option('--vm-train', 'use the processes of a virtual machine (job VM_JOB_NAME) instead of containers')
    .option('--json', 'print JSON')
  addTableOption(addIsolateOptions(command))
  addSettingOptions(command, settings)
  return command.action(async (options: EstimateOptions) => {
    const config = io.loadConfig(settingOverrides(command, settings))
    const wanted = filterOf(options)
    await withNamedPipeline(options.pipelineName, config, io.signal, async (pipeline) => {
      const input = await chosenInput(io, config, options, options.input)
      const entries = pipeline.entries.filter((entry) => wanted(entry) && isMeant(entry, input))
      if (entries.length === 0) {
        throw new ModelError('NO_MODEL', `pipeline ${quote(pipeline.name)} has no such model; see kepler-model models`)
      }
      const evaluation = await evaluate(io, pipeline, entries, input)
      if (evaluation.models.length === 0) {
        const [[why, models] = ['', []]] = evaluation.skipped
        throw new ModelError('INVALID_DATA', `no model could be evaluated: ${models[0]}: ${why}`)
      }
      const files = options.output === undefined ? [] : await writeBest(evaluation, config.DATAPATH, options.output)
      if (options.json) writeJson(io.stdout, asJson(pipeline, input, evaluation, files))
      else print(io, evaluation, files, options)
    })
  })
}

function filterOf(options: EstimateOptions): (entry: ModelEntry) => boolean {
  const source = options.energySource === undefined ? undefined : energySourceOf(options.energySource)
  const type = options.nodeType === undefined ? undefined : nodeTypeOf(options.nodeType)
  const { outputType, featureGroup, modelName } = options
  return ({ folder, nodeType, name, trainer }) =>
    (source ?? folder.source) === folder.source &&
    (outputType ?? folder.outputType) === folder.outputType &&
    (featureGroup ?? folder.featureGroup) === folder.featureGroup &&
    (type ?? nodeType) === nodeType &&
    (modelName === undefined || modelName === name || modelName === trainer)
}

function isMeant({ folder }: ModelEntry, { meaning }: EstimateInput): boolean {
  return meaning === undefined || (meaning.source === folder.source && meaning.outputType === folder.outputType)
}

async function evaluate(
  io: CliIo,
  pipeline: Pipeline,
  entries: readonly ModelEntry[],
  input: EstimateInput,
): Promise<Evaluation> {
  const progress = progressLine(io.stderr)
  const models: EvaluatedModel[] = []
  const skipped = new Map<string, string[]>()
  try {
    for (const [i, entry] of entries.entries()) {
      // Yields to the event loop, so that signals are handled.
      await setImmediate()
      if (io.signal.aborted) throw new ModelError('CANCELLED', 'estimating was stopped')
      progress.show(i / entries.length, modelPath(entry))
      try {
        const dataset = await input.dataset(entry.features, entry.folder.source, entry.folder.outputType)
        models.push({ entry, dataset, errors: modelErrors(pipeline, entry, dataset) })
      } catch (error) {
        const why = messageOf(error)
        skipped.set(why, [...(skipped.get(why) ?? []), modelPath(entry)])
      }
    }
  } finally {
    progress.clear()
  }
  return { models: models.sort((a, b) => a.errors.mae - b.errors.mae), skipped }
}

/** The best of each source and output type, in the order of the pipeline's folders. */
function bestOf({ models }: Evaluation): ReadonlyMap<string, EvaluatedModel> {
  const best = new Map<string, EvaluatedModel>()
  for (const model of models) {
    const { source, outputType } = model.entry.folder
    const key = `${source}_${outputType}`
    if (!best.has(key)) best.set(key, model)
  }
  return new Map([...best].sort(([a], [b]) => (a < b ? -1 : 1)))
}

async function writeBest(evaluation: Evaluation, dataPath: string, output: string): Promise<readonly string[]> {
  const { dir, name } = parse(outputFile(dataPath, output, '.csv'))
  const files: string[] = []
  for (const [key, { dataset, errors }] of bestOf(evaluation)) {
    const path = join(dir, `${name}_${key}.csv`)
    const columns = errors.components.flatMap(({ component, measured, predicted }) => [
      { name: `${component}_power`, values: measured },
      { name: `predicted_${component}_power`, values: Float64Array.from(predicted) },
    ])
    await writeFileAtomic(path, csvChunks(table([{ name: 'timestamp', values: dataset.timestamps }, ...columns])))
    files.push(path)
  }
  return files
}

function print(io: CliIo, evaluation: Evaluation, files: readonly string[], options: TableOptions): void {
  const right = { align: 'right' } as const
  writeTable(
    io.stdout,
    [
      { title: 'MODEL' },
      { title: 'SOURCE' },
      { title: 'OUTPUT' },
      { title: 'GROUP' },
      { title: 'ROWS', ...right, importance: 2 },
      { title: 'MAE (W)', ...right },
      { title: 'MAPE (%)', ...right },
      { title: 'R²', ...right, importance: 3 },
      { title: 'WORST', importance: 1 },
    ],
    evaluation.models.map(({ entry: { name, folder }, dataset, errors }) => {
      const worst = errors.components.reduce((a, b) => (b.mae > a.mae ? b : a))
      return [
        name,
        folder.source,
        folder.outputType,
        folder.featureGroup,
        dataset.rows,
        errors.mae.toFixed(2),
        errors.mape < 0 ? '-' : errors.mape.toFixed(2),
        worst.r2.toFixed(3),
        worst.component,
      ]
    }),
    options,
  )
  const best = [...bestOf(evaluation)].map(
    ([, { entry, errors }]) => `best: ${modelPath(entry)}: MAE ${errors.mae.toFixed(2)} W`,
  )
  const skipped = [...evaluation.skipped].map(
    ([why, models]) => `not evaluated: ${models.length === 1 ? models[0] : `${models.length} models`}: ${why}`,
  )
  writeNotes(io, ['', ...best, ...skipped, ...files.map((file) => `written to ${file}`)])
}

function asJson(
  pipeline: Pipeline,
  input: EstimateInput,
  { models, skipped }: Evaluation,
  files: readonly string[],
): object {
  return {
    pipeline: pipeline.name,
    input: input.path,
    models: models.map(({ entry, dataset, errors }) => ({
      model_name: entry.name,
      source: entry.folder.source,
      output_type: entry.folder.outputType,
      feature_group: entry.folder.featureGroup,
      node_type: entry.nodeType,
      rows: dataset.rows,
      mae: errors.mae,
      mape: errors.mape,
      components: Object.fromEntries(
        errors.components.map(({ component, mae, mape, rmse, r2 }) => [component, { mae, mape, rmse, r2 }]),
      ),
    })),
    skipped: Object.fromEntries(skipped),
    files,
  }
}
