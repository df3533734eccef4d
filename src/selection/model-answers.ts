import { LRUCache } from 'lru-cache'
import { archiveFault } from '../archive/archive-sanity.js'
import type { ComponentWeights, ModelWeights } from '../archive/weights.js'
import { correctedWeights, describeFlaws, weightsFlaws } from '../archive/weights-range.js'
import { ModelError, messageOf } from '../core/errors.js'
import { metadataNumber } from '../registry/metadata-numbers.js'
import { type ModelEntry, modelPath } from '../registry/model-entry.js'
import { readArchive, readWeights, withoutMachineSpec } from '../registry/model-files.js'
import { nameIn } from '../vocabulary/feature-aliases.js'
import type { Logger } from '../runtime/ports.js'
import type { ModelSelection, ServedModel } from './model-selector.js'
import type { RankedPipeline } from './ranked-pipeline.js'
import type { Choice } from './select-model.js'

/** Reads the files of chosen models, judges them, and caches the bytes of the answers. */
export interface ModelAnswers {
  /** `undefined` when the archive cannot be read, or its watts are wild; the reason is logged. */
  archive(ranked: RankedPipeline, choice: Choice, options?: ArchiveOptions): ServedModel | undefined
  /** `undefined` when the weights cannot be read; the reason is logged. */
  /** @param measured names of what the client measures: weights name the features so */
  weights(ranked: RankedPipeline, choice: Choice, measured: readonly string[]): ServedModel | undefined
  /** A model's weights as they are served; `undefined` when they cannot be read. */
  judge(ranked: RankedPipeline, entry: ModelEntry): JudgedWeights | undefined
  /** Why a model cannot be read, where it was found damaged when it was first read; else `undefined`. */
  damageOf(entry: ModelEntry): string | undefined
}

export interface ArchiveOptions {
  /** Leave `machine_spec` out of the metadata. @default false */
  readonly withoutMachineSpec?: boolean
}

/** Weights without what Kepler could not use. */
export interface JudgedWeights {
  readonly weights: ModelWeights
  /** What had to be corrected; `undefined` for weights as the trainer made them. */
  readonly flaws: string | undefined
}

/** @param cacheBytes bytes of answers that are cached */
export function createModelAnswers(cacheBytes: number, logger: Logger): ModelAnswers {
  const bodies = new LRUCache<string, Buffer>({
    maxSize: cacheBytes,
    sizeCalculation: ({ length }) => Math.max(1, length),
  })
  const damaged = new WeakMap<ModelEntry, string>()
  const judged = new WeakMap<ModelEntry, JudgedWeights>()

  function cached(kind: string, { pipeline }: RankedPipeline, entry: ModelEntry, make: () => Buffer): Buffer {
    const key = `${kind} ${pipeline.name}/${modelPath(entry)}`
    const body = bodies.get(key) ?? make()
    bodies.set(key, body)
    return body
  }

  function weightsOf({ pipeline }: RankedPipeline, entry: ModelEntry): JudgedWeights {
    const before = judged.get(entry)
    if (before) return before
    const weights = readWeights(pipeline.store, entry)
    const flaws = weightsFlaws(weights, entry.name)
    const one =
      flaws.length === 0
        ? { weights, flaws: undefined }
        : { weights: correctedWeights(weights, entry.name), flaws: describeFlaws(flaws) }
    judged.set(entry, one)
    return one
  }

  function readable<T>({ pipeline }: RankedPipeline, entry: ModelEntry, read: () => T): T | undefined {
    try {
      return read()
    } catch (error) {
      // A file that cannot be read now may be there for the next request; a damaged one stays damaged.
      if (!(error instanceof ModelError && error.code === 'UNAVAILABLE')) damaged.set(entry, messageOf(error))
      const fields = { pipeline: pipeline.name, model: modelPath(entry), reason: messageOf(error) }
      logger.warn(fields, 'model cannot be read, another one is served instead')
      return undefined
    }
  }

  return {
    archive: (ranked, choice, { withoutMachineSpec: bare = false } = {}) =>
      readable(ranked, choice.entry, () => {
        const { pipeline } = ranked
        const { entry } = choice
        const body = cached(bare ? 'bare archive' : 'archive', ranked, entry, () => {
          const bytes = readArchive(pipeline.store, entry, pipeline.specOf(entry.nodeType))
          const fault = ranked.hasHeldOut ? archiveFault(bytes) : undefined
          if (fault !== undefined) throw new ModelError('INVALID_ARCHIVE', fault)
          return bare ? withoutMachineSpec(bytes) : bytes
        })
        return {
          body,
          contentType: 'application/zip',
          fileName: `${entry.name}.zip`,
          selection: selectionOf(ranked, choice),
        }
      }),

    weights: (ranked, choice, measured) =>
      readable(ranked, choice.entry, () => {
        const { entry } = choice
        const { weights, flaws } = weightsOf(ranked, entry)
        const names = namesFor(entry.features, measured)
        const kind = ['weights', ...names.values()].join(' ')
        return {
          body: cached(kind, ranked, entry, () => weightsBody(ranked, entry, renamed(weights, names))),
          contentType: 'application/json',
          fileName: `${entry.name}.json`,
          selection: selectionOf(ranked, choice),
          ...(flaws !== undefined && { corrected: flaws }),
        }
      }),

    judge: (ranked, entry) => readable(ranked, entry, () => weightsOf(ranked, entry)),

    damageOf: (entry) => damaged.get(entry),
  }
}

/** Weights as Kepler reads them, with what it needs to know of the model. */
function weightsBody(
  { pipeline, order: { errorKey } }: RankedPipeline,
  entry: ModelEntry,
  weights: ModelWeights,
): Buffer {
  return Buffer.from(
    JSON.stringify({
      ...weights,
      model_name: entry.name,
      machine_spec: pipeline.specOf(entry.nodeType),
      [errorKey]: metadataNumber(entry.numbers, errorKey),
    }),
  )
}

/** Features that the client measures under another name: Kepler finds weights by its own names, and takes the rest for 0. */
function namesFor(features: readonly string[], measured: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    features.flatMap((feature): [string, string][] => {
      const name = nameIn(feature, (other) => measured.includes(other))
      return name === undefined || name === feature ? [] : [[feature, name]]
    }),
  )
}

function renamed(weights: ModelWeights, names: ReadonlyMap<string, string>): ModelWeights {
  const rename = (one: ComponentWeights): ComponentWeights => {
    const named = Object.entries(one.All_Weights.Numerical_Variables)
    const Numerical_Variables = Object.fromEntries(
      named.map(([feature, weight]) => [names.get(feature) ?? feature, weight]),
    )
    return { All_Weights: { ...one.All_Weights, Numerical_Variables } }
  }
  return Object.fromEntries(Object.entries(weights).map(([component, one]) => [component, rename(one)]))
}

function selectionOf({ pipeline, order: { errorKey } }: RankedPipeline, { entry, match }: Choice): ModelSelection {
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
