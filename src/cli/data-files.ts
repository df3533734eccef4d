import { mkdir, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join } from 'node:path'
import { ModelError, messageOf } from '../core/errors.js'

/** A file of the data folder by the name the user gave, with its ending if that was left out. Absolute paths stand. */
export function dataFile(dataPath: string, name: string, ending: '.json' | '.csv'): string {
  const path = isAbsolute(name) ? name : join(dataPath, name)
  return /\.(json|csv|gz)$/.test(path) ? path : `${path}${ending}`
}

/** The same with a word before the file's name: `extracted_<name>`, `isolated_<name>`. */
export function prefixedFile(dataPath: string, prefix: string, name: string): string {
  const path = dataFile(dataPath, name, '.csv').replace(/\.json(\.gz)?$/, '.csv')
  return join(dirname(path), `${prefix}_${basename(path)}`)
}

/**
 * Writes a file in one step: beside its place first, then renamed, so that nobody sees half of it.
 *
 * @throws ModelError `UNAVAILABLE` when it cannot be written
 */
export async function writeFileWhole(path: string, chunks: Iterable<string>): Promise<void> {
  const beside = `${path}.${process.pid}.tmp`
  try {
    await mkdir(dirname(path), { recursive: true })
    const file = await open(beside, 'w')
    try {
      for (const chunk of chunks) await file.appendFile(chunk)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(beside, path)
  } catch (cause) {
    await rm(beside, { force: true })
    if (cause instanceof ModelError) throw cause
    throw new ModelError('UNAVAILABLE', `${path} cannot be written: ${messageOf(cause)}`, { cause })
  }
}
