import { crc32, deflateRawSync } from 'node:zlib'
import type { ZipEntry } from './central-directory.js'

const localLength = 30
const centralLength = 46
const endLength = 22
const utf8Flag = 0x0800

/** An entry with its packed bytes. */
export interface PackedEntry {
  readonly entry: Omit<ZipEntry, 'offset'>
  readonly packed: Uint8Array
}

/** Packs content in one go: for the many small files of models that is far quicker than a stream each. */
export function packEntry(
  name: string,
  content: Uint8Array,
  { modified, level, store = false }: { readonly modified: number; readonly level: number; readonly store?: boolean },
): PackedEntry {
  const packed = store ? content : deflateRawSync(content, { level })
  const entry = {
    name,
    method: store ? 0 : 8,
    crc32: crc32(content),
    packedBytes: packed.length,
    bytes: content.length,
    modified,
  } as const
  return { entry, packed }
}

/** A zip of these entries, in their order. The same input gives the same bytes. */
export function joinEntries(entries: Iterable<PackedEntry>): Buffer {
  const parts: Uint8Array[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const { entry, packed } of entries) {
    const header = localHeader(entry)
    parts.push(header, packed)
    directory.push(centralHeader(entry, offset))
    offset += header.length + packed.length
  }
  return Buffer.concat([...parts, ...directory, endRecord(directory, offset)])
}

function localHeader(entry: PackedEntry['entry']): Buffer {
  const name = Buffer.from(entry.name)
  const header = Buffer.alloc(localLength)
  header.writeUInt32LE(0x04034b50, 0)
  writeCommon(header, 4, entry, name)
  return Buffer.concat([header, name])
}

function centralHeader(entry: PackedEntry['entry'], offset: number): Buffer {
  const name = Buffer.from(entry.name)
  const header = Buffer.alloc(centralLength)
  header.writeUInt32LE(0x02014b50, 0)
  header.writeUInt16LE(20, 4)
  writeCommon(header, 6, entry, name)
  header.writeUInt32LE(offset, 42)
  return Buffer.concat([header, name])
}

/** The fields that both headers have, in the same order. */
function writeCommon(header: Buffer, at: number, entry: PackedEntry['entry'], name: Buffer): void {
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
