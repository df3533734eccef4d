import { type Component, componentsOf, type EnergySource } from '../core/energy-source.js'
import { ModelError } from '../core/errors.js'
import type { Labels } from '../prometheus/labels.js'
import type { PrometheusResponse, Series } from '../prometheus/response.js'
import { addRates, counterOf } from '../table/counter.js'
import { type PowerColumn, powerColumnName } from './dataset.js'
import { describeLabels, type Findings } from './findings.js'
import { seriesOf } from './lookup.js'
import { energyMetric, type UsageMode } from './metrics.js'
import type { RowClock } from './row-clock.js'
import { type CleanCounter, type ScrapeTarget, targetOf } from './scrapes.js'

export interface NodePower {
  readonly clock: Float64Array
  readonly columns: readonly PowerColumn[]
}

/**
 * The series that measure a component's energy. In a virtual machine the hypervisor's figures have no source to ask for.
 *
 * @throws ModelError `INVALID_DATA` when the metric, or the source in it, is missing
 */
export function energySeries(
  response: PrometheusResponse,
  component: Component,
  source: EnergySource,
  mode: UsageMode,
): readonly Series[] {
  const metric = energyMetric(component, mode)
  const all = seriesOf(response, metric)
  if (mode === 'vm') return all
  const series = all.filter(({ labels }) => labels.source === source)
  if (series.length > 0) return series
  const sources = [...new Set(all.map(({ labels }) => labels.source ?? '(none)'))].sort().join(', ')
  throw new ModelError('INVALID_DATA', `metric ${metric} has no series of source ${source}; its sources: ${sources}`, {
    field: metric,
  })
}

/** The energy counters of a node as {@link nodePower} adds them up: by component, and by package where packages are told apart. */
export interface EnergyPart {
  readonly component: Component
  readonly unit?: string
  readonly counters: readonly CleanCounter[]
}

/** @param perPackage whether each package is a part of its own */
export function energyParts(
  energy: ReadonlyMap<Component, readonly CleanCounter[]>,
  source: EnergySource,
  perPackage: boolean,
): readonly EnergyPart[] {
  return componentsOf(source).flatMap((component): readonly EnergyPart[] => {
    const counters = energy.get(component) ?? []
    if (!perPackage) return [{ component, counters }]
    return packagesOf(counters).map((unit) => ({
      component,
      unit,
      counters: counters.filter(({ labels }) => labels.package === unit),
    }))
  })
}

/** Watts of each part in each row: what its counters grew by, one by one, over the seconds of the row. */
export function nodePower(
  parts: readonly EnergyPart[],
  targets: ReadonlyMap<string, ScrapeTarget>,
  rows: RowClock,
  findings: Findings,
): NodePower {
  const columns = parts.map(({ component, unit, counters }) => {
    const values = new Float64Array(rows.seen.length)
    for (const { metric, labels, timeline } of counters) {
      const counter = counterOf(targets.get(targetOf(labels))!.toScrapes(timeline))
      findings.add('counter reset', metric, counter.resets, describeLabels(labels))
      addRates(counter, rows, values)
    }
    return { name: powerColumnName(component, unit), component, ...(unit !== undefined && { unit }), values }
  })
  return { clock: rows.seen, columns }
}

/** The packages that series name, in the order of their numbers. */
export function packagesOf(series: readonly { readonly labels: Labels }[]): readonly string[] {
  const units = new Set<string>()
  for (const { labels } of series) if (labels.package !== undefined) units.add(labels.package)
  return [...units].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
}
