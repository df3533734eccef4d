import { ModelError, quote } from '../core/errors.js'

/** Columns of equal length, numbers or texts. Never written to once made. */
export interface Table {
  readonly rows: number
  readonly columns: readonly Column[]
}

export interface Column {
  readonly name: string
  readonly values: Float64Array | Int32Array | readonly string[]
}

/** @throws ModelError `SHAPE_MISMATCH` when columns differ in length, `INVALID_DATA` when two have one name */
export function table(columns: readonly Column[]): Table {
  const rows = columns[0]?.values.length ?? 0
  const names = new Set<string>()
  for (const { name, values } of columns) {
    if (values.length !== rows) {
      throw new ModelError('SHAPE_MISMATCH', `column ${quote(name)} has ${values.length} rows, expected ${rows}`)
    }
    if (names.has(name)) throw new ModelError('INVALID_DATA', `column ${quote(name)} appears twice`, { field: name })
    names.add(name)
  }
  return { rows, columns }
}

/** A column of numbers by its name. @throws ModelError `INVALID_DATA` when there is none */
export function numbersOf({ columns }: Table, name: string): Float64Array {
  const column = columns.find((c) => c.name === name)
  if (column?.values instanceof Float64Array) return column.values
  if (column?.values instanceof Int32Array) return Float64Array.from(column.values)
  const there = columns.map((c) => c.name).join(', ')
  throw new ModelError('INVALID_DATA', `no column of numbers ${quote(name)}; the table has ${there}`, { field: name })
}
