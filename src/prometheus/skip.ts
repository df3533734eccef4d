import { ModelError } from '../core/errors.js'
import { Byte, type Cursor, fail, found, needMore, where } from './cursor.js'

/** How deep a value that nobody asked for may nest; Prometheus's own answers nest 7 deep. */
export const maxDepth = 64

/** Passes over one JSON value of any size, across chunks. Only brackets and strings are checked. */
export interface Skipper {
  begin(): void
  /** As `begin`, for a list of samples whose opening bracket has been passed. */
  beginSamples(cursor: Cursor): void
  /** @returns 1 when the value ended (`cursor.pos` is behind it), or `needMore` when all bytes belong to it */
  skip(cursor: Cursor): number
}

const Within = { Nothing: 0, Text: 1, Escape: 2, Literal: 3 } as const

export function skipper(): Skipper {
  const closing = new Uint8Array(maxDepth)
  let depth = 0
  let within: number = Within.Nothing
  return {
    begin() {
      depth = 0
      within = Within.Nothing
    },
    beginSamples(cursor) {
      closing[0] = Byte.CloseList
      depth = 1
      within = Within.Nothing
      strideOverSamples(cursor)
    },
    skip(cursor) {
      const { bytes, end } = cursor
      let p = cursor.pos
      while (p < end) {
        if (within === Within.Text) {
          p = endOfText(bytes, p, end)
          if (p >= end) break
          within = bytes[p++] === Byte.Quote ? Within.Nothing : Within.Escape
          if (within === Within.Nothing && depth === 0) return done(cursor, p)
          continue
        }
        if (within === Within.Escape) {
          within = Within.Text
          p++
          continue
        }
        const byte = bytes[p]!
        if (within === Within.Literal) {
          if (isLiteral(byte)) {
            p++
            continue
          }
          return done(cursor, p)
        }
        if (byte === Byte.Quote) within = Within.Text
        else if (byte === Byte.OpenList || byte === Byte.OpenObject) {
          if (depth === maxDepth) {
            throw new ModelError(
              'LIMIT_EXCEEDED',
              `Prometheus response: nested deeper than ${maxDepth}${where(cursor)} at byte ${cursor.base + p}`,
            )
          }
          closing[depth++] = byte + 2
        } else if (byte === Byte.CloseList || byte === Byte.CloseObject) {
          if (depth === 0 || closing[depth - 1] !== byte) fail(cursor, p, `unexpected ${found(cursor, p)}`)
          depth--
          if (depth === 0) return done(cursor, p + 1)
        } else if (depth === 0 && byte > Byte.Space) {
          if (!isLiteral(byte)) fail(cursor, p, `expected a value, found ${found(cursor, p)}`)
          within = Within.Literal
        }
        p++
      }
      cursor.pos = end
      return needMore
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
      next = stride === 0 ? 0 : sampleBehind(bytes, p + stride)
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

function sampleLength(bytes: Buffer, start: number): number {
  for (let length = 1; length < longestStride; length++) {
    if (bytes[start + length] === Byte.CloseList) return length + 1
  }
  return 0
}

function done(cursor: Cursor, p: number): number {
  cursor.pos = p
  return 1
}

function endOfText(bytes: Buffer, from: number, end: number): number {
  let p = from
  while (p < end) {
    const byte = bytes[p]!
    if (byte === Byte.Quote || byte === Byte.Backslash) return p
    p++
  }
  return end
}

/** Letters, digits and the signs of numbers: `null`, `true`, `-1.5e+3`. */
function isLiteral(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x61 && byte <= 0x7a) ||
    byte === 0x45 ||
    byte === 0x2e ||
    byte === 0x2d ||
    byte === 0x2b
  )
}
