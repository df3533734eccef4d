import { ModelError, quote } from '../../core/errors.js'
import { type CsvRecords, readCsvRecords } from '../../table/csv-records.js'
import { loads, type MachineDescription, type MeasuredMachine } from '../machine.js'

/** A row of a table of machines: what is known of the machine, and the watts that were measured, NaN where none. */
export interface MachineRow {
  readonly line: number
  readonly machine: MachineDescription
  readonly model: string
  readonly published: string
  readonly tdpSource: string
  readonly watts: Float64Array
}

/** A table of machines, with its text as it was. */
export interface MachineTable {
  readonly records: CsvRecords
  readonly rows: readonly MachineRow[]
}

/** The columns of text and numbers that a table may have; the first of a field's names is the one we write. */
const textColumns = {
  processor: ['cpu', 'processor'],
  vendor: ['vendor'],
  form: ['form'],
} as const
const numberColumns = {
  chips: ['chips'],
  cores: ['cores'],
  threads: ['threads'],
  megahertz: ['mhz', 'frequency'],
  memory: ['mem_gb', 'memory'],
  tdp: ['tdp'],
  supply: ['psu_w'],
  nodes: ['nodes'],
} as const

const wattColumns = loads.map((load) => `p${Math.round(load * 100)}`)
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/**
 * Reads a table with the columns of `specpower.csv`: `cpu`, `vendor`, `chips`, `cores`, `threads`, `mhz`, `mem_gb`,
 * `tdp`, `psu_w`, `form`, `nodes`, `hw_available` (`Jun-2010`), `published` (`2010-04-07`), `p0` ... `p100`. Each may be
 * missing or empty; other columns do not matter.
 *
 * @throws ModelError `INVALID_DATA` naming line and column of a value that is none
 */
export function readMachineTable(text: string): MachineTable {
  const records = readCsvRecords(text)
  if (!textColumns.processor.some((name) => records.header.includes(name)) && !records.header.includes('threads')) {
    throw new ModelError(
      'INVALID_DATA',
      `a table of machines has a column cpu or threads, got ${quote(records.header.join(','))}`,
    )
  }
  const rows = records.rows.map((fields, k) => {
    const cell = (names: readonly string[]) => {
      const name = names.find((one) => records.header.includes(one))
      return name === undefined ? '' : fields[records.header.indexOf(name)]!.trim()
    }
    return machineRow(cell, k + 2)
  })
  return { records, rows }
}

type Cell = (names: readonly string[]) => string

function machineRow(cell: Cell, line: number): MachineRow {
  const machine: { -readonly [K in keyof MachineDescription]: MachineDescription[K] } = {}
  for (const [field, names] of Object.entries(textColumns) as [keyof typeof textColumns, readonly string[]][]) {
    const text = cell(names)
    if (text !== '' && text !== '--') machine[field] = text
  }
  for (const [field, names] of Object.entries(numberColumns) as [keyof typeof numberColumns, readonly string[]][]) {
    const value = numberIn(cell(names), names[0]!, line)
    if (value > 0) machine[field] = value
  }
  const published = cell(['published'])
  const year = yearOf(cell(['hw_available', 'year']), line) ?? yearOf(published, line)
  if (year !== undefined) machine.year = year
  const watts = Float64Array.from(wattColumns, (name) => numberIn(cell([name]), name, line))
  return { line, machine, model: cell(['model']), published, tdpSource: cell(['tdp_source']), watts }
}

/** The value of a cell, NaN when it is empty. */
function numberIn(text: string, column: string, line: number): number {
  if (text === '') return Number.NaN
  const value = Number(text)
  if (Number.isFinite(value) && value >= 0) return value
  throw new ModelError(
    'INVALID_DATA',
    `machines, line ${line}: ${column}: expected a number from 0, got ${quote(text)}`,
  )
}

/** `Jun-2010`, `2010-04-07` or `2010.5` as years. */
function yearOf(text: string, line: number): number | undefined {
  if (text === '') return undefined
  const [, month, named] = /^([A-Za-z]{3})-(\d{4})$/.exec(text) ?? []
  if (named !== undefined && month !== undefined) {
    const place = months.indexOf(month.toLowerCase())
    if (place >= 0) return Number(named) + (place + 1) / 12
  }
  const [, year, number] = /^(\d{4})-(\d{2})-\d{2}$/.exec(text) ?? []
  if (year !== undefined) return Number(year) + Number(number) / 12
  if (/^\d{4}(?:\.\d+)?$/.test(text)) return Number(text)
  throw new ModelError('INVALID_DATA', `machines, line ${line}: expected a date such as Jun-2010, got ${quote(text)}`)
}

/**
 * The rows of a table as measured machines.
 *
 * @throws ModelError `INVALID_DATA` naming the line of a row without what a measured machine must have
 */
export function measuredMachines({ rows }: MachineTable): readonly MeasuredMachine[] {
  return rows.map(({ line, machine, model, published, tdpSource, watts }) => {
    const { processor, chips, cores, threads, megahertz } = machine
    if (!processor || !chips || !cores || !threads || !megahertz) {
      throw new ModelError(
        'INVALID_DATA',
        `machines, line ${line}: a measured machine has cpu, chips, cores, threads and mhz`,
      )
    }
    const idle = watts[0]!
    const full = watts[loads.length - 1]!
    if (!(idle > 0 && full > idle)) {
      throw new ModelError(
        'INVALID_DATA',
        `machines, line ${line}: expected p0 above 0 and p100 above p0, got ${idle} and ${full}`,
      )
    }
    return {
      ...machine,
      processor,
      chips,
      cores,
      threads,
      megahertz,
      model,
      ...(published ? { published } : {}),
      ...(tdpSource ? { tdpSource } : {}),
      watts,
    }
  })
}
