import { crc32, inflateRawSync } from 'node:zlib'
import { ModelError, messageOf, quote } from '../../core/errors.js'
import type { ByteSource } from './byte-source.js'
import { readCentralDirectory, type ZipEntry } from './central-directory.js'
import type { ZipLimits } from './limits.js'

/** An open zip. Nothing is unpacked before it is asked for. */
export interface Zip {
  readonly entries: ReadonlyMap<string, ZipEntry>
  /**
   * The unpacked bytes of an entry, checked against its size and checksum.
   *
   * @throws ModelError `INVALID_ARCHIVE` when there is no such entry or it is damaged
   */
  read(name: string): Uint8Array
  /** The packed bytes of an entry as they stand in the file. */
  readPacked(entry: ZipEntry): Uint8Array
}

const localSignature = 0x04034b50
const localLength = 30

/** @throws ModelError `INVALID_ARCHIVE` or `LIMIT_EXCEEDED`, see {@link readCentralDirectory} */
export function openZip(source: ByteSource, limits: ZipLimits = {}): Zip {
  const entries = readCentralDirectory(source, limits)

  function readPacked(entry: ZipEntry): Uint8Array {
    const header = Buffer.from(source.read(entry.offset, localLength))
    if (header.readUInt32LE(0) !== localSignature) throw damaged(entry, 'its local header is missing')
    const start = entry.offset + localLength + header.readUInt16LE(26) + header.readUInt16LE(28)
    return source.read(start, entry.packedBytes)
  }

  return {
    entries,
    readPacked,
    read(name) {
      const entry = entries.get(name)
      if (!entry) throw new ModelError('INVALID_ARCHIVE', `the zip has no ${quote(name)}`)
      const bytes = unpack(entry, readPacked(entry))
      if (bytes.length !== entry.bytes) throw damaged(entry, `it has ${bytes.length} bytes, not ${entry.bytes}`)
      if (crc32(bytes) !== entry.crc32) throw damaged(entry, 'its checksum does not match')
      return bytes
    },
  }
}

function unpack(entry: ZipEntry, packed: Uint8Array): Uint8Array {
  if (entry.method === 0) return packed
  if (entry.method !== 8) throw damaged(entry, `compression method ${entry.method} is not supported`)
  try {
    // One byte of room, so that a size of 0 and a stream that is longer than it says are both told apart.
    return inflateRawSync(packed, { maxOutputLength: entry.bytes + 1 })
  } catch (cause) {
    throw damaged(entry, messageOf(cause), cause)
  }
}

function damaged(entry: ZipEntry, why: string, cause?: unknown): ModelError {
  return new ModelError('INVALID_ARCHIVE', `${quote(entry.name)} is damaged: ${why}`, { cause })
}
