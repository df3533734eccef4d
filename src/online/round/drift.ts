/**
 * Which rows tell how a machine is now, from how far the served model is off on each of them.
 */
export interface Window {
  /** Whether the served model is off, not for a moment but since `since`. */
  readonly drifting: boolean
  /** First row of the drift; 0 without one. */
  readonly since: number
  /** Per row whether it belongs to the machine as it is now. */
  readonly current: readonly boolean[]
}

/** Watts beyond the allowance, in allowances, that make a drift: five rows that are twice as far off as allowed. */
const alarm = 5
/** More than this is not remembered, so that a drift long ago, or a single wild row, does not outlast what is normal. */
const ceiling = 30
/** A row so wild counts as this many allowances, for the same reason. */
const wildest = 4
/** Rows that are looked at together when none is taken to be a drift: a single one says little. */
const window = 11

/**
 * A one-sided cumulative sum (Page, "Continuous inspection schemes", Biometrika 41, 1954): what rows are off beyond the
 * allowance adds up, what they stay below it takes away. It rises while the machine differs from the model at some loads
 * only, e.g. when a new power curve has the same idle power.
 *
 * While there is a drift, the rows since its begin are current; else those around which the model is not off, so that a
 * window of garbage, or of the machine as it was before, is not learnt from.
 *
 * @param errors how far off each row is, relative to the mean power, in the order of time
 * @param allowance what is normal, likewise
 */
export function windowSinceDrift(errors: Float64Array, allowance: number): Window {
  let sum = 0
  let since = 0
  errors.forEach((error, row) => {
    sum = Math.min(ceiling, sum + Math.min(wildest, error / allowance) - 1)
    if (sum > 0) return
    sum = 0
    since = row + 1
  })
  if (sum >= alarm) return { drifting: true, since, current: Array.from(errors, (_, row) => row >= since) }
  return { drifting: false, since: 0, current: Array.from(errors, (_, row) => meanAround(errors, row) <= allowance) }
}

function meanAround(values: Float64Array, row: number): number {
  const from = Math.max(0, row - (window >> 1))
  const to = Math.min(values.length, row + (window >> 1) + 1)
  let sum = 0
  for (let i = from; i < to; i++) sum += values[i]!
  return sum / (to - from)
}
