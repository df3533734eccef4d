import { stringify } from 'csv-stringify/sync'
import type { Table } from './table.js'

/** Fields of one chunk: some 100 kB of text. */
const chunkFields = 8192

/** The table as CSV, a header and one line a row, in chunks. Numbers are the shortest that read back as the same. */
export function* csvChunks({ rows, columns }: Table): Generator<string> {
  yield csv([columns.map(({ name }) => name)])
  const rowsAtOnce = Math.max(1, Math.floor(chunkFields / Math.max(1, columns.length)))
  for (let from = 0; from < rows; from += rowsAtOnce) {
    const count = Math.min(rowsAtOnce, rows - from)
    yield csv(Array.from({ length: count }, (_, i) => columns.map(({ values }) => values[from + i]!)))
  }
}

/** A lone carriage return ends a line for many readers, so it is quoted too. */
function csv(rows: readonly (readonly (string | number)[])[]): string {
  return stringify([...rows], { quoted_match: /[\r\n]/, cast: { number: String } })
}
