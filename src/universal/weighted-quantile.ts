/** A value with how much it counts. */
export interface Weighted {
  readonly value: number
  readonly weight: number
}

/**
 * The value that a share `q` of the weight does not pass, counting the machine to come as one more (split conformal with
 * weights: Tibshirani and others, 2019). NaN without values.
 */
export function weightedQuantile(values: readonly Weighted[], q: number): number {
  const sorted = [...values].sort((a, b) => a.value - b.value)
  const total = sorted.reduce((sum, { weight }) => sum + weight, 0)
  const wanted = Math.min(1, q * (1 + 1 / Math.max(1, sorted.length))) * total
  let sum = 0
  for (const { value, weight } of sorted) {
    sum += weight
    if (sum >= wanted) return value
  }
  return Number.NaN
}
