import { ModelError, type ModelErrorOptions, quote } from '../core/errors.js'

/**
 * A place in the bytes that have arrived so far. Readers either take a whole unit (a key, a sample, a label set) and
 * move `pos` behind it, or answer `needMore` and leave `pos` where the unit began: the scanner keeps the rest and tries
 * again with more bytes.
 */
export interface Cursor {
  bytes: Buffer
  pos: number
  end: number
  /** Offset in the whole response of `bytes[0]`. */
  base: number
  /** The metric and the series being read, for messages. */
  metric: string
  labels: Readonly<Record<string, string>> | undefined
}

/** The unit is not complete yet. */
export const needMore = -1

/** An object and no enum, so that it costs nothing where modules are compiled one by one. */
export const Byte = {
  Space: 0x20,
  Quote: 0x22,
  Plus: 0x2b,
  Comma: 0x2c,
  Minus: 0x2d,
  Dot: 0x2e,
  Zero: 0x30,
  Colon: 0x3a,
  OpenList: 0x5b,
  Backslash: 0x5c,
  CloseList: 0x5d,
  OpenObject: 0x7b,
  CloseObject: 0x7d,
} as const

/** The longest string or label set that is read; Prometheus's own labels are far below it. */
export const maxUnitBytes = 256 * 1024

/** The first position from `pos` on that is not white space: `end` when there is none. */
export function skipSpace(bytes: Buffer, pos: number, end: number): number {
  let p = pos
  while (p < end) {
    const byte = bytes[p]!
    if (byte > 0x20 || (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09)) break
    p++
  }
  return p
}

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
  const byte = cursor.bytes[at]
  if (byte === undefined || at >= cursor.end) return 'the end'
  return byte > 0x20 && byte < 0x7f ? `'${String.fromCharCode(byte)}'` : `byte 0x${byte.toString(16).padStart(2, '0')}`
}

/**
 * Reads the JSON string that begins at `start` and says where it ends, in `cursor.pos`.
 * @returns the text, or `undefined` when the string is not complete (then `pos` stays)
 * @throws ModelError `INVALID_DATA` when there is no valid string
 */
export function readString(cursor: Cursor, start: number): string | undefined {
  const { bytes, end } = cursor
  if (start >= end) return undefined
  if (bytes[start] !== Byte.Quote) fail(cursor, start, `expected a string, found ${found(cursor, start)}`)
  let p = start + 1
  let plain = true
  for (; p < end; p++) {
    const byte = bytes[p]!
    if (byte === Byte.Quote) break
    if (byte < 0x20) fail(cursor, p, `a string holds a control character, ${found(cursor, p)}`)
    if (byte === Byte.Backslash) {
      plain = false
      p++
    } else if (byte > 0x7e) plain = false
  }
  if (p - start > maxUnitBytes) fail(cursor, start, `a string is longer than ${maxUnitBytes} bytes`)
  if (p >= end) return undefined
  cursor.pos = p + 1
  if (plain) return bytes.toString('latin1', start + 1, p)
  try {
    return String(JSON.parse(bytes.toString('utf8', start, p + 1)))
  } catch {
    return fail(cursor, start, `${quote(bytes.toString('utf8', start, p + 1))} is not a JSON string`)
  }
}
