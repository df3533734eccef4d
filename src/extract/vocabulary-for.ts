import type { PrometheusResponse } from '../prometheus/response.js'
import type { MetricVocabulary } from '../vocabulary/metric-vocabulary.js'
import { vocabularyIn } from '../vocabulary/vocabularies.js'
import type { Findings } from './findings.js'

/**
 * The vocabulary to read a response with: the one that is named, else the one that it speaks. A response that mixes
 * several (a cluster during an upgrade) says so in `findings`.
 */
export function vocabularyFor(
  { metrics }: Pick<PrometheusResponse, 'metrics'>,
  { vocabulary }: { readonly vocabulary?: MetricVocabulary },
  findings: Findings,
): MetricVocabulary {
  if (vocabulary !== undefined) return vocabulary
  const found = vocabularyIn([...metrics].flatMap(([metric, series]) => (series > 0 ? [metric] : [])))
  for (const other of found.others) {
    const example = `metrics of ${other.title} (taken: ${found.vocabulary.title}; choose with --vocabulary)`
    findings.add('other vocabulary', other.name, 1, example)
  }
  return found.vocabulary
}
