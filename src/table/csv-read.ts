import { pipeline } from 'node:stream/promises'
import { CsvError, type Options, parse } from 'csv-parse'
import { ModelError, quote } from '../core/errors.js'
import { type Column, type Table, table } from './table.js'

export interface CsvOptions {
  /** Columns that hold text; all others hold numbers. */
  readonly text?: ReadonlySet<string>
  /** Columns that are passed over, whatever they hold. */
  readonly ignore?: ReadonlySet<string>
  /** @default 20 million */
  readonly maxRows?: number
  /** @default 2000 */
  readonly maxColumns?: number
}

const maxFieldCharacters = 64 * 1024
const maxRowCharacters = 4 * 1024 * 1024

/** RFC 4180, with any line ends, a byte order mark, and blank lines between rows. */
const dialect: Options = {
  bom: true,
  record_delimiter: ['\r\n', '\n', '\r'],
  skip_empty_lines: true,
  // How many fields a row should have is checked here, with a message of our own.
  relax_column_count: true,
  max_record_size: maxRowCharacters,
}

/**
 * Reads CSV from text chunks: a header, then decimal numbers, and text in the columns that `options.text` names.
 *
 * @throws ModelError `INVALID_DATA` with line and column for what is no table; `LIMIT_EXCEEDED`
 */
export async function readCsv(
  chunks: AsyncIterable<string> | Iterable<string>,
  options: CsvOptions = {},
): Promise<Table> {
  const reader = tableReader(options)
  // Rows are taken as they are parsed; none is left for whoever reads the stream.
  const parser = parse({ ...dialect, on_record: (fields: string[], { lines }) => reader.take(fields, lines) })
  try {
    await pipeline(chunks, parser, async (rows: AsyncIterable<unknown>) => {
      for await (const _ of rows);
    })
  } catch (error) {
    throw error instanceof CsvError ? csvError(error, reader.header()) : error
  }
  return reader.table()
}

function tableReader({ text = new Set(), ignore = new Set(), maxRows = 20_000_000, maxColumns = 2000 }: CsvOptions) {
  let header: readonly string[] | undefined
  let columns: { name: string; numbers: GrowingNumbers | undefined; texts: string[] | undefined }[] = []
  let rows = 0

  const takeHeader = (fields: readonly string[]) => {
    if (fields.length > maxColumns) throw new ModelError('LIMIT_EXCEEDED', `CSV: more than ${maxColumns} columns`)
    header = fields
    columns = fields.map((name) => ({
      name,
      numbers: text.has(name) || ignore.has(name) ? undefined : growingNumbers(),
      texts: text.has(name) ? [] : undefined,
    }))
  }

  return {
    header: () => header ?? [],
    /** @returns undefined: the row is not kept by the parser */
    take(fields: readonly string[], line: number): undefined {
      if (fields.some(({ length }) => length > maxFieldCharacters)) {
        throw new ModelError('LIMIT_EXCEEDED', `CSV: a field has more than ${maxFieldCharacters} characters`)
      }
      if (header === undefined) return void takeHeader(fields)
      if (fields.length !== header.length) {
        const counts = `${fields.length} fields, the header has ${header.length}`
        throw new ModelError('INVALID_DATA', `CSV line ${line}: ${counts}`)
      }
      if (++rows > maxRows) throw new ModelError('LIMIT_EXCEEDED', `CSV: more than ${maxRows} rows`)
      for (let j = 0; j < fields.length; j++) {
        const { name, numbers, texts } = columns[j]!
        if (numbers) numbers.push(numberOf(fields[j]!, name, line))
        else texts?.push(fields[j]!)
      }
    },
    table(): Table {
      if (header === undefined) throw new ModelError('INVALID_DATA', 'CSV: empty, expected a header line')
      const kept: Column[] = []
      for (const { name, numbers, texts } of columns) {
        if (numbers) kept.push({ name, values: numbers.values() })
        else if (texts) kept.push({ name, values: texts })
      }
      return table(kept)
    },
  }
}

const decimal = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/

/** `Number` would also take `0x10`, `0b1` and nothing at all. */
function numberOf(text: string, column: string, line: number): number {
  const value = decimal.test(text) ? Number(text) : Number.NaN
  if (Number.isFinite(value)) return value
  const problem = `column ${quote(column)} holds ${quote(text)}, which is no finite decimal number`
  throw new ModelError('INVALID_DATA', `CSV line ${line}: ${problem}`, { field: column })
}

const problems: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quote is opened and not closed',
  INVALID_OPENING_QUOTE: 'a quote stands within a field that does not begin with one',
  CSV_INVALID_CLOSING_QUOTE: 'something follows a closing quote; a quote within a field is written twice',
}

/** The parser's errors in our words, with the column's name. */
function csvError(error: CsvError, header: readonly string[]): ModelError {
  if (error.code === 'CSV_MAX_RECORD_SIZE') {
    const message = `CSV: a row has more than ${maxRowCharacters} characters; is a quote not closed?`
    return new ModelError('LIMIT_EXCEEDED', message, { cause: error })
  }
  const column = typeof error.column === 'number' ? header[error.column] : undefined
  const where = `CSV line ${String(error.lines)}${column === undefined ? '' : `, column ${quote(column)}`}`
  return new ModelError('INVALID_DATA', `${where}: ${problems[error.code] ?? error.message}`, { cause: error })
}

interface GrowingNumbers {
  push(value: number): void
  values(): Float64Array
}

function growingNumbers(): GrowingNumbers {
  let numbers = new Float64Array(1024)
  let count = 0
  return {
    push(value) {
      if (count === numbers.length) {
        const more = new Float64Array(count * 2)
        more.set(numbers)
        numbers = more
      }
      numbers[count++] = value
    },
    values: () => numbers.slice(0, count),
  }
}
