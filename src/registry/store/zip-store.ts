import { statSync } from 'node:fs'
import { bufferSource, fileSource } from '../../archive/zip/byte-source.js'
import { openZip, type Zip } from '../../archive/zip/zip.js'
import { errorIn, ModelError, messageOf, quote } from '../../core/errors.js'
import type { PipelineStore } from './pipeline-store.js'

/** A pipeline's zip is large, its files are not. */
const limits = { maxEntryBytes: 64 * 2 ** 20 }

/**
 * A pipeline in a zip, which stays packed. The file stays open, so that it remains the same file when another is renamed
 * to its place; its directory is read when something is first asked of it.
 *
 * @throws ModelError `UNAVAILABLE` when there is no such file, or it is just being replaced
 */
export function zipStore(path: string): PipelineStore {
  const { signature, modifiedAt, ino } = zipSignature(path)
  const file = fileSource(path)
  if (statSync(path, { throwIfNoEntry: false })?.ino !== ino) {
    file.close()
    throw new ModelError('UNAVAILABLE', `${path} was replaced while it was opened`)
  }
  let opened: { zip: Zip; prefix: string } | undefined
  let closed = false

  function zip(): { zip: Zip; prefix: string } {
    if (opened) return opened
    const found = openZip(file, limits)
    opened = { zip: found, prefix: commonFolder(found.entries.keys()) }
    return opened
  }

  function read(name: string): Uint8Array {
    const { zip: archive, prefix } = zip()
    try {
      return archive.read(prefix + name)
    } catch (error) {
      if (!(error instanceof ModelError)) throw error
      throw errorIn(path, error)
    }
  }

  return {
    origin: path,
    signature,
    modifiedAt,
    *list() {
      const { zip: archive, prefix } = zip()
      for (const name of archive.entries.keys()) yield name.slice(prefix.length)
    },
    has(name) {
      const { zip: archive, prefix } = zip()
      return archive.entries.has(prefix + name)
    },
    read,
    open: (name, use) => use(bufferSource(read(name))),
    close() {
      if (!closed) file.close()
      closed = true
    },
  }
}

/** @throws ModelError `UNAVAILABLE` when there is no such file */
export function zipSignature(path: string): { signature: string; modifiedAt: number; ino: number } {
  try {
    const { size, mtimeMs, ino } = statSync(path)
    return { signature: `zip ${size} ${mtimeMs} ${ino}`, modifiedAt: mtimeMs, ino }
  } catch (error) {
    throw new ModelError('UNAVAILABLE', `pipeline ${quote(path)} cannot be read: ${messageOf(error)}`, { cause: error })
  }
}

/** Some tools pack the pipeline's folder and not what is in it: `std_v0.7.11/` before every name. */
function commonFolder(names: Iterable<string>): string {
  let folder: string | undefined
  for (const name of names) {
    if (name === 'metadata.json') return ''
    const first = name.slice(0, name.indexOf('/') + 1)
    if (folder !== undefined && first !== folder) return ''
    folder = first
  }
  return folder ?? ''
}
