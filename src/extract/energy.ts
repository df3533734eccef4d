import {
  type Component,
  componentsOf,
  type EnergySource,
  estimatedSource,
  isKnownSource,
} from '../core/energy-source.js'
import { ModelError } from '../core/errors.js'
import type { PrometheusResponse, Series } from '../prometheus/response.js'
import type { EnergyMetric, MeasuredEnergy, MetricVocabulary, UsageMode } from '../vocabulary/metric-vocabulary.js'
import type { Findings } from './findings.js'
import { gaugeAsCounter } from './gauge.js'
import { keplerInterval } from './scrape-interval.js'
import { seriesOf } from './lookup.js'
import { ownEstimates } from './own-estimates.js'

/** A counter of joules, its `package` in the label of that name, and what it measures. */
export interface EnergySeries extends MeasuredEnergy {
  readonly series: Series
}

/** All that a response says of energy, through a vocabulary. What the power meter of this package says is an estimate. */
export function energyIn(
  response: PrometheusResponse,
  vocabulary: MetricVocabulary,
  mode: UsageMode,
): readonly EnergySeries[] {
  const found: EnergySeries[] = []
  const first = new Map<string, string>()
  const isEstimate = ownEstimates(response)
  for (const metric of vocabulary.energy[mode]) {
    const interval =
      metric.unit === 'watts' && response.series.has(metric.metric) ? keplerInterval(response) : undefined
    for (const series of response.series.get(metric.metric) ?? []) {
      const told = metric.measures(series.labels)
      if (told === undefined) continue
      const measured = isEstimate(series) ? { ...told, source: estimatedSource } : told
      const key = `${measured.source ?? ''}/${measured.component}`
      if ((first.get(key) ?? metric.metric) !== metric.metric) continue
      first.set(key, metric.metric)
      found.push({ ...measured, series: asCounter(series, metric, measured, interval) })
    }
  }
  return found
}

/**
 * The series of each component of a source. Components that are not measured are left out, and named in `findings`.
 *
 * @throws ModelError `INVALID_DATA` when no component of the source is measured
 */
export function energyOf(
  response: PrometheusResponse,
  vocabulary: MetricVocabulary,
  source: EnergySource,
  mode: UsageMode,
  findings: Findings,
): Map<Component, readonly Series[]> {
  const all = energyIn(response, vocabulary, mode)
  const energy = new Map<Component, readonly Series[]>()
  const missing: Component[] = []
  for (const component of componentsOf(source)) {
    const own = all.filter((one) => (one.source ?? source) === source && one.component === component)
    if (own.length > 0)
      energy.set(
        component,
        own.map(({ series }) => series),
      )
    else missing.push(component)
  }
  if (energy.size === 0) throw noEnergy(response, vocabulary, source, mode, all)
  const example = [...energy.values()][0]?.[0]?.metric ?? ''
  // What a source measures that nobody knows is what it has.
  if (!isKnownSource(source)) return moving(energy)
  for (const component of missing) findings.add('missing component', example, 1, `${component} of ${source}`)
  return energy
}

/** Kepler shows components that a meter does not have as counters that stand at zero. */
function moving(energy: Map<Component, readonly Series[]>): Map<Component, readonly Series[]> {
  const moves = ({ values }: Series) => values.some((value) => Number.isFinite(value) && value !== values[0])
  const some = new Map([...energy].filter(([, series]) => series.some(moves)))
  return some.size > 0 ? some : energy
}

/** The sources of energy in a response, and the components of each, in the order in which they are met. */
export function sourcesIn(energy: readonly EnergySeries[]): ReadonlyMap<string, ReadonlySet<Component>> {
  const sources = new Map<string, Set<Component>>()
  for (const { source = '', component } of energy)
    sources.set(source, (sources.get(source) ?? new Set<Component>()).add(component))
  return sources
}

function noEnergy(
  response: PrometheusResponse,
  vocabulary: MetricVocabulary,
  source: EnergySource,
  mode: UsageMode,
  all: readonly EnergySeries[],
): ModelError {
  const metrics = metricsOf(vocabulary, source, mode)
  const metric = metrics.find((name) => response.series.has(name)) ?? metrics[0]!
  try {
    seriesOf(response, metric)
  } catch (error) {
    if (error instanceof ModelError) return error
    throw error
  }
  const there = [...sourcesIn(all).keys()].map((name) => name || '(none)').sort()
  return new ModelError(
    'INVALID_DATA',
    `metric ${metric} has no series of source ${source}; its sources: ${there.join(', ')}`,
    { field: metric },
  )
}

/** The metrics that a source's energy may stand in; for a metric that carries the source as a label, that one. */
function metricsOf(vocabulary: MetricVocabulary, source: EnergySource, mode: UsageMode): readonly string[] {
  const wanted = componentsOf(source)
  const named = vocabulary.energy[mode].filter(({ measures }) => {
    const component = measures({})?.component
    return component === undefined || wanted.includes(component)
  })
  return (named.length > 0 ? named : vocabulary.energy[mode]).map(({ metric }) => metric)
}

/** A counter of joules, its package where extraction looks for it. */
function asCounter(
  series: Series,
  { unit }: EnergyMetric,
  measured: MeasuredEnergy,
  interval: number | undefined,
): Series {
  const { labels } = series
  const named =
    measured.package === undefined || labels.package === measured.package
      ? series
      : { ...series, labels: { ...labels, package: measured.package } }
  // An exporter that shows watts means those since it last looked.
  return unit === 'joules' ? named : gaugeAsCounter(named, { stands: 'before', interval })
}
