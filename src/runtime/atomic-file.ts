import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ModelError, messageOf } from '../core/errors.js'
import { temporaryPath } from './temporary-files.js'

/**
 * Writes a file in one step: beside its place first, then renamed, so that nobody sees half of it.
 *
 * @throws ModelError `UNAVAILABLE` when it cannot be written
 */
export async function writeFileAtomic(path: string, chunks: Iterable<string | Uint8Array>): Promise<void> {
  const beside = temporaryPath(path)
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
    // Its failure would hide why.
    await rm(beside, { force: true }).catch(() => undefined)
    if (cause instanceof ModelError) throw cause
    throw new ModelError('UNAVAILABLE', `${path} cannot be written: ${messageOf(cause)}`, { cause })
  }
}
