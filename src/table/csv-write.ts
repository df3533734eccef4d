import { stringify } from 'csv-stringify/sync'
import type { Table } from './table.js'

/** Fields of one chunk: some 100 kB of text. */
const chunkFields = 8192

/** The table as CSV, a header and one line a row, in chunks. Numbers are the shortest that read back as the same. */
export function* csvChunks({ rows, columns }: Table): Generator<string> {
  const field = fieldWriter()
  yield `${columns.map(({ name }) => field(name)).join(',')}\n`
  const rowsAtOnce = Math.max(1, Math.floor(chunkFields / Math.max(1, columns.length)))
  for (let from = 0; from < rows; from += rowsAtOnce) {
    let text = ''
    for (let row = from; row < Math.min(from + rowsAtOnce, rows); row++) {
      text += `${columns.map(({ values }) => field(values[row]!)).join(',')}\n`
    }
    yield text
  }
}

/** A number needs no quotes, and most tables are numbers; the few distinct texts are quoted once each. */
function fieldWriter(): (value: string | number) => string {
  const quoted = new Map<string, string>()
  return (value) => {
    if (typeof value === 'number') return String(value)
    const known = quoted.get(value)
    if (known !== undefined) return known
    // A lone carriage return ends a line for many readers, so it is quoted too.
    const text = stringify([[value]], { quoted_match: /[\r\n]/, eof: false })
    quoted.set(value, text)
    return text
  }
}
