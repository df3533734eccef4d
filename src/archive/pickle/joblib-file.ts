import { gunzipSync, inflateSync } from 'node:zlib'
import { ModelError, messageOf } from '../../core/errors.js'
import { unpickle } from './unpickle.js'
import type { PickleValue } from './value.js'

/** Unpacked bytes of a compressed joblib file. */
const maxBytes = 128 * 2 ** 20

/**
 * What `joblib.dump` wrote: a plain pickle, or one behind zlib or gzip.
 *
 * @throws ModelError `INVALID_ARCHIVE`, see {@link unpickle}
 */
export function readJoblib(bytes: Uint8Array): PickleValue {
  return unpickle(decompress(bytes))
}

function decompress(bytes: Uint8Array): Uint8Array {
  const [first, second] = bytes
  try {
    if (first === 0x1f && second === 0x8b) return gunzipSync(bytes, { maxOutputLength: maxBytes })
    if (first === 0x78 && (second === 0x01 || second === 0x5e || second === 0x9c || second === 0xda)) {
      return inflateSync(bytes, { maxOutputLength: maxBytes })
    }
    return bytes
  } catch (cause) {
    throw new ModelError('INVALID_ARCHIVE', `a compressed pickle cannot be unpacked: ${messageOf(cause)}`, { cause })
  }
}
