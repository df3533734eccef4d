/** A field of a protobuf message: numbers for varints, bytes for what has a length, doubles for eight bytes. */
export interface ProtobufField {
  readonly field: number
  readonly value: number | Buffer
}

/** Reads a message without its schema. Eight bytes are taken for a double. */
export function protobufFields(bytes: Buffer): readonly ProtobufField[] {
  const fields: ProtobufField[] = []
  let at = 0
  const varint = () => {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++]!
      value += (byte & 127) * 2 ** shift
      if (byte < 128) return value
    }
  }
  while (at < bytes.length) {
    const key = varint()
    const field = Math.floor(key / 8)
    if (key % 8 === 0) fields.push({ field, value: varint() })
    else if (key % 8 === 1) {
      fields.push({ field, value: bytes.readDoubleLE(at) })
      at += 8
    } else if (key % 8 === 2) {
      const length = varint()
      fields.push({ field, value: bytes.subarray(at, at + length) })
      at += length
    } else throw new Error(`wire type ${key % 8} at ${at}`)
  }
  return fields
}

/** The messages in a field, each read in turn. */
export function messages(bytes: Buffer, ...path: readonly number[]): readonly Buffer[] {
  const [first, ...rest] = path
  if (first === undefined) return [bytes]
  return protobufFields(bytes)
    .filter(({ field }) => field === first)
    .flatMap(({ value }) => (Buffer.isBuffer(value) ? messages(value, ...rest) : []))
}
