import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import { type ModelArchive, readModelArchive } from '../../archive/read-model-archive.js'
import type { Config } from '../../config/config.js'
import { ModelError, messageOf } from '../../core/errors.js'
import { describedCommand } from '../help/described-command.js'
import { isHttpUrl, withDownloadedFile } from '../inputs/downloaded-file.js'
import { parsePowerRows } from '../inputs/power-rows.js'
import { type CliIo, writeJson, writeNotes } from '../terminal/io.js'
import { writeTable } from '../terminal/table.js'

interface PredictOptions {
  readonly rows: string
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
      'Reads a model archive (a zip, or an http(s) or file URL of one) and prints the watts of each component for each row of raw usage per second. Rows are JSON, {"metrics": [...], "values": [[...]]} or [{"metric": value}], or CSV under a line of names; columns are found by name, and those that the model does not need are ignored.',
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
    .option('--json', 'print JSON')
    .action(async (named: string, options: PredictOptions) => {
      const archive = await readNamedArchive(named, io.loadConfig(), io.signal)
      const { metrics, rows } = await parsePowerRows(await readText(io, options.rows))
      const powers = archive.predict(metrics, rows)
      if (options.json) writeJson(io.stdout, { model_name: archive.metadata.model_name, powers })
      else print(io, archive, rows.length, powers)
    })
}

function readNamedArchive(named: string, config: Config, signal: AbortSignal): Promise<ModelArchive> {
  if (isHttpUrl(named)) return withDownloadedFile(named, 'model.zip', config, signal, readArchiveFile)
  return readArchiveFile(named.startsWith('file:') ? fileURLToPath(named) : named)
}

async function readArchiveFile(path: string): Promise<ModelArchive> {
  return readModelArchive(await readFile(path).catch((cause: unknown) => cannotRead(path, cause)))
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

function print(
  io: CliIo,
  { metadata, components }: ModelArchive,
  count: number,
  powers: ReturnType<ModelArchive['predict']>,
): void {
  const right = { align: 'right' } as const
  writeTable(
    io.stdout,
    [
      { title: 'ROW', ...right },
      ...components.map((component) => ({ title: `${component.toUpperCase()} (W)`, ...right })),
    ],
    Array.from({ length: count }, (_, i) => [i, ...components.map((component) => powers[component]![i]!.toFixed(3))]),
  )
  const { mae, mape } = metadata
  const known = [
    ...(mae === undefined ? [] : [`MAE ${mae.toFixed(2)} W`]),
    // -1 means that there were no rows to compute it on.
    ...(mape === undefined || mape < 0 ? [] : [`MAPE ${mape.toFixed(2)} %`]),
  ]
  writeNotes(io, ['', [metadata.model_name, ...known].join(', ')])
}
