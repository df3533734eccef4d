/** Which rows describe the machine as it is now, according to the served model's error on each of them. */
export interface Window {
  /** Whether the served model has drifted: its error has been too large since row `since`, not for a moment only. */
  readonly drifting: boolean
  /** First row of the drift; 0 without one. */
  readonly since: number
  /** Per row whether it describes the machine as it is now. */
  readonly current: readonly boolean[]
}

/** The cumulative sum, in allowances, that is a drift: e.g. five rows with twice the allowed error. */
const alarmThreshold = 5
/** The cumulative sum is cut off here, so that an old drift does not outlast the normal rows after it. */
const maxSum = 30
/** The error of a single row counts as at most this many allowances, so that one outlier is no drift. */
const maxTerm = 4
/** Rows over which errors are averaged while there is no drift; the error of a single row is mostly noise. */
const smoothingRows = 11

/**
 * A one-sided cumulative sum (Page, "Continuous inspection schemes", Biometrika 41, 1954): errors above the allowance
 * increase the sum, errors below it decrease it. It also rises when the machine differs from the model at some loads
 * only, e.g. when a new power curve has the same idle power.
 *
 * With a drift, the rows since its start are current. Without one, the rows around which the mean error is within the
 * allowance are, so that a window of garbage, or of the machine before a change, is not trained on.
 *
 * @param errors absolute error of each row relative to the mean power, in the order of time
 * @param allowance the error that is normal, in the same unit
 */
export function windowSinceDrift(errors: Float64Array, allowance: number): Window {
  let sum = 0
  let since = 0
  errors.forEach((error, row) => {
    sum = Math.min(maxSum, sum + Math.min(maxTerm, error / allowance) - 1)
    if (sum > 0) return
    sum = 0
    since = row + 1
  })
  if (sum >= alarmThreshold) return { drifting: true, since, current: Array.from(errors, (_, row) => row >= since) }
  return { drifting: false, since: 0, current: Array.from(errors, (_, row) => meanAround(errors, row) <= allowance) }
}

function meanAround(values: Float64Array, row: number): number {
  const from = Math.max(0, row - (smoothingRows >> 1))
  const to = Math.min(values.length, row + (smoothingRows >> 1) + 1)
  let sum = 0
  for (let i = from; i < to; i++) sum += values[i]!
  return sum / (to - from)
}
