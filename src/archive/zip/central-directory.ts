import { ModelError, quote } from '../../core/errors.js'
import type { ByteSource } from './byte-source.js'
import { defaultZipLimits, ratioFloor, type ZipLimits } from './limits.js'

/** One file of a zip, as the central directory tells of it. */
export interface ZipEntry {
  readonly name: string
  /** 0 stored, 8 deflated; others are refused when the entry is read. */
  readonly method: number
  readonly crc32: number
  readonly packedBytes: number
  readonly bytes: number
  /** Where the local header stands. */
  readonly offset: number
  /** MS-DOS date (high half) and time (low half). */
  readonly modified: number
}

const endSignature = 0x06054b50
const end64Signature = 0x06064b50
const locator64Signature = 0x07064b50
const centralSignature = 0x02014b50
const endLength = 22
const centralLength = 46
const localLength = 30
const maxCommentLength = 0xffff
const encryptedFlag = 1

/**
 * The files of a zip by name, folders left out.
 *
 * @throws ModelError `INVALID_ARCHIVE` for anything that is no well-formed zip, for names that leave the archive or occur
 *   twice and for entries that overlap; `LIMIT_EXCEEDED` past a bound
 */
export function readCentralDirectory(source: ByteSource, limits: ZipLimits = {}): ReadonlyMap<string, ZipEntry> {
  const bounds = { ...defaultZipLimits, ...limits }
  const { count, offset, length } = findDirectory(source)
  if (count > bounds.maxEntries) throw limit(`the zip lists ${count} entries, more than ${bounds.maxEntries}`)
  const directory = viewOf(source.read(offset, length))
  const entries = new Map<string, ZipEntry>()
  let total = 0
  let at = 0
  for (let i = 0; i < count; i++) {
    if (at + centralLength > length || directory.getUint32(at, true) !== centralSignature) {
      throw invalid(`entry ${i} of ${count} is not in the directory`)
    }
    const nameLength = directory.getUint16(at + 28, true)
    const extraLength = directory.getUint16(at + 30, true)
    const next = at + centralLength + nameLength + extraLength + directory.getUint16(at + 32, true)
    if (next > length) throw invalid(`entry ${i} runs past the end of the directory`)
    const entry = parseEntry(directory, at, nameLength, extraLength)
    at = next
    if (entry.name.endsWith('/')) continue
    if (entries.has(entry.name)) throw invalid(`${quote(entry.name)} occurs twice`)
    checkSize(entry, offset, bounds)
    total += entry.bytes
    if (total > bounds.maxTotalBytes) throw limit(`the entries unpack to more than ${bounds.maxTotalBytes} bytes`)
    entries.set(entry.name, entry)
  }
  expectNoOverlap(entries)
  return entries
}

function findDirectory(source: ByteSource): { count: number; offset: number; length: number } {
  const tailLength = Math.min(source.size, endLength + maxCommentLength)
  const tailStart = source.size - tailLength
  const tail = viewOf(source.read(tailStart, tailLength))
  for (let at = tailLength - endLength; at >= 0; at--) {
    if (tail.getUint32(at, true) !== endSignature) continue
    if (at + endLength + tail.getUint16(at + 20, true) > tailLength) continue
    const directory = {
      count: tail.getUint16(at + 10, true),
      length: tail.getUint32(at + 12, true),
      offset: tail.getUint32(at + 16, true),
    }
    const is64 = directory.count === 0xffff || directory.length === 0xffffffff || directory.offset === 0xffffffff
    const found = is64 ? (findDirectory64(source, tailStart + at) ?? directory) : directory
    if (found.offset + found.length > tailStart + at) throw invalid('the directory runs past its end record')
    return found
  }
  throw invalid('this is not a zip: it has no end record')
}

function findDirectory64(source: ByteSource, end: number): ReturnType<typeof findDirectory> | undefined {
  const locatorLength = 20
  if (end < locatorLength) return undefined
  const locator = viewOf(source.read(end - locatorLength, locatorLength))
  if (locator.getUint32(0, true) !== locator64Signature) return undefined
  const record = viewOf(source.read(safe(locator.getBigUint64(8, true)), 56))
  if (record.getUint32(0, true) !== end64Signature) throw invalid('the zip64 end record is not where it should be')
  return {
    count: safe(record.getBigUint64(32, true)),
    length: safe(record.getBigUint64(40, true)),
    offset: safe(record.getBigUint64(48, true)),
  }
}

