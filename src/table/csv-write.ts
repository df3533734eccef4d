import type { Table } from './table.js'

const chunkCharacters = 1 << 16

/** The table as CSV, a header and one line a row, in chunks. Numbers are the shortest that read back as the same. */
export function* csvChunks({ rows, columns }: Table): Generator<string> {
  let chunk = `${columns.map(({ name }) => field(name)).join(',')}\n`
  for (let i = 0; i < rows; i++) {
    let separator = ''
    for (const { values } of columns) {
      const value = values[i]!
      chunk += separator + (typeof value === 'number' ? value : field(value))
      separator = ','
    }
    chunk += '\n'
    if (chunk.length >= chunkCharacters) {
      yield chunk
      chunk = ''
    }
  }
  if (chunk !== '') yield chunk
}

function field(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
