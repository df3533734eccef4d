import type { EnergySource } from '../core/energy-source.js'
import { ModelError, quote } from '../core/errors.js'
import type { Pipeline } from '../registry/pipeline.js'
import type { ModelEntry } from '../registry/model-entry.js'
import type { Pieces } from '../runtime/in-turns.js'
import type { ModelOrder } from './model-order.js'
import { orderPipelines, type PipelinePreference } from './pipeline-order.js'
import { type RankedPipeline, rankPipeline } from './ranked-pipeline.js'

/** A snapshot of the pipelines that requests are answered from. */
export interface ServedPipelines {
  /** Those that can answer for some source. */
  readonly all: readonly RankedPipeline[]
  /**
   * Those that have models for a source, in the order in which they are asked.
   *
   * @param field of the request that named the source, for the message
   * @throws ModelError `NO_MODEL` when there is none
   */
  ofSource(source: EnergySource, field?: string): readonly RankedPipeline[]
  /** Whether any has models for a source. */
  has(source: EnergySource): boolean
  /** @throws ModelError `NO_MODEL` when there is no pipeline of that name */
  named(name: string): RankedPipeline
}

/**
 * A snapshot, made in pieces.
 *
 * @param previous the snapshot before, so that only pipelines that are new or changed are ranked
 */
export function* createServedPipelines(
  pipelines: readonly Pipeline[],
  preference: PipelinePreference,
  order: ModelOrder<ModelEntry>,
  previous?: ServedPipelines,
): Pieces<ServedPipelines> {
  const ranked = new Map(previous?.all.map((pipeline) => [pipeline.pipeline, pipeline]))
  for (const pipeline of pipelines) {
    if (!ranked.has(pipeline)) ranked.set(pipeline, yield* rankPipeline(pipeline, order))
  }
  const rank = (pipeline: Pipeline) => ranked.get(pipeline)!
  const bySource = new Map(
    [...new Set(pipelines.flatMap(({ sources }) => sources))].map((source) => [
      source,
      orderPipelines(pipelines, source, preference).map(rank),
    ]),
  )
  const asked = new Set([...bySource.values()].flat())
  const all = pipelines.map(rank).filter((pipeline) => asked.has(pipeline))
  return {
    all,
    ofSource(source, field) {
      const ofSource = bySource.get(source)
      if (ofSource) return ofSource
      const message = `no pipeline has models for source ${source}; ${describe(all)}`
      throw new ModelError('NO_MODEL', message, field === undefined ? {} : { field })
    },
    has: (source) => bySource.has(source),
    named(name) {
      const found = all.find(({ pipeline }) => pipeline.name === name)
      if (found) return found
      throw new ModelError('NO_MODEL', `there is no pipeline ${quote(name)}; ${describe(all)}`, {
        field: 'pipeline_name',
      })
    },
  }
}

function describe(pipelines: readonly RankedPipeline[]): string {
  if (pipelines.length === 0) return 'no pipeline is loaded'
  const names = pipelines.map(({ pipeline: { name, sources } }) => `${name} (${sources.join(', ')})`)
  return `loaded are ${names.join(', ')}`
}
