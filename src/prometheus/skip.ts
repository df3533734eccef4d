import { ModelError } from '../core/errors.js'
import { Byte, needMore } from '../json/bytes.js'
import { valueScanner } from '../json/value-scanner.js'
import { type Cursor, fail, found, where } from './cursor.js'

/** How deep a value that nobody asked for may nest; Prometheus's own answers nest 7 deep. */
const maxDepth = 64

/** Passes over values of a response that nobody wants. */
export interface Skipper {
  /** A value begins. */
  begin(): void
  /** A list of samples begins whose opening bracket has been passed. */
  beginSamples(): void
  /** @returns 1 when the value ended (`cursor.pos` is behind it), or `needMore` when all bytes belong to it */
  skip(): number
}

export function skipper(cursor: Cursor): Skipper {
  const value = valueScanner(maxDepth, {
    tooDeep(at) {
      const place = `${where(cursor)} at byte ${cursor.base + at}`
      throw new ModelError('LIMIT_EXCEEDED', `Prometheus response: nested deeper than ${maxDepth}${place}`)
    },
    unexpected: (at) => fail(cursor, at, `unexpected ${found(cursor, at)}`),
  })
  return {
    begin: value.begin,
    beginSamples() {
      value.beginInList()
      strideOverSamples(cursor)
    },
    skip() {
      const end = value.scan(cursor.bytes, cursor.pos, cursor.end)
      cursor.pos = end === needMore ? cursor.end : end
      return end === needMore ? needMore : 1
    },
  }
}

/**
 * No series can end and the next one begin within so few bytes, so a sample that seems to end this far away, before
 * another one, ends in the same list (`[1,"1"]]},{"metric":{},"values":[[1,"1"],[` has 42).
 */
const longestStride = 38

/**
 * Moves `cursor.pos` from sample to sample, guessing that a sample is as long as the one before: a few bytes are looked
 * at instead of thirty. Stops wherever the text is not `[...],[...`; the skipper goes on from there.
 */
function strideOverSamples(cursor: Cursor): void {
  const { bytes } = cursor
  const last = cursor.end - 2 * longestStride
  let p = cursor.pos
  let stride = longestStride
  while (p < last && bytes[p] === Byte.OpenList) {
    let next = sampleBehind(bytes, p + stride)
    if (next === 0) {
      stride = sampleLength(bytes, p)
      next = sampleBehind(bytes, p + stride)
      if (next === 0) break
    }
    p = next
  }
  cursor.pos = p
}

/**
 * Where the sample begins that follows one which ends before `end`; 0 when none does both. A bracket and a comma alone
 * also end the list of a metric (`[1,"1"]]}],"next":`).
 */
function sampleBehind(bytes: Buffer, end: number): number {
  if (bytes[end - 1] !== Byte.CloseList || bytes[end] !== Byte.Comma) return 0
  const next = bytes[end + 1] === Byte.Space ? end + 2 : end + 1
  return bytes[next] === Byte.OpenList ? next : 0
}

/** 0 where it is too long: no sample ends where one begins. */
function sampleLength(bytes: Buffer, start: number): number {
  for (let length = 1; length < longestStride; length++) {
    if (bytes[start + length] === Byte.CloseList) return length + 1
  }
  return 0
}
