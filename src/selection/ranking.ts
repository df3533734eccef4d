import type { MachineSpec } from '../core/machine-spec.js'
import { metadataNumber } from '../registry/metadata-numbers.js'
import type { ModelEntry } from '../registry/model-entry.js'

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
  readonly weights: ReadonlyMap<string, Ranking>
}

type SpecOf = (nodeType: number) => MachineSpec | undefined

/** Compares models that fit a request equally well: the lower error, then the lower MAPE, then trainer and node type. */
export function byError(errorKey: string): (a: ModelEntry, b: ModelEntry) => number {
  return (a, b) => compareRanked(ranked(a, errorKey), ranked(b, errorKey))
}

/** A model with what ranks it, looked up once per sort rather than once per comparison. */
interface Ranked {
  readonly entry: ModelEntry
  readonly error: number | undefined
  readonly mape: number | undefined
}

function ranked(entry: ModelEntry, errorKey: string): Ranked {
  return { entry, error: metadataNumber(entry.numbers, errorKey), mape: metadataNumber(entry.numbers, 'mape') }
}

function compareRanked(a: Ranked, b: Ranked): number {
  const unknown = Number.POSITIVE_INFINITY
  return (
    compare(a.error ?? unknown, b.error ?? unknown) ||
    compare(a.mape ?? unknown, b.mape ?? unknown) ||
    compare(a.entry.trainer, b.entry.trainer) ||
    compare(a.entry.nodeType, b.entry.nodeType)
  )
}

/**
 * Sorts the models of one source and output type into groups. A model without the error that ranks is left out.
 *
 * @param specOf the spec of a node type, where the pipeline has it
 */
export function rankModels(entries: readonly ModelEntry[], specOf: SpecOf, errorKey: string): readonly ModelGroup[] {
  const sorted = entries
    .map((entry) => ranked(entry, errorKey))
    .filter(({ error }) => error !== undefined)
    .sort(compareRanked)
    .map(({ entry }) => entry)
  // Feature lists are interned: models that need the same features share one array.
  return [...partition(sorted, ({ folder }) => folder.featureGroup)].flatMap(([featureGroup, ofGroup]) =>
    [...partition(ofGroup, ({ features }) => features)].map(([features, models]) => ({
      featureGroup,
      features,
      archives: byTrainer(models, specOf),
      weights: byTrainer(
        models.filter(({ weights }) => weights !== undefined),
        specOf,
      ),
    })),
  )
}

function byTrainer(models: readonly ModelEntry[], specOf: SpecOf): Map<string, Ranking> {
  const ranked = new Map<string, Ranking>()
  if (models.length > 0) ranked.set('', rank(models, specOf))
  for (const [trainer, own] of partition(models, ({ trainer }) => trainer)) ranked.set(trainer, rank(own, specOf))
  return ranked
}

function rank(models: readonly ModelEntry[], specOf: SpecOf): Ranking {
  const ofNodeType = partition(models, ({ nodeType }) => nodeType)
  const cores = (nodeType: number) => specOf(nodeType)?.cores ?? 0
  const most = [...ofNodeType.keys()].reduce((largest, nodeType) => Math.max(largest, cores(nodeType)), 0)
  return { all: models, ofNodeType, ofLargest: models.filter(({ nodeType }) => cores(nodeType) === most) }
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

function compare<T extends number | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0
}
