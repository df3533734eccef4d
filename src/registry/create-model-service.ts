import { type EnergySource, energySources } from '../core/energy-source.js'
import { ModelError, messageOf, quote } from '../core/errors.js'
import { covers } from '../core/feature-group.js'
import { outputTypes } from '../core/output-type.js'
import { type Logger, silentLogger } from '../runtime/ports.js'
import type { BestModelsQuery } from './best-models-query.js'
import { createByteCache } from './byte-cache.js'
import { type ModelFilter, noFilter, parseFilter } from './filter.js'
import type { ModelEntry } from './model-entry.js'
import { readArchive, readWeights } from './model-files.js'
import type { ModelRequest } from './model-request.js'
import type { ModelSelection, ModelService, RegistryStatus, ServedModel, WeightModel } from './model-service.js'
import type { Pipeline } from './pipeline.js'
import { orderPipelines, type PipelinePreference } from './pipeline-order.js'
import { byError } from './ranking.js'
import { metadataNumber, metadataRecord } from './metadata-numbers.js'
import { type Choice, selectModel, type Wanted } from './select.js'

export interface ModelServiceOptions {
  readonly preference: PipelinePreference
  /** Bytes of answers that are kept ready. @default 33,554,432 */
  readonly cacheBytes?: number
  /** Names of pipelines that answer only when no other has the source. */
  readonly lastResort?: ReadonlySet<string>
  /** What could not be read, for `status()`. */
  readonly errors?: () => RegistryStatus['errors']
  readonly logger?: Logger
}

/** A service whose pipelines can be exchanged, all at once, between two requests. */
export interface SwappableModelService extends ModelService {
  /** Requests after this see only these pipelines. */
  use(pipelines: readonly Pipeline[]): void
}

const defaultCacheBytes = 32 * 2 ** 20

/** Chooses among pipelines as REFERENCE §3 says; see `ModelService`. */
export function createModelService(options: ModelServiceOptions): SwappableModelService {
  const { preference, lastResort, errors = () => [], logger = silentLogger } = options
  const bodies = createByteCache<string>(options.cacheBytes ?? defaultCacheBytes)
  let pipelines: readonly Pipeline[] = []
  let inOrder = new Map<EnergySource, readonly Pipeline[]>()
  let weightModels: readonly WeightModel[] | undefined
  /** Models whose files turned out to be damaged when they were first read. */
  let broken = new WeakSet<ModelEntry>()
  /** Answers by request object, for callers that pass the same one again; gone when the request or the pipelines go. */
  let answers = new WeakMap<ModelRequest, ServedModel>()

  function candidates({ source, pipelineName }: ModelRequest): readonly Pipeline[] {
    const ordered = inOrder.get(source) ?? []
    if (pipelineName === '') {
      if (ordered.length > 0) return ordered
      throw new ModelError('NO_MODEL', `no pipeline has models for source ${source}; ${whatIsLoaded(pipelines)}`)
    }
    const named = pipelines.find(({ name }) => name === pipelineName)
    if (named) return [named]
    throw new ModelError('NO_MODEL', `there is no pipeline ${quote(pipelineName)}; ${whatIsLoaded(pipelines)}`, {
      field: 'pipeline_name',
    })
  }

  function bodyOf(pipeline: Pipeline, entry: ModelEntry, weight: boolean): Buffer {
    const key = `${weight ? 'weights' : 'archive'} ${pipeline.name}/${entry.folder.path}/${entry.name}`
    const ready = bodies.get(key)
    if (ready) return ready
    const machineSpec = pipeline.specOf(entry.nodeType)
    const body = weight ? weightsBody(pipeline, entry) : readArchive(pipeline.store, entry, machineSpec)
    bodies.set(key, body)
    return body
  }

  function serve(pipeline: Pipeline, choice: Choice, weight: boolean): ServedModel | undefined {
    const { entry } = choice
    try {
      const body = bodyOf(pipeline, entry, weight)
      const contentType = weight ? 'application/json' : 'application/zip'
      const fileName = `${entry.name}.${weight ? 'json' : 'zip'}`
      return { body, contentType, fileName, selection: selectionOf(pipeline, choice) }
    } catch (error) {
      // A file that cannot be read just now may be there for the next request; a damaged one stays damaged.
      if (!(error instanceof ModelError && error.code === 'UNAVAILABLE')) broken.add(entry)
      const fields = { pipeline: pipeline.name, model: `${entry.folder.path}/${entry.name}`, reason: messageOf(error) }
      logger.warn(fields, 'model cannot be read, another one is served instead')
      return undefined
    }
  }

  function find(
    pipeline: Pipeline,
    request: ModelRequest,
    filter: ModelFilter,
    passedOver: Set<ModelEntry>,
  ): ServedModel | undefined {
    const { source, outputType, weight, trainerName, nodeType, machineSpec, looseNodeType } = request
    const wanted: Wanted = {
      source,
      outputType,
      metrics: new Set(request.metrics),
      weight,
      trainerName,
      nodeType,
      machineSpec,
      looseNodeType,
      accepts: (model) => filter(model) && !broken.has(model) && !passedOver.has(model),
    }
    // Each round either serves a model or passes over one, so this ends.
    for (;;) {
      const choice = selectModel(pipeline, wanted)
      if (!choice) return undefined
      const served = serve(pipeline, choice, weight)
      if (served) return served
      passedOver.add(choice.entry)
    }
  }

  return {
    findModel(request) {
      const known = answers.get(request)
      if (known) return known
      const filter = filterOf(request.filter)
      const asked = candidates(request)
      const passedOver = new Set<ModelEntry>()
      for (const pipeline of asked) {
        const served = find(pipeline, request, filter, passedOver)
        if (!served) continue
        if (passedOver.size === 0) answers.set(request, served)
        return served
      }
      throw new ModelError('NO_MODEL', `no model fits: ${whyNone(asked, request)}`)
    },

    bestModels(query) {
      const pipeline = inOrder.get(query.source)?.[0]
      if (!pipeline) {
        throw new ModelError(
          'NO_MODEL',
          `no pipeline has models for source ${query.source}; ${whatIsLoaded(pipelines)}`,
          {
            field: 'energy-source',
          },
        )
      }
      return bestModelsOf(pipeline, query)
    },

    weightModels() {
      weightModels ??= pipelines.flatMap((pipeline) => bestWeights(pipeline, logger))
      return weightModels
    },

    status: () => ({
      pipelines: pipelines.map(({ name, store, sources, entries, damaged, nodeTypes, loadedAt }) => ({
        name,
        origin: store.origin,
        sources,
        models: entries.length,
        damaged,
        nodeTypes: nodeTypes.length,
        loadedAt,
      })),
      models: pipelines.reduce((sum, { entries }) => sum + entries.length, 0),
      errors: errors(),
    }),

    use(next) {
      inOrder = new Map(energySources.map((source) => [source, orderPipelines(next, source, preference, lastResort)]))
      pipelines = next.filter((pipeline) => [...inOrder.values()].some((asked) => asked.includes(pipeline)))
      weightModels = undefined
      broken = new WeakSet()
      answers = new WeakMap()
      bodies.clear()
    },
  }
}

