import { existsSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Config } from '../../config/config.js'
import { ModelError, quote } from '../../core/errors.js'
import { pipelineAt } from '../../registry/find-pipelines.js'
import type { PipelineLocation } from '../../registry/load-pipeline.js'
import { knownFolder } from '../../service/writable-folder.js'
import { isPath } from './data-files.js'

/**
 * The pipeline that a user names, for every command: a path of a folder or zip, a file URL, or a name, which is looked up
 * in the data folder, where `train` writes, in the working directory, and in MODEL_PATH.
 *
 * @param option the option or argument that named it, for the error
 * @throws ModelError `INVALID_CONFIG` with the reason `file_not_found` that says where was looked
 */
export function pipelineLocation(named: string, config: Config, option: string): PipelineLocation {
  const path = named.startsWith('file:') ? fileURLToPath(named) : foundPath(named, config, option)
  return pipelineAt(path, basename(path).replace(/\.zip$/i, ''))
}

function foundPath(named: string, config: Config, option: string): string {
  const folders = isPath(named) ? [''] : [config.DATAPATH, '', knownFolder(config, 'MODEL_PATH')]
  const places = folders.flatMap((folder) => [named, `${named}.zip`].map((name) => join(folder, name)))
  const found = places.find((path) => existsSync(path) && (isPath(named) || isPipeline(path)))
  if (found !== undefined) return found
  const looked = places.map((path) => `\n  ${path}`).join('')
  throw new ModelError('INVALID_CONFIG', `there is no pipeline ${quote(named)}; looked for${looked}`, {
    field: option,
    reason: 'file_not_found',
  })
}

/** A folder of another kind may have the name of a pipeline by chance. */
function isPipeline(path: string): boolean {
  return !statSync(path).isDirectory() || existsSync(join(path, 'metadata.json'))
}
