import type { Labels } from '../prometheus/labels.js'
import { type Counter, counterOf, ratesIn } from '../table/counter.js'
import { joinCounters } from '../table/join-counters.js'
import type { Timeline } from '../table/timeline.js'
import { containerId, type UsageMode } from '../vocabulary/metric-vocabulary.js'
import { describeLabels, type Findings } from './findings.js'
import type { RowClock } from './row-clock.js'
import { type CleanCounter, type ScrapeTarget, targetOf } from './scrapes.js'

/** A usage counter of each container, by the container's id; several where it has several series at once. */
export interface Usage {
  readonly feature: string
  readonly counters: ReadonlyMap<string, readonly Counter[]>
}

/**
 * The counters of a feature, each on the times of its scrapes. Growth is taken series by series and then added up, so that
 * a series that begins, ends or pauses adds no step. A container with a single sample has no rate and drops out.
 */
export function usageOf(
  feature: string,
  counters: readonly CleanCounter[],
  targets: ReadonlyMap<string, ScrapeTarget>,
  mode: UsageMode,
  findings: Findings,
): Usage {
  const parts = new Map<string, { labels: Labels; timelines: Timeline[] }>()
  for (const { labels, timeline } of counters) {
    if (timeline.timestamps.length === 0) continue
    const id = containerId(labels, mode)
    const placed = targets.get(targetOf(labels))!.toScrapes(timeline)
    const known = parts.get(id)
    if (known) known.timelines.push(placed)
    else parts.set(id, { labels, timelines: [placed] })
  }
  const metric = counters[0]?.metric ?? feature
  const usage = new Map<string, readonly Counter[]>()
  for (const [id, { labels, timelines }] of parts) {
    const own = joinCounters(timelines).map(counterOf)
    if (own.some(({ timestamps }) => timestamps.length > 1)) usage.set(id, own)
    else findings.add('one sample', metric, 1, describeLabels(labels))
    const resets = own.reduce((count, one) => count + one.resets, 0)
    findings.add('counter reset', metric, resets, describeLabels(labels))
  }
  return { feature, counters: usage }
}

/** Rates added up over the containers, one column a feature. */
export function nodeUsage(usages: readonly Usage[], rows: RowClock): readonly Float64Array[] {
  const addRates = ratesIn(rows)
  return usages.map(({ counters }) => {
    const sum = new Float64Array(rows.seen.length)
    for (const series of counters.values()) for (const counter of series) addRates(counter, sum)
    return sum
  })
}

/** The containers that have any rate, sorted. */
export function containersOf(usages: readonly Usage[]): readonly string[] {
  return [...new Set(usages.flatMap(({ counters }) => [...counters.keys()]))].sort()
}

/** For each row whether any of the counters has a sample in it. */
export function sampledRows(counters: Iterable<Counter>, { from, to }: RowClock, sampled: Uint8Array): void {
  const clocks = new Set<Float64Array>()
  for (const { timestamps } of counters) clocks.add(timestamps)
  for (const timestamps of clocks) {
    let next = 0
    for (let row = 0; row < to.length; row++) {
      while (next < timestamps.length && timestamps[next]! <= from[row]!) next++
      if (next === timestamps.length) break
      if (timestamps[next]! <= to[row]!) sampled[row] = 1
    }
  }
}

/** Gives the rates of a container, one column a feature, 0 where one was not seen. */
export function containerRates(usages: readonly Usage[], rows: RowClock): (id: string) => readonly Float64Array[] {
  const addRates = ratesIn(rows)
  return (id) =>
    usages.map(({ counters }) => {
      const rates = new Float64Array(rows.seen.length)
      for (const counter of counters.get(id) ?? []) addRates(counter, rates)
      return rates
    })
}
