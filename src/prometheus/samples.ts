import { quote } from '../core/errors.js'
import { Byte, needMore, skipSpace } from '../json/bytes.js'
import { exactDigits, exactPowersOfTen, readNumber } from '../json/number.js'
import { type Cursor, fail, found, readString } from './cursor.js'
import { parseSampleText } from './number.js'

/** Samples of the series being read. One buffer serves all series, so growing copies only one series. */
export interface SampleBuffer {
  timestamps: Float64Array
  values: Float64Array
  count: number
  /** Whether a comma or the end of the list comes next. */
  afterSample: boolean
  /** Told about text that is no number; the sample is kept as NaN. Without it such text is an error. */
  readonly onBadValue: ((text: string, offset: number) => void) | undefined
}

export function sampleBuffer(onBadValue?: (text: string, offset: number) => void): SampleBuffer {
  return {
    timestamps: new Float64Array(1024),
    values: new Float64Array(1024),
    count: 0,
    afterSample: false,
    onBadValue,
  }
}

/** The longest sample that the fast path reads without looking for the end of the bytes at each step. */
const fastBytes = 96

/**
 * Reads samples `[seconds, "value"]` and the commas between them until the list ends or the bytes do. `cursor.pos` is
 * then at the closing bracket, or where the bytes have to go on.
 * @returns 1 when the list ended, `needMore` when the bytes did
 */
export function readSamples(cursor: Cursor, into: SampleBuffer): number {
  const { bytes, end } = cursor
  const fastEnd = end - fastBytes
  let p = cursor.pos
  for (;;) {
    if (!into.afterSample) {
      p = readRun(bytes, p, fastEnd, into)
      if (!into.afterSample) {
        p = skipSpace(bytes, p, end)
        cursor.pos = p
        p = slowSample(cursor, into)
        if (p === needMore) return needMore
        into.count++
        into.afterSample = true
      }
    }
    p = skipSpace(bytes, p, end)
    cursor.pos = p
    if (p >= end) return needMore
    const byte = bytes[p]!
    if (byte === Byte.CloseList) return 1
    if (byte !== Byte.Comma) fail(cursor, p, `expected ',' or ']' after a sample, found ${found(cursor, p)}`)
    into.afterSample = false
    p++
    cursor.pos = p
  }
}

/** Fast samples one after another. @returns the position behind the last one or its comma, as `afterSample` says */
function readRun(bytes: Buffer, start: number, fastEnd: number, into: SampleBuffer): number {
  let { timestamps, values, count } = into
  let p = start
  while (p < fastEnd) {
    if (count === timestamps.length) {
      grow(into)
      ;({ timestamps, values } = into)
    }
    if (bytes[p] === Byte.Space) p++
    const next = fastSample(bytes, p, timestamps, values, count)
    if (next === 0) break
    count++
    if (bytes[next] !== Byte.Comma) {
      into.count = count
      into.afterSample = true
      return next
    }
    p = next + 1
  }
  into.count = count
  return p
}

/**
 * One sample in the form that Prometheus writes: digits, at most one point, a value of up to 15 digits in quotes.
 * @returns the position behind it, or 0 when the form is another and `slowSample` must look
 */
function fastSample(bytes: Buffer, start: number, timestamps: Float64Array, values: Float64Array, i: number): number {
  let p = start
  if (bytes[p] !== Byte.OpenList) return 0
  let digit = bytes[++p]! ^ Byte.Zero
  let seconds = 0
  let from = p
  while (digit <= 9) {
    seconds = seconds * 10 + digit
    digit = bytes[++p]! ^ Byte.Zero
  }
  if (p === from || p - from > exactDigits || (bytes[from] === Byte.Zero && p - from > 1)) return 0
  if (digit === (Byte.Dot ^ Byte.Zero)) {
    const point = p
    digit = bytes[++p]! ^ Byte.Zero
    while (digit <= 9) {
      seconds = seconds * 10 + digit
      digit = bytes[++p]! ^ Byte.Zero
    }
    if (p - from > exactDigits + 1 || p === point + 1) return 0
    seconds /= exactPowersOfTen[p - point - 1]!
  }
  if (bytes[p] !== Byte.Comma) return 0
  if (bytes[++p] === Byte.Space) p++
  if (bytes[p] !== Byte.Quote) return 0
  from = ++p
  digit = bytes[p]! ^ Byte.Zero
  let value = 0
  while (digit <= 9) {
    value = value * 10 + digit
    digit = bytes[++p]! ^ Byte.Zero
  }
  if (p === from || p - from > exactDigits) return 0
  if (digit === (Byte.Dot ^ Byte.Zero)) {
    const point = p
    digit = bytes[++p]! ^ Byte.Zero
    while (digit <= 9) {
      value = value * 10 + digit
      digit = bytes[++p]! ^ Byte.Zero
    }
    if (p - from > exactDigits + 1) return 0
    value /= exactPowersOfTen[p - point - 1]!
  }
  if (bytes[p] !== Byte.Quote || bytes[p + 1] !== Byte.CloseList) return 0
  timestamps[i] = seconds
  values[i] = value
  return p + 2
}

/** Any valid sample, of any spelling; says what is wrong with others. @returns the position behind it, or `needMore` */
function slowSample(cursor: Cursor, into: SampleBuffer): number {
  const { bytes, end, pos: start } = cursor
  if (start >= end) return needMore
  if (bytes[start] !== Byte.OpenList)
    fail(cursor, start, `expected a sample [time, "value"], found ${found(cursor, start)}`)
  let p = skipSpace(bytes, start + 1, end)
  const time = readNumber(cursor, p, fail)
  if (time === undefined) return needMore
  p = skipSpace(bytes, cursor.pos, end)
  cursor.pos = start
  if (p >= end) return needMore
  if (bytes[p] !== Byte.Comma) fail(cursor, p, `expected ',' within a sample, found ${found(cursor, p)}`)
  p = skipSpace(bytes, p + 1, end)
  if (p >= end) return needMore
  const value = bytes[p] === Byte.Quote ? readQuotedValue(cursor, p, into) : readNumber(cursor, p, fail)
  if (value === undefined) return needMore
  p = skipSpace(bytes, cursor.pos, end)
  cursor.pos = start
  if (p >= end) return needMore
  if (bytes[p] !== Byte.CloseList) fail(cursor, p, `expected ']' behind a sample, found ${found(cursor, p)}`)
  if (into.count === into.timestamps.length) grow(into)
  into.timestamps[into.count] = time
  into.values[into.count] = value
  return p + 1
}

function readQuotedValue(cursor: Cursor, at: number, into: SampleBuffer): number | undefined {
  const text = readString(cursor, at)
  if (text === undefined) return undefined
  const value = parseSampleText(text)
  if (value !== undefined) return value
  if (into.onBadValue === undefined) fail(cursor, at, `${quote(text)} is not a number`)
  into.onBadValue(text, cursor.base + at)
  return Number.NaN
}

function grow(into: SampleBuffer): void {
  const { timestamps, values } = into
  into.timestamps = new Float64Array(timestamps.length * 2)
  into.timestamps.set(timestamps)
  into.values = new Float64Array(values.length * 2)
  into.values.set(values)
}
