import { dot } from './matrix.js'

/** A function to make small, with its gradient. An infinite value says that the point cannot be used. */
export type Objective = (x: Float64Array) => { readonly value: number; readonly gradient: Float64Array }

export interface BoundedMinimumOptions {
  readonly lower: ArrayLike<number>
  readonly upper: ArrayLike<number>
  readonly maxIterations: number
  /** Done when an iteration makes the value less by less than this share of it. @default 1e-7 */
  readonly tolerance?: number
}

export interface BoundedMinimum {
  readonly x: Float64Array
  readonly value: number
  readonly iterations: number
}

/** Pairs of steps and gradient changes that stand for the curvature. */
const memory = 10
const sufficientDecrease = 1e-4
const mostHalvings = 25

/**
 * A local minimum between bounds, by the limited-memory BFGS method on the variables that no bound stops, with steps
 * projected onto the bounds (Bertsekas, Projected Newton Methods, 1982; Nocedal and Wright, Numerical Optimization, 7.2).
 */
export function minimiseBounded(
  objective: Objective,
  start: ArrayLike<number>,
  { lower, upper, maxIterations, tolerance = 1e-7 }: BoundedMinimumOptions,
): BoundedMinimum {
  const clip = (x: Float64Array) => x.map((value, i) => Math.min(upper[i]!, Math.max(lower[i]!, value)))
  let x: Float64Array = clip(Float64Array.from(start))
  let { value, gradient } = objective(x)
  let pairs: Pair[] = []
  let iterations = 0
  while (iterations < maxIterations) {
    iterations++
    const free = x.map((at, i) =>
      Number(!((at <= lower[i]! && gradient[i]! > 0) || (at >= upper[i]! && gradient[i]! < 0))),
    )
    const downhill: Float64Array = gradient.map((slope, i) => -slope * free[i]!)
    if (dot(downhill, downhill) === 0) break
    let direction: Float64Array = quasiNewton(downhill, pairs).map((step, i) => step * free[i]!)
    if (!(dot(direction, gradient) < 0)) direction = downhill
    // Without knowledge of the curvature the first step is of length one.
    const length = pairs.length === 0 ? Math.min(1, 1 / Math.sqrt(dot(direction, direction))) : 1
    const next = lineSearch(objective, { x, value, gradient, direction, clip, length })
    if (next === undefined) {
      if (pairs.length === 0) break
      pairs = []
      continue
    }
    pairs = withPair(
      pairs,
      next.x.map((to, i) => to - x[i]!),
      next.gradient.map((to, i) => to - gradient[i]!),
    )
    const gained = value - next.value
    ;({ x, value, gradient } = next)
    if (gained <= tolerance * Math.max(1, Math.abs(value))) break
  }
  return { x, value, iterations }
}

interface Pair {
  readonly step: Float64Array
  readonly change: Float64Array
  readonly curvature: number
}

function withPair(pairs: readonly Pair[], step: Float64Array, change: Float64Array): Pair[] {
  const curvature = dot(step, change)
  return curvature > 1e-10 ? [...pairs, { step, change, curvature }].slice(-memory) : [...pairs]
}

/** The two loops over the pairs: the inverse Hessian times a vector. */
function quasiNewton(vector: Float64Array, pairs: readonly Pair[]): Float64Array {
  let result = vector
  const weights: number[] = []
  for (let k = pairs.length - 1; k >= 0; k--) {
    const { step, change, curvature } = pairs[k]!
    const weight = dot(step, result) / curvature
    weights[k] = weight
    result = result.map((value, i) => value - weight * change[i]!)
  }
  const last = pairs.at(-1)
  if (last) {
    const scale = last.curvature / dot(last.change, last.change)
    result = result.map((value) => value * scale)
  }
  pairs.forEach(({ step, change, curvature }, k) => {
    const correction = weights[k]! - dot(change, result) / curvature
    result = result.map((value, i) => value + correction * step[i]!)
  })
  return result
}

interface Search {
  readonly x: Float64Array
  readonly value: number
  readonly gradient: Float64Array
  readonly direction: Float64Array
  readonly clip: (x: Float64Array) => Float64Array
  readonly length: number
}

function lineSearch(objective: Objective, { x, value, gradient, direction, clip, length }: Search) {
  let step = length
  for (let halving = 0; halving < mostHalvings; halving++, step /= 2) {
    const tried = clip(x.map((at, i) => at + step * direction[i]!))
    const promised = tried.reduce((sum, at, i) => sum + gradient[i]! * (at - x[i]!), 0)
    if (promised >= 0) return undefined
    const found = objective(tried)
    if (found.value <= value + sufficientDecrease * promised) return { x: tried, ...found }
  }
  return undefined
}
