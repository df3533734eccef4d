import { type EnergySource, energySources } from '../core/energy-source.js'
import { type MachineSpec, specAttributes } from '../core/machine-spec.js'
import type { OutputType } from '../core/output-type.js'
import { matchNodeType, type NodeTypeMatch } from '../machine/match-node-type.js'
import type { NodeTypeIndex } from '../machine/node-type-index.js'
import { wholeNumbers } from '../machine/spec.js'
import type { PipelineIndex } from './index-pipeline.js'
import type { ModelEntry } from './model-entry.js'
import { type ModelGroup, rankModels } from './ranking.js'
import type { PipelineStore } from './store/pipeline-store.js'

/** A named collection of models, ready to be asked. Never changes: a newer version is another object. */
export interface Pipeline {
  readonly name: string
  readonly store: PipelineStore
  readonly nodeTypes: NodeTypeIndex
  readonly entries: readonly ModelEntry[]
  readonly damaged: number
  readonly sources: readonly EnergySource[]
  /** Metadata attribute that ranks its models. */
  readonly errorKey: string
  /** Milliseconds since the epoch. */
  readonly loadedAt: number
  groups(source: EnergySource, outputType: OutputType): readonly ModelGroup[]
  /** The node type of a spec; the answer is remembered for the specs asked for last. */
  match(spec: MachineSpec): NodeTypeMatch | undefined
  /** The spec of a node type, in whole numbers. */
  specOf(nodeType: number): MachineSpec | undefined
}

export interface PipelineOptions {
  readonly name: string
  readonly store: PipelineStore
  readonly index: PipelineIndex
  /** Metadata attribute that ranks models, e.g. `mae`. */
  readonly errorKey: string
  readonly loadedAt: number
}

const mostMatches = 1024

export function createPipeline({ name, store, index, errorKey, loadedAt }: PipelineOptions): Pipeline {
  const { nodeTypes, entries } = index
  const specs = new Map(nodeTypes.map(({ id, spec }) => [id, wholeNumbers(spec)]))
  const groups = new Map<string, readonly ModelGroup[]>()
  for (const [key, models] of bySourceAndOutput(entries)) groups.set(key, rankModels(models, specs, errorKey))
  const matches = new Map<string, NodeTypeMatch | undefined>()

  return {
    name,
    store,
    nodeTypes,
    entries,
    damaged: index.damaged.length,
    sources: energySources.filter((source) => entries.some(({ folder }) => folder.source === source)),
    errorKey,
    loadedAt,
    groups: (source, outputType) => groups.get(`${source}/${outputType}`) ?? [],
    match(spec) {
      const key = specAttributes.map((attribute) => spec[attribute] ?? '').join('\n')
      if (matches.has(key)) return matches.get(key)
      // Specs come from outside: whoever makes up thousands of them starts the memory anew, no more.
      if (matches.size >= mostMatches) matches.clear()
      const match = matchNodeType(nodeTypes, spec)
      matches.set(key, match)
      return match
    },
    specOf: (nodeType) => specs.get(nodeType),
  }
}

function bySourceAndOutput(entries: readonly ModelEntry[]): Map<string, ModelEntry[]> {
  const parts = new Map<string, ModelEntry[]>()
  for (const entry of entries) {
    const key = `${entry.folder.source}/${entry.folder.outputType}`
    const part = parts.get(key)
    if (part) part.push(entry)
    else parts.set(key, [entry])
  }
  return parts
}
