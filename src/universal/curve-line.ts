import { type Curve, loads } from './machine.js'

/** A straight line for a curve, and how far it lies from it. */
export interface CurveLine {
  /** Watts at no load. */
  readonly idle: number
  /** Watts that full load adds. */
  readonly slope: number
  /** The largest distance to the curve over all loads, as a share of the curve. */
  readonly largest: number
  /** The mean distance, likewise. */
  readonly mean: number
}

/**
 * Weights of watts^-1.5 stand between distances in watts and distances as shares: of the powers tried, this one keeps the
 * mean distance lowest for the machines that a line suits worst, with the largest distance no larger.
 */
const weightPower = -1.5

/**
 * The line for a curve, by weighted least squares. A line cannot follow the bend that most curves have near idle: none stays
 * nearer than 11 % at all loads to the median of SPECpower's curves.
 *
 * @param watts positive and never falling; so is the line then
 */
export function lineOfCurve(watts: Curve): CurveLine {
  const { idle, slope } = leastSquares(watts)
  const away = watts.map((value, u) => Math.abs(idle + slope * loads[u]! - value) / value)
  return { idle, slope, largest: Math.max(...away), mean: away.reduce((sum, one) => sum + one, 0) / away.length }
}

function leastSquares(watts: Curve): { readonly idle: number; readonly slope: number } {
  const weights = watts.map((value) => value ** weightPower)
  const sum = (of: (u: number) => number) => weights.reduce((total, weight, u) => total + weight * of(u), 0)
  const at = (u: number) => loads[u]!
  const [all, load, square] = [sum(() => 1), sum(at), sum((u) => at(u) ** 2)]
  const [power, product] = [sum((u) => watts[u]!), sum((u) => watts[u]! * at(u))]
  const determinant = all * square - load * load
  const idle = (power * square - product * load) / determinant
  // A curve that is flat and then steep would have less than nothing at idle.
  if (idle <= 0) return { idle: 0, slope: product / square }
  return { idle, slope: Math.max(0, (all * product - load * power) / determinant) }
}
