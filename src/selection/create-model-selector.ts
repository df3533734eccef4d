import { type ModelEntry, modelPath } from '../registry/model-entry.js'
import { ModelError, messageOf } from '../core/errors.js'
import type { Pipeline } from '../registry/pipeline.js'
import type { PipelineError } from '../registry/pipeline-errors.js'
import { atOnce, inTurns } from '../runtime/in-turns.js'
import { type Logger, silentLogger } from '../runtime/ports.js'
import { withOtherNames } from '../vocabulary/feature-aliases.js'
import { bestModelsOf } from './best-models.js'
import { expectErrorKey } from './error-key.js'
import { parseFilter } from './filter.js'
import { findModel, type Search } from './find-model.js'
import { createModelAnswers, type ModelAnswers } from './model-answers.js'
import type { ModelRequest } from './model-request.js'
import type { ModelSelector, PipelineStatus, SelectorStatus, ServedModel, WeightModel } from './model-selector.js'
import { createModelOrder } from './model-order.js'
import type { PipelinePreference } from './pipeline-order.js'
import type { RankedPipeline } from './ranked-pipeline.js'
import { createServedPipelines, type ServedPipelines } from './served-pipelines.js'
import { isOfAnotherMachine, universalInstead } from './universal/instead.js'
import type { UniversalModels } from './universal/universal-models.js'
import { weightModelsOf } from './weight-models.js'
import { whyNone } from './why-none.js'

export interface ModelSelectorOptions {
  readonly preference: PipelinePreference
  /** Metadata attribute that ranks models. @default 'mae' */
  readonly errorKey?: string | undefined
  /** Bytes of answers that are cached. @default 33,554,432 */
  readonly cacheBytes?: number | undefined
  /** Makes models for machines of which no pipeline has the node type; absent when that is turned off. */
  readonly universal?: UniversalModels | undefined
  /** What could not be read, for `status()`. */
  readonly errors?: () => SelectorStatus['errors']
  readonly logger?: Logger | undefined
}

/** A selector whose pipelines can be exchanged, all at once, between two requests. */
export interface SwappableModelSelector extends ModelSelector {
  /** Requests after this see only these pipelines. */
  use(pipelines: readonly Pipeline[]): void
  /** The same, sorting their models in turns of the event loop: requests meanwhile see the pipelines before. */
  useInTurns(pipelines: readonly Pipeline[]): Promise<void>
}

const defaultCacheBytes = 32 * 2 ** 20

