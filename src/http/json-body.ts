import { isUtf8 } from 'node:buffer'
import { ModelError, messageOf } from '../core/errors.js'

/** No request needs more. Bounded before parsing, so that no recursive code meets deeper nesting. */
const maxDepth = 64

/**
 * A request body as JSON, whatever its content type says: Kepler's clients name several, and some none.
 *
 * @throws ModelError `INVALID_REQUEST` for bytes that are not UTF-8 or not JSON, or JSON nested deeper than 64
 */
export function parseJsonBody(body: Buffer): unknown {
  if (body.length === 0) throw new ModelError('INVALID_REQUEST', 'the request has no body; send a JSON object')
  if (!isUtf8(body)) throw new ModelError('INVALID_REQUEST', 'the body is not UTF-8')
  if (tooDeep(body)) throw new ModelError('INVALID_REQUEST', `the body is nested deeper than ${maxDepth} levels`)
  try {
    return JSON.parse(body.toString('utf8').replace(/^\uFEFF/, ''))
  } catch (error) {
    throw new ModelError('INVALID_REQUEST', `the body is not JSON: ${messageOf(error).slice(0, 120)}`, { cause: error })
  }
}

/** Counts open brackets outside strings; bytes of multi-byte characters never look like brackets or quotes. */
function tooDeep(body: Buffer): boolean {
  let depth = 0
  for (let i = 0; i < body.length; i++) {
    const byte = body[i]
    if (byte === quoteMark) {
      i = endOfString(body, i + 1)
    } else if (byte === openBrace || byte === openBracket) {
      if (++depth > maxDepth) return true
    } else if (byte === closeBrace || byte === closeBracket) {
      depth--
    }
  }
  return false
}

function endOfString(body: Buffer, start: number): number {
  for (let i = start; i < body.length; i++) {
    if (body[i] === backslash) i++
    else if (body[i] === quoteMark) return i
  }
  return body.length
}

const quoteMark = 0x22
const backslash = 0x5c
const openBracket = 0x5b
const closeBracket = 0x5d
const openBrace = 0x7b
const closeBrace = 0x7d
