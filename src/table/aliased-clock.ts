import type { ScrapeClock } from './scrape-clock.js'

/**
 * A target that is scraped more often than it is asked for, at an interval that does not divide the step: every 10 s asked
 * every 15 s, the samples are 10 and 20 s apart by turns, though each step shows a new one. Only what was measured can
 * tell: with the right interval and phase the growth of a counter becomes even.
 *
 * @param growth of a counter that never stands still, such as energy, since the time before; one value per `seen`
 * @returns the clock under which growth is far more even than under `clock`; else `clock`
 */
export function aliasedClock(clock: ScrapeClock, growth: Float64Array): ScrapeClock {
  const { seen, step, interval } = clock
  const enough = seen.length >= leastTimes && interval === step
  if (!enough) return clock
  const sample = Math.min(seen.length, mostTimes)
  const before = roughness(clock.scraped, growth, sample)
  if (before < leastRoughness) return clock
  let best: Float64Array | undefined
  let least = before * likely
  const times = new Float64Array(seen.length)
  for (let seconds = 1; seconds < step; seconds++) {
    if (step % seconds === 0) continue
    for (let part = 0; part < phases; part++) {
      const phase = (part * seconds) / phases
      place(seen, seconds, phase, times, sample)
      const after = roughness(times, growth, sample)
      if (after >= least) continue
      least = after
      best = place(seen, seconds, phase, new Float64Array(seen.length), seen.length)
    }
  }
  return best ? { ...clock, scraped: best } : clock
}

const leastTimes = 20
/** Times that candidates are tried on; the more, the slower, and no surer. */
const mostTimes = 400
const phases = 20
/** Mean change from rate to rate, as a share of the mean rate, below which there is nothing to explain. */
const leastRoughness = 0.02
/** Load that changes by itself is not made half as rough by a clock that it has nothing to do with. */
const likely = 0.5

/** The last multiple of the interval at or before each time. */
function place(seen: Float64Array, seconds: number, phase: number, times: Float64Array, count: number): Float64Array {
  for (let i = 0; i < count; i++) times[i] = phase + seconds * Math.floor((seen[i]! - phase) / seconds)
  return times
}

function roughness(times: Float64Array, growth: Float64Array, count: number): number {
  let [changes, sum, last] = [0, 0, Number.NaN]
  for (let i = 1; i < count; i++) {
    const seconds = times[i]! - times[i - 1]!
    if (seconds <= 0) return Number.POSITIVE_INFINITY
    const rate = growth[i]! / seconds
    if (i > 1) changes += Math.abs(rate - last)
    sum += rate
    last = rate
  }
  return sum > 0 ? changes / sum : 0
}