function filterOf(text: string): ModelFilter {
  return text === '' ? noFilter : parseFilter(text)
}

/** Weights as Kepler reads them, with what it needs to know of the model. */
function weightsBody(pipeline: Pipeline, entry: ModelEntry): Buffer {
  const { errorKey } = pipeline
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

function selectionOf(pipeline: Pipeline, { entry, match, fallback }: Choice): ModelSelection {
  const { errorKey } = pipeline
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
    fallback,
  }
}

function bestModelsOf(pipeline: Pipeline, query: BestModelsQuery) {
  const filter = filterOf(query.filter)
  const compare = byError(pipeline.errorKey)
  const wantedTypes = outputTypes.filter((outputType) => (query.outputType ?? outputType) === outputType)
  return Object.fromEntries(
    wantedTypes.map((outputType) => {
      const best = new Map<string, ModelEntry>()
      for (const { featureGroup, archives } of pipeline.groups(query.source, outputType)) {
        if (query.featureGroup !== undefined && query.featureGroup !== featureGroup) continue
        const ranking = archives.get('')
        const ofType =
          query.nodeType < 0 ? ranking?.all : (ranking?.ofNodeType.get(query.nodeType) ?? ranking?.ofLargest)
        const found = ofType?.find(filter)
        const known = best.get(featureGroup)
        if (found && (!known || compare(found, known) < 0)) best.set(featureGroup, found)
      }
      return [outputType, Object.fromEntries([...best].map(([group, { name }]) => [group, name]))]
    }),
  )
}

function bestWeights(pipeline: Pipeline, logger: Logger): readonly WeightModel[] {
  const models: WeightModel[] = []
  for (const source of pipeline.sources) {
    for (const outputType of outputTypes) {
      for (const { featureGroup, weights } of pipeline.groups(source, outputType)) {
        for (const entry of weights.get('')?.all ?? []) {
          try {
            const { name: modelName, trainer, nodeType, numbers } = entry
            const read = readWeights(pipeline.store, entry)
            const errors = metadataRecord(numbers)
            const { name } = pipeline
            models.push({
              pipeline: name,
              source,
              outputType,
              featureGroup,
              modelName,
              trainer,
              nodeType,
              weights: read,
              errors,
            })
            break
          } catch (error) {
            logger.warn(
              { pipeline: pipeline.name, model: entry.name, reason: messageOf(error) },
              'weights cannot be read',
            )
          }
        }
      }
    }
  }
  return models
}

function whatIsLoaded(pipelines: readonly Pipeline[]): string {
  if (pipelines.length === 0) return 'no pipeline is loaded'
  return `loaded are ${pipelines.map(({ name, sources }) => `${name} (${sources.join(', ')})`).join(', ')}`
}

/** The first condition that leaves nothing, for people. */
function whyNone(asked: readonly Pipeline[], request: ModelRequest): string {
  const { source, outputType, weight, trainerName, metrics, filter } = request
  const names = asked.map(({ name }) => name).join(', ')
  const groups = asked.flatMap((pipeline) => pipeline.groups(source, outputType))
  if (groups.length === 0) return `${names} has no ${outputType} models for ${source}`
  const measured = new Set(metrics)
  const fed = groups.filter(({ features }) => covers(measured, features))
  if (fed.length === 0) {
    const needs = groups.map(({ featureGroup, features }) => `${featureGroup} (${features.join(', ')})`)
    return `the metrics feed no feature group of ${names}, which has ${needs.join('; ')}`
  }
  const kind = weight ? 'weight models' : 'models'
  if (!fed.some(({ weights, archives }) => (weight ? weights : archives).has(trainerName))) {
    return `${names} has no ${kind}${trainerName === '' ? '' : ` of trainer ${quote(trainerName)}`} for these metrics`
  }
  return filter === ''
    ? `${names} has no ${kind} of this node type, and loose_node_type is false`
    : `filter ${quote(filter)} rejects every one of the ${kind} of ${names} that would do`
}
