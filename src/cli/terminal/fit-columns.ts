import stringWidth from 'string-width'

export interface TableColumn {
  readonly title: string
  /** @default 'left'; numbers are aligned to the right and never shortened */
  readonly align?: 'left' | 'right'
  /** A terminal that is too narrow leaves out columns with this, the least important first. Others always stay. */
  readonly importance?: number
  /** Sentences, which continue on the next line where the terminal is too narrow. */
  readonly wrap?: true
}

/** Which columns of a table are printed, and how wide. */
export interface TableLayout {
  /** Indexes of the columns in the table. */
  readonly columns: readonly number[]
  /** Widths of all columns, by index. */
  readonly widths: readonly number[]
  /** Columns that have one value in all rows: they stand above the table, not in it. */
  readonly constant: readonly number[]
  /** Columns that are left out. */
  readonly omitted: readonly number[]
}

/** Spaces between columns. */
export const columnGap = 2
/** The widths that wrapped and shortened columns keep at least. */
const minWrapped = 24
const minShortened = 12

/**
 * Fits columns to the width of a terminal, by these steps until the table fits: columns with one value move above the
 * table, sentences wrap, the least important columns are left out, names are shortened. The first column stays.
 *
 * @param cells rows of texts, one for each column
 */
export function fitColumns(
  columns: readonly TableColumn[],
  cells: readonly (readonly string[])[],
  available: number,
): TableLayout {
  const natural = columns.map(({ title }, index) =>
    cells.reduce((width, row) => Math.max(width, stringWidth(row[index] ?? '')), stringWidth(title)),
  )
  const smallest = columns.map(({ wrap }, index) => (wrap ? Math.min(natural[index]!, minWrapped) : natural[index]!))
  let shown = columns.map((_, index) => index)
  if (excessOf(natural, shown, available) <= 0) return { columns: shown, widths: natural, constant: [], omitted: [] }

  const constant = cells.length > 1 ? shown.slice(1).filter((index) => isConstant(cells, index)) : []
  shown = shown.filter((index) => !constant.includes(index))
  const omitted: number[] = []
  while (excessOf(smallest, shown, available) > 0) {
    const least = leastImportant(columns, shown)
    if (least === undefined) break
    omitted.push(least)
    shown = shown.filter((index) => index !== least)
  }

  const widths = [...smallest]
  shorten(columns, widths, shown, available)
  widen(widths, natural, shown, available)
  return { columns: shown, widths, constant, omitted: omitted.sort((a, b) => a - b) }
}

function excessOf(widths: readonly number[], shown: readonly number[], available: number): number {
  return shown.reduce((sum, index) => sum + widths[index]! + columnGap, -columnGap) - available
}

function isConstant(cells: readonly (readonly string[])[], index: number): boolean {
  return cells.every((row) => row[index] === cells[0]![index])
}

function leastImportant(columns: readonly TableColumn[], shown: readonly number[]): number | undefined {
  const optional = shown.filter((index) => index > 0 && columns[index]!.importance !== undefined)
  return optional.sort((a, b) => columns[a]!.importance! - columns[b]!.importance!)[0]
}

/** Takes from the widest column of names until the table fits. */
function shorten(columns: readonly TableColumn[], widths: number[], shown: readonly number[], available: number): void {
  const names = shown.filter((index) => columns[index]!.align !== 'right')
  while (excessOf(widths, shown, available) > 0) {
    const [widest] = names.filter((index) => widths[index]! > minShortened).sort((a, b) => widths[b]! - widths[a]!)
    if (widest === undefined) return
    widths[widest]!--
  }
}

/** Gives what is left of the terminal to columns that are narrower than their texts. */
function widen(widths: number[], natural: readonly number[], shown: readonly number[], available: number): void {
  for (let left = -excessOf(widths, shown, available); left > 0; left--) {
    const [narrowest] = shown
      .filter((index) => widths[index]! < natural[index]!)
      .sort((a, b) => natural[b]! - widths[b]! - (natural[a]! - widths[a]!))
    if (narrowest === undefined) return
    widths[narrowest]!++
  }
}
