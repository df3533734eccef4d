import type { Config } from '../../config/config.js'
import { pipelineAt } from '../../registry/find-pipelines.js'
import { loadPipeline, type PipelineLocation } from '../../registry/load-pipeline.js'
import type { Pipeline } from '../../registry/pipeline.js'
import { damagedIn } from './damaged-archive.js'
import { pipelineNameOf } from '../../registry/pipeline-name.js'
import { isHttpUrl, withDownloadedFile } from './downloaded-file.js'
import { pipelineLocation } from './pipeline-path.js'

/**
 * Opens the pipeline that a user names, for as long as `use` runs: an http(s) URL, which is downloaded to a temporary
 * folder, or what `pipelineLocation` finds.
 *
 * @throws ModelError `INVALID_CONFIG` when there is nothing of that name, `UNAVAILABLE`, `INVALID_ARCHIVE` or
 *   `LIMIT_EXCEEDED` when it cannot be downloaded or read
 */
export async function withNamedPipeline<T>(
  named: string,
  config: Config,
  signal: AbortSignal,
  use: (pipeline: Pipeline) => T | Promise<T>,
): Promise<T> {
  if (!isHttpUrl(named)) return usePipeline(named, pipelineLocation(named, config, 'pipeline'), signal, use)
  const name = pipelineNameOf(named)
  return withDownloadedFile(named, `${name}.zip`, config, signal, (path) =>
    usePipeline(named, pipelineAt(path, name), signal, use),
  )
}

async function usePipeline<T>(
  named: string,
  location: PipelineLocation,
  signal: AbortSignal,
  use: (pipeline: Pipeline) => T | Promise<T>,
): Promise<T> {
  const pipeline = await loadPipeline(location, { signal }).catch((error: unknown) => {
    throw damagedIn(named, error)
  })
  try {
    return await use(pipeline)
  } finally {
    pipeline.store.close()
  }
}
