import { quote } from '../core/errors.js'
import { covers } from '../core/feature-group.js'
import { withOtherNames } from '../vocabulary/feature-aliases.js'
import type { ModelRequest } from './model-request.js'
import type { RankedPipeline } from './ranked-pipeline.js'
import { rankingsFor } from './select-model.js'

/** The first condition of a request that leaves no model of the pipelines that were asked, for people. */
export function whyNone(asked: readonly RankedPipeline[], request: ModelRequest): string {
  const { source, outputType, weight, forOriginal, trainerName, metrics, filter } = request
  const names = asked.map(({ pipeline }) => pipeline.name).join(', ')
  const groups = asked.flatMap((pipeline) => pipeline.groups(source, outputType))
  if (groups.length === 0) return `${names} has no ${outputType} models for ${source}`
  const measured = withOtherNames(metrics)
  const fitting = groups.filter(({ features }) => covers(measured, features))
  if (fitting.length === 0) {
    const needs = groups.map(({ featureGroup, features }) => `${featureGroup} (${features.join(', ')})`)
    return `the metrics feed no feature group of ${names}, which has ${needs.join('; ')}`
  }
  const kind = weight ? 'weight models' : forOriginal ? 'models that the original loads' : 'models'
  if (!fitting.some((group) => rankingsFor(request, group).has(trainerName))) {
    return `${names} has no ${kind}${trainerName === '' ? '' : ` of trainer ${quote(trainerName)}`} for these metrics`
  }
  return filter === ''
    ? `${names} has no ${kind} of this node type, and loose_node_type is false`
    : `filter ${quote(filter)} rejects every one of the ${kind} of ${names} that would do`
}
