import type { KernelRows } from './kernel-rows.js'

export interface SvrProblem {
  readonly cost: number
  readonly epsilon: number
  readonly tolerance: number
}

export interface SvrSolution {
  /** One per sample, within -cost .. cost, summing to 0. */
  readonly coefficients: Float64Array
  readonly intercept: number
}

/** A pair of equal samples has no curvature; this stands for it, as in LIBSVM. */
const flat = 1e-12

/**
 * Sequential minimal optimisation of epsilon-SVR's dual with the second-order choice of the pair (Fan, Chen and Lin,
 * 2005), as LIBSVM does it. LIBSVM has two variables per sample of which one is always 0; here one signed coefficient
 * stands for both, which halves the work: its cost `epsilon |b|` has a kink at 0, where a step stops.
 *
 * The tolerance is raised to what doubles can resolve when targets are huge; `100 samples` steps at least, ten
 * million at most.
 */
export function solveSvr(kernel: KernelRows, y: Float64Array, { cost, epsilon, tolerance }: SvrProblem): SvrSolution {
  const count = kernel.count
  const b = new Float64Array(count)
  // Gradient without the kink: kernel b - y.
  const g = y.map((target) => -target)
  const enough = Math.max(tolerance, 1e-13 * y.reduce((most, target) => Math.max(most, Math.abs(target)), 0))
  const maxSteps = Math.min(10_000_000, Math.max(100_000, 1000 * count))

  for (let step = 0; ; step++) {
    // The sample that gains most from rising, and the one that gains most from falling.
    let up = -1
    let highest = Number.NEGATIVE_INFINITY
    let lowest = Number.POSITIVE_INFINITY
    for (let t = 0; t < count; t++) {
      const value = b[t]!
      const slope = -g[t]!
      if (value < cost) {
        const gain = value < 0 ? slope + epsilon : slope - epsilon
        if (gain > highest) {
          highest = gain
          up = t
        }
      }
      if (value > -cost) {
        const gain = value > 0 ? slope - epsilon : slope + epsilon
        if (gain < lowest) lowest = gain
      }
    }
    if (up < 0 || highest - lowest < enough || step >= maxSteps)
      return { coefficients: b, intercept: level(b, g, cost, epsilon) }

    const rowUp = kernel.row(up)
    let down = -1
    let most = Number.NEGATIVE_INFINITY
    for (let t = 0; t < count; t++) {
      const value = b[t]!
      if (!(value > -cost)) continue
      const gap = highest + g[t]! + (value > 0 ? epsilon : -epsilon)
      if (!(gap > 0)) continue
      const curvature = 2 - 2 * rowUp[t]!
      const worth = (gap * gap) / (curvature > 0 ? curvature : flat)
      if (worth > most) {
        most = worth
        down = t
      }
    }
    if (down < 0) return { coefficients: b, intercept: level(b, g, cost, epsilon) }

    const gap = highest + g[down]! + (b[down]! > 0 ? epsilon : -epsilon)
    const curvature = 2 - 2 * rowUp[down]!
    const room = Math.min(b[up]! < 0 ? -b[up]! : cost - b[up]!, b[down]! > 0 ? b[down]! : cost + b[down]!)
    const wanted = gap / (curvature > 0 ? curvature : flat)
    const by = Math.min(wanted, room)
    b[up] = moved(b[up]!, by, cost)
    b[down] = moved(b[down]!, -by, cost)
    const rowDown = kernel.row(down)
    for (let t = 0; t < count; t++) g[t]! += by * (rowUp[t]! - rowDown[t]!)
  }
}

/** Lands exactly on 0 or on a bound when rounding would miss it by a hair: else the pair is chosen again and again. */
function moved(value: number, by: number, cost: number): number {
  const next = value + by
  const hair = 1e-15 * cost
  if (Math.abs(next) <= hair) return 0
  if (next >= cost - hair) return cost
  if (next <= -cost + hair) return -cost
  return next
}

/** The constant term: where free samples agree (mean), else the middle of what the bounded ones allow. */
function level(b: Float64Array, g: Float64Array, cost: number, epsilon: number): number {
  let free = 0
  let sum = 0
  let low = Number.NEGATIVE_INFINITY
  let high = Number.POSITIVE_INFINITY
  for (let t = 0; t < b.length; t++) {
    const value = b[t]!
    const above = -g[t]! + epsilon
    const below = -g[t]! - epsilon
    if (value !== 0 && Math.abs(value) < cost) {
      free++
      sum += value > 0 ? below : above
    }
    if (value < cost) low = Math.max(low, value < 0 ? above : below)
    if (value > -cost) high = Math.min(high, value > 0 ? below : above)
  }
  return free > 0 ? sum / free : (low + high) / 2
}
