import { type Component, componentsOf, type EnergySource } from '../core/energy-source.js'
import type { Labels } from '../prometheus/labels.js'
import { counterOf, ratesIn } from '../table/counter.js'
import { type PowerColumn, powerColumnName } from './dataset.js'
import { describeLabels, type Findings } from './findings.js'
import type { RowClock } from './row-clock.js'
import { type CleanCounter, type ScrapeTarget, targetOf } from './scrapes.js'

export interface NodePower {
  readonly clock: Float64Array
  readonly columns: readonly PowerColumn[]
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
    // A component that is not measured is no column; the others still are.
    if (counters.length === 0) return []
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
  const addRates = ratesIn(rows)
  const columns = parts.map(({ component, unit, counters }) => {
    const values = new Float64Array(rows.seen.length)
    for (const { metric, labels, timeline } of counters) {
      const counter = counterOf(targets.get(targetOf(labels))!.toScrapes(timeline))
      findings.add('counter reset', metric, counter.resets, describeLabels(labels))
      addRates(counter, values)
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
