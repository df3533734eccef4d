/** Fields of a protobuf message, in the order in which they were added. Nothing is written for `undefined`. */
export interface ProtobufMessage {
  /** A number of 32 or 64 bits, or an enum: wire type 0. Whole numbers up to 2^53, negative ones as two's complement. */
  integer(field: number, value: number | undefined): ProtobufMessage
  /** One field a value. */
  integers(field: number, values: readonly number[]): ProtobufMessage
  text(field: number, value: string | undefined): ProtobufMessage
  bytes(field: number, value: Uint8Array | undefined): ProtobufMessage
  message(field: number, value: ProtobufMessage | undefined): ProtobufMessage
  /** One field a value: what `repeated` means for messages. */
  messages(field: number, values: readonly ProtobufMessage[]): ProtobufMessage
  readonly length: number
  /** The parts of the encoded message, in their order. */
  readonly parts: readonly Uint8Array[]
}

/**
 * The wire format of protocol buffers, as far as ONNX files use it (https://protobuf.dev/programming-guides/encoding):
 * messages are lists of `key, value`, a key is `field << 3 | wire type`. A message is complete before it is added to
 * another.
 */
export function protobufMessage(): ProtobufMessage {
  const parts: Uint8Array[] = []
  let length = 0
  const add = (part: Uint8Array) => {
    parts.push(part)
    length += part.length
  }
  const delimited = (field: number, size: number) => {
    const bytes: number[] = []
    pushVarint(bytes, field * 8 + 2)
    pushVarint(bytes, size)
    add(Uint8Array.from(bytes))
  }
  const message: ProtobufMessage = {
    integer: (field, value) => (value === undefined ? message : message.integers(field, [value])),
    integers(field, values) {
      const bytes: number[] = []
      for (const value of values) {
        pushVarint(bytes, field * 8)
        pushVarint(bytes, value)
      }
      add(Uint8Array.from(bytes))
      return message
    },
    text: (field, value) => message.bytes(field, value === undefined ? undefined : Buffer.from(value, 'utf8')),
    bytes(field, value) {
      if (value === undefined) return message
      delimited(field, value.length)
      add(value)
      return message
    },
    message(field, value) {
      if (value === undefined) return message
      delimited(field, value.length)
      for (const part of value.parts) add(part)
      return message
    },
    messages(field, values) {
      for (const value of values) message.message(field, value)
      return message
    },
    get length() {
      return length
    },
    parts,
  }
  return message
}

/** The bytes of a message. */
export function encodeMessage({ parts, length }: ProtobufMessage): Uint8Array {
  return Buffer.concat(parts, length)
}

/** Seven bits a byte, the lowest first; the highest bit says that more follow. */
function pushVarint(bytes: number[], value: number): void {
  let rest = value
  if (value < 0) {
    // Two's complement in 64 bits: ten bytes.
    let bits = BigInt.asUintN(64, BigInt(value))
    for (; bits >= 128n; bits >>= 7n) bytes.push(Number(bits & 127n) | 128)
    rest = Number(bits)
  }
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128)
  bytes.push(rest)
}
