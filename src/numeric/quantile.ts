import { ModelError } from '../core/errors.js'

/**
 * The value below which a share `q` of `values` lies, linear between neighbours (numpy's default, Hyndman and Fan 7).
 *
 * @throws ModelError `INVALID_DATA` without values or with q outside 0..1
 */
export function quantile(values: ArrayLike<number>, q: number): number {
  const sorted = sortedCopy(values, q)
  const at = q * (sorted.length - 1)
  const below = Math.floor(at)
  const low = sorted[below]!
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!
  return low + (high - low) * (at - below)
}

/**
 * Half the width of a split-conformal interval: of n held-out absolute errors the one of rank ceil((n + 1) coverage),
 * so that a new error is below it with at least that probability (Lei and others, 2018). With too few errors for the
 * coverage asked, the largest: the interval is then no promise, but the best that was seen.
 *
 * @throws ModelError `INVALID_DATA` without errors or with a coverage outside 0..1
 */
export function conformalRadius(absoluteErrors: ArrayLike<number>, coverage: number): number {
  const sorted = sortedCopy(absoluteErrors, coverage)
  const rank = Math.ceil((sorted.length + 1) * coverage)
  return sorted[Math.min(Math.max(rank, 1), sorted.length) - 1]!
}

function sortedCopy(values: ArrayLike<number>, q: number): Float64Array {
  if (values.length === 0) throw new ModelError('INVALID_DATA', 'a quantile of no values')
  if (!(q >= 0 && q <= 1)) throw new ModelError('INVALID_DATA', `a quantile is between 0 and 1, got ${q}`)
  return Float64Array.from(values).sort()
}
