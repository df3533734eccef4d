import { CsvError } from 'csv-parse'
import { parse } from 'csv-parse/sync'
import { ModelError } from '../core/errors.js'

/** CSV as text: a header, and rows of as many fields. */
export interface CsvRecords {
  readonly header: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

const maxRowCharacters = 1024 * 1024

/**
 * Reads CSV whose columns are of all kinds, for whoever knows them better.
 *
 * @throws ModelError `INVALID_DATA` naming the line; `LIMIT_EXCEEDED`
 */
export function readCsvRecords(text: string, maxRows = 100_000, maxColumns = 2000): CsvRecords {
  const [header, ...rows] = recordsOf(text, maxRows)
  if (header === undefined) throw new ModelError('INVALID_DATA', 'CSV: empty, expected a header line')
  if (rows.length > maxRows) throw new ModelError('LIMIT_EXCEEDED', `CSV: more than ${maxRows} rows`)
  if (header.length > maxColumns) throw new ModelError('LIMIT_EXCEEDED', `CSV: more than ${maxColumns} columns`)
  rows.forEach((fields, k) => {
    if (fields.length === header.length) return
    const counts = `${fields.length} fields, the header has ${header.length}`
    throw new ModelError('INVALID_DATA', `CSV row ${k + 1} after the header: ${counts}`)
  })
  return { header: header.map((name) => name.trim()), rows }
}

function recordsOf(text: string, maxRows: number): string[][] {
  try {
    return parse(text, {
      bom: true,
      record_delimiter: ['\r\n', '\n', '\r'],
      skip_empty_lines: true,
      relax_column_count: true,
      max_record_size: maxRowCharacters,
      to: maxRows + 2,
    })
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    throw new ModelError('INVALID_DATA', `CSV: ${error.message}`, { cause: error })
  }
}
