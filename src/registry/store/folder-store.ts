import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileSource } from '../../archive/zip/byte-source.js'
import { ModelError, messageOf, quote } from '../../core/errors.js'
import { atOnce, type Pieces } from '../../runtime/in-turns.js'
import type { PipelineStore } from './pipeline-store.js'

/** `<source>/<output type>/<feature group>/<model>/<file>` */
const deepest = 5
const mostFiles = 1_000_000
const largestFile = 64 * 2 ** 20
const filesPerPiece = 256

/**
 * A pipeline in a folder, listed once. Files are opened when they are read. Names that start with a dot are passed over
 * (a ConfigMap's `..data`), links are followed.
 *
 * @throws ModelError `UNAVAILABLE` when the folder cannot be listed, `LIMIT_EXCEEDED` when it has too many files
 */
export function folderStore(path: string): PipelineStore {
  return atOnce(folderStorePieces(path))
}

/**
 * The same, in pieces: a folder may hold tens of thousands of files.
 *
 * @param most files that it may have
 */
export function* folderStorePieces(path: string, most = mostFiles): Pieces<PipelineStore> {
  const { files, signature, modifiedAt } = yield* listFolder(path, most)

  function checked(name: string): string {
    if (files.has(name)) return join(path, name)
    throw new ModelError('INVALID_ARCHIVE', `${path} has no ${quote(name)}`)
  }

  return {
    origin: path,
    signature,
    modifiedAt,
    list: () => files,
    has: (name) => files.has(name),
    read(name) {
      const file = checked(name)
      try {
        const { size } = statSync(file)
        if (size > largestFile) throw new ModelError('LIMIT_EXCEEDED', `it has ${size} bytes, at most ${largestFile}`)
        return readFileSync(file)
      } catch (error) {
        throw new ModelError('UNAVAILABLE', `${file} cannot be read: ${messageOf(error)}`, { cause: error })
      }
    },
    open(name, use) {
      const source = fileSource(checked(name))
      try {
        return use(source)
      } finally {
        source.close()
      }
    },
    close() {},
  }
}

interface Listing {
  readonly files: ReadonlySet<string>
  readonly signature: string
  readonly modifiedAt: number
}

function* listFolder(root: string, most: number): Pieces<Listing> {
  const files = new Set<string>()
  const hash = createHash('sha1')
  let modifiedAt = 0

  function* visit(folder: string, depth: number): Pieces<void> {
    for (const [i, name] of readdirSync(join(root, folder)).sort().entries()) {
      if (i > 0 && i % filesPerPiece === 0) yield
      if (name.startsWith('.')) continue
      const path = folder === '' ? name : `${folder}/${name}`
      const stats = statSync(join(root, path), { throwIfNoEntry: false })
      if (stats?.isDirectory() && depth < deepest) yield* visit(path, depth + 1)
      if (!stats?.isFile()) continue
      files.add(path)
      if (files.size > most) throw new ModelError('LIMIT_EXCEEDED', `${root} has more than ${most} files`)
      hash.update(`${path} ${stats.size} ${stats.mtimeMs} ${stats.ino}\n`)
      modifiedAt = Math.max(modifiedAt, stats.mtimeMs)
    }
  }

  try {
    yield* visit('', 1)
  } catch (error) {
    if (error instanceof ModelError) throw error
    throw new ModelError('UNAVAILABLE', `pipeline ${quote(root)} cannot be read: ${messageOf(error)}`, { cause: error })
  }
  return { files, signature: `folder ${hash.digest('hex')}`, modifiedAt }
}

/**
 * A signature that costs little enough to be asked every few seconds: of the folders down to the feature groups, which
 * change when a file is added, removed or renamed to its place, and of the two files that training writes last.
 *
 * @throws ModelError `UNAVAILABLE` when the folder cannot be listed
 */
export function folderSignature(root: string): string {
  const hash = createHash('sha1')

  function add(path: string): boolean {
    const stats = statSync(path, { throwIfNoEntry: false })
    if (!stats) return false
    hash.update(`${path} ${stats.isFile() ? stats.size : ''} ${stats.mtimeMs} ${stats.ino}\n`)
    return stats.isDirectory()
  }

  function visit(folder: string, depth: number): void {
    for (const name of depth < 3 ? readdirSync(folder).sort() : []) {
      const path = join(folder, name)
      if (!name.startsWith('.') && add(path)) visit(path, depth + 1)
    }
  }

  try {
    add(root)
    visit(root, 0)
  } catch (error) {
    throw new ModelError('UNAVAILABLE', `pipeline ${quote(root)} cannot be read: ${messageOf(error)}`, { cause: error })
  }
  return `folder ${hash.digest('hex')}`
}
