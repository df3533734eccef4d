import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { type ModelArchive, readModelArchive } from '../archive/read-model-archive.js'
import { bufferSource } from '../archive/zip/byte-source.js'
import { modelZipLimits } from '../archive/zip/limits.js'
import { openZip } from '../archive/zip/zip.js'

/** A model, and how much memory it takes, roughly. */
export interface ReadArchive {
  readonly archive: ModelArchive
  readonly bytes: number
}

/** @throws ModelError as {@link readModelArchive} */
export type ArchiveReader = (zip: Uint8Array) => ReadArchive

/** Bytes of models that are kept though nobody uses them now. */
const defaultMaxBytes = 16 * 2 ** 20

/** What a model takes beside its parameters. */
const overhead = 50_000

/**
 * Reads archives, and gives equal bytes the same model: requests differ more often than the models that they lead to, and
 * reading one takes up to a tenth of a second. Parameters take about as much memory as their files unpacked.
 */
export function archiveReader(maxBytes = defaultMaxBytes): ArchiveReader {
  const known = new LRUCache<string, ReadArchive>({ maxSize: maxBytes, sizeCalculation: ({ bytes }) => bytes })
  return (zip) => {
    const key = createHash('sha256').update(zip).digest('base64')
    const before = known.get(key)
    if (before) return before
    const archive = readModelArchive(zip)
    const entries = [...openZip(bufferSource(zip), modelZipLimits).entries.values()]
    const read = { archive, bytes: entries.reduce((sum, { bytes }) => sum + bytes, overhead) }
    known.set(key, read)
    return read
  }
}
