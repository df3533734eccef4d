import { statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { type ModelArchive, readModelArchive } from '../../archive/read-model-archive.js'
import type { Config } from '../../config/config.js'
import { ModelError, messageOf } from '../../core/errors.js'
import { folderStore } from '../../registry/store/folder-store.js'
import { zipStore } from '../../registry/store/zip-store.js'
import { damagedIn } from './damaged-archive.js'
import { isHttpUrl, withDownloadedFile } from './downloaded-file.js'

/**
 * The model archive that a user names: a path, or an http(s) or file URL.
 *
 * @throws ModelError `INVALID_CONFIG` when there is none, or a pipeline, `UNAVAILABLE` or `LIMIT_EXCEEDED` when it cannot be
 *   downloaded, `INVALID_ARCHIVE` when it cannot be read
 */
export function readNamedArchive(named: string, config: Config, signal: AbortSignal): Promise<ModelArchive> {
  if (isHttpUrl(named))
    return withDownloadedFile(named, 'model.zip', config, signal, (path) => readArchiveFile(path, named))
  return readArchiveFile(named.startsWith('file:') ? fileURLToPath(named) : named, named)
}

async function readArchiveFile(path: string, named: string): Promise<ModelArchive> {
  if (isPipelineAt(path)) {
    throw new ModelError(
      'INVALID_CONFIG',
      `${path} is a pipeline of many models: list them with \`kepler-model models ${path}\`, and name the zip of one; to compare all of them with measurements, see \`kepler-model estimate\``,
      { field: 'archive' },
    )
  }
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new ModelError('INVALID_CONFIG', `${path} cannot be read: ${messageOf(cause)}`, { cause })
  })
  try {
    return readModelArchive(bytes)
  } catch (error) {
    throw damagedIn(named, error)
  }
}

/** Whether there is a pipeline: a folder or zip with `<source>/<output type>/<feature group>/<model>.zip`. */
function isPipelineAt(path: string): boolean {
  const isModel = (name: string) => name.split('/').length >= 4
  try {
    const store = statSync(path).isDirectory() ? folderStore(path) : zipStore(path)
    try {
      return [...store.list()].some(isModel)
    } finally {
      store.close()
    }
  } catch {
    // Not there, or damaged: reading it as a model says why.
    return false
  }
}
