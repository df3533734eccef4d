import type { Series } from '../../prometheus/response.js'
import {
  contradicting,
  type IdentityOptions,
  type MachineViews,
  restOf,
  scrapeLabelsOf,
  seriesOfViews,
} from './machines.js'
import { type View, viewsOf } from './view.js'

/**
 * The series that were measured on a machine by the exporter that measured its energy, once. Mostly they came the same
 * way; where they came another way (a job of their own), any way that nothing contradicts.
 */
export function ownSeries(
  series: readonly Series[],
  machine: MachineViews,
  options: IdentityOptions,
): readonly Series[] {
  const isScrapeLabel = scrapeLabelsOf(options)
  const same = seriesOfViews(series, machine.taken, isScrapeLabel)
  if (same.length > 0) return same
  const contradicts = contradicting(machine)
  const views = viewsOf(
    series.filter(({ labels }) => !contradicts(labels)),
    isScrapeLabel,
  )
  return seriesOfViews(series, onceEach(views), isScrapeLabel)
}

/** Of views of one machine those that count: of two that measured the same thing at once, the one of more samples. */
export function onceEach(views: readonly View[]): readonly View[] {
  const taken: View[] = []
  for (const view of views) {
    const rest = restOf(view, taken)
    if (rest) taken.push(rest)
  }
  return taken
}
