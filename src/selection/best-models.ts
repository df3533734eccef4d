import { outputTypes } from '../core/output-type.js'
import type { ModelEntry } from '../registry/model-entry.js'
import type { BestModels, BestModelsQuery } from './best-models-query.js'
import { parseFilter } from './filter.js'
import type { RankedPipeline } from './ranked-pipeline.js'

/**
 * The best model of each feature group. A node type is strict, as in the original: a group without a model of that
 * type is left out.
 *
 * @throws ModelError `INVALID_REQUEST` when the filter cannot be read
 */
export function bestModelsOf(ranked: RankedPipeline, query: BestModelsQuery): BestModels {
  const filter = parseFilter(query.filter)
  const wantedTypes = outputTypes.filter((outputType) => (query.outputType ?? outputType) === outputType)
  return Object.fromEntries(
    wantedTypes.map((outputType) => {
      const candidates = new Map<string, ModelEntry[]>()
      for (const { featureGroup, archives } of ranked.groups(query.source, outputType)) {
        if (query.featureGroup !== undefined && query.featureGroup !== featureGroup) continue
        const ranking = archives.get('')
        const models = query.nodeType < 0 ? ranking?.all : ranking?.ofNodeType.get(query.nodeType)
        const found = models?.find(filter)
        if (found) candidates.set(featureGroup, [...(candidates.get(featureGroup) ?? []), found])
      }
      const best = [...candidates].flatMap(([group, models]) => {
        const model = ranked.order.best(models)
        return model === undefined ? [] : [[group, model.name] as const]
      })
      return [outputType, Object.fromEntries(best)]
    }),
  )
}
