import { ModelError } from '../core/errors.js'
import type { PowerProvenance, PowerSource, ZonePower } from './power-source.js'
import type { Zone } from './zone.js'

/** The power of a zone of this machine over its utilisation, at loads from 0 to 1 in equal steps, with 90 % interval. */
export interface ZoneCurve {
  readonly zone: Zone
  readonly watts: ArrayLike<number>
  readonly low: ArrayLike<number>
  readonly high: ArrayLike<number>
  /** The curve is not of what the model has learnt, but beyond. */
  readonly outOfRange: boolean
}

/**
 * Watts from curves, which have the share of a guest in its host already.
 *
 * @throws ModelError `INVALID_DATA` when a curve has fewer than two points or lengths differ
 */
export function curvePowerSource(curves: readonly ZoneCurve[], provenance: PowerProvenance): PowerSource {
  for (const { zone, watts, low, high } of curves) {
    if (watts.length < 2 || low.length !== watts.length || high.length !== watts.length) {
      throw new ModelError(
        'INVALID_DATA',
        `expected a curve of two points or more for ${zone} and as many bounds, got ${watts.length}, ${low.length}, ${high.length}`,
      )
    }
  }
  return {
    provenance,
    zones: curves.map(({ zone }) => zone),
    power: ({ utilisation }) =>
      curves.map(({ zone, watts, low, high, outOfRange }): ZonePower => {
        const at = (curve: ArrayLike<number>) => interpolate(curve, utilisation)
        return { zone, watts: at(watts), low: at(low), high: at(high), idleWatts: watts[0]!, outOfRange }
      }),
  }
}

/** Linear between points; beyond the ends the last value. */
function interpolate(curve: ArrayLike<number>, utilisation: number): number {
  const last = curve.length - 1
  const position = Math.min(1, Math.max(0, utilisation)) * last
  const index = Math.min(last - 1, Math.floor(position))
  const part = position - index
  return curve[index]! * (1 - part) + curve[index + 1]! * part
}
