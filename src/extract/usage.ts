import type { Labels } from '../prometheus/labels.js'
import type { Series } from '../prometheus/response.js'
import { rateOf } from '../table/rate.js'
import { addTimelines, rowsOn, type Timeline, unionClock } from '../table/timeline.js'
import { cleanSeries } from './clean.js'
import { describeLabels, type Findings } from './findings.js'
import type { UsageMode } from './metrics.js'

/** A usage counter of each container, by the container's id. */
export interface Usage {
  readonly feature: string
  readonly counters: ReadonlyMap<string, Timeline>
}

const containerLabels = ['container_id', 'pod_name', 'container_name', 'container_namespace'] as const

/** The labels that tell containers (or processes of a virtual machine) apart, joined. */
export function containerId(labels: Labels, mode: UsageMode): string {
  if (mode === 'vm') return `${labels.container_id ?? ''}/${labels.pid ?? ''}`
  return containerLabels.map((name) => labels[name] ?? '').join('/')
}

/**
 * The counters of a feature. Series of one container (its command may have changed) are one counter; a container with a
 * single sample has no rate and drops out.
 */
export function usageOf(feature: string, series: readonly Series[], mode: UsageMode, findings: Findings): Usage {
  const parts = new Map<string, { labels: Labels; timelines: Timeline[] }>()
  for (const one of series) {
    const id = containerId(one.labels, mode)
    const known = parts.get(id)
    const timeline = cleanSeries(one, findings)
    if (known) known.timelines.push(timeline)
    else parts.set(id, { labels: one.labels, timelines: [timeline] })
  }
  const metric = series[0]?.metric ?? feature
  const counters = new Map<string, Timeline>()
  for (const [id, { labels, timelines }] of parts) {
    const counter = addTimelines(timelines)
    if (counter.values.length > 1) counters.set(id, counter)
    else if (counter.values.length === 1) findings.add('one sample', metric, 1, describeLabels(labels))
    findings.add('counter reset', metric, resets(counter), describeLabels(labels))
  }
  return { feature, counters }
}

/** Rates added up over the containers, on all times at which any container was seen. */
export function nodeUsage(usages: readonly Usage[]): {
  readonly clock: Float64Array
  readonly columns: Float64Array[]
} {
  const clock = unionClock(usages.flatMap(({ counters }) => [...counters.values()].map((c) => c.timestamps)))
  const rowsOfClock = new Map<Float64Array, Int32Array>()
  const columns = usages.map(({ counters }) => {
    const sum = new Float64Array(clock.length)
    for (const counter of counters.values()) {
      let rows = rowsOfClock.get(counter.timestamps)
      if (rows === undefined) {
        rows = rowsOn(clock, counter.timestamps)
        rowsOfClock.set(counter.timestamps, rows)
      }
      const rates = rateOf(counter)
      for (let i = 0; i < rows.length; i++) sum[rows[i]!]! += rates[i]!
    }
    return sum
  })
  return { clock, columns }
}

/** The containers that have any rate, sorted. */
export function containersOf(usages: readonly Usage[]): readonly string[] {
  return [...new Set(usages.flatMap(({ counters }) => [...counters.keys()]))].sort()
}

/** All times at which any feature of a container was seen. */
export function containerClock(usages: readonly Usage[], id: string): Float64Array {
  return unionClock(usages.flatMap(({ counters }) => counters.get(id)?.timestamps ?? []))
}

/** The rates of a container on its clock, one column a feature, 0 where one was not seen. */
export function containerRates(usages: readonly Usage[], id: string, clock: Float64Array): readonly Float64Array[] {
  return usages.map(({ counters }) => {
    const counter = counters.get(id)
    if (counter === undefined) return new Float64Array(clock.length)
    const rates = rateOf(counter)
    if (counter.timestamps === clock) return rates
    const column = new Float64Array(clock.length)
    const rows = rowsOn(clock, counter.timestamps)
    for (let i = 0; i < rows.length; i++) column[rows[i]!] = rates[i]!
    return column
  })
}

function resets({ values }: Timeline): number {
  let count = 0
  for (let i = 1; i < values.length; i++) if (values[i]! < values[i - 1]!) count++
  return count
}
