import { ModelError } from '../core/errors.js'

/** Finds where a JSON value ends while its bytes come in, each byte looked at once. */
export interface JsonScanner {
  /**
   * Takes the next bytes.
   *
   * @returns how many of them belong to the value once it is complete, else -1
   * @throws ModelError `INVALID_REQUEST` when it does not begin with a brace, `LIMIT_EXCEEDED` when it nests too deep
   */
  feed(bytes: Uint8Array): number
}

const quote = 0x22
const backslash = 0x5c
const openBracket = 0x5b
const closeBracket = 0x5d
const openBrace = 0x7b
const closeBrace = 0x7d

/** For one JSON object. White space before it is part of it. */
export function jsonScanner(maxDepth: number): JsonScanner {
  let depth = 0
  let inString = false
  let escaped = false

  return {
    feed(bytes) {
      for (let i = 0; i < bytes.length; i++) {
        const byte = bytes[i]!
        if (inString) {
          if (escaped) escaped = false
          else if (byte === backslash) escaped = true
          else if (byte === quote) inString = false
        } else if (byte === openBrace || byte === openBracket) {
          if (depth === 0 && byte !== openBrace) throw notAnObject(byte)
          if (++depth > maxDepth) {
            throw new ModelError('LIMIT_EXCEEDED', `the request is nested deeper than ${maxDepth} levels`)
          }
        } else if (byte === closeBrace || byte === closeBracket) {
          if (--depth <= 0) return i + 1
        } else if (byte === quote && depth > 0) {
          inString = true
        } else if (depth === 0 && !isSpace(byte)) {
          throw notAnObject(byte)
        }
      }
      return -1
    },
  }
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}

function notAnObject(byte: number): ModelError {
  const shown = byte > 0x20 && byte < 0x7f ? JSON.stringify(String.fromCharCode(byte)) : `byte 0x${byte.toString(16)}`
  return new ModelError('INVALID_REQUEST', `the request is not a JSON object: it begins with ${shown}`)
}
