import { quote } from '../core/errors.js'
import { type ByteCursor, describeByte, type Fail } from './bytes.js'

const jsonNumber = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/
const longestNumber = 512

/**
 * Powers of ten that a double holds exactly. An integer below 2^53 divided by one of them is rounded once, so it is the
 * double nearest to the decimal (Clinger's fast path).
 */
export const exactPowersOfTen = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`))

/** Decimal digits that always fit an integer below 2^53. */
export const exactDigits = 15

/**
 * Reads the JSON number that begins at `start`, correctly rounded, and moves `cursor.pos` behind it. `fail` is called
 * when there is none.
 *
 * @returns the number, or `undefined` when more of it may follow (then `pos` stays)
 */
export function readNumber<C extends ByteCursor>(cursor: C, start: number, fail: Fail<C>): number | undefined {
  const { bytes, end } = cursor
  let p = start
  while (p < end && isNumberByte(bytes[p]!)) p++
  if (p - start > longestNumber) return fail(cursor, start, `a number has more than ${longestNumber} characters`)
  if (p >= end) return undefined
  const text = bytes.toString('latin1', start, p)
  if (!jsonNumber.test(text)) {
    const problem =
      text === '' ? `expected a number, found ${describeByte(bytes[start])}` : `${quote(text)} is not a number`
    return fail(cursor, start, problem)
  }
  cursor.pos = p
  return Number(text)
}

function isNumberByte(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || byte === 0x2e || byte === 0x2d || byte === 0x2b || (byte | 0x20) === 0x65
}
