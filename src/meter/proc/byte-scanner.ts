const newline = 10
const space = 32
const zero = 48
const nine = 57

/**
 * Reads numbers and lines out of bytes that the kernel wrote, without making strings of them. `at` moves forward;
 * nothing is read beyond `end`.
 */
export class ByteScanner {
  bytes: Buffer = Buffer.alloc(0)
  at = 0
  end = 0

  reset(bytes: Buffer, at: number, end: number): void {
    this.bytes = bytes
    this.at = at
    this.end = end
  }

  /** The next decimal number of this line, -1 when there is none. A sign before it is skipped. */
  number(): number {
    const { bytes, end } = this
    let { at } = this
    while (at < end && !isDigit(bytes[at]!)) {
      if (bytes[at] === newline) {
        this.at = at
        return -1
      }
      at++
    }
    if (at >= end) {
      this.at = end
      return -1
    }
    let value = 0
    while (at < end && isDigit(bytes[at]!)) value = value * 10 + bytes[at++]! - zero
    this.at = at
    return value
  }

  /** Skips one word and the spaces before it. */
  skipWord(): void {
    const { bytes, end } = this
    let { at } = this
    while (at < end && bytes[at] === space) at++
    while (at < end && bytes[at] !== space && bytes[at] !== newline) at++
    this.at = at
  }

  /** Goes to the begin of the next line; false when there is none. */
  nextLine(): boolean {
    const found = this.at < this.end ? this.bytes.indexOf(newline, this.at) : -1
    if (found < 0 || found >= this.end) {
      this.at = this.end
      return false
    }
    this.at = found + 1
    return this.at < this.end
  }

  /** Whether the bytes here are these characters of ASCII. */
  startsWith(text: string): boolean {
    if (this.at + text.length > this.end) return false
    for (let i = 0; i < text.length; i++) if (this.bytes[this.at + i] !== text.charCodeAt(i)) return false
    return true
  }
}

function isDigit(byte: number): boolean {
  return byte >= zero && byte <= nine
}
