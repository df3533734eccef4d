import { queryStep, scrapeClock } from './scrape-clock.js'
import type { Timeline } from './timeline.js'

export interface GaugeReading {
  /** What a value stands for: the mean since the sample `before`, or the moment itself, so that it changes `between` samples. */
  readonly stands: 'before' | 'between'
  /** Seconds after which a value that stays the same counts as read anew, where the gauge itself tells no shorter ones. */
  readonly interval?: number | undefined
}

/**
 * A gauge as the counter that has the gauge's values as its rate. A range query repeats values until the next scrape;
 * repeated ones leave, or each value would count for the interval after it. Values that are not finite stay NaN.
 */
export function counterOfGauge(gauge: Timeline, { stands, interval }: GaugeReading = { stands: 'before' }): Timeline {
  const { timestamps, values } = withoutRepeats(gauge, interval)
  const sums = new Float64Array(values.length)
  let sum = 0
  let before = timestamps[0] ?? 0
  let last = Number.NaN
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    const time = timestamps[i]!
    if (Number.isFinite(value)) {
      const mean = stands === 'before' || Number.isNaN(last) ? value : (last + value) / 2
      sum += mean * Math.max(0, time - before)
      before = Math.max(before, time)
      last = value
    }
    sums[i] = Number.isFinite(value) ? sum : Number.NaN
  }
  return { timestamps, values: sums }
}

/** The samples at which the gauge was read anew: where it changes, and where it stays the same for a whole interval. */
function withoutRepeats({ timestamps, values }: Timeline, known: number | undefined): Timeline {
  const step = queryStep(timestamps)
  const changes = timestamps.filter((_, i) => values[i] !== values[i - 1])
  const own = changes.length < leastChanges ? Number.POSITIVE_INFINITY : scrapeClock(changes, step).interval
  const interval = Math.min(own, known ?? Number.POSITIVE_INFINITY)
  if (step === 0 || !(interval >= 1.5 * step) || interval === Number.POSITIVE_INFINITY) return { timestamps, values }
  let last = Number.NEGATIVE_INFINITY
  const kept = [...values.keys()].filter((i) => {
    const isNew = values[i] !== values[i - 1] || timestamps[i]! - last > interval - step / 2
    if (isNew) last = timestamps[i]!
    return isNew
  })
  return {
    timestamps: Float64Array.from(kept, (i) => timestamps[i]!),
    values: Float64Array.from(kept, (i) => values[i]!),
  }
}

/** Fewer say nothing of an interval. */
const leastChanges = 5
