import { queryStep, scrapeClock } from './scrape-clock.js'
import type { Timeline } from './timeline.js'

/**
 * A gauge as the counter that has the gauge's values as its rate: each value is the mean since the sample before. A range
 * query repeats values until the next scrape; repeated ones leave, or each value would count for the interval after it.
 * Values that are not finite stay NaN.
 */
export function counterOfGauge(gauge: Timeline): Timeline {
  const { timestamps, values } = withoutRepeats(gauge)
  const sums = new Float64Array(values.length)
  let sum = 0
  let before = timestamps[0] ?? 0
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    const time = timestamps[i]!
    if (Number.isFinite(value)) {
      sum += value * Math.max(0, time - before)
      before = Math.max(before, time)
    }
    sums[i] = Number.isFinite(value) ? sum : Number.NaN
  }
  return { timestamps, values: sums }
}

/** The samples at which the gauge was read anew: where it changes, and where it stays the same for a whole interval. */
function withoutRepeats({ timestamps, values }: Timeline): Timeline {
  const step = queryStep(timestamps)
  const changes = timestamps.filter((_, i) => i === 0 || values[i] !== values[i - 1])
  const { interval } = scrapeClock(changes, step)
  if (step === 0 || changes.length < leastChanges || interval < 1.5 * step) return { timestamps, values }
  let last = Number.NEGATIVE_INFINITY
  const kept = [...values.keys()].filter((i) => {
    const isNew = i === 0 || values[i] !== values[i - 1] || timestamps[i]! - last > interval - step / 2
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
