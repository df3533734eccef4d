import { ModelError, type ModelErrorOptions, quote } from '../core/errors.js'
import { type ByteCursor, describeByte } from '../json/bytes.js'
import { readText } from '../json/text.js'

/**
 * A place in the bytes that have arrived so far. Readers either take a whole unit (a key, a sample, a label set) and
 * move `pos` behind it, or answer `needMore` and leave `pos` where the unit began: the scanner keeps the rest and tries
 * again with more bytes.
 */
export interface Cursor extends ByteCursor {
  /** Offset in the whole response of `bytes[0]`. */
  base: number
  /** The metric and the series being read, for messages. */
  metric: string
  labels: Readonly<Record<string, string>> | undefined
}

/** The longest string or label set that is read; Prometheus's own labels are far below it. */
export const maxUnitBytes = 256 * 1024

/** @throws ModelError `INVALID_DATA` that names metric and byte offset */
export function fail(cursor: Cursor, at: number, problem: string, options: ModelErrorOptions = {}): never {
  const place = `${where(cursor)} at byte ${cursor.base + at}`
  throw new ModelError('INVALID_DATA', `Prometheus response: ${problem}${place}`, options)
}

/** The metric and the labels that were kept, shortened. */
export function where({ metric, labels }: Cursor): string {
  if (metric === '') return ''
  const told = Object.entries(labels ?? {})
    .filter(([name]) => name !== '__name__')
    .map(([name, value]) => `${name}=${quote(value, 40)}`)
  return ` in ${quote(metric)}${told.length === 0 ? '' : ` {${told.join(', ').slice(0, 300)}}`}`
}

/** What stands at `at`, for messages. */
export function found(cursor: Cursor, at: number): string {
  return describeByte(at < cursor.end ? cursor.bytes[at] : undefined)
}

/** As `readText`, of the length that a label or a name may have. @throws ModelError `INVALID_DATA` */
export function readString(cursor: Cursor, start: number): string | undefined {
  return readText(cursor, start, maxUnitBytes, fail)
}
