import { outputTypes } from '../core/output-type.js'
import type { ModelEntry } from '../registry/model-entry.js'
import type { BestModels, BestModelsQuery } from './best-models-query.js'
import { parseFilter } from './filter.js'
import type { RankedPipeline } from './ranked-pipeline.js'
import { byError } from './ranking.js'

/**
 * The best model of each feature group. A node type is strict, as in the original: a group without a model of that
 * type is left out.
 *
 * @throws ModelError `INVALID_REQUEST` when the filter cannot be read
 */
export function bestModelsOf(ranked: RankedPipeline, query: BestModelsQuery): BestModels {
  const filter = parseFilter(query.filter)
  const compare = byError(ranked.errorKey)
  const wantedTypes = outputTypes.filter((outputType) => (query.outputType ?? outputType) === outputType)
  return Object.fromEntries(
    wantedTypes.map((outputType) => {
      const best = new Map<string, ModelEntry>()
      for (const { featureGroup, archives } of ranked.groups(query.source, outputType)) {
        if (query.featureGroup !== undefined && query.featureGroup !== featureGroup) continue
        const ranking = archives.get('')
        const models = query.nodeType < 0 ? ranking?.all : ranking?.ofNodeType.get(query.nodeType)
        const found = models?.find(filter)
        const before = best.get(featureGroup)
        if (found && (!before || compare(found, before) < 0)) best.set(featureGroup, found)
      }
      return [outputType, Object.fromEntries([...best].map(([group, { name }]) => [group, name]))]
    }),
  )
}
