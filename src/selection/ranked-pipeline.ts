import { append } from '../core/multimap.js'
import { LRUCache } from 'lru-cache'
import type { EnergySource } from '../core/energy-source.js'
import { type MachineSpec, specAttributes } from '../core/machine-spec.js'
import type { OutputType } from '../core/output-type.js'
import type { ModelEntry } from '../registry/model-entry.js'
import type { Pipeline } from '../registry/pipeline.js'
import type { Pieces } from '../runtime/in-turns.js'
import { type NodeTypeMatch, nodeTypeMatcher } from './match-node-type.js'
import type { ModelOrder } from './model-order.js'
import { type ModelGroup, rankModels } from './ranking.js'

/** A pipeline whose models are sorted as requests look for them. Never changes, like the pipeline itself. */
export interface RankedPipeline {
  readonly pipeline: Pipeline
  readonly order: ModelOrder<ModelEntry>
  /** Whether it was trained by this package, which measures errors on held-out rows; published ones were not. */
  readonly hasHeldOut: boolean
  groups(source: EnergySource, outputType: OutputType): readonly ModelGroup[]
  /** The node type of a spec; the latest answers are cached. */
  match(spec: MachineSpec): NodeTypeMatch | undefined
}

/** Specs come from outside: a client that makes up thousands of them empties the cache and does no other harm. */
const maxCachedMatches = 1024

export function* rankPipeline(pipeline: Pipeline, order: ModelOrder<ModelEntry>): Pieces<RankedPipeline> {
  const groups = new Map<string, readonly ModelGroup[]>()
  for (const [key, models] of bySourceAndOutput(pipeline.entries)) {
    groups.set(key, yield* rankModels(models, pipeline.specOf, order))
  }
  const matchSpec = nodeTypeMatcher(pipeline.nodeTypes)
  const matches = new LRUCache<string, { readonly match: NodeTypeMatch | undefined }>({ max: maxCachedMatches })
  return {
    pipeline,
    order,
    hasHeldOut: pipeline.entries.some((entry) => Number.isFinite(order.heldOut(entry).complexity)),
    groups: (source, outputType) => groups.get(`${source}/${outputType}`) ?? [],
    match(spec) {
      const key = specAttributes.map((attribute) => spec[attribute] ?? '').join('\n')
      const cached = matches.get(key)
      if (cached) return cached.match
      const match = matchSpec(spec)
      matches.set(key, { match })
      return match
    },
  }
}

function bySourceAndOutput(entries: readonly ModelEntry[]): Map<string, ModelEntry[]> {
  const parts = new Map<string, ModelEntry[]>()
  for (const entry of entries) {
    const key = `${entry.folder.source}/${entry.folder.outputType}`
    append(parts, key, entry)
  }
  return parts
}
