import Table from 'cli-table3'
import type { Command } from 'commander'
import stringWidth from 'string-width'
import { columnGap, fitColumns, type TableColumn } from './fit-columns.js'
import { type Output, writeLines } from './io.js'

export interface TableOptions {
  /** Print all columns in full, however wide the terminal. */
  readonly wide?: boolean | undefined
}

/** Adds `--wide`, which the command passes to `writeTable`. */
export function addTableOption(command: Command): Command {
  return command.option('--wide', 'print tables in full, however narrow the terminal is')
}

/**
 * Writes a table: on a terminal aligned and fitted to its width (see `fitColumns`), on a pipe as tab-separated values
 * under a line of titles, with nothing left out or shortened.
 */
export function writeTable(
  output: Output,
  columns: readonly TableColumn[],
  rows: readonly (readonly (string | number)[])[],
  { wide = false }: TableOptions = {},
): void {
  const cells = rows.map((row) => columns.map((_, index) => plain(String(row[index] ?? ''))))
  if (!output.isTTY) {
    writeTabSeparated(output, columns, cells)
    return
  }
  const available = wide ? Number.POSITIVE_INFINITY : (output.columns ?? 80)
  const layout = fitColumns(columns, cells, available)
  const titlesOf = (indexes: readonly number[]) => indexes.map((index) => columns[index]!.title).join(', ')
  const constant = layout.constant.filter((index) => !isEmpty(cells[0]![index]!))
  if (constant.length > 0) {
    writeLines(output, [...constant.map((index) => `${columns[index]!.title}: ${cells[0]![index]}`), ''])
  }
  writeLines(output, aligned(columns, cells, layout.columns, layout.widths))
  if (layout.omitted.length > 0) writeLines(output, [`(not shown: ${titlesOf(layout.omitted)}; --wide shows them)`])
}

function writeTabSeparated(
  output: Output,
  columns: readonly TableColumn[],
  cells: readonly (readonly string[])[],
): void {
  writeLines(
    output,
    [columns.map(({ title }) => title), ...cells].map((row) => row.join('\t')),
  )
}

function aligned(
  columns: readonly TableColumn[],
  cells: readonly (readonly string[])[],
  shown: readonly number[],
  widths: readonly number[],
): readonly string[] {
  const table = new Table({
    chars: noBorders,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    colWidths: shown.map((index) => widths[index]!),
    colAligns: shown.map((index) => columns[index]!.align ?? 'left'),
  })
  table.push(shown.map((index) => columns[index]!.title))
  table.push(shown.map((index) => '─'.repeat(widths[index]!)))
  const texts = shown.map((index) => {
    const column = cells.map((row) => row[index]!)
    return columns[index]!.wrap ? column : shortened(column, widths[index]!)
  })
  for (const row of cells.keys()) {
    table.push(
      shown.map((index, k) => {
        const content = texts[k]![row]!
        return { content, wordWrap: true, wrapOnWordBoundary: hasOnlyShortWords(content, widths[index]!) }
      }),
    )
  }
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
}

const noBorders = {
  ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '' },
  ...{ bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '' },
  ...{ left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '' },
  middle: ' '.repeat(columnGap),
}

function isEmpty(text: string): boolean {
  return text === '' || text === '-'
}

/** A word that is longer than a line has to be broken. */
function hasOnlyShortWords(text: string, width: number): boolean {
  return text.split(/\s+/).every((word) => stringWidth(word) <= width)
}

/**
 * The texts of a column, shortened in the middle: names differ at their ends, such as a node type. Where two different
 * texts would look the same, all of them are broken into lines instead.
 */
function shortened(texts: readonly string[], width: number): readonly string[] {
  const short = texts.map((text) => middleCut(text, width))
  if (new Set(short).size === new Set(texts).size) return short
  return texts.map((text) => inLines(text, width))
}

function middleCut(text: string, width: number): string {
  if (stringWidth(text) <= width) return text
  const characters = [...text]
  const begin = fitting(characters, Math.ceil((width - 1) / 2))
  const end = fitting(characters.reverse(), width - 1 - stringWidth(begin.join(''))).reverse()
  return `${begin.join('')}…${end.join('')}`
}

/** The first characters that fit into so many columns: some are two wide. */
function fitting(characters: readonly string[], width: number): string[] {
  let used = 0
  const beyond = characters.findIndex((character) => {
    used += stringWidth(character)
    return used > width
  })
  return characters.slice(0, beyond < 0 ? characters.length : beyond)
}

function inLines(text: string, width: number): string {
  const lines = ['']
  for (const character of text) {
    if (stringWidth(lines.at(-1)! + character) > width) lines.push('')
    lines[lines.length - 1] += character
  }
  return lines.join('\n')
}

/** Replaces control characters: names come from archives and requests, and must not control the terminal. */
function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is removed
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ')
}
