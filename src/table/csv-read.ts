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

/**
 * Reads CSV from text chunks: a header, then numbers, and text in the columns that `options.text` names.
 *
 * @throws ModelError `INVALID_DATA` with line and column for what is no table; `LIMIT_EXCEEDED`
 */
export async function readCsv(
  chunks: AsyncIterable<string> | Iterable<string>,
  { text = new Set(), ignore = new Set(), maxRows = 20_000_000, maxColumns = 2000 }: CsvOptions = {},
): Promise<Table> {
  let header: readonly string[] | undefined
  let columns: { name: string; numbers: GrowingNumbers | undefined; texts: string[] | undefined }[] = []
  let rows = 0
  let line = 0

  const takeRow = (fields: readonly string[]) => {
    line++
    if (header === undefined) {
      if (fields.length > maxColumns) throw new ModelError('LIMIT_EXCEEDED', `CSV: more than ${maxColumns} columns`)
      header = fields
      columns = fields.map((name) => ({
        name,
        numbers: text.has(name) || ignore.has(name) ? undefined : growingNumbers(),
        texts: text.has(name) ? [] : undefined,
      }))
      return
    }
    if (fields.length === 1 && fields[0] === '') return
    if (fields.length !== header.length) {
      throw new ModelError('INVALID_DATA', `CSV line ${line}: ${fields.length} fields, the header has ${header.length}`)
    }
    if (++rows > maxRows) throw new ModelError('LIMIT_EXCEEDED', `CSV: more than ${maxRows} rows`)
    fields.forEach((value, j) => {
      const { name, numbers, texts } = columns[j]!
      if (numbers) numbers.push(numberOf(value, name, line))
      else texts?.push(value)
    })
  }

  const parser = fieldParser(takeRow)
  for await (const chunk of chunks) parser.write(chunk)
  parser.end()
  if (header === undefined) throw new ModelError('INVALID_DATA', 'CSV: empty, expected a header line')
  const kept: Column[] = []
  for (const { name, numbers, texts } of columns) {
    if (numbers) kept.push({ name, values: numbers.values() })
    else if (texts) kept.push({ name, values: texts })
  }
  return table(kept)
}

function numberOf(text: string, column: string, line: number): number {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (Number.isFinite(value)) return value
  throw new ModelError(
    'INVALID_DATA',
    `CSV line ${line}: column ${quote(column)} holds ${quote(text)}, which is no finite number`,
    {
      field: column,
    },
  )
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

/** RFC 4180: fields in quotes may hold commas, line ends and doubled quotes. */
function fieldParser(onRow: (fields: readonly string[]) => void): { write(chunk: string): void; end(): void } {
  let fields: string[] = []
  let field = ''
  let quoted = false
  let afterQuote = false
  const take = (part: string) => {
    field += part
    if (field.length > maxFieldCharacters) {
      throw new ModelError('LIMIT_EXCEEDED', `CSV: a field has more than ${maxFieldCharacters} characters`)
    }
  }
  const endField = () => {
    fields.push(field)
    field = ''
    afterQuote = false
  }
  const endRow = () => {
    endField()
    onRow(fields)
    fields = []
  }
  return {
    write(chunk) {
      let from = 0
      for (let i = 0; i < chunk.length; i++) {
        const c = chunk.charCodeAt(i)
        if (quoted) {
          if (c !== 0x22) continue
          take(chunk.slice(from, i))
          from = i + 1
          quoted = false
          afterQuote = true
        } else if (c === 0x22) {
          if (afterQuote) take('"')
          else take(chunk.slice(from, i))
          from = i + 1
          quoted = true
        } else if (c === 0x2c || c === 0x0a || c === 0x0d) {
          take(chunk.slice(from, i))
          from = i + 1
          if (c === 0x2c) endField()
          else if (c === 0x0a) endRow()
        }
      }
      take(chunk.slice(from))
    },
    end() {
      if (quoted) throw new ModelError('INVALID_DATA', 'CSV: the last field has no closing quote')
      if (field !== '' || fields.length > 0) endRow()
    },
  }
}
