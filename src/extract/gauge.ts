import type { Series } from '../prometheus/response.js'
import { counterOfGauge, type GaugeReading } from '../table/gauge.js'

/**
 * A gauge as the counter that has its values as its rate, so that all that follows knows one kind. The label `__type__`,
 * which Prometheus itself uses, keeps the clocks of gauges and counters of one exporter apart: a gauge that stands still
 * was measured nevertheless.
 */
export function gaugeAsCounter(series: Series, reading: GaugeReading): Series {
  return { ...series, ...counterOfGauge(series, reading), labels: { ...series.labels, __type__: 'gauge' } }
}

/** Whether samples are those of a gauge: they fall now and then, and not to 0 as a counter that was set anew. */
export function looksLikeGauge(metric: string, series: readonly Series[]): boolean {
  if (/_(total|sum|count|bucket)$/.test(metric)) return false
  let falls = 0
  let moves = 0
  for (const { values } of series) {
    for (let i = 1; i < values.length; i++) {
      if (values[i] !== values[i - 1]) moves++
      if (values[i]! < values[i - 1]!) falls++
    }
  }
  return falls > 0.1 * moves
}
