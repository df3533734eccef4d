import type { Zone } from './zone.js'

/** How far the estimate was from the meter of the hardware, over all readings so far. */
export interface ZoneComparison {
  readonly zone: Zone
  readonly readings: number
  /** The meter's watts at the last reading. */
  readonly measuredWatts: number
  /** Mean absolute error in watts. */
  readonly mae: number
  /** Mean absolute error in per cent of what was measured. */
  readonly mape: number
  /** Mean of estimate minus measurement, in watts. */
  readonly bias: number
  /** Part of the readings that were within the 90 % interval. */
  readonly covered: number
}

export interface Estimated {
  readonly zone: Zone
  readonly watts: number
  readonly low: number
  readonly high: number
}

export interface Comparison {
  add(measured: ReadonlyMap<Zone, number>, estimated: readonly Estimated[]): void
  zones(): readonly ZoneComparison[]
}

interface Sums {
  readings: number
  measured: number
  absolute: number
  relative: number
  signed: number
  covered: number
}

/** Sets estimates beside the measurements of the same seconds. Zones that only one of both has are left out. */
export function createComparison(): Comparison {
  const sums = new Map<Zone, Sums>()
  return {
    add(measured, estimated) {
      for (const { zone, watts, low, high } of estimated) {
        const truth = measured.get(zone)
        if (truth === undefined || !(truth > 0)) continue
        const sum = sums.get(zone) ?? { readings: 0, measured: 0, absolute: 0, relative: 0, signed: 0, covered: 0 }
        sums.set(zone, sum)
        sum.readings++
        sum.measured = truth
        sum.absolute += Math.abs(watts - truth)
        sum.relative += Math.abs(watts - truth) / truth
        sum.signed += watts - truth
        if (truth >= low && truth <= high) sum.covered++
      }
    },
    zones: () =>
      [...sums].map(([zone, { readings, measured, absolute, relative, signed, covered }]) => ({
        zone,
        readings,
        measuredWatts: measured,
        mae: absolute / readings,
        mape: (100 * relative) / readings,
        bias: signed / readings,
        covered: covered / readings,
      })),
  }
}
