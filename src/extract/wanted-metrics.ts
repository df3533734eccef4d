import type { UsageMode } from '../vocabulary/metric-vocabulary.js'
import { vocabularies } from '../vocabulary/vocabularies.js'
import type { Meter } from './meter.js'
import { metricsOfFeature } from './usage-series.js'

/**
 * All metrics that a dataset of these features can be made of, in any vocabulary: which one a response speaks is known
 * when it has been read.
 */
export function wantedMetrics(
  features: readonly string[],
  mode: UsageMode,
  thirdParty: readonly string[],
  meters: readonly Meter[] = [],
): ReadonlySet<string> {
  return new Set([
    ...vocabularies.flatMap((vocabulary) => [
      ...features.flatMap((feature) => metricsOfFeature(feature, vocabulary, mode, thirdParty)),
      ...vocabulary.energy[mode].map(({ metric }) => metric),
      ...vocabulary.names.map(({ metric }) => metric),
      ...[vocabulary.packageRatio ?? [], vocabulary.nodeInfo ?? []].flat(),
    ]),
    ...meters.flatMap(({ selector }) => selector.metric ?? []),
  ])
}
