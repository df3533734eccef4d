import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ModelError, messageOf } from '../core/errors.js'
import { makeFolder, makeFolderSync } from './make-folder.js'
import { temporaryPath } from './temporary-files.js'

export interface AtomicWriteOptions {
  /**
   * Wait until the bytes are on the disk before the rename. Without it a machine that loses power may have an empty file
   * at `path`, which only what can be made again may become. @default true
   */
  readonly sync?: boolean
}

export interface AtomicStreamOptions extends AtomicWriteOptions {
  /** Stops between two chunks. */
  readonly signal?: AbortSignal | undefined
}

type Chunk = string | Uint8Array

/**
 * Writes a file in one step: next to its place first, then renamed, so that nobody sees half of it and what was there
 * stays until the new one is complete. The folder is made when it is missing.
 *
 * @throws ModelError `UNAVAILABLE` when it cannot be written, `CANCELLED` when the signal comes, and what `chunks` throw
 */
export async function writeFileAtomic(
  path: string,
  chunks: Iterable<Chunk> | AsyncIterable<Chunk>,
  { sync = true, signal }: AtomicStreamOptions = {},
): Promise<void> {
  const temporary = temporaryPath(path)
  try {
    await makeFolder(dirname(path))
    const file = await open(temporary, 'w')
    try {
      for await (const chunk of chunks) {
        if (signal?.aborted) throw new ModelError('CANCELLED', `stopped before ${path} was written`)
        await file.appendFile(chunk)
      }
      if (sync) await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (cause) {
    // Its failure would hide why.
    await rm(temporary, { force: true }).catch(() => undefined)
    throw writeError(path, cause)
  }
}

/**
 * The same for callers that cannot wait.
 *
 * @throws ModelError `UNAVAILABLE` when it cannot be written
 */
export function writeFileAtomicSync(path: string, content: Chunk, { sync = true }: AtomicWriteOptions = {}): void {
  const temporary = temporaryPath(path)
  try {
    makeFolderSync(dirname(path))
    const file = openSync(temporary, 'w')
    try {
      writeFileSync(file, content)
      if (sync) fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(temporary, path)
  } catch (cause) {
    removeQuietly(temporary)
    throw writeError(path, cause)
  }
}

function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {
    // Why the write failed says more.
  }
}

function writeError(path: string, cause: unknown): ModelError {
  if (cause instanceof ModelError) return cause
  return new ModelError('UNAVAILABLE', `${path} cannot be written: ${messageOf(cause)}`, { cause })
}
