import { lengthOf, type PivotedQr, pivotedQr } from './householder.js'
import { dampedStep } from './marquardt-parameter.js'

/** Writes the residuals (model minus measured) for `parameters` into `out`. May write NaN: such a step is refused. */
export type Residuals = (parameters: Float64Array, out: Float64Array) => void

export interface MarquardtOptions {
  /** Stop when the sum of squares can fall by less than this share. @default 1.49012e-8 */
  readonly ftol?: number
  /** Stop when the parameters move by less than this share. @default 1.49012e-8 */
  readonly xtol?: number
  /** @default 30000 */
  readonly maxEvaluations?: number
  /** First bound on a step, in multiples of the scaled parameters' length. @default 100 */
  readonly factor?: number
}

export interface MarquardtResult {
  readonly parameters: Float64Array
  /** Length of the residuals, never more than at the start. */
  readonly residualLength: number
  readonly evaluations: number
  /** Whether a tolerance was met; otherwise the evaluations ran out or no step helped. */
  readonly converged: boolean
}

/**
 * Least squares of a nonlinear model: MINPACK's `lmdif` (Moré, Garbow and Hillstrom, 1980) with forward differences and
 * scaling by the largest column lengths seen, as `scipy.optimize.curve_fit` runs it. Fewer residuals than parameters
 * are made up with zeros.
 */
export function levenbergMarquardt(
  residuals: Residuals,
  start: ArrayLike<number>,
  residualCount: number,
  options: MarquardtOptions = {},
): MarquardtResult {
  const { ftol = 1.49012e-8, xtol = 1.49012e-8, maxEvaluations = 30_000, factor = 100 } = options
  const n = start.length
  const rows = Math.max(residualCount, n)
  let parameters = Float64Array.from(start)
  let current = new Float64Array(rows)
  let trial = new Float64Array(rows)
  const jacobian = new Float64Array(rows * n)
  const scale = new Float64Array(n)
  residuals(parameters, current)
  let evaluations = 1
  let length = lengthOf(current)
  let damping = 0
  let radius = 0
  let size = 0

  for (let iteration = 0; ; iteration++) {
    forwardDifferences(residuals, parameters, current, trial, jacobian)
    evaluations += n
    const qr = pivotedQr({ rows, cols: n, data: jacobian }, current.slice())
    const { lengths } = qr
    if (!(Number.isFinite(length) && lengths.every(Number.isFinite))) return result(false)
    if (iteration === 0) {
      for (let j = 0; j < n; j++) scale[j] = lengths[j] === 0 ? 1 : lengths[j]!
      size = scaledLength(scale, parameters)
      radius = factor * size || factor
    }
    const slope = steepestCosine(qr, lengths, length)
    if (slope === 0) return result(true)
    for (let j = 0; j < n; j++) scale[j] = Math.max(scale[j]!, lengths[j]!)

    let ratio = 0
    do {
      const { damping: chosen, step } = dampedStep(qr, scale, radius, damping)
      damping = chosen
      const moved = parameters.map((value, j) => value - step[j]!)
      const stepLength = scaledLength(scale, step)
      if (iteration === 0) radius = Math.min(radius, stepLength)
      residuals(moved, trial)
      evaluations++
      const movedLength = lengthOf(trial)
      const actual = 0.1 * movedLength < length ? 1 - (movedLength / length) ** 2 : -1
      const linear = linearLength(qr, step) / length
      const damped = (Math.sqrt(damping) * stepLength) / length
      const predicted = linear * linear + (damped * damped) / 0.5
      const direction = -(linear * linear + damped * damped)
      ratio = predicted === 0 ? 0 : actual / predicted

      // NaN in `trial` leaves `actual` at -1: the step is refused and the radius shrinks.
      if (!(ratio > 0.25)) {
        let shrink = actual >= 0 ? 0.5 : (0.5 * direction) / (direction + 0.5 * actual)
        if (!(0.1 * movedLength < length && shrink >= 0.1)) shrink = 0.1
        radius = shrink * Math.min(radius, stepLength / 0.1)
        damping /= shrink
      } else if (damping === 0 || ratio >= 0.75) {
        radius = stepLength / 0.5
        damping *= 0.5
      }
      if (ratio >= 1e-4) {
        parameters = moved
        const previous = current
        current = trial
        trial = previous
        size = scaledLength(scale, parameters)
        length = movedLength
      }
      const small = Math.abs(actual) <= ftol && predicted <= ftol && 0.5 * ratio <= 1
      if (small || radius <= xtol * size) return result(true)
      const stuck =
        (Math.abs(actual) <= Number.EPSILON && predicted <= Number.EPSILON && 0.5 * ratio <= 1) ||
        radius <= Number.EPSILON * size ||
        slope <= Number.EPSILON
      if (stuck || evaluations >= maxEvaluations || Number.isNaN(ratio)) return result(false)
    } while (ratio < 1e-4)
  }

  function result(converged: boolean): MarquardtResult {
    return { parameters, residualLength: length, evaluations, converged }
  }
}

/** Fills `jacobian` (column after column); `scratch` is overwritten. */
function forwardDifferences(
  residuals: Residuals,
  parameters: Float64Array,
  current: Float64Array,
  scratch: Float64Array,
  jacobian: Float64Array,
): void {
  const rows = current.length
  const relative = Math.sqrt(Number.EPSILON)
  const probe = parameters.slice()
  for (let j = 0; j < parameters.length; j++) {
    const h = relative * Math.abs(parameters[j]!) || relative
    probe[j] = parameters[j]! + h
    residuals(probe, scratch)
    probe[j] = parameters[j]!
    for (let i = 0; i < rows; i++) jacobian[j * rows + i] = (scratch[i]! - current[i]!) / h
  }
}

/** Cosine of the smallest angle between the residuals and a column: 0 where the gradient vanishes. */
function steepestCosine({ r, pivots, qtb }: PivotedQr, lengths: Float64Array, length: number): number {
  if (length === 0) return 0
  const n = pivots.length
  let largest = 0
  for (let j = 0; j < n; j++) {
    const columnLength = lengths[pivots[j]!]!
    if (columnLength === 0) continue
    let sum = 0
    for (let i = 0; i <= j; i++) sum += r[i * n + j]! * (qtb[i]! / length)
    largest = Math.max(largest, Math.abs(sum / columnLength))
  }
  return largest
}

/** |R P' step|: how long the residuals' change would be if the model were linear. */
function linearLength({ r, pivots }: PivotedQr, step: Float64Array): number {
  const n = pivots.length
  const change = new Float64Array(n)
  for (let j = 0; j < n; j++) for (let i = 0; i <= j; i++) change[i]! += r[i * n + j]! * step[pivots[j]!]!
  return lengthOf(change)
}

function scaledLength(scale: Float64Array, values: Float64Array): number {
  return lengthOf(values.map((value, j) => scale[j]! * value))
}
