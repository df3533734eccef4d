import { join } from 'node:path'
import { messageOf } from '../core/errors.js'
import { diskErrorCode } from '../runtime/disk-error.js'
import { type Clock, type Logger, silentLogger } from '../runtime/ports.js'
import { readCachedIndex, writeCachedIndex } from './index-cache.js'
import { indexPipeline } from './index-pipeline.js'
import { createPipeline, type Pipeline } from './pipeline.js'
import { type PipelineKindName, pipelineKinds } from './store/pipeline-kinds.js'
import type { PipelineStore } from './store/pipeline-store.js'

/** A place that holds a pipeline. */
export interface PipelineLocation {
  readonly name: string
  readonly path: string
  readonly kind: PipelineKindName
}

export interface LoadPipelineOptions {
  /** Where indexes are cached between starts; without it they are not. */
  readonly cacheFolder?: string | undefined
  readonly clock?: Clock | undefined
  readonly logger?: Logger | undefined
  readonly signal?: AbortSignal | undefined
}

/** How many damaged models of one pipeline are logged one by one. */
const maxWarnings = 10

/**
 * Opens a pipeline and indexes it, from the cached index where that is of the same files. The caller closes its store.
 *
 * @throws ModelError `INVALID_ARCHIVE`, `LIMIT_EXCEEDED` or `UNAVAILABLE` when it cannot be read
 */
export async function loadPipeline(
  { name, path, kind }: PipelineLocation,
  options: LoadPipelineOptions = {},
): Promise<Pipeline> {
  const { clock = Date.now, logger = silentLogger } = options
  const store = await pipelineKinds[kind].open(path, options.signal)
  try {
    const index = await cachedIndex(name, store, options)
    for (const { path: model, reason } of index.damaged.slice(0, maxWarnings)) {
      logger.warn({ pipeline: name, model, reason }, 'model is damaged and skipped')
    }
    const pipeline = createPipeline({ name, store, index, loadedAt: clock() })
    const { entries, damaged, nodeTypes } = pipeline
    const fields = { pipeline: name, models: entries.length, damaged, nodeTypes: nodeTypes.length, origin: path }
    logger.info(fields, 'pipeline loaded')
    return pipeline
  } catch (error) {
    store.close()
    throw error
  }
}

async function cachedIndex(name: string, store: PipelineStore, options: LoadPipelineOptions) {
  const { cacheFolder, logger = silentLogger, signal } = options
  if (cacheFolder === undefined) return indexPipeline(store, signal)
  const file = join(cacheFolder, `${name}.json`)
  const signature = `${store.origin} ${store.signature}`
  const cached = readCachedIndex(file, signature)
  if (cached) return cached
  const index = await indexPipeline(store, signal)
  try {
    writeCachedIndex(file, signature, index)
  } catch (error) {
    // A folder that is mounted read-only is expected, a full disk is not.
    const code = diskErrorCode(error)
    const level = code === undefined || code === 'EROFS' ? 'debug' : 'warn'
    logger[level]({ file, reason: messageOf(error) }, 'index is not cached')
  }
  return index
}
