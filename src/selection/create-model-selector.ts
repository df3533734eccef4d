import type { ModelEntry } from '../registry/model-entry.js'
import { ModelError } from '../core/errors.js'
import type { Pipeline } from '../registry/pipeline.js'
import { type Logger, silentLogger } from '../runtime/ports.js'
import { withOtherNames } from '../vocabulary/feature-aliases.js'
import { bestModelsOf } from './best-models.js'
import { type ModelFilter, parseFilter } from './filter.js'
import { createModelAnswers } from './model-answers.js'
import type { ModelRequest } from './model-request.js'
import type { ModelSelector, PipelineStatus, SelectorStatus, ServedModel, WeightModel } from './model-selector.js'
import type { PipelinePreference } from './pipeline-order.js'
import type { RankedPipeline } from './ranked-pipeline.js'
import { selectModel } from './select-model.js'
import { createServedPipelines } from './served-pipelines.js'
import { weightModelsOf } from './weight-models.js'
import { whyNone } from './why-none.js'

export interface ModelSelectorOptions {
  readonly preference: PipelinePreference
  /** Metadata attribute that ranks models. @default 'mae' */
  readonly errorKey?: string | undefined
  /** Bytes of answers that are cached. @default 33,554,432 */
  readonly cacheBytes?: number | undefined
  /** What could not be read, for `status()`. */
  readonly errors?: () => SelectorStatus['errors']
  readonly logger?: Logger | undefined
}

/** A selector whose pipelines can be exchanged, all at once, between two requests. */
export interface SwappableModelSelector extends ModelSelector {
  /** Requests after this see only these pipelines. */
  use(pipelines: readonly Pipeline[]): void
}

const defaultCacheBytes = 32 * 2 ** 20

/** Chooses among pipelines; see `ModelSelector`. */
export function createModelSelector(options: ModelSelectorOptions): SwappableModelSelector {
  const { preference, errorKey = 'mae', cacheBytes = defaultCacheBytes } = options
  const { errors = () => [], logger = silentLogger } = options
  let served = createServedPipelines([], preference, errorKey)
  let answers = createModelAnswers(cacheBytes, logger)
  let weightModels: readonly WeightModel[] | undefined
  /** Answers by request object, for callers that pass the same one again; gone when the request or the pipelines go. */
  let answered = new WeakMap<ModelRequest, ServedModel>()

  /** The best model of a pipeline that can be read. Those that cannot are added to `unreadable`. */
  function findIn(
    pipeline: RankedPipeline,
    request: ModelRequest,
    filter: ModelFilter,
    unreadable: Set<ModelEntry>,
  ): ServedModel | undefined {
    const wanted = {
      ...request,
      metrics: withOtherNames(request.metrics),
      accepts: (model: ModelEntry) => filter(model) && !answers.isDamaged(model) && !unreadable.has(model),
    }
    // Each round either returns a model or excludes one, so this ends.
    for (;;) {
      const choice = selectModel(pipeline, wanted)
      if (!choice) return undefined
      const model = answers.read(pipeline, choice, request.weight)
      if (model) return model
      unreadable.add(choice.entry)
    }
  }

  return {
    findModel(request) {
      const before = answered.get(request)
      if (before) return before
      const filter = parseFilter(request.filter)
      const { pipelineName, source } = request
      const asked = pipelineName === '' ? served.ofSource(source) : [served.named(pipelineName)]
      const unreadable = new Set<ModelEntry>()
      for (const pipeline of asked) {
        const model = findIn(pipeline, request, filter, unreadable)
        if (!model) continue
        if (unreadable.size === 0) answered.set(request, model)
        return model
      }
      throw new ModelError('NO_MODEL', `no model fits: ${whyNone(asked, request)}`)
    },

    bestModels: (query) => bestModelsOf(served.ofSource(query.source, 'energy-source')[0]!, query),

    weightModels() {
      weightModels ??= served.all.flatMap((pipeline) => weightModelsOf(pipeline, logger))
      return weightModels
    },

    status() {
      const pipelines = served.all.map(({ pipeline }) => statusOf(pipeline))
      return { pipelines, models: pipelines.reduce((sum, { models }) => sum + models, 0), errors: errors() }
    },

    use(pipelines) {
      served = createServedPipelines(pipelines, preference, errorKey, served)
      answers = createModelAnswers(cacheBytes, logger)
      weightModels = undefined
      answered = new WeakMap()
    },
  }
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
