import { readFileSync } from 'node:fs'
import { stringify } from 'csv-stringify/sync'
import { ModelError, messageOf, quote } from '../../core/errors.js'
import { writeFileAtomic } from '../../runtime/atomic-file.js'
import { loadUniversalModel } from '../../universal/load-model.js'
import { loads } from '../../universal/machine.js'
import { readMachineTable } from '../../universal/table/machine-table.js'
import type { UniversalModel } from '../../universal/universal-model.js'
import { type CliIo, writeJson, writeLines } from '../terminal/io.js'

export interface CurveTableOptions {
  readonly machines: string
  readonly output?: string
  readonly model?: string
  readonly json?: boolean
  readonly [other: string]: unknown
}

/** Options that are of one machine, and would be lost beside a table. */
const ofOneMachine = [
  'instance',
  'point',
  'svg',
  'processor',
  'chips',
  'cores',
  'threads',
  'memory',
  'tdp',
  'vendor',
  'year',
  'psu',
  'form',
  'nodes',
  'frequency',
]
const columns = ['w', 'lo', 'hi'].flatMap((prefix) => loads.map((load) => `${prefix}${Math.round(load * 100)}`))

/** The table with the curve of each of its machines: `w0` ... `w100`, the interval as `lo0` ... and `hi0` .... */
export async function writeCurveTable(io: CliIo, options: CurveTableOptions): Promise<void> {
  const lost = ofOneMachine.find((name) => options[name] !== undefined)
  if (lost) throw new ModelError('INVALID_REQUEST', `--${lost} is of one machine, --machines has many`, { field: lost })
  const { records, rows } = readMachineTable(readText(options.machines))
  const model = loadUniversalModel(options.model).model()
  const curves = rows.map(({ line, machine }) => answerOf(model, machine, line))
  if (options.json) {
    writeJson(
      io.stdout,
      rows.map(({ machine }, i) => ({
        machine,
        load: loads,
        watts: curves[i]!.slice(0, 11),
        low: curves[i]!.slice(11, 22),
        high: curves[i]!.slice(22),
      })),
    )
    if (options.output === undefined) return
  }
  const taken = columns.find((name) => records.header.includes(name))
  if (taken) throw new ModelError('INVALID_DATA', `${options.machines} has a column ${quote(taken)} already`)
  const text = stringify([
    [...records.header, ...columns],
    ...records.rows.map((fields, i) => [...fields, ...curves[i]!]),
  ])
  if (options.output === undefined || options.output === '-') io.stdout.write(text)
  else {
    await writeFileAtomic(options.output, [text])
    writeLines(io.stderr, [`${rows.length} curves written to ${options.output}`])
  }
}

/** Watts, low and high, one after another, to a tenth. */
function answerOf(
  model: UniversalModel,
  machine: Parameters<UniversalModel['answer']>[0],
  line: number,
): readonly number[] {
  try {
    const { watts, low, high } = model.answer(machine)
    return [...watts, ...low, ...high].map((value) => Math.round(value * 10) / 10)
  } catch (error) {
    if (!(error instanceof ModelError)) throw error
    throw new ModelError(error.code, `machines, line ${line}: ${error.message}`, {
      cause: error,
      ...(error.field ? { field: error.field } : {}),
    })
  }
}

/** @throws ModelError `INVALID_CONFIG` when the file cannot be read */
export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new ModelError('INVALID_CONFIG', `${path} cannot be read: ${messageOf(cause)}`, { cause })
  }
}
