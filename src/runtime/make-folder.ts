import { mkdirSync, statSync } from 'node:fs'
import { mkdir, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { errorCode } from '../core/errors.js'

/**
 * Makes a folder and those above it. Node 20's `mkdir` with `recursive` never returns where a file system answers ENOENT
 * to a new folder in one that exists, as `/proc` does, and then uses a whole processor; so each is made by itself.
 *
 * @throws the error of the file system for the first one that cannot be made
 */
export async function makeFolder(path: string): Promise<void> {
  for (const folder of await missing(path)) await mkdir(folder).catch(unlessThere)
}

/** The same, synchronously. */
export function makeFolderSync(path: string): void {
  for (const folder of missingSync(path)) {
    try {
      mkdirSync(folder)
    } catch (error) {
      unlessThere(error)
    }
  }
}

async function missing(path: string): Promise<readonly string[]> {
  const folders: string[] = []
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    const found = await stat(folder).catch(unlessMissing)
    if (found !== undefined) return isFolder(folder, found.isDirectory(), folders)
    folders.unshift(folder)
  }
}

function missingSync(path: string): readonly string[] {
  const folders: string[] = []
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    const found = statSync(folder, { throwIfNoEntry: false })
    if (found !== undefined) return isFolder(folder, found.isDirectory(), folders)
    folders.unshift(folder)
  }
}

function isFolder(path: string, is: boolean, folders: readonly string[]): readonly string[] {
  if (is) return folders
  throw Object.assign(new Error(`ENOTDIR: not a directory, ${path}`), { code: 'ENOTDIR', path })
}

function unlessMissing(error: unknown): undefined {
  if (errorCode(error) === 'ENOENT') return undefined
  throw error
}

/** Another process may have made it meanwhile. */
function unlessThere(error: unknown): undefined {
  if (errorCode(error) === 'EEXIST') return undefined
  throw error
}