function parseEntry(directory: DataView, at: number, nameLength: number, extraLength: number): ZipEntry {
  const bytes = new Uint8Array(directory.buffer, directory.byteOffset + at + centralLength, nameLength)
  const name = Buffer.from(bytes.buffer, bytes.byteOffset, nameLength).toString('utf8')
  expectSafeName(name)
  if (directory.getUint16(at + 8, true) & encryptedFlag) throw invalid(`${quote(name)} is encrypted`)
  const [size, packed, offset] = wideFields(directory, at, at + centralLength + nameLength, extraLength)
  return {
    name,
    method: directory.getUint16(at + 10, true),
    modified: directory.getUint32(at + 12, true),
    crc32: directory.getUint32(at + 16, true),
    packedBytes: packed,
    bytes: size,
    offset,
  }
}

/** Size, packed size and offset; those that do not fit 32 bits stand in the zip64 extra field, in this order. */
function wideFields(directory: DataView, at: number, extraAt: number, extraLength: number): [number, number, number] {
  const narrow: [number, number, number] = [
    directory.getUint32(at + 24, true),
    directory.getUint32(at + 20, true),
    directory.getUint32(at + 42, true),
  ]
  if (!narrow.includes(0xffffffff)) return narrow
  for (let p = extraAt, end = extraAt + extraLength; p + 4 <= end; ) {
    const length = directory.getUint16(p + 2, true)
    if (directory.getUint16(p, true) === 1 && p + 4 + length <= end) {
      let field = p + 4
      return narrow.map((value) => {
        if (value !== 0xffffffff) return value
        if (field + 8 > p + 4 + length) throw invalid('a zip64 field is missing')
        field += 8
        return safe(directory.getBigUint64(field - 8, true))
      }) as [number, number, number]
    }
    p += 4 + length
  }
  return narrow
}

/** A name stays inside the archive, whatever it is joined with. */
function expectSafeName(name: string): void {
  const bad =
    name === '' ||
    name.startsWith('/') ||
    /[\\\0]/.test(name) ||
    /^[A-Za-z]:/.test(name) ||
    name.split('/').some((part, i, parts) => part === '..' || part === '.' || (part === '' && i < parts.length - 1))
  if (bad) throw invalid(`the name ${quote(name)} leaves the archive`)
}

function checkSize(entry: ZipEntry, directoryOffset: number, bounds: Required<ZipLimits>): void {
  const { name, bytes, packedBytes, method, offset } = entry
  if (bytes > bounds.maxEntryBytes)
    throw limit(`${quote(name)} unpacks to ${bytes} bytes, more than ${bounds.maxEntryBytes}`)
  if (bytes > ratioFloor && bytes > packedBytes * bounds.maxRatio) {
    throw limit(`${quote(name)} unpacks to more than ${bounds.maxRatio} times its size`)
  }
  if (method === 0 && bytes !== packedBytes) throw invalid(`${quote(name)} is stored, but its two sizes differ`)
  if (offset + localLength + packedBytes > directoryOffset) throw invalid(`${quote(name)} runs into the directory`)
}

function expectNoOverlap(entries: ReadonlyMap<string, ZipEntry>): void {
  const sorted = [...entries.values()].sort((a, b) => a.offset - b.offset)
  for (let i = 1; i < sorted.length; i++) {
    const before = sorted[i - 1]!
    if (before.offset + localLength + before.packedBytes > sorted[i]!.offset) {
      throw invalid(`${quote(before.name)} and ${quote(sorted[i]!.name)} overlap`)
    }
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function safe(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw invalid(`the size ${value} is absurd`)
  return Number(value)
}

function invalid(message: string): ModelError {
  return new ModelError('INVALID_ARCHIVE', message)
}

function limit(message: string): ModelError {
  return new ModelError('LIMIT_EXCEEDED', message)
}
