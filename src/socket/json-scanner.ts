import { ModelError } from '../core/errors.js'
import { Byte, describeByte, needMore, skipSpace } from '../json/bytes.js'
import { valueScanner } from '../json/value-scanner.js'

/** Finds where a JSON object ends while its bytes come in, each byte looked at once. */
export interface JsonScanner {
  /**
   * Takes the next bytes.
   *
   * @returns how many of them belong to the object once it is complete, else -1
   * @throws ModelError `INVALID_REQUEST` when it does not begin with a brace or its brackets do not match,
   *   `LIMIT_EXCEEDED` when it nests too deep
   */
  feed(bytes: Uint8Array): number
}

/** For one JSON object. White space before it is part of it. */
export function jsonScanner(maxDepth: number): JsonScanner {
  let begun = false
  let scanned: Uint8Array = new Uint8Array(0)
  const object = valueScanner(maxDepth, {
    tooDeep() {
      throw new ModelError('LIMIT_EXCEEDED', `the request is nested deeper than ${maxDepth} levels`)
    },
    unexpected(at) {
      throw new ModelError('INVALID_REQUEST', `the request is not JSON: unexpected ${describeByte(scanned[at])}`)
    },
  })

  return {
    feed(bytes) {
      let start = 0
      if (!begun) {
        start = skipSpace(bytes, 0, bytes.length)
        if (start === bytes.length) return needMore
        if (bytes[start] !== Byte.OpenObject) {
          const shown = describeByte(bytes[start])
          throw new ModelError('INVALID_REQUEST', `the request is not a JSON object: it begins with ${shown}`)
        }
        begun = true
      }
      scanned = bytes
      return object.scan(bytes, start, bytes.length)
    },
  }
}
