import { endianness } from 'node:os'

/** The elements of an array as little-endian bytes, a copy. @param order of this machine */
export function littleEndian(
  data: Float64Array | BigInt64Array | Int32Array | Uint8Array,
  order: 'LE' | 'BE' = endianness(),
): Uint8Array {
  const bytes = Buffer.from(data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength))
  if (order === 'LE' || data.BYTES_PER_ELEMENT === 1) return bytes
  return data.BYTES_PER_ELEMENT === 8 ? bytes.swap64() : bytes.swap32()
}
