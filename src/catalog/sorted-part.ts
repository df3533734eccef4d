import type { Listed } from '../api/answers.js'

export interface SortedPart {
  /** The key that is sorted by; equal rows keep their order. */
  readonly sort: string
  readonly descending: boolean
  readonly offset: number
  readonly limit: number
}

const byText = new Intl.Collator('en', { numeric: true })

/** The rows from `offset` on, sorted; rows without a value come last in either direction. */
export function sortedPart<T extends object>(
  rows: readonly T[],
  { sort, descending, offset, limit }: SortedPart,
): Listed<T> {
  const values = new Map(rows.map((row) => [row, sortable(row, sort)]))
  const sign = descending ? -1 : 1
  const sorted = [...rows].sort((a, b) => {
    const [x, y] = [values.get(a), values.get(b)]
    if (x === undefined || y === undefined) return Number(x === undefined) - Number(y === undefined)
    return sign * (typeof x === 'number' && typeof y === 'number' ? x - y : byText.compare(String(x), String(y)))
  })
  return { total: rows.length, offset, rows: sorted.slice(offset, offset + limit) }
}

function sortable(row: object, key: string): number | string | undefined {
  const value: unknown = Reflect.get(row, key)
  if (typeof value === 'boolean') return Number(value)
  return typeof value === 'number' || typeof value === 'string' ? value : undefined
}
