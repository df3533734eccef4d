import { ModelError, messageOf } from '../core/errors.js'

/**
 * A string, or a token that Python's `json` writes for a float and that JSON does not have. A string that never ends counts
 * to the end of the text, so that each character is looked at once.
 */
const stringOrPythonNumber = /"[^"\\]*(?:\\[\s\S][^"\\]*)*(?:"|\\?$)|-?\b(?:NaN|Infinity)\b/g

/**
 * Parses JSON as Python writes it: `NaN`, `Infinity` and `-Infinity` outside of strings become `null`.
 *
 * @throws ModelError `INVALID_ARCHIVE` naming `what` when it is not JSON
 */
export function parsePythonJson(bytes: Uint8Array | string, what: string): unknown {
  const text = typeof bytes === 'string' ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString()
  try {
    return JSON.parse(text)
  } catch (cause) {
    try {
      return JSON.parse(text.replace(stringOrPythonNumber, (token) => (token.startsWith('"') ? token : 'null')))
    } catch {
      throw new ModelError('INVALID_ARCHIVE', `${what} is not JSON: ${messageOf(cause)}`, { cause })
    }
  }
}
