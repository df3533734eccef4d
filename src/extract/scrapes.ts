import type { Labels } from '../prometheus/labels.js'
import type { Series } from '../prometheus/response.js'
import { aliasedClock } from '../table/aliased-clock.js'
import { queryStep, type ScrapeClock, scrapeClock } from '../table/scrape-clock.js'
import { type ToScrapes, toScrapes } from '../table/scraped.js'
import { rowsOn, type Timeline, unionClock } from '../table/timeline.js'
import { cleanSeries } from './clean.js'
import type { Findings } from './findings.js'
import { machineLabels, replicaLabels } from './identity/labels.js'

/** A counter as it stands in the response, without bad samples. */
export interface CleanCounter {
  readonly metric: string
  readonly labels: Labels
  readonly timeline: Timeline
}

/** One scrape target: everything that is scraped from one place, at once. */
export interface ScrapeTarget {
  readonly clock: ScrapeClock
  readonly toScrapes: ToScrapes
  readonly energy: readonly CleanCounter[]
  readonly usage: readonly CleanCounter[]
}

/** Which times of `times` a group of counters has a sample at, and at which of them any of it is new. */
export interface Updates {
  readonly times: Float64Array
  readonly present: Uint8Array
  readonly changed: Uint8Array
}

export function cleanCounters(series: readonly Series[], findings: Findings): readonly CleanCounter[] {
  return series.map((one) => ({ metric: one.metric, labels: one.labels, timeline: cleanSeries(one, findings) }))
}

/** Labels that tell scrape targets apart: what Prometheus, a federation or a collector sets, and those of replicas. */
const targetLabels = [...machineLabels, ...replicaLabels, '__type__']

export function targetOf(labels: Labels): string {
  let target = ''
  for (const name of targetLabels) target += `${labels[name] ?? ''}\n`
  return target
}

/** The targets that counters come from, each with the clock of its scrapes. */
export function scrapeTargets(
  energy: readonly CleanCounter[],
  usage: readonly CleanCounter[],
): ReadonlyMap<string, ScrapeTarget> {
  const parts = new Map<string, { energy: CleanCounter[]; usage: CleanCounter[] }>()
  const partOf = ({ labels }: CleanCounter) => {
    const key = targetOf(labels)
    const part = parts.get(key) ?? { energy: [], usage: [] }
    parts.set(key, part)
    return part
  }
  for (const counter of energy) partOf(counter).energy.push(counter)
  for (const counter of usage) partOf(counter).usage.push(counter)
  const step = queryStep(unionClock([...energy, ...usage].map(({ timeline }) => timeline.timestamps)))
  return new Map(
    [...parts].map(([key, part]) => {
      const { times, changed } = updatesOf([...part.energy, ...part.usage])
      const seen = times.filter((_, i) => changed[i] === 1)
      const regular = scrapeClock(seen, step)
      const clock = part.energy.length > 0 ? aliasedClock(regular, growthAt(part.energy, seen)) : regular
      return [key, { ...part, clock, toScrapes: toScrapes(clock) }]
    }),
  )
}

/** What counters that run through have grown by together since the time before, at each of `times`. */
function growthAt(counters: readonly CleanCounter[], times: Float64Array): Float64Array {
  const growth = new Float64Array(times.length)
  for (const { timeline } of counters) {
    const { timestamps, values } = timeline
    let before = -1
    rowsOn(times, timestamps).forEach((row, i) => {
      if (row < 0) return
      if (before >= 0) growth[row]! += Math.max(0, values[i]! - values[before]!)
      before = i
    })
  }
  return growth
}

/** @param times ascending; all times of the counters when left out */
export function updatesOf(counters: readonly CleanCounter[], times?: Float64Array): Updates {
  const all = times ?? unionClock(counters.map(({ timeline }) => timeline.timestamps))
  const present = new Uint8Array(all.length)
  const changed = new Uint8Array(all.length)
  const rowsOf = new Map<Float64Array, Int32Array>()
  let unchanged = all.length
  for (const { timeline } of counters) {
    // Mostly the first counter is new at every time, and the others add nothing.
    if (unchanged === 0) break
    const { timestamps, values } = timeline
    const rows = rowsOf.get(timestamps) ?? rowsOn(all, timestamps)
    rowsOf.set(timestamps, rows)
    let before = Number.NaN
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!
      const row = rows[i]!
      if (row >= 0) {
        present[row] = 1
        if (value !== before && changed[row] === 0) {
          changed[row] = 1
          unchanged--
        }
      }
      before = value
    }
  }
  return { times: all, present, changed }
}
