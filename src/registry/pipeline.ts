import { bySource, type EnergySource } from '../core/energy-source.js'
import type { MachineSpec } from '../core/machine-spec.js'
import type { NodeTypeIndex } from '../machine/node-type-index.js'
import { wholeNumbers } from '../machine/spec.js'
import type { PipelineIndex } from './index-pipeline.js'
import type { ModelEntry } from './model-entry.js'
import type { PipelineStore } from './store/pipeline-store.js'

/** A named collection of models. Never changes: a newer version is another object. */
export interface Pipeline {
  readonly name: string
  readonly store: PipelineStore
  readonly nodeTypes: NodeTypeIndex
  readonly entries: readonly ModelEntry[]
  readonly damaged: number
  readonly sources: readonly EnergySource[]
  /** Milliseconds since the epoch. */
  readonly loadedAt: number
  /** The spec of a node type, in whole numbers. */
  specOf(nodeType: number): MachineSpec | undefined
}

export interface PipelineOptions {
  readonly name: string
  readonly store: PipelineStore
  readonly index: PipelineIndex
  readonly loadedAt: number
}

export function createPipeline({ name, store, index, loadedAt }: PipelineOptions): Pipeline {
  const { nodeTypes, entries } = index
  const specs = new Map(nodeTypes.map(({ id, spec }) => [id, wholeNumbers(spec)]))
  return {
    name,
    store,
    nodeTypes,
    entries,
    damaged: index.damaged.length,
    sources: [...new Set(entries.map(({ folder }) => folder.source))].sort(bySource),
    loadedAt,
    specOf: (nodeType) => specs.get(nodeType),
  }
}
