import { Byte, needMore } from './bytes.js'
import { endOfText } from './text.js'

/**
 * Passes over one JSON value of any size, across chunks, each byte looked at once. Only brackets and strings are checked:
 * whether what is between them is JSON is for the reader of the value to say.
 */
export interface ValueScanner {
  /** A value begins with the next byte that is no white space. */
  begin(): void
  /** A list begins whose opening bracket has been passed. */
  beginInList(): void
  /** @returns the position behind the value, or `needMore` when all bytes up to `end` belong to it */
  scan(bytes: Uint8Array, from: number, end: number): number
}

/** What to throw; `at` is the place in the bytes that are being scanned. */
export interface ScanFaults {
  /** More brackets are open than the scanner was told to allow. */
  tooDeep(at: number): never
  /** A bracket that closes nothing, or a byte with which no value begins. */
  unexpected(at: number): never
}

const Within = { Nothing: 0, Text: 1, Escape: 2, Literal: 3 } as const

export function valueScanner(maxDepth: number, faults: ScanFaults): ValueScanner {
  const closing = new Uint8Array(maxDepth)
  let depth = 0
  let within: number = Within.Nothing
  return {
    begin() {
      depth = 0
      within = Within.Nothing
    },
    beginInList() {
      closing[0] = Byte.CloseList
      depth = 1
      within = Within.Nothing
    },
    scan(bytes, from, end) {
      let p = from
      while (p < end) {
        if (within === Within.Text) {
          p = endOfText(bytes, p, end)
          if (p >= end) break
          within = bytes[p++] === Byte.Quote ? Within.Nothing : Within.Escape
          if (within === Within.Nothing && depth === 0) return p
          continue
        }
        if (within === Within.Escape) {
          within = Within.Text
          p++
          continue
        }
        const byte = bytes[p]!
        if (within === Within.Literal) {
          if (!isLiteral(byte)) return p
          p++
          continue
        }
        if (byte === Byte.Quote) within = Within.Text
        else if (byte === Byte.OpenList || byte === Byte.OpenObject) {
          if (depth === maxDepth) faults.tooDeep(p)
          closing[depth++] = byte + 2
        } else if (byte === Byte.CloseList || byte === Byte.CloseObject) {
          if (depth === 0 || closing[depth - 1] !== byte) faults.unexpected(p)
          depth--
          if (depth === 0) return p + 1
        } else if (depth === 0 && byte > Byte.Space) {
          if (!isLiteral(byte)) faults.unexpected(p)
          within = Within.Literal
        }
        p++
      }
      return needMore
    },
  }
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
