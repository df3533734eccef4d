import type { PrometheusResponse, Series } from '../prometheus/response.js'
import { describeLabels } from './findings.js'

/** What can be said of a metric before anything is made of it. */
export interface MetricReport {
  readonly metric: string
  readonly series: number
  readonly samples: number
  /** Unix seconds of the first and the last sample; NaN without any. */
  readonly from: number
  readonly to: number
  /** Usual seconds between samples; NaN when no series has two. */
  readonly step: number
  /** Series without samples, and with a single one. */
  readonly empty: number
  readonly single: number
  /** Steps of more than one and a half times the usual one. */
  readonly gaps: number
  /** Times at which a counter went back; 0 for gauges. */
  readonly resets: number
  /** Samples that are NaN or infinite, and texts that are no number at all. */
  readonly notFinite: number
  readonly notNumbers: number
  readonly duplicates: number
  readonly backSteps: number
  /** The first series that has any of these, as labels; '' when none has. */
  readonly example: string
}

/** One report a metric, by name. Metrics that were not kept, or have no series, are reported as empty. */
export function inspectResponse(response: PrometheusResponse): readonly MetricReport[] {
  const bad = new Map<string, number>()
  for (const { metric } of response.badSamples) bad.set(metric, (bad.get(metric) ?? 0) + 1)
  return [...response.metrics.keys()].sort().map((metric) => {
    return inspectMetric(metric, response.series.get(metric) ?? [], bad.get(metric) ?? 0)
  })
}

/** What is remarkable about a metric, for people; '' when nothing is. */
export function metricRemarks(m: MetricReport): string {
  const counts: [number, string][] = [
    [m.empty, 'empty series'],
    [m.single, 'series of one sample'],
    [m.gaps, 'gaps'],
    [m.resets, 'resets'],
    [m.notFinite, 'NaN or Inf'],
    [m.notNumbers, 'not a number'],
    [m.duplicates, 'duplicate times'],
    [m.backSteps, 'steps back'],
  ]
  const found = counts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`)
  if (m.series === 0) return 'no series'
  return found.length === 0 ? '' : `${found.join(', ')}; first ${m.example}`
}

function inspectMetric(metric: string, series: readonly Series[], notNumbers: number): MetricReport {
  const step = usualStep(series)
  const isCounter = metric.endsWith('_total')
  const sum = { samples: 0, empty: 0, single: 0, gaps: 0, resets: 0, notFinite: 0, duplicates: 0, backSteps: 0 }
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  let example = ''
  for (const { labels, timestamps, values } of series) {
    const before = faults(sum)
    const count = values.length
    sum.samples += count
    if (count === 0) sum.empty++
    if (count === 1) sum.single++
    let last = Number.NaN
    for (let i = 0; i < count; i++) {
      const value = values[i]!
      const time = timestamps[i]!
      from = Math.min(from, time)
      to = Math.max(to, time)
      if (i > 0) {
        const passed = time - timestamps[i - 1]!
        if (passed === 0) sum.duplicates++
        else if (passed < 0) sum.backSteps++
        else if (passed > 1.5 * step) sum.gaps++
      }
      if (!Number.isFinite(value)) sum.notFinite++
      else {
        if (isCounter && value < last) sum.resets++
        last = value
      }
    }
    if (example === '' && faults(sum) > before) example = describeLabels(labels)
  }
  const none = sum.samples === 0
  return {
    metric,
    series: series.length,
    ...sum,
    // Texts that are no number were kept as NaN.
    notFinite: Math.max(0, sum.notFinite - notNumbers),
    notNumbers,
    from: none ? Number.NaN : from,
    to: none ? Number.NaN : to,
    step,
    example,
  }
}

function faults(sum: Omit<Record<string, number>, 'samples'>): number {
  return Object.entries(sum).reduce((total, [name, count]) => (name === 'samples' ? total : total + (count ?? 0)), 0)
}

/** The median of the steps of the longest series. */
function usualStep(series: readonly Series[]): number {
  let longest: Float64Array = new Float64Array(0)
  for (const { timestamps } of series) if (timestamps.length > longest.length) longest = timestamps
  const steps = longest
    .slice(1)
    .map((time, i) => time - longest[i]!)
    .filter((passed) => passed > 0)
    .sort()
  return steps[steps.length >> 1] ?? Number.NaN
}
