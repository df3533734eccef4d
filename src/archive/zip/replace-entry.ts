import { crc32, deflateRawSync } from 'node:zlib'
import { bufferSource } from './byte-source.js'
import type { ZipEntry } from './central-directory.js'
import { modelZipLimits, type ZipLimits } from './limits.js'
import { openZip } from './zip.js'

const localLength = 30
const centralLength = 46
const endLength = 22
const utf8Flag = 0x0800

/**
 * A copy of the zip in which one entry has other content; it is added where it was missing. The packed bytes of all others
 * are copied as they are, so that a large archive costs no more than a copy. The same input gives the same bytes.
 *
 * @throws ModelError as {@link openZip} does
 */
export function replaceEntry(
  zip: Uint8Array,
  name: string,
  content: Uint8Array,
  limits: ZipLimits = modelZipLimits,
): Buffer {
  const source = openZip(bufferSource(zip), limits)
  const packed = deflateRawSync(content, { level: 9 })
  const entry: ZipEntry = {
    name,
    method: 8,
    crc32: crc32(content),
    packedBytes: packed.length,
    bytes: content.length,
    offset: 0,
    modified: source.entries.get(name)?.modified ?? 0x00210000,
  }
  const parts: Uint8Array[] = []
  const directory: Buffer[] = []
  let offset = 0
  const append = (part: ZipEntry, bytes: Uint8Array): void => {
    const header = localHeader(part)
    parts.push(header, bytes)
    directory.push(centralHeader(part, offset))
    offset += header.length + bytes.length
  }
  for (const other of source.entries.values()) {
    if (other.name === name) append(entry, packed)
    else append(other, source.readPacked(other))
  }
  if (!source.entries.has(name)) append(entry, packed)
  return Buffer.concat([...parts, ...directory, endRecord(directory, offset)])
}

function localHeader(entry: ZipEntry): Buffer {
  const name = Buffer.from(entry.name)
  const header = Buffer.alloc(localLength)
  header.writeUInt32LE(0x04034b50, 0)
  writeCommon(header, 4, entry, name)
  return Buffer.concat([header, name])
}

function centralHeader(entry: ZipEntry, offset: number): Buffer {
  const name = Buffer.from(entry.name)
  const header = Buffer.alloc(centralLength)
  header.writeUInt32LE(0x02014b50, 0)
  header.writeUInt16LE(20, 4)
  writeCommon(header, 6, entry, name)
  header.writeUInt32LE(offset, 42)
  return Buffer.concat([header, name])
}

/** The fields that both headers have, in the same order. */
function writeCommon(header: Buffer, at: number, entry: ZipEntry, name: Buffer): void {
  header.writeUInt16LE(20, at)
  header.writeUInt16LE(utf8Flag, at + 2)
  header.writeUInt16LE(entry.method, at + 4)
  header.writeUInt32LE(entry.modified, at + 6)
  header.writeUInt32LE(entry.crc32, at + 10)
  header.writeUInt32LE(entry.packedBytes, at + 14)
  header.writeUInt32LE(entry.bytes, at + 18)
  header.writeUInt16LE(name.length, at + 22)
}

function endRecord(directory: readonly Buffer[], offset: number): Buffer {
  const record = Buffer.alloc(endLength)
  record.writeUInt32LE(0x06054b50, 0)
  record.writeUInt16LE(directory.length, 8)
  record.writeUInt16LE(directory.length, 10)
  record.writeUInt32LE(
    directory.reduce((sum, { length }) => sum + length, 0),
    12,
  )
  record.writeUInt32LE(offset, 16)
  return record
}
