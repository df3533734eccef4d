/** The bytes that JSON's tokens begin with. An object and no enum, so that it costs nothing where modules are compiled one by one. */
export const Byte = {
  Space: 0x20,
  Quote: 0x22,
  Plus: 0x2b,
  Comma: 0x2c,
  Minus: 0x2d,
  Dot: 0x2e,
  Zero: 0x30,
  Colon: 0x3a,
  OpenList: 0x5b,
  Backslash: 0x5c,
  CloseList: 0x5d,
  OpenObject: 0x7b,
  CloseObject: 0x7d,
} as const

/** The bytes do not hold the whole token or value yet. */
export const needMore = -1

/** A place in bytes. Readers of a token leave `pos` behind it, or where it was when the token is not complete. */
export interface ByteCursor {
  bytes: Buffer
  pos: number
  end: number
}

/** Throws what the caller's errors look like; `at` is a place in `cursor.bytes`. */
export type Fail<C extends ByteCursor> = (cursor: C, at: number, problem: string) => never

export function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}

/** The first position from `pos` on that is not white space: `end` when there is none. */
export function skipSpace(bytes: Uint8Array, pos: number, end: number): number {
  let p = pos
  while (p < end) {
    const byte = bytes[p]!
    if (byte > 0x20 || !isSpace(byte)) break
    p++
  }
  return p
}

/** What a byte is, for messages: `'x'`, or `byte 0x0b` where it cannot be printed; `the end` for none. */
export function describeByte(byte: number | undefined): string {
  if (byte === undefined) return 'the end'
  return byte > 0x20 && byte < 0x7f ? `'${String.fromCharCode(byte)}'` : `byte 0x${byte.toString(16).padStart(2, '0')}`
}
