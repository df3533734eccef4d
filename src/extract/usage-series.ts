import { ModelError } from '../core/errors.js'
import { isNodeOsFeature, keplerFeatures } from '../core/feature-group.js'
import type { PrometheusResponse, Series } from '../prometheus/response.js'
import type { LabelSet, MetricVocabulary, UsageMode } from '../vocabulary/metric-vocabulary.js'
import { kindOf } from './feature-kind.js'
import { gaugeAsCounter, looksLikeGauge } from './gauge.js'
import { seriesOf } from './lookup.js'
import { matching } from '../prometheus/selector.js'
import { keplerInterval } from './scrape-interval.js'
import { metricsOfNodeOs, nodeOsFeaturesIn } from './node-os.js'
import { parseThirdParty } from './third-party.js'

/** The metrics that a feature may stand in, the best first. Third-party features are metrics themselves. */
export function metricsOfFeature(
  feature: string,
  vocabulary: MetricVocabulary,
  mode: UsageMode,
  thirdParty: readonly string[],
): readonly string[] {
  if (thirdParty.includes(feature)) return [parseThirdParty(feature).metric]
  if (isNodeOsFeature(feature)) return metricsOfNodeOs(feature)
  if (kindOf(feature) === 'usage') return vocabulary.usage(feature, mode).map(({ metric }) => metric)
  return [vocabulary.nodeGauge(feature) ?? []].flat()
}

/** The features that a response has metrics of. */
export function featuresIn(
  { metrics }: Pick<PrometheusResponse, 'metrics'>,
  vocabulary: MetricVocabulary,
  mode: UsageMode,
  thirdParty: readonly string[] = [],
): readonly string[] {
  const measured = [...keplerFeatures, ...thirdParty].filter((feature) =>
    metricsOfFeature(feature, vocabulary, mode, thirdParty).some((metric) => metrics.has(metric)),
  )
  return [...measured, ...nodeOsFeaturesIn(metrics)]
}

/**
 * The series of a feature in the feature's own unit, their labels as `containerId` reads them.
 *
 * @throws ModelError `INVALID_DATA` that names the metric that is missing, or the vocabulary that has none
 */
export function featureSeries(
  response: PrometheusResponse,
  feature: string,
  vocabulary: MetricVocabulary,
  mode: UsageMode,
  thirdParty: readonly string[],
): readonly Series[] {
  const metrics = metricsOfFeature(feature, vocabulary, mode, thirdParty)
  const [best] = metrics
  if (best === undefined) {
    throw new ModelError(
      'INVALID_DATA',
      `${vocabulary.title} does not measure ${feature}; it offers ${vocabulary.groups.join(', ')}`,
      { field: feature },
    )
  }
  const metric = metrics.find((name) => (response.series.get(name)?.length ?? 0) > 0) ?? best
  const series = seriesOf(response, metric)
  if (thirdParty.includes(feature)) return thirdPartySeries(feature, series, response)
  if (kindOf(feature) !== 'usage') return series
  const { scale = 1 } = vocabulary.usage(feature, mode).find((one) => one.metric === metric) ?? {}
  const named = containerNames(response, vocabulary)
  if (scale === 1 && named === undefined) return series
  return series.map((one) => ({
    metric: one.metric,
    labels: named ? named(one.labels) : one.labels,
    timestamps: one.timestamps,
    neverFalls: one.neverFalls ?? false,
    get values() {
      return scale === 1 ? one.values : one.values.map((value) => value * scale)
    },
  }))
}

/** @throws ModelError `INVALID_DATA` when the selector leaves none */
function thirdPartySeries(feature: string, all: readonly Series[], response: PrometheusResponse): readonly Series[] {
  const { metric, selector, gauge } = parseThirdParty(feature)
  const matches = matching(selector.matchers)
  const series = all.filter(({ labels }) => matches(labels))
  if (series.length === 0) {
    throw new ModelError('INVALID_DATA', `none of the ${all.length} series of ${metric} is ${feature}`, {
      field: metric,
    })
  }
  if (!(gauge ?? looksLikeGauge(metric, series))) return series
  const interval = keplerInterval(response)
  return series.map((one) => gaugeAsCounter(one, { stands: 'between', interval }))
}

/** What completes the labels of usage; `undefined` where they are complete. */
function containerNames(
  response: PrometheusResponse,
  vocabulary: MetricVocabulary,
): ((labels: LabelSet) => LabelSet) | undefined {
  if (vocabulary.names.length === 0 && vocabulary.containerLabels === undefined) return undefined
  const tables = vocabulary.names.map(({ metric, by, gives }) => {
    const known = new Map<string, LabelSet>()
    for (const { labels } of response.series.get(metric) ?? []) {
      const key = labels[by]
      if (key === undefined || key === '' || known.has(key)) continue
      known.set(key, Object.fromEntries(Object.entries(gives).map(([from, to]) => [to, labels[from] ?? ''])))
    }
    return { by, known }
  })
  return (labels) => {
    let complete = labels
    for (const { by, known } of tables) {
      const more = known.get(complete[by] ?? '')
      if (more) complete = { ...more, ...complete }
    }
    return vocabulary.containerLabels?.(complete) ?? complete
  }
}
