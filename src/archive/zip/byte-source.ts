import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { ModelError, messageOf, quote } from '../../core/errors.js'

/** Bytes that can be read at any place, from memory or from a file that stays on disk. */
export interface ByteSource {
  readonly size: number
  /**
   * @throws ModelError `INVALID_ARCHIVE` when the range lies outside, `UNAVAILABLE` when the file cannot be read
   */
  read(offset: number, length: number): Uint8Array
}

export interface FileSource extends ByteSource {
  close(): void
}

/** The returned ranges are views: they share memory with `bytes`. */
export function bufferSource(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    read(offset, length) {
      expectRange(offset, length, bytes.length)
      return bytes.subarray(offset, offset + length)
    },
  }
}

/** @throws ModelError `UNAVAILABLE` when the file cannot be opened */
export function fileSource(path: string): FileSource {
  let fd: number
  try {
    fd = openSync(path, 'r')
  } catch (cause) {
    throw new ModelError('UNAVAILABLE', `cannot open ${quote(path)}: ${messageOf(cause)}`, { cause })
  }
  const { size } = fstatSync(fd)
  return {
    size,
    read(offset, length) {
      expectRange(offset, length, size)
      const bytes = Buffer.allocUnsafe(length)
      for (let done = 0; done < length; ) {
        const count = readSync(fd, bytes, done, length - done, offset + done)
        if (count === 0) throw new ModelError('UNAVAILABLE', `${quote(path)} became shorter while it was read`)
        done += count
      }
      return bytes
    },
    close: () => closeSync(fd),
  }
}

function expectRange(offset: number, length: number, size: number): void {
  if (offset < 0 || length < 0 || offset + length > size) {
    throw new ModelError('INVALID_ARCHIVE', `bytes ${offset} to ${offset + length} lie outside of ${size}`)
  }
}
