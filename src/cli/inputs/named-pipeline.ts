import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Config } from '../../config/config.js'
import { ModelError, quote } from '../../core/errors.js'
import { pipelineAt } from '../../registry/find-pipelines.js'
import { loadPipeline } from '../../registry/load-pipeline.js'
import type { Pipeline } from '../../registry/pipeline.js'
import { pipelineNameOf } from '../../registry/pipeline-name.js'
import { knownFolder } from '../../service/writable-folder.js'
import { isHttpUrl, withDownloadedFile } from './downloaded-file.js'

/**
 * Opens the pipeline that a user names, for as long as `use` runs: a folder or zip, an http(s) or file URL, or the name
 * of one in MODEL_PATH. A download goes to a temporary folder.
 *
 * @throws ModelError `INVALID_CONFIG` when there is nothing of that name, `UNAVAILABLE`, `INVALID_ARCHIVE` or
 *   `LIMIT_EXCEEDED` when it cannot be had or read
 */
export async function withNamedPipeline<T>(
  named: string,
  config: Config,
  signal: AbortSignal,
  use: (pipeline: Pipeline) => T | Promise<T>,
): Promise<T> {
  if (!isHttpUrl(named)) return usePipeline(pathOf(named, config), signal, use)
  return withDownloadedFile(named, `${pipelineNameOf(named)}.zip`, config, signal, (path) =>
    usePipeline(path, signal, use),
  )
}

async function usePipeline<T>(
  path: string,
  signal: AbortSignal,
  use: (pipeline: Pipeline) => T | Promise<T>,
): Promise<T> {
  const location = pipelineAt(path, basename(path).replace(/\.zip$/i, ''))
  const pipeline = await loadPipeline(location, { signal })
  try {
    return await use(pipeline)
  } finally {
    pipeline.store.close()
  }
}

function pathOf(named: string, config: Config): string {
  if (named.startsWith('file:')) return fileURLToPath(named)
  const folder = knownFolder(config.MODEL_PATH)
  const places = [named, join(folder, named), join(folder, `${named}.zip`)]
  const found = places.find((path) => existsSync(path))
  if (found !== undefined) return found
  throw new ModelError('INVALID_CONFIG', `there is no pipeline ${quote(named)}, neither here nor in ${folder}`, {
    field: 'pipeline',
  })
}
