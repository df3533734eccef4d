import type { Timeline } from './timeline.js'

/**
 * A counter as a change per second: the difference to the sample before, by the seconds between. A counter that went
 * back was set to zero somewhere in between: the rate before is the best guess. The first value has no rate and is 0.
 */
export function rateOf({ timestamps, values }: Timeline): Float64Array {
  const rates = new Float64Array(values.length)
  let last = 0
  for (let i = 1; i < values.length; i++) {
    const change = values[i]! - values[i - 1]!
    if (change >= 0) last = change / (timestamps[i]! - timestamps[i - 1]!)
    rates[i] = last
  }
  return rates
}
