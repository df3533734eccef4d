import { quote } from '../core/errors.js'
import { Byte, type ByteCursor, describeByte, type Fail } from './bytes.js'

/** Where a scanner stands with respect to strings. */
export const Text = { Outside: 0, Inside: 1, Escape: 2 } as const

/** Where it stands behind `byte`. */
export function textState(state: number, byte: number): number {
  if (state === Text.Escape) return Text.Inside
  if (byte === Byte.Quote) return state === Text.Inside ? Text.Outside : Text.Inside
  return state === Text.Inside && byte === Byte.Backslash ? Text.Escape : state
}

/** The first quote or backslash from `from` on, within a string; `end` when there is none. */
export function endOfText(bytes: Uint8Array, from: number, end: number): number {
  let p = from
  while (p < end) {
    const byte = bytes[p]!
    if (byte === Byte.Quote || byte === Byte.Backslash) return p
    p++
  }
  return end
}

/**
 * Reads the JSON string that begins at `start` and says where it ends, in `cursor.pos`. `fail` is called when there is
 * no valid string, or one longer than `maxBytes`.
 *
 * @returns the text, or `undefined` when the string is not complete (then `pos` stays)
 */
export function readText<C extends ByteCursor>(
  cursor: C,
  start: number,
  maxBytes: number,
  fail: Fail<C>,
): string | undefined {
  const { bytes, end } = cursor
  if (start >= end) return undefined
  if (bytes[start] !== Byte.Quote) return fail(cursor, start, `expected a string, found ${describeByte(bytes[start])}`)
  let p = start + 1
  let plain = true
  for (; p < end; p++) {
    const byte = bytes[p]!
    if (byte === Byte.Quote) break
    if (byte < 0x20) return fail(cursor, p, `a string holds a control character, ${describeByte(byte)}`)
    if (byte === Byte.Backslash) {
      plain = false
      p++
    } else if (byte > 0x7e) plain = false
  }
  if (p - start > maxBytes) return fail(cursor, start, `a string is longer than ${maxBytes} bytes`)
  if (p >= end) return undefined
  cursor.pos = p + 1
  if (plain) return bytes.toString('latin1', start + 1, p)
  const token = bytes.toString('utf8', start, p + 1)
  try {
    return String(JSON.parse(token))
  } catch {
    return fail(cursor, start, `${quote(token)} is not a JSON string`)
  }
}
