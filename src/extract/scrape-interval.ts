import type { PrometheusResponse } from '../prometheus/response.js'
import { queryStep, scrapeClock } from '../table/scrape-clock.js'
import { exporterMetrics } from '../vocabulary/vocabularies.js'

/** Counters that are looked at: one that moves at each scrape is soon found. */
const mostSeries = 50

/**
 * Seconds between the scrapes of Kepler, by its counters; `undefined` where none moves. A gauge that stays the same for
 * several scrapes does not tell its own interval, and is mostly scraped as often.
 */
export function keplerInterval({ series }: Pick<PrometheusResponse, 'series'>): number | undefined {
  let shortest: number | undefined
  let left = mostSeries
  for (const metric of exporterMetrics) {
    for (const { timestamps, values } of series.get(metric) ?? []) {
      const changes = timestamps.filter((_, i) => i > 0 && values[i] !== values[i - 1])
      if (changes.length < 3) continue
      if (left-- === 0) return shortest
      const { interval } = scrapeClock(changes, queryStep(timestamps))
      if (interval > 0 && !(shortest !== undefined && shortest <= interval)) shortest = interval
    }
  }
  return shortest
}
