import { isUtf8 } from 'node:buffer'
import { ModelError, messageOf } from '../core/errors.js'
import { describeByte } from '../json/bytes.js'
import { valueScanner } from '../json/value-scanner.js'

/** No request needs more. Bounded before parsing, so that no recursive code meets deeper nesting. */
const maxDepth = 64

const byteOrderMark = Buffer.from('\uFEFF')

/**
 * A request body as JSON, whatever its content type says: Kepler's clients name several, and some none.
 *
 * @throws ModelError `INVALID_REQUEST` for bytes that are not UTF-8 or not JSON, or JSON nested deeper than 64
 */
export function parseJsonBody(body: Buffer): unknown {
  if (body.length === 0) throw invalid('the request has no body; send a JSON object')
  if (!isUtf8(body)) throw invalid('the body is not UTF-8')
  const marked = body.subarray(0, byteOrderMark.length).equals(byteOrderMark)
  const text = marked ? body.subarray(byteOrderMark.length) : body
  expectShallow(text)
  try {
    return JSON.parse(text.toString('utf8'))
  } catch (error) {
    throw invalid(`the body is not JSON: ${messageOf(error).slice(0, 120)}`, error)
  }
}

/** Bytes of multi-byte characters never look like brackets or quotes. */
function expectShallow(text: Buffer): void {
  const value = valueScanner(maxDepth, {
    tooDeep() {
      throw invalid(`the body is nested deeper than ${maxDepth} levels`)
    },
    unexpected(at) {
      throw invalid(`the body is not JSON: unexpected ${describeByte(text[at])} at byte ${at}`)
    },
  })
  value.scan(text, 0, text.length)
}

function invalid(message: string, cause?: unknown): ModelError {
  return new ModelError('INVALID_REQUEST', message, { cause })
}
