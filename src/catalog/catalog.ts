import { LRUCache } from 'lru-cache'
import type {
  ChoiceJson,
  EstimateJson,
  Listed,
  ModelDetails,
  ModelList,
  ModelRow,
  NodeTypeRow,
} from '../api/answers.js'
import { type ModelArchive, readModelArchive } from '../archive/read-model-archive.js'
import type { MachineSpec } from '../core/machine-spec.js'
import { outsideAnswer } from '../estimate/outside-inputs.js'
import { withSystemValues } from '../estimate/system-features.js'
import { isKnown } from '../machine/spec.js'
import { modelPath } from '../registry/model-entry.js'
import { readArchive } from '../registry/model-files.js'
import type { ModelRequest } from '../selection/model-request.js'
import type { ModelSelector, ServedModel } from '../selection/model-selector.js'
import type { RankedPipeline } from '../selection/ranked-pipeline.js'
import type { EstimateRequest } from './estimate-request.js'
import { type FoundEntry, findEntry, findSelected } from './find-entry.js'
import type { ModelsQuery, NodeTypesQuery } from './list-query.js'
import { listModels, listNodeTypes } from './lists.js'
import { modelChoice } from './model-choice.js'
import { madeDetails, modelDetails } from './model-details.js'
import { madeRow, modelRow, nodeTypeRows } from './model-row.js'

/** What the pipelines of a selector hold, and what it chooses of them and why: to look at. */
export interface Catalog {
  /** @throws ModelError `INVALID_REQUEST` for an unknown sort key */
  models(query: ModelsQuery): ModelList
  /** @throws ModelError `INVALID_REQUEST` for an unknown sort key */
  nodeTypes(query: NodeTypesQuery): Listed<NodeTypeRow>
  /** @throws ModelError `NO_MODEL` when there is none */
  model(name: { readonly pipeline: string; readonly path: string }): ModelDetails
  /** What `POST /model` would answer, and why. @throws ModelError as {@link ModelSelector.findModel} */
  choice(request: ModelRequest): ChoiceJson
  /** @throws ModelError `NO_MODEL`, `INVALID_REQUEST` for inputs that the model cannot take, `INVALID_ARCHIVE` */
  estimate(request: EstimateRequest): EstimateJson
}

/** A model that is ready to estimate, with its name. */
interface NamedArchive {
  readonly pipeline: string
  readonly path: string
  readonly archive: ModelArchive
}

/** Models that were read stay for the next estimate: sliders ask many times a second. */
const mostArchives = 8

export function createCatalog(selector: ModelSelector): Catalog {
  // Pipelines never change: a newer version is another object.
  const modelRows = new WeakMap<RankedPipeline, readonly ModelRow[]>()
  const typeRows = new WeakMap<RankedPipeline, readonly NodeTypeRow[]>()
  /** By the entry of a pipeline, or the bytes of a model that was made. */
  const archives = new LRUCache<object, ModelArchive>({ max: mostArchives })

  const modelsOf = (ranked: RankedPipeline) =>
    kept(modelRows, ranked, () => ranked.pipeline.entries.map((entry) => modelRow(ranked.pipeline, entry)))
  const typesOf = (ranked: RankedPipeline) => kept(typeRows, ranked, () => nodeTypeRows(ranked.pipeline))
  const named = (name: string | undefined) =>
    name ? selector.served().filter(({ pipeline }) => pipeline.name === name) : selector.served()
  const archiveOf = ({ ranked: { pipeline }, entry }: FoundEntry) =>
    kept<object, ModelArchive>(archives, entry, () =>
      readModelArchive(readArchive(pipeline.store, entry, pipeline.specOf(entry.nodeType))),
    )
  const madeArchiveOf = ({ body }: ServedModel) =>
    kept<object, ModelArchive>(archives, body, () => readModelArchive(body))

  function detailsOf(request: ModelRequest, served: ServedModel): ModelDetails {
    const found = findSelected(selector.served(), served.selection)
    if (found) return modelDetails(found, () => archiveOf(found))
    // What is made is made again in its other form: as an archive it tells its ranges, as weights what Kepler reads.
    const same = { ...request, pipelineName: served.selection.pipeline }
    const archive = request.weight ? selector.findModel({ ...same, weight: false }) : served
    const weights = request.weight ? served : selector.findModel({ ...same, weight: true })
    return madeDetails(served, madeArchiveOf(archive), weights)
  }

  function archiveFor(model: EstimateRequest['model']): NamedArchive {
    if ('path' in model) return namedArchive(findEntry(selector.served(), model.pipeline, model.path))
    const served = selector.findModel(model)
    const found = findSelected(selector.served(), served.selection)
    if (found) return namedArchive(found)
    const archive = madeArchiveOf(served)
    const { pipeline, path } = madeRow(served.selection, archive)
    return { pipeline, path, archive }
  }

  function namedArchive(found: FoundEntry): NamedArchive {
    return { pipeline: found.ranked.pipeline.name, path: modelPath(found.entry), archive: archiveOf(found) }
  }

  /** What the request says of the machine, or the machine of the node type that it names. */
  function wantedSpec({ machineSpec, nodeType }: ModelRequest, { selection }: ServedModel): MachineSpec {
    if (isKnown(machineSpec)) return machineSpec
    return named(selection.pipeline)[0]?.pipeline.specOf(nodeType) ?? {}
  }

  return {
    models: (query) => listModels(named(query.pipeline).flatMap(modelsOf), query),
    nodeTypes: (query) => listNodeTypes(named(query.pipeline).flatMap(typesOf), query),
    model({ pipeline, path }) {
      const found = findEntry(selector.served(), pipeline, path)
      return modelDetails(found, () => archiveOf(found))
    },
    choice(request) {
      const served = selector.findModel(request)
      const { pipeline, source } = served.selection
      const own = named(pipeline)
      const comparable = own.length > 0 ? own : selector.served().filter((one) => one.pipeline.sources.includes(source))
      const nodeTypes = comparable.flatMap(typesOf)
      return modelChoice(served, detailsOf(request, served), wantedSpec(request, served), nodeTypes)
    },
    estimate({ power, model }) {
      const { pipeline, path, archive } = archiveFor(model)
      const { metrics, rows } = withSystemValues(power, archive.model.features)
      const { powers, intervals, coverage, method, outside } = archive.estimate(metrics, rows)
      return {
        model: { pipeline, path },
        powers,
        interval: { coverage, method, powers: intervals },
        outside: outside.map(outsideAnswer),
      }
    },
  }
}

/** A value of a cache, made where it is not there. */
function kept<K extends object, V>(
  cache: { get(key: K): V | undefined; set(key: K, value: V): unknown },
  key: K,
  make: () => V,
): V {
  const value = cache.get(key) ?? make()
  cache.set(key, value)
  return value
}
