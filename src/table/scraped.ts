import { takeValues } from '../numeric/split.js'
import type { ScrapeClock } from './scrape-clock.js'
import { rowsOn, type Timeline, timelineOf } from './timeline.js'

/** Moves timelines from the times of a response to those of the scrapes; samples that only repeat a scrape leave. */
export type ToScrapes = (timeline: Timeline) => Timeline

/** Timelines that share their times share the result's too. */
export function toScrapes({ seen, scraped }: ScrapeClock): ToScrapes {
  const known = new Map<Float64Array, { readonly kept: Int32Array | undefined; readonly times: Float64Array }>()
  const place = (timestamps: Float64Array) => {
    if (timestamps === seen) return { kept: undefined, times: scraped }
    const rows = rowsOn(seen, timestamps)
    const kept = Int32Array.from(rows.keys()).filter((i) => rows[i]! >= 0)
    return {
      kept: kept.length === timestamps.length ? undefined : kept,
      times: Float64Array.from(kept, (i) => scraped[rows[i]!]!),
    }
  }
  return (timeline) => {
    const placed = known.get(timeline.timestamps) ?? place(timeline.timestamps)
    known.set(timeline.timestamps, placed)
    const { kept, times } = placed
    return timelineOf(times, () => (kept ? takeValues(timeline.values, kept) : timeline.values), timeline.neverFalls)
  }
}
