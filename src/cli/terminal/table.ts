import { type Output, writeLines } from './io.js'

export interface TableColumn {
  readonly title: string
  /** Numbers stand to the right. @default 'left' */
  readonly align?: 'left' | 'right'
}

const gap = '  '
const narrowest = 8

/**
 * Writes aligned columns under a line of titles. On a terminal the widest columns shrink to its width, their ends
 * shown as `…`; in a pipe nothing is cut.
 */
export function writeTable(
  output: Output,
  columns: readonly TableColumn[],
  rows: readonly (readonly (string | number)[])[],
): void {
  const cells = rows.map((row) => columns.map((_, index) => plain(String(row[index] ?? ''))))
  const natural = columns.map(({ title }, index) =>
    cells.reduce((width, row) => Math.max(width, row[index]!.length), title.length),
  )
  const widths = output.isTTY && output.columns ? fit(natural, output.columns) : natural

  const line = (texts: readonly string[]) =>
    columns
      .map(({ align = 'left' }, index) => {
        const text = shorten(texts[index]!, widths[index]!)
        return align === 'right' ? text.padStart(widths[index]!) : text.padEnd(widths[index]!)
      })
      .join(gap)
      .trimEnd()

  writeLines(output, [
    line(columns.map(({ title }) => title)),
    line(widths.map((width) => '─'.repeat(width))),
    ...cells.map(line),
  ])
}

/** Takes from the widest column until all fit or none may get narrower. */
function fit(natural: readonly number[], available: number): readonly number[] {
  const widths = [...natural]
  let excess = widths.reduce((sum, width) => sum + width, gap.length * (widths.length - 1)) - available
  while (excess > 0) {
    const widest = widths.indexOf(Math.max(...widths))
    if (widest < 0 || widths[widest]! <= narrowest) break
    widths[widest]! -= 1
    excess -= 1
  }
  return widths
}

function shorten(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`
}

/** Replaces control characters: names come from archives and requests, and must not control the terminal. */
function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is removed
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ')
}
