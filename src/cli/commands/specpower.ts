import { readFile, stat } from 'node:fs/promises'
import { type Command, Option } from 'commander'
import { counted } from '../../core/counted.js'
import { ModelError, messageOf } from '../../core/errors.js'
import { type OutputType, outputTypes } from '../../core/output-type.js'
import type { TrainedPipeline } from '../../train/train-pipeline.js'
import { describedCommand } from '../help/described-command.js'
import { inputFile } from '../inputs/data-files.js'
import { knownNodeTypes } from '../inputs/known-node-types.js'
import { addExportAfterOptions, type ExportAfterOptions, exportAfter } from '../options/export-options.js'
import { addSettingOptions, settingOverrides } from '../options/setting-options.js'
import { trainersOf, trainSettings } from '../options/train-options.js'
import { warnOfFailures } from '../reports/train-report.js'
import { type CliIo, writeJson, writeLines } from '../terminal/io.js'
import { trainProgress } from '../terminal/train-progress.js'

const settings = { DATAPATH: '--data-path <folder>', MODEL_TOPURL: '--top-url <url>' } as const

/** Trainers for eleven points of a curve: lines, curves and a polynomial. Trees and neighbours would learn the points. */
const curveTrainers =
  'LinearRegressionTrainer,SGDRegressorTrainer,PolynomialRegressionTrainer,LogarithmicRegressionTrainer,LogisticRegressionTrainer,ExponentialRegressionTrainer'

interface Options extends ExportAfterOptions {
  readonly input: string
  readonly pipelineName: string
  readonly outputType?: OutputType
  readonly trainers: string
  readonly seed: string
  readonly threads?: string
  readonly fast?: boolean
  readonly json?: boolean
}

/** A table of all results ever published is a quarter of a megabyte. */
const maxBytes = 64 * 2 ** 20

/** `kepler-model specpower`: published results of SPECpower -> a pipeline of platform power. */
export function specpowerCommand(io: CliIo): Command {
  const command = describedCommand({
    name: 'specpower',
    group: 'train',
    summary: 'train a pipeline from published SPECpower results',
    description:
      'Trains models of the power of the whole machine (acpi, BPFOnly) from a table of SPECpower_ssj2008 results: cpu, vendor, chips, cores, threads, mhz, mem_gb, and watts from active idle to full load, p0 to p100. Machines of equal specs are one node type. CPU time is load x logical processors x 1000 ms/s; dynamic power is what is above idle. See docs/export.md.',
    examples: [
      ['kepler-model specpower -i specpower.csv -p specpower-mine', 'curves and lines for every node type'],
      [
        'kepler-model specpower -i specpower.csv -p specpower-mine --export models --publisher me',
        'and the pipeline for the model database',
      ],
    ],
  })
    .requiredOption('-i, --input <file>', 'CSV of results')
    .requiredOption('-p, --pipeline-name <name>', 'name of the pipeline')
    .addOption(new Option('--output-type <type>', 'only this one (also -ot)').choices(outputTypes))
    .option('--trainers <names>', 'comma-separated, or default for all', curveTrainers)
    .option('--seed <number>', 'seed of the split and of all random numbers', '0')
    .option('--threads <number>', 'worker threads (default: the processors of the machine)')
    .option('--fast', 'only mae and mape, no cross-validation')
    .option('--json', 'print JSON')
  addExportAfterOptions(command)
  addSettingOptions(command, settings)
  return command.action((options: Options) => specpower(io, command, options))
}

async function specpower(io: CliIo, command: Command, options: Options): Promise<void> {
  const config = io.loadConfig(settingOverrides(command, settings))
  const own = trainSettings({ ...options, rankBy: 'mae' })
  const trainers = trainersOf('trainers', options.trainers)
  const text = await readTable(inputFile(config.DATAPATH, options.input, [options.input]))
  const [{ readMachineTable }, { specpowerSets }, { trainPipeline }] = await Promise.all([
    import('../../universal/table/machine-table.js'),
    import('../../specpower/specpower-sets.js'),
    import('../../train/train-pipeline.js'),
  ])
  const outputs = options.outputType ? [options.outputType] : outputTypes
  const known = knownNodeTypes(config.DATAPATH, own.name)
  const { sets, types, machines, leftOut } = specpowerSets(readMachineTable(text).rows, outputs, known)
  writeLines(
    io.stderr,
    [...new Set(leftOut.map(({ why }) => why))].map((reason) => {
      const lines = leftOut.filter(({ why }) => why === reason).map(({ line }) => line)
      return `${counted(lines.length, 'result')} left out, the first in line ${lines[0]}: ${reason}`
    }),
  )
  if (sets.length === 0) throw new ModelError('INVALID_DATA', `${options.input} has no result to learn from`)

  const progress = trainProgress(io.stderr)
  const pipeline = await trainPipeline({
    ...own,
    sets,
    preprocessed: [],
    parent: config.DATAPATH,
    absTrainers: trainers,
    dynTrainers: trainers,
    isolator: 'min',
    extractor: 'default',
    machines: new Map(types.map((type) => [type.id, type])),
    arguments: command.opts(),
    clock: Date.now,
    signal: io.signal,
    onProgress: progress.onProgress,
  }).finally(progress.clear)
  warnOfFailures(io, pipeline.failures)
  report(io, pipeline, { machines, types: types.length, leftOut: leftOut.length }, options)
  await exportAfter(io, config, pipeline.folder, options)
}

async function readTable(path: string): Promise<string> {
  try {
    const { size } = await stat(path)
    if (size > maxBytes) throw new ModelError('LIMIT_EXCEEDED', `${path} has ${size} bytes, at most ${maxBytes}`)
    return await readFile(path, 'utf8')
  } catch (cause) {
    if (cause instanceof ModelError) throw cause
    throw new ModelError('INVALID_CONFIG', `${path} cannot be read: ${messageOf(cause)}`, { cause, field: 'input' })
  }
}

function report(
  { stdout }: CliIo,
  { folder, zip, models, failures }: TrainedPipeline,
  counts: { readonly machines: number; readonly types: number; readonly leftOut: number },
  { json }: Options,
): void {
  if (json) {
    writeJson(stdout, { folder, zip, ...counts, models: models.length, failures })
    return
  }
  writeLines(stdout, [
    `${counted(models.length, 'model')} of ${counted(counts.types, 'node type')} (${counted(counts.machines, 'machine')}) written to ${folder} and ${zip}; ${counts.leftOut} results left out, ${failures.length} models failed`,
  ])
}
