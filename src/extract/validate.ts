import { componentsOf, type EnergySource, energySources } from '../core/energy-source.js'
import { type FeatureGroup, featuresOf, trainableGroups } from '../core/feature-group.js'
import type { PrometheusResponse } from '../prometheus/response.js'
import { inspectResponse, type MetricReport } from './inspect.js'
import { energyMetric, metricOf, type UsageMode } from './metrics.js'

export interface GroupReport {
  readonly group: FeatureGroup
  /** Metrics that the group needs and the response has no series of. */
  readonly missing: readonly string[]
}

export interface SourceReport {
  readonly source: EnergySource
  readonly missing: readonly string[]
}

export interface ValidationReport {
  readonly metrics: readonly MetricReport[]
  readonly groups: readonly GroupReport[]
  /** Sources of which the response has any energy. */
  readonly sources: readonly SourceReport[]
  /** Kepler instances that were scraped. */
  readonly exporters: readonly string[]
  /** Whether a dataset can be made of at least one group and one source. */
  readonly usable: boolean
}

/** What a response has and lacks for training, and what is wrong with its samples. Never throws for what it finds. */
export function validateResponse(
  response: PrometheusResponse,
  { vm = false, thirdParty = [] }: { readonly vm?: boolean; readonly thirdParty?: readonly string[] } = {},
): ValidationReport {
  const mode: UsageMode = vm ? 'vm' : 'container'
  const has = (metric: string) => (response.metrics.get(metric) ?? 0) > 0
  const groups = trainableGroups
    .filter((group) => group !== 'ThirdParty' || thirdParty.length > 0)
    .map((group) => ({
      group,
      missing: featuresOf(group, thirdParty)
        .map((feature) => metricOf(feature, mode, thirdParty))
        .filter((metric) => !has(metric)),
    }))
  const sources = energySources.flatMap((source) => {
    const missing = componentsOf(source)
      .map((component) => energyMetric(component, mode))
      .filter((metric) => !hasSource(response, metric, source, mode))
    return missing.length === componentsOf(source).length ? [] : [{ source, missing }]
  })
  return {
    metrics: inspectResponse(response),
    groups,
    sources,
    exporters: exportersIn(response),
    usable: groups.some(({ missing }) => missing.length === 0) && sources.some(({ missing }) => missing.length === 0),
  }
}

function hasSource({ series }: PrometheusResponse, metric: string, source: EnergySource, mode: UsageMode): boolean {
  return (series.get(metric) ?? []).some(({ labels }) => mode === 'vm' || labels.source === source)
}

function exportersIn({ series }: PrometheusResponse): readonly string[] {
  const found = new Set<string>()
  for (const [metric, list] of series) {
    if (!metric.includes('_joules_total')) continue
    for (const { labels } of list)
      found.add(`${labels.exported_instance ?? labels.instance ?? '?'} (job ${labels.job ?? '?'})`)
  }
  return [...found].sort()
}
