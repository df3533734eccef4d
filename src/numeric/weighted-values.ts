/** Ascending values with weights above 0: the first `count` entries of two buffers that are used over and over. */
export interface WeightedValues {
  count: number
  readonly values: Float64Array
  readonly weights: Float64Array
}

function totalWeight({ count, weights }: WeightedValues): number {
  let total = 0
  for (let i = 0; i < count; i++) total += weights[i]!
  return total
}

/** The mean of what is left when a share `cut` (below 0.5) of the weight is taken from each end (`scipy.stats.trim_mean`). */
export function trimmedMean(sample: WeightedValues, cut: number): number {
  const { count, values, weights } = sample
  const total = totalWeight(sample)
  const from = cut * total
  const to = total - from
  let passed = 0
  let sum = 0
  let used = 0
  for (let i = 0; i < count && passed < to; i++) {
    const next = passed + weights[i]!
    const part = Math.min(next, to) - Math.max(passed, from)
    if (part > 0) {
      sum += part * values[i]!
      used += part
    }
    passed = next
  }
  return used > 0 ? sum / used : values[0]!
}

/** The least value at which a share `q` of the weight is reached. */
export function weightedQuantile(sample: WeightedValues, q: number): number {
  const { count, values, weights } = sample
  // Sums of weights are rounded; a share that is met exactly must count as met.
  const wanted = (q - 1e-12) * totalWeight(sample)
  let passed = 0
  for (let i = 0; i < count; i++) {
    passed += weights[i]!
    if (passed >= wanted) return values[i]!
  }
  return values[count - 1]!
}
