import { append } from '../core/multimap.js'
import type { MachineSpec } from '../core/machine-spec.js'
import type { ModelEntry } from '../registry/model-entry.js'
import type { Pieces } from '../runtime/in-turns.js'
import type { ModelOrder } from './model-order.js'

const modelsPerPiece = 1024
const nodeTypesPerPiece = 1024

/** Models of one kind, the best first, as a request looks for them. */
export interface Ranking {
  readonly all: readonly ModelEntry[]
  readonly ofNodeType: ReadonlyMap<number, readonly ModelEntry[]>
  /** Those whose node type has the most cores; all, when no node type is known. */
  readonly ofLargest: readonly ModelEntry[]
}

/** Models that need the same features and are of the same feature group, by what a request can ask for. */
export interface ModelGroup {
  readonly featureGroup: string
  readonly features: readonly string[]
  /** By trainer; '' holds all. */
  readonly archives: ReadonlyMap<string, Ranking>
  /** Archives that the original's Python loads. */
  readonly originals: ReadonlyMap<string, Ranking>
  readonly weights: ReadonlyMap<string, Ranking>
}

/**
 * Sorts the models of one source and output type into groups, the best of each first, a list at a time.
 *
 * @param specOf the spec of a node type, where the pipeline has it
 */
export function* rankModels(
  entries: readonly ModelEntry[],
  specOf: (nodeType: number) => MachineSpec | undefined,
  order: ModelOrder<ModelEntry>,
): Pieces<readonly ModelGroup[]> {
  const rank = (models: readonly ModelEntry[]) => rankingOf(models, specOf, order)
  // What models are compared by is read from their metadata here, and known from then on.
  for (const [i, entry] of entries.entries()) {
    if (i > 0 && i % modelsPerPiece === 0) yield
    order.heldOut(entry)
  }
  const groups: ModelGroup[] = []
  // Feature lists are interned: models that need the same features share one array.
  for (const [featureGroup, ofGroup] of partition(order.sort(entries), ({ folder }) => folder.featureGroup)) {
    for (const [features, models] of partition(ofGroup, ({ features }) => features)) {
      const archives = yield* byTrainer(models, rank)
      const originals = models.filter(({ loadableByOriginal }) => loadableByOriginal)
      const withWeights = models.filter(({ weights }) => weights !== undefined)
      groups.push({
        featureGroup,
        features,
        archives,
        originals: originals.length === models.length ? archives : yield* byTrainer(originals, rank),
        weights: yield* byTrainer(withWeights, rank),
      })
    }
  }
  return groups
}

function* byTrainer(
  models: readonly ModelEntry[],
  rank: (models: readonly ModelEntry[]) => Pieces<Ranking>,
): Pieces<Map<string, Ranking>> {
  const ranked = new Map<string, Ranking>()
  if (models.length > 0) ranked.set('', yield* rank(models))
  for (const [trainer, own] of partition(models, ({ trainer }) => trainer)) ranked.set(trainer, yield* rank(own))
  return ranked
}

/** Each list is sorted by itself: which models are within a standard error of the best depends on who competes. */
function* rankingOf(
  models: readonly ModelEntry[],
  specOf: (nodeType: number) => MachineSpec | undefined,
  order: ModelOrder<ModelEntry>,
): Pieces<Ranking> {
  yield
  const ofNodeType = partition(models, ({ nodeType }) => nodeType)
  let done = 0
  for (const [nodeType, own] of ofNodeType) {
    if (++done % nodeTypesPerPiece === 0) yield
    ofNodeType.set(nodeType, [...order.sort(own)])
  }
  yield
  const cores = (nodeType: number) => specOf(nodeType)?.cores ?? 0
  const most = [...ofNodeType.keys()].reduce((largest, nodeType) => Math.max(largest, cores(nodeType)), 0)
  return {
    all: order.sort(models),
    ofNodeType,
    ofLargest: order.sort(models.filter(({ nodeType }) => cores(nodeType) === most)),
  }
}

function partition<K>(models: readonly ModelEntry[], keyOf: (model: ModelEntry) => K): Map<K, ModelEntry[]> {
  const parts = new Map<K, ModelEntry[]>()
  for (const model of models) {
    const key = keyOf(model)
    append(parts, key, model)
  }
  return parts
}
