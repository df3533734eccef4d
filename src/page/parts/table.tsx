import type { ComponentChildren } from 'preact'

/** A column of a table. */
export interface Column<T> {
  readonly title: string
  /** The key that the server sorts by; absent where it cannot. */
  readonly key?: string
  readonly numeric?: boolean
  /** Left out on narrow screens. */
  readonly minor?: boolean
  /** Left out on all but wide screens. */
  readonly least?: boolean
  readonly cell: (row: T) => ComponentChildren
}

export interface Sorting {
  readonly sort: string
  readonly descending: boolean
  readonly onSort: (sort: string, descending: boolean) => void
}

interface TableProps<T> {
  readonly caption: string
  readonly columns: readonly Column<T>[]
  readonly rows: readonly T[]
  readonly keyOf: (row: T) => string
  readonly sorting?: Sorting
  readonly isMarked?: (row: T) => boolean
}

/** A table that scrolls by itself where it is wider than the screen; columns with a key sort at the press of their title. */
export function Table<T>({ caption, columns, rows, keyOf, sorting, isMarked }: TableProps<T>) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reached by the keyboard
    <section class="scroll" tabIndex={0} aria-label={caption}>
      <table>
        <caption class="unseen">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <Title key={column.title} column={column} sorting={sorting} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)} class={isMarked?.(row) ? 'marked' : undefined}>
              {columns.map((column) => (
                <td key={column.title} class={classOf(column)}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Title<T>({ column, sorting }: { readonly column: Column<T>; readonly sorting: Sorting | undefined }) {
  const { title, key } = column
  if (key === undefined || !sorting) {
    return (
      <th scope="col" class={classOf(column)}>
        {title}
      </th>
    )
  }
  const { sort, descending, onSort } = sorting
  const isSorted = sort === key
  return (
    <th scope="col" class={classOf(column)} aria-sort={isSorted ? (descending ? 'descending' : 'ascending') : 'none'}>
      <button type="button" class="title" onClick={() => onSort(key, isSorted && !descending)}>
        {title}
        <span class="arrow" aria-hidden="true">
          {isSorted ? (descending ? '▼' : '▲') : ''}
        </span>
      </button>
    </th>
  )
}

function classOf({ numeric, minor, least }: Column<never>): string | undefined {
  return [numeric ? 'number' : '', minor ? 'minor' : '', least ? 'least' : ''].filter(Boolean).join(' ') || undefined
}
