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

  // What the kink adds to the gain of rising and of falling; infinite where a bound forbids it.
  const rise = new Float64Array(count).fill(-epsilon)
  const fall = new Float64Array(count).fill(epsilon)

  // The sample that gains most from rising, and how little another loses by falling.
  let up = -1
  let highest = Number.NEGATIVE_INFINITY
  let lowest = Number.POSITIVE_INFINITY
  for (let t = 0; t < count; t++) {
    if (rise[t]! - g[t]! > highest) {
      highest = rise[t]! - g[t]!
      up = t
    }
    lowest = Math.min(lowest, fall[t]! - g[t]!)
  }
  for (let step = 0; step < maxSteps && highest - lowest >= enough; step++) {
    const rowUp = kernel.row(up)
    // The partner that lowers the cost most: largest gap^2 / curvature, compared without dividing.
    let down = -1
    let bestGap = 0
    let bestCurvature = 1
    for (let t = 0; t < count; t++) {
      const gap = highest - fall[t]! + g[t]!
      if (!(gap > 0)) continue
      const curvature = Math.max(2 - 2 * rowUp[t]!, flat)
      if (gap * gap * bestCurvature > bestGap * bestGap * curvature) {
        bestGap = gap
        bestCurvature = curvature
        down = t
      }
    }
    if (down < 0) break
    const room = Math.min(b[up]! < 0 ? -b[up]! : cost - b[up]!, b[down]! > 0 ? b[down]! : cost + b[down]!)
    const by = Math.min(bestGap / bestCurvature, room)
    move(up, by)
    move(down, -by)

    const rowDown = kernel.row(down)
    highest = Number.NEGATIVE_INFINITY
    lowest = Number.POSITIVE_INFINITY
    for (let t = 0; t < count; t++) {
      const slope = g[t]! + by * (rowUp[t]! - rowDown[t]!)
      g[t] = slope
      const above = rise[t]! - slope
      if (above > highest) {
        highest = above
        up = t
      }
      const below = fall[t]! - slope
      if (below < lowest) lowest = below
    }
  }
  return { coefficients: b, intercept: level(b, g, cost, epsilon) }

  function move(t: number, by: number): void {
    const value = landed(b[t]! + by, cost)
    b[t] = value
    rise[t] = value >= cost ? Number.NEGATIVE_INFINITY : value < 0 ? epsilon : -epsilon
    fall[t] = value <= -cost ? Number.POSITIVE_INFINITY : value > 0 ? -epsilon : epsilon
  }
}

/** Lands exactly on 0 or on a bound when rounding would miss it by a hair: else the pair is chosen again and again. */
function landed(next: number, cost: number): number {
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
