import { stepTowards } from './active-set.js'

/**
 * The w >= 0 that minimises w'Gw / 2 - h'w, the non-negative least squares of G = X'X and h = X'y: Bro and de Jong's
 * fast NNLS (Journal of Chemometrics 11, 1997), which is Lawson and Hanson's active set on normal equations. It costs
 * nothing per row, so it suits fits that are repeated with other weights of the rows; where X is badly conditioned,
 * `nonNegativeLeastSquares` is more exact.
 *
 * @param gram symmetric, `size` x `size`, by rows
 * @param start weights of a similar problem: what is positive there enters at once
 */
export function gramNonNegativeLeastSquares(
  gram: Float64Array,
  moment: Float64Array,
  start?: Float64Array,
): Float64Array {
  const size = moment.length
  const weights = new Float64Array(size)
  const barred = new Uint8Array(size)
  let passive: number[] = []
  if (start) {
    const kept = [...start.keys()].filter((j) => start[j]! > 0)
    const solution = solve(gram, moment, kept)
    // Only a start that is feasible as it stands is worth anything.
    if (solution?.every((weight) => weight > 0)) {
      passive = kept
      kept.forEach((j, k) => {
        weights[j] = solution[k]!
      })
    }
  }
  for (let round = 0; round < 3 * size; round++) {
    const entering = steepest(gram, moment, weights, passive, barred)
    if (entering < 0) break
    passive.push(entering)
    for (;;) {
      const solution = solve(gram, moment, passive)
      if (solution === undefined) {
        // Numerically dependent on those already in.
        passive = passive.filter((j) => j !== entering)
        barred[entering] = 1
        break
      }
      if (solution.every((weight) => weight > 0)) {
        weights.fill(0)
        passive.forEach((j, k) => {
          weights[j] = solution[k]!
        })
        break
      }
      const leaving = stepTowards(weights, passive, solution)
      passive = passive.filter((j) => !leaving.has(j))
      if (leaving.has(entering)) barred[entering] = 1
    }
  }
  return weights
}

/** The column outside whose weight would help most if it rose, per unit of its length; -1 when none would. */
function steepest(
  gram: Float64Array,
  moment: Float64Array,
  weights: Float64Array,
  passive: readonly number[],
  barred: Uint8Array,
): number {
  const size = moment.length
  let best = -1
  let most = 0
  for (let j = 0; j < size; j++) {
    const own = gram[j * size + j]!
    if (weights[j]! > 0 || barred[j] || !(own > 0)) continue
    let slope = moment[j]!
    let magnitude = Math.abs(slope)
    for (const k of passive) {
      const part = gram[j * size + k]! * weights[k]!
      slope -= part
      magnitude += Math.abs(part)
    }
    // Below this the slope is rounding.
    if (slope <= 1e-12 * magnitude) continue
    const scaled = slope / Math.sqrt(own)
    if (scaled > most) {
      most = scaled
      best = j
    }
  }
  return best
}

/** Cholesky on the chosen columns; undefined when one of them is a combination of others. */
function solve(gram: Float64Array, moment: Float64Array, chosen: readonly number[]): Float64Array | undefined {
  const size = moment.length
  const count = chosen.length
  const factor = new Float64Array(count * count)
  const solution = new Float64Array(count)
  for (let i = 0; i < count; i++) {
    const row = chosen[i]! * size
    for (let j = 0; j <= i; j++) {
      let sum = gram[row + chosen[j]!]!
      for (let k = 0; k < j; k++) sum -= factor[i * count + k]! * factor[j * count + k]!
      if (j < i) {
        factor[i * count + j] = sum / factor[j * count + j]!
        continue
      }
      if (!(sum > 1e-11 * gram[row + chosen[i]!]!)) return undefined
      factor[i * count + i] = Math.sqrt(sum)
    }
  }
  for (let i = 0; i < count; i++) {
    let sum = moment[chosen[i]!]!
    for (let k = 0; k < i; k++) sum -= factor[i * count + k]! * solution[k]!
    solution[i] = sum / factor[i * count + i]!
  }
  for (let i = count - 1; i >= 0; i--) {
    let sum = solution[i]!
    for (let k = i + 1; k < count; k++) sum -= factor[k * count + i]! * solution[k]!
    solution[i] = sum / factor[i * count + i]!
  }
  return solution
}
