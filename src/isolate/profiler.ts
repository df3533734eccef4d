import { type Component, type EnergySource, isEnergySource } from '../core/energy-source.js'
import { ModelError } from '../core/errors.js'
import { energyIn, energyOf, sourcesIn } from '../extract/energy.js'
import { chooseExporter } from '../extract/exporters.js'
import { type Finding, findings } from '../extract/findings.js'
import { measureNode } from '../extract/measure.js'
import { nodeTypesAt } from '../extract/node-gauges.js'
import { energyParts, packagesOf } from '../extract/power.js'
import { cleanCounters } from '../extract/scrapes.js'
import { featureSeries, featuresIn, metricsOfFeature } from '../extract/usage-series.js'
import { vocabularyFor } from '../extract/vocabulary-for.js'
import type { PrometheusResponse, Series } from '../prometheus/response.js'
import type { MetricVocabulary } from '../vocabulary/metric-vocabulary.js'
import type { IdlePower, IdleProfile } from './idle-profile.js'

export interface ProfileRequest {
  readonly instance?: string
  /** Overrides what the response says of the node. */
  readonly nodeType?: number
  /** What metrics are called. @default found from their names */
  readonly vocabulary?: MetricVocabulary
}

/**
 * What an idle node draws, per source, component and node type, and who runs on it.
 *
 * @throws ModelError `INVALID_DATA` when the response has no energy of any source
 */
export function profileIdle(
  response: PrometheusResponse,
  request: ProfileRequest = {},
): { readonly profile: IdleProfile; readonly findings: readonly Finding[] } {
  const found = findings()
  const power: IdleProfile['power'] = {}
  const vocabulary = vocabularyFor(response, request, found)
  for (const source of sourcesIn(energyIn(response, vocabulary, 'container')).keys()) {
    if (!isEnergySource(source)) continue
    const energy = energyOf(response, vocabulary, source, 'container', found)
    const accepts = chooseExporter([...energy.values()].flat(), request.instance, found)
    const own = new Map([...energy].map(([component, series]) => [component, series.filter((s) => accepts(s.labels))]))
    const measured = measure(own, source, response, { ...request, vocabulary }, found)
    if (measured !== undefined) power[source] = measured
  }
  if (Object.keys(power).length === 0) {
    const metrics = [...response.metrics.keys()].filter((name) => name.includes('_joules_total')).sort()
    throw new ModelError(
      'INVALID_DATA',
      `no energy source was measured; energy metrics: ${metrics.join(', ') || 'none'}`,
    )
  }
  return {
    profile: { format: 'kepler-idle-profile/1', containers: containerNames(response, vocabulary), power },
    findings: found.list(),
  }
}

function measure(
  energy: ReadonlyMap<Component, readonly Series[]>,
  source: EnergySource,
  response: PrometheusResponse,
  { nodeType, vocabulary }: ProfileRequest,
  found: ReturnType<typeof findings>,
): IdleProfile['power'][EnergySource] {
  const perPackage = packagesOf([...energy.values()].flat()).length > 0
  const counters = new Map([...energy].map(([component, series]) => [component, cleanCounters(series, found)]))
  const { power } = measureNode(energyParts(counters, source, perPackage), new Map(), 'container', found)
  const { clock, columns } = power
  if (clock.length === 0) return undefined
  const types =
    nodeType === undefined
      ? nodeTypesAt(response.series.get(vocabulary?.nodeInfo ?? '') ?? [], clock, found)
      : new Int32Array(clock.length).fill(nodeType)
  return Object.fromEntries(
    [...new Set(columns.map(({ component }) => component))].map((component) => {
      // By component and not by what a column's name contains: `core` is not `uncore`.
      const units = columns.filter((column) => column.component === component)
      const perUnit = clock.map((_, i) => units.reduce((sum, { values }) => sum + values[i]!, 0) / units.length)
      return [component, rangeByType(perUnit, types, units.length)]
    }),
  )
}

function rangeByType(watts: Float64Array, types: Int32Array, units: number): Record<string, IdlePower> {
  const ranges: Record<string, IdlePower> = {}
  watts.forEach((value, i) => {
    const type = String(types[i])
    const { lowest, highest } = ranges[type] ?? { lowest: value, highest: value }
    ranges[type] = { lowest: Math.min(lowest, value), highest: Math.max(highest, value), units }
  })
  return ranges
}

function containerNames(response: PrometheusResponse, vocabulary: MetricVocabulary): string[] {
  const names = new Set<string>()
  for (const feature of featuresIn(response, vocabulary, 'container')) {
    const metrics = metricsOfFeature(feature, vocabulary, 'container', [])
    if (!metrics.some((metric) => (response.series.get(metric)?.length ?? 0) > 0)) continue
    for (const { labels } of featureSeries(response, feature, vocabulary, 'container', [])) {
      if (labels.container_name) names.add(labels.container_name)
    }
  }
  return [...names].sort()
}