/** Chooses among pipelines; see `ModelSelector`. */
export function createModelSelector(options: ModelSelectorOptions): SwappableModelSelector {
  const { preference, cacheBytes = defaultCacheBytes } = options
  const { errors = () => [], logger = silentLogger, universal } = options
  const order = createModelOrder<ModelEntry>(options.errorKey)
  let served = atOnce(createServedPipelines([], preference, order))
  let answers = createModelAnswers(cacheBytes, logger)
  let weightModels: readonly WeightModel[] | undefined
  /** Answers by request object, for callers that pass the same one again; gone when the request or the pipelines go. */
  let answered = new WeakMap<ModelRequest, ServedModel>()

  /** A pipeline on disk that cannot be read, where only a stand-in (`lastResort`) is loaded. */
  function unreadablePipeline(): PipelineError | undefined {
    const { lastResort = new Set() } = preference
    if (served.all.some(({ pipeline }) => !lastResort.has(pipeline.name))) return undefined
    return errors().find(({ origin }) => !/^https?:/.test(origin))
  }

  /** The pipelines of a request; none where the universal models alone have the source. */
  function askedPipelines({ pipelineName, source }: ModelRequest): readonly RankedPipeline[] {
    if (pipelineName !== '') return [served.named(pipelineName)]
    return universal?.sources.includes(source) && !served.has(source) ? [] : served.ofSource(source)
  }

  /** The model of the first pipeline that has one. */
  function firstOf(asked: readonly RankedPipeline[], search: Search): ServedModel | undefined {
    for (const pipeline of asked) {
      const model = findModel(pipeline, search, answers, logger)
      if (model) return model
    }
    return undefined
  }

  function swap(pipelines: readonly Pipeline[], next: ServedPipelines): void {
    const before = new Set(served.all.map(({ pipeline }) => pipeline))
    served = next
    for (const ranked of served.all) if (!before.has(ranked.pipeline)) logUnfit(ranked, logger)
    try {
      expectErrorKey(pipelines, order.errorKey, universal?.errorKeys)
    } catch (error) {
      logger.error({ reason: messageOf(error) }, 'no model can be chosen')
    }
    answers = createModelAnswers(cacheBytes, logger)
    weightModels = undefined
    answered = new WeakMap()
  }

  return {
    findModel(request) {
      const before = answered.get(request)
      if (before) return before
      const filter = parseFilter(request.filter)
      const { pipelineName } = request
      if (universal && pipelineName === universal.name)
        return universal.find(request) ?? none(universal.whyNone(request))
      const unreadable = unreadablePipeline()
      // What stands in for a pipeline that is not there must not stand in for one that is there and broken.
      if (pipelineName === '' && unreadable) throw brokenPipeline(unreadable)
      const asked = askedPipelines(request)
      const wanted = { ...request, metrics: withOtherNames(request.metrics), measured: request.metrics }
      const search = { wanted, filter, unreadable: new Set<ModelEntry>() }
      const model = firstOf(asked, search)
      const broken = model ? undefined : unreadableModel(asked, search, answers)
      if (broken) throw broken
      const own = pipelineName === '' && universal ? universalInstead(universal, request, model, logger) : undefined
      if (own) {
        // Of two pipelines, a later one may have the node type of the machine itself.
        const later = model && firstOf(asked.slice(1), search)
        return later && !isOfAnotherMachine(later.selection, request) ? later : own
      }
      if (!model) return none(universal && asked.length === 0 ? universal.whyNone(request) : whyNone(asked, request))
      if (search.unreadable.size === 0) answered.set(request, model)
      return model
    },

    bestModels(query) {
      const own = universal?.sources.includes(query.source) ? universal.bestModels(query) : undefined
      if (own && !served.has(query.source)) return own
      const best = bestModelsOf(served.ofSource(query.source, 'energy-source')[0]!, query)
      if (!own) return best
      // Groups that the pipeline has no model of.
      return Object.fromEntries(Object.entries(best).map(([type, groups]) => [type, { ...own[type], ...groups }]))
    },

    weightModels() {
      weightModels ??= served.all.flatMap((pipeline) => weightModelsOf(pipeline, answers))
      return universal ? [...weightModels, ...universal.weightModels()] : weightModels
    },

    served: () => served.all,

    status() {
      const own = universal ? [universal.status()] : []
      const pipelines = [...served.all.map(({ pipeline }) => statusOf(pipeline)), ...own]
      return {
        pipelines,
        models: pipelines.reduce((sum, { models }) => sum + models, 0),
        errors: errors(),
        unreadable: unreadablePipeline(),
      }
    },

    use: (pipelines) => swap(pipelines, atOnce(createServedPipelines(pipelines, preference, order, served))),
    async useInTurns(pipelines) {
      swap(pipelines, await inTurns(createServedPipelines(pipelines, preference, order, served)))
    },
  }
}

function none(why: string): never {
  throw new ModelError('NO_MODEL', `no model fits: ${why}`)
}

function brokenPipeline({ origin, message }: PipelineError): ModelError {
  return new ModelError('UNAVAILABLE', `a pipeline cannot be read: ${origin}: ${message}`)
}

/** The error where models would fit and cannot be read: that is nobody's request, and may be over for the next one. */
function unreadableModel(
  asked: readonly RankedPipeline[],
  { wanted, filter, unreadable }: Search,
  answers: ModelAnswers,
): ModelError | undefined {
  for (const { pipeline } of asked) {
    for (const entry of pipeline.entries) {
      const { source, outputType } = entry.folder
      if (source !== wanted.source || outputType !== wanted.outputType || !filter(entry)) continue
      const reason = answers.damageOf(entry) ?? (unreadable.has(entry) ? 'its file cannot be read now' : undefined)
      if (reason === undefined) continue
      const message = `no model fits that can be read: ${modelPath(entry)} of ${pipeline.name}: ${reason}`
      return new ModelError('UNAVAILABLE', message)
    }
  }
  return undefined
}

/** Models of which a log line names the reason; a pipeline has thousands. */
const maxLogged = 200

/** Says which models of a pipeline that was trained here are chosen only where there is no other, and why. */
function logUnfit({ pipeline, order, hasHeldOut }: RankedPipeline, logger: Logger): void {
  if (!hasHeldOut) return
  const measured = pipeline.entries.some((entry) => order.heldOut(entry).error !== undefined)
  const reasons = pipeline.entries.flatMap((entry) => {
    const { unfit, error } = order.heldOut(entry)
    if (unfit !== undefined) return [`${modelPath(entry)}: ${unfit}`]
    return measured && error === undefined ? [`${modelPath(entry)}: its error was not measured on held-out rows`] : []
  })
  if (reasons.length === 0) return
  const fields = { pipeline: pipeline.name, models: reasons.length, reasons: reasons.slice(0, maxLogged) }
  logger.warn(fields, 'models that are chosen only where no other fits')
}

function statusOf({ name, store, sources, entries, damaged, nodeTypes, loadedAt }: Pipeline): PipelineStatus {
  return {
    name,
    origin: store.origin,
    sources,
    models: entries.length,
    damaged,
    nodeTypes: nodeTypes.length,
    loadedAt,
  }
}
