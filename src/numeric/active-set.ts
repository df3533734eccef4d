/**
 * Walks from weights that are not negative towards the solution of a wider set of columns until one of them meets zero;
 * the columns that did (Lawson and Hanson, Solving Least Squares Problems, chapter 23).
 *
 * @param weights of all columns; those of `active` are moved
 * @param active columns of the set
 * @param solution their weights were they free, some of them not above 0
 */
export function stepTowards(
  weights: Float64Array,
  active: readonly number[],
  solution: Float64Array,
): ReadonlySet<number> {
  let step = 1
  let limiting = -1
  active.forEach((j, k) => {
    if (solution[k]! > 0) return
    const own = weights[j]! / (weights[j]! - solution[k]!) || 0
    if (own > step) return
    step = own
    limiting = j
  })
  // Rounding may leave the weight that limits the step slightly above zero.
  const met = new Set([limiting])
  active.forEach((j, k) => {
    weights[j]! += step * (solution[k]! - weights[j]!)
    if (!(weights[j]! > 0)) met.add(j)
  })
  for (const j of met) weights[j] = 0
  return met
}
