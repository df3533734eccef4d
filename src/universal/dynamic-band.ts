import type { LoadCorrelation } from './calibration.js'
import { loads } from './machine.js'
import type { Band } from './zones.js'

const normalHalfInterval = 1.6449

/**
 * Power above idle at each load, with its 90 % interval to first order: the variance of a difference whose two errors go
 * together as `correlation` says.
 */
export function dynamicBand({ watts, low, high }: Band, correlation: LoadCorrelation): Band {
  const deviations = watts.map((value, u) =>
    value > 0 && low[u]! > 0 ? (value * Math.log(high[u]! / low[u]!)) / (2 * normalHalfInterval) : 0,
  )
  const half = deviations.map((deviation, u) => {
    if (u === 0) return 0
    const together = 2 * correlation[u]! * deviation * deviations[0]!
    return normalHalfInterval * Math.sqrt(Math.max(0, deviation ** 2 + deviations[0]! ** 2 - together))
  })
  const dynamic = watts.map((value) => value - watts[0]!)
  const side = (sign: -1 | 1) => Float64Array.from(loads, (_, u) => Math.max(0, dynamic[u]! + sign * half[u]!))
  return { watts: dynamic, low: side(-1), high: side(1) }
}
