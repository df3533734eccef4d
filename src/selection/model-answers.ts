import { LRUCache } from 'lru-cache'
import { ModelError, messageOf } from '../core/errors.js'
import { metadataNumber } from '../registry/metadata-numbers.js'
import type { ModelEntry } from '../registry/model-entry.js'
import { readArchive, readWeights } from '../registry/model-files.js'
import type { Logger } from '../runtime/ports.js'
import type { ModelSelection, ServedModel } from './model-selector.js'
import type { RankedPipeline } from './ranked-pipeline.js'
import type { Choice } from './select-model.js'

/** Reads the files of chosen models and caches the bytes of the answers. */
export interface ModelAnswers {
  /** `undefined` when the model's files cannot be read; the reason is logged. */
  read(ranked: RankedPipeline, choice: Choice, weight: boolean): ServedModel | undefined
  /** Whether a model's files turned out to be damaged when they were first read. */
  isDamaged(entry: ModelEntry): boolean
}

/** @param cacheBytes bytes of answers that are cached */
export function createModelAnswers(cacheBytes: number, logger: Logger): ModelAnswers {
  const bodies = new LRUCache<string, Buffer>({
    maxSize: cacheBytes,
    sizeCalculation: ({ length }) => Math.max(1, length),
  })
  const damaged = new WeakSet<ModelEntry>()

  function bodyOf(ranked: RankedPipeline, entry: ModelEntry, weight: boolean): Buffer {
    const { pipeline } = ranked
    const key = `${weight ? 'weights' : 'archive'} ${pipeline.name}/${entry.folder.path}/${entry.name}`
    const cached = bodies.get(key)
    if (cached) return cached
    const body = weight
      ? weightsBody(ranked, entry)
      : readArchive(pipeline.store, entry, pipeline.specOf(entry.nodeType))
    bodies.set(key, body)
    return body
  }

  return {
    read(ranked, choice, weight) {
      const { entry } = choice
      try {
        const body = bodyOf(ranked, entry, weight)
        const contentType = weight ? 'application/json' : 'application/zip'
        const fileName = `${entry.name}.${weight ? 'json' : 'zip'}`
        return { body, contentType, fileName, selection: selectionOf(ranked, choice) }
      } catch (error) {
        // A file that cannot be read now may be there for the next request; a damaged one stays damaged.
        if (!(error instanceof ModelError && error.code === 'UNAVAILABLE')) damaged.add(entry)
        logger.warn(
          {
            pipeline: ranked.pipeline.name,
            model: `${entry.folder.path}/${entry.name}`,
            reason: messageOf(error),
          },
          'model cannot be read, another one is served instead',
        )
        return undefined
      }
    },
    isDamaged: (entry) => damaged.has(entry),
  }
}

/** Weights as Kepler reads them, with what it needs to know of the model. */
function weightsBody({ pipeline, errorKey }: RankedPipeline, entry: ModelEntry): Buffer {
  const machineSpec = pipeline.specOf(entry.nodeType)
  return Buffer.from(
    JSON.stringify({
      ...readWeights(pipeline.store, entry),
      model_name: entry.name,
      ...(machineSpec ? { machine_spec: machineSpec } : {}),
      [errorKey]: metadataNumber(entry.numbers, errorKey),
    }),
  )
}

function selectionOf({ pipeline, errorKey }: RankedPipeline, { entry, match }: Choice): ModelSelection {
  return {
    pipeline: pipeline.name,
    source: entry.folder.source,
    outputType: entry.folder.outputType,
    featureGroup: entry.folder.featureGroup,
    modelName: entry.name,
    trainer: entry.trainer,
    nodeType: entry.nodeType,
    machineSpec: pipeline.specOf(entry.nodeType),
    errorKey,
    error: metadataNumber(entry.numbers, errorKey) ?? Number.NaN,
    match,
  }
}
