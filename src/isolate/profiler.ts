import { type Component, type EnergySource, isEnergySource } from '../core/energy-source.js'
import { ModelError } from '../core/errors.js'
import { energyIn, sourcesIn } from '../extract/energy.js'
import type { ExtractRequest } from '../extract/extractor.js'
import { kindOf } from '../extract/feature-kind.js'
import { seriesOfMachine } from '../extract/machine-series.js'
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

export interface ProfileRequest
  extends Pick<ExtractRequest, 'instance' | 'machineLabels' | 'identity' | 'meters' | 'vmJob'> {
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
  const containers = new Set<string>()
  const usage = () => usageSeries(response, vocabulary)
  let elsewhere: ModelError | undefined
  /** `undefined` where the machine that was named has nothing of a source that others have. */
  const ofMachine = <T>(series: () => T): T | undefined => {
    try {
      return series()
    } catch (error) {
      if (request.instance === undefined || !(error instanceof ModelError)) throw error
      elsewhere ??= error
      return undefined
    }
  }
  const sources = [...sourcesIn(energyIn(response, vocabulary, 'container')).keys()].filter(isEnergySource)
  for (const source of new Set([...sources, ...(request.meters ?? []).map((meter) => meter.source)])) {
    const machine = ofMachine(() =>
      seriesOfMachine(response, vocabulary, { ...request, source, vm: false }, usage, found),
    )
    if (machine === undefined) continue
    const nodeInfo = machine.ofEnergy(response.series.get(vocabulary.nodeInfo ?? '') ?? [])
    const measured = measure(machine.energy, source, nodeInfo, request.nodeType, found)
    if (measured !== undefined) power[source] = measured
    for (const { labels } of machine.own(usage())) if (labels.container_name) containers.add(labels.container_name)
  }
  if (Object.keys(power).length === 0) {
    if (elsewhere !== undefined) throw elsewhere
    const metrics = [...response.metrics.keys()].filter((name) => name.includes('_joules_total')).sort()
    throw new ModelError(
      'INVALID_DATA',
      `no energy source was measured; energy metrics: ${metrics.join(', ') || 'none'}`,
    )
  }
  return {
    profile: { format: 'kepler-idle-profile/1', containers: [...containers].sort(), power },
    findings: found.list(),
  }
}

function measure(
  energy: ReadonlyMap<Component, readonly Series[]>,
  source: EnergySource,
  nodeInfo: readonly Series[],
  nodeType: number | undefined,
  found: ReturnType<typeof findings>,
): IdleProfile['power'][EnergySource] | undefined {
  const perPackage = packagesOf([...energy.values()].flat()).length > 0
  const counters = new Map([...energy].map(([component, series]) => [component, cleanCounters(series, found)]))
  const { power } = measureNode(energyParts(counters, source, perPackage), new Map(), 'container', found)
  const { clock, columns } = power
  if (clock.length === 0) return undefined
  const types =
    nodeType === undefined ? nodeTypesAt(nodeInfo, clock, found) : new Int32Array(clock.length).fill(nodeType)
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

/** All usage of containers. */
function usageSeries(response: PrometheusResponse, vocabulary: MetricVocabulary): readonly Series[] {
  return featuresIn(response, vocabulary, 'container')
    .filter((feature) => kindOf(feature) === 'usage')
    .filter((feature) =>
      metricsOfFeature(feature, vocabulary, 'container', []).some(
        (metric) => (response.series.get(metric)?.length ?? 0) > 0,
      ),
    )
    .flatMap((feature) => featureSeries(response, feature, vocabulary, 'container', []))
}
