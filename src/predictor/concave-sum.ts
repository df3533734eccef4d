/**
 * A sum of concave functions that never fall: `intercept + sum_t weight_t g(x_feature_t)`, where g is `x / scale` for a
 * straight term and `1 - exp(-x / scale)` for one that saturates. Weights are not negative.
 */
export interface ConcaveSum {
  readonly intercept: number
  /** Column of each term. */
  readonly feature: Int32Array
  /** 1 where the term saturates, 0 where it is straight. */
  readonly saturates: Uint8Array
  readonly scale: Float64Array
  readonly weight: Float64Array
}

/** Smallest and largest value of each column that something was learnt from. */
export interface FeatureRange {
  readonly lower: Float64Array
  readonly upper: Float64Array
}

export function concaveTerm(value: number, saturates: number, scale: number): number {
  return saturates ? -Math.expm1(-value / scale) : value / scale
}

/** The sum at a row that starts at `at`, each value clipped to the range. */
export function concaveInside(sum: ConcaveSum, { lower, upper }: FeatureRange, data: Float64Array, at: number): number {
  let total = sum.intercept
  for (let t = 0; t < sum.weight.length; t++) {
    const j = sum.feature[t]!
    const value = Math.min(upper[j]!, Math.max(lower[j]!, data[at + j]!))
    total += sum.weight[t]! * concaveTerm(value, sum.saturates[t]!, sum.scale[t]!)
  }
  return total
}

/**
 * How far the sum moves beyond its value at the edge of the range, by at most `limit` per term up or down, so that
 * nothing overflows however far outside a row is.
 */
export function concaveBeyond(
  sum: ConcaveSum,
  { lower, upper }: FeatureRange,
  data: Float64Array,
  at: number,
  limit: number,
): number {
  let total = 0
  for (let t = 0; t < sum.weight.length; t++) {
    const j = sum.feature[t]!
    const value = data[at + j]!
    const edge = value > upper[j]! ? upper[j]! : value < lower[j]! ? lower[j]! : value
    if (edge === value) continue
    const saturates = sum.saturates[t]!
    const scale = sum.scale[t]!
    const change = sum.weight[t]! * (concaveTerm(value, saturates, scale) - concaveTerm(edge, saturates, scale))
    total += Math.min(limit, Math.max(-limit, change))
  }
  return total
}
