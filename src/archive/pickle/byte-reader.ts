import { ModelError } from '../../core/errors.js'

/** A cursor over the bytes of a pickle. Running out of them is an error with the place. */
export interface ByteReader {
  readonly offset: number
  byte(): number
  bytes(length: number): Uint8Array
  line(): string
  uint16(): number
  int32(): number
  uint32(): number
  /** A 64-bit length; refused where it exceeds what is left. */
  length64(): number
  float64(): number
}

export function byteReader(source: Uint8Array): ByteReader {
  const view = new DataView(source.buffer, source.byteOffset, source.byteLength)
  let at = 0
  const take = (length: number): number => {
    if (length > source.length - at) {
      throw new ModelError(
        'INVALID_ARCHIVE',
        `the pickle stops short: ${length} bytes are wanted at ${at} of ${source.length}`,
      )
    }
    at += length
    return at - length
  }
  return {
    get offset() {
      return at
    },
    byte: () => source[take(1)]!,
    bytes(length) {
      const start = take(length)
      return source.subarray(start, start + length)
    },
    line() {
      const end = source.indexOf(0x0a, at)
      const start = take((end < 0 ? source.length : end) - at + 1)
      return Buffer.from(source.subarray(start, end)).toString('utf8')
    },
    uint16: () => view.getUint16(take(2), true),
    int32: () => view.getInt32(take(4), true),
    uint32: () => view.getUint32(take(4), true),
    length64: () => Number(view.getBigUint64(take(8), true)),
    float64: () => view.getFloat64(take(8), false),
  }
}
