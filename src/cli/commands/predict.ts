import { createReadStream } from 'node:fs'
import type { Command } from 'commander'
import type { ModelArchive, PowerEstimate } from '../../archive/read-model-archive.js'
import { ModelError, messageOf } from '../../core/errors.js'
import { outsideAnswer, refuseImpossible } from '../../estimate/outside-inputs.js'
import { describedCommand } from '../help/described-command.js'
import { readNamedArchive } from '../inputs/named-archive.js'
import { parsePowerRows } from '../inputs/power-rows.js'
import { writeEstimate } from '../reports/estimate-report.js'
import { type CliIo, writeJson } from '../terminal/io.js'

interface PredictOptions {
  readonly rows: string
  readonly strict?: boolean
  readonly json?: boolean
}

/** Bytes of rows at most: they are in memory as text, as arrays and as watts. */
const maxRowBytes = 256 * 2 ** 20

/** `kepler-model predict`: the watts of rows of usage by one model archive, without a server. */
export function predictCommand(io: CliIo): Command {
  return describedCommand({
    name: 'predict',
    group: 'use',
    summary: 'estimate watts with one model archive',
    description:
      'Reads a model archive (a zip, or an http(s) or file URL of one) and prints the watts of each component for each row of raw usage per second, the interval that nine measurements of ten lie in, and inputs outside the range that the model was trained on. Rows are JSON, {"metrics": [...], "values": [[...]]} or [{"metric": value}], or CSV under a line of names; columns are found by name, and those that the model does not need are ignored.',
    examples: [
      ['kepler-model predict GradientBoostingRegressorTrainer_1.zip --rows rows.csv', 'watts of a CSV'],
      [
        `echo '[{"bpf_cpu_time_ms": 4000, "bpf_page_cache_hit": 20}]' | kepler-model predict model.zip --rows -`,
        'one row from a pipe',
      ],
      ['kepler-model predict https://host/model.zip --rows rows.json --json', 'JSON, for a program'],
    ],
  })
    .argument('<archive>', 'zip or URL of a model')
    .requiredOption('--rows <file>', 'JSON or CSV of raw inputs, - for standard input')
    .option('--strict', 'refuse rows that cannot be: negative, or more than the machine could do')
    .option('--json', 'print JSON')
    .action(async (named: string, options: PredictOptions) => {
      const archive = await readNamedArchive(named, io.loadConfig(), io.signal)
      const { metrics, rows } = await parsePowerRows(await readText(io, options.rows))
      const estimate = archive.estimate(metrics, rows)
      if (options.strict) refuseImpossible(estimate.outside, metrics)
      if (options.json) writeJson(io.stdout, asJson(archive, estimate))
      else writeEstimate(io, archive, estimate, rows.length)
    })
}

async function readText({ stdin, signal }: CliIo, file: string): Promise<string> {
  const parts: Buffer[] = []
  let bytes = 0
  try {
    for await (const part of file === '-' ? stdin : createReadStream(file, { signal })) {
      parts.push(Buffer.from(part))
      bytes += part.length
      if (bytes > maxRowBytes) {
        throw new ModelError('LIMIT_EXCEEDED', `the rows have more than ${maxRowBytes} bytes; split the file`)
      }
    }
  } catch (cause) {
    cannotRead(file, cause)
  }
  return Buffer.concat(parts).toString('utf8')
}

function cannotRead(path: string, cause: unknown): never {
  if (cause instanceof ModelError) throw cause
  throw new ModelError('INVALID_CONFIG', `${path} cannot be read: ${messageOf(cause)}`, { cause })
}

function asJson({ metadata }: ModelArchive, { powers, intervals, coverage, method, outside }: PowerEstimate): object {
  return {
    model_name: metadata.model_name,
    powers,
    interval: { coverage, method, powers: intervals },
    outside: outside.map(outsideAnswer),
  }
}
