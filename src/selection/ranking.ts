import type { MachineSpec } from '../core/machine-spec.js'
import type { ModelEntry } from '../registry/model-entry.js'
import type { ModelOrder } from './model-order.js'

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
 * Sorts the models of one source and output type into groups, the best of each first.
 *
 * @param specOf the spec of a node type, where the pipeline has it
 */
export function rankModels(
  entries: readonly ModelEntry[],
  specOf: (nodeType: number) => MachineSpec | undefined,
  order: ModelOrder<ModelEntry>,
): readonly ModelGroup[] {
  const rank = (models: readonly ModelEntry[]) => rankingOf(models, specOf, order)
  // Feature lists are interned: models that need the same features share one array.
  return [...partition(order.sort(entries), ({ folder }) => folder.featureGroup)].flatMap(([featureGroup, ofGroup]) =>
    [...partition(ofGroup, ({ features }) => features)].map(([features, models]) => {
      const archives = byTrainer(models, rank)
      const originals = models.filter(({ loadableByOriginal }) => loadableByOriginal)
      const withWeights = models.filter(({ weights }) => weights !== undefined)
      return {
        featureGroup,
        features,
        archives,
        originals: originals.length === models.length ? archives : byTrainer(originals, rank),
        weights: byTrainer(withWeights, rank),
      }
    }),
  )
}

function byTrainer(
  models: readonly ModelEntry[],
  rank: (models: readonly ModelEntry[]) => Ranking,
): Map<string, Ranking> {
  const ranked = new Map<string, Ranking>()
  if (models.length > 0) ranked.set('', rank(models))
  for (const [trainer, own] of partition(models, ({ trainer }) => trainer)) ranked.set(trainer, rank(own))
  return ranked
}

/** Each list is sorted by itself: which models are within a standard error of the best depends on who competes. */
function rankingOf(
  models: readonly ModelEntry[],
  specOf: (nodeType: number) => MachineSpec | undefined,
  order: ModelOrder<ModelEntry>,
): Ranking {
  const ofNodeType = partition(models, ({ nodeType }) => nodeType)
  for (const [nodeType, own] of ofNodeType) ofNodeType.set(nodeType, [...order.sort(own)])
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
    const part = parts.get(key)
    if (part) part.push(model)
    else parts.set(key, [model])
  }
  return parts
}
