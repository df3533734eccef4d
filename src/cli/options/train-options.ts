import { type Command, Option } from 'commander'
import { ModelError, quote } from '../../core/errors.js'
import { isPipelineName } from '../../registry/pipeline-name.js'
import { type TrainerName, trainerNamed, trainerNames } from '../../regression/trainers.js'
import { type Rank, ranks } from '../reports/train-report.js'
import { addTableOption, type TableOptions } from '../terminal/table.js'
import { splitNames } from './extract-options.js'

export interface TrainOptions extends TableOptions {
  readonly pipelineName: string
  readonly seed: string
  readonly rankBy: Rank
  readonly threads?: string
  readonly fast?: boolean
  readonly all?: boolean
  readonly json?: boolean
}

/** The options that `train` and `train_from_data` share. */
export function addTrainOptions(command: Command): Command {
  return addTableOption(command)
    .option('-p, --pipeline-name <name>', 'name of the pipeline', 'std_v0.7.11')
    .option('--seed <number>', 'seed of the split and of all random numbers', '0')
    .addOption(
      new Option(
        '--rank-by <error>',
        'the order of the report: held-out as servers choose, or by one error alone: mae, cv (blocks of time left out) or workload (workloads left out)',
      )
        .choices(ranks)
        .default('held-out'),
    )
    .option('--threads <number>', 'worker threads (default: the processors of the machine)')
    .option('--fast', 'only mae and mape, no cross-validation')
    .option('--all', 'list every model, not only the best')
    .option('--json', 'print JSON')
}

/** @throws ModelError `INVALID_REQUEST` naming the option */
export function trainSettings({ pipelineName, seed, threads, fast }: TrainOptions) {
  if (!isPipelineName(pipelineName)) {
    throw invalid('pipeline-name', `${quote(pipelineName)} is no name: letters, digits, dot, dash and underscore`)
  }
  return {
    name: pipelineName,
    seed: wholeNumber('seed', seed),
    crossValidation: !fast,
    ...(threads !== undefined && { threads: wholeNumber('threads', threads) }),
  }
}

/** A comma-separated list of trainers; nothing and `default` mean all. @throws ModelError `INVALID_REQUEST` */
export function trainersOf(option: string, text: string | undefined): readonly TrainerName[] {
  if (text === undefined || text === 'default') return trainerNames
  return [...new Set(splitNames(text))].map((name) => {
    const known = trainerNamed(name)
    if (known !== undefined) return known
    throw invalid(option, `unknown trainer ${quote(name)}; there are ${trainerNames.join(', ')}`)
  })
}

export function wholeNumber(option: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw invalid(option, `${quote(text)} is no whole number`)
}

function invalid(field: string, why: string): ModelError {
  return new ModelError('INVALID_REQUEST', `--${field}: ${why}`, { field })
}
