import { choleskyInPlace, solveLowerInPlace, solveUpperInPlace } from '../numeric/cholesky.js'
import { dot } from '../numeric/matrix.js'
import type { CurveEstimate, CurveModel } from './curve-model.js'
import { hasWholeCurve, loads } from './machine.js'
import { leftOutGroups } from './novelty.js'

/** What its owner measured of a machine. */
export interface CalibrationPoint {
  /** Share of full load, 0 to 1. */
  readonly load: number
  /** At the wall. */
  readonly watts: number
  /** Standard deviation of the logarithm of the watts. @default 0.02, a good meter */
  readonly deviation?: number
}

/** How the errors of the model at two loads go together, 11 × 11, ones on its diagonal. */
export type LoadCorrelation = Float64Array

const size = loads.length
/** A measurement is right to 2 %. */
const meterDeviation = 0.02
/** Errors beyond four deviations say nothing of the others. */
const furthest = 4
/** Full load draws at least this much more than idle, as a share of it. */
const leastRise = 0.03
/** Keeps the matrix away from singular: neighbouring loads are nearly one. */
const ridge = 0.03

/** The correlation of the errors of the table's machines, each judged without its processor. */
export function loadCorrelation(model: CurveModel): LoadCorrelation {
  const left = model.leaveGroupsOut(leftOutGroups(model.raw, 'family'))
  const rows = model.machines.flatMap((machine, i) => {
    if (!hasWholeCurve(machine)) return []
    const { watts, deviations } = left[i]!
    const errors = watts.map((value, u) => Math.log(machine.watts[u]! / value) / deviations[u]!)
    return [errors.map((error) => Math.min(furthest, Math.max(-furthest, error)))]
  })
  const covariance = (a: number, b: number) => {
    const means = [a, b].map((u) => rows.reduce((sum, row) => sum + row[u]!, 0) / rows.length)
    return rows.reduce((sum, row) => sum + (row[a]! - means[0]!) * (row[b]! - means[1]!), 0)
  }
  const result = new Float64Array(size * size)
  for (let a = 0; a < size; a++) {
    for (let b = 0; b < size; b++) {
      const correlation = covariance(a, b) / Math.sqrt(covariance(a, a) * covariance(b, b))
      result[a * size + b] = a === b ? 1 : (1 - ridge) * correlation
    }
  }
  return result
}

/**
 * The logarithm of the curve, a Gaussian with these deviations and this correlation, conditioned on measured points. A
 * point between two loads is of both, in proportion.
 */
export function conditionOnPoints(
  estimate: CurveEstimate,
  correlation: LoadCorrelation,
  points: readonly CalibrationPoint[],
): CurveEstimate {
  const m = points.length
  if (m === 0) return estimate
  const { watts, deviations } = estimate
  const covariance = Float64Array.from(
    correlation,
    (value, k) => value * deviations[Math.floor(k / size)]! * deviations[k % size]!,
  )
  const observed = points.map(({ load }) => loadWeights(load))
  // Rows: the covariance of each point with every load.
  const across = observed.map((weights) =>
    Float64Array.from(loads, (_, u) => dot(weights, covariance.subarray(u * size, (u + 1) * size))),
  )
  const among = new Float64Array(m * m)
  across.forEach((row, a) => {
    observed.forEach((weights, b) => {
      among[a * m + b] = dot(row, weights) + (a === b ? (points[a]!.deviation ?? meterDeviation) ** 2 : 0)
    })
  })
  // Positive definite: its diagonal has the noise.
  choleskyInPlace(among, m)
  const logs = watts.map(Math.log)
  const away = Float64Array.from(points, (point, k) => Math.log(point.watts) - dot(observed[k]!, logs))
  const weights = solveUpperInPlace(among, m, solveLowerInPlace(among, m, away))
  const moved = logs.map((log, u) => Math.exp(log + across.reduce((sum, row, k) => sum + row[u]! * weights[k]!, 0)))
  let highest = 0
  const conditioned = moved.map((value, u) => {
    // Above an idle that was measured far above what was expected, too.
    highest = Math.max(highest, value, moved[0]! * (1 + leastRise * loads[u]!))
    return highest
  })
  const spread = deviations.map((deviation, u) => {
    const explained = solveLowerInPlace(
      among,
      m,
      Float64Array.from(across, (row) => row[u]!),
    )
    return Math.sqrt(Math.max(1e-6, deviation ** 2 - dot(explained, explained)))
  })
  return { watts: conditioned, deviations: spread }
}

/** Shares of a load among its two neighbours. */
function loadWeights(load: number): Float64Array {
  const weights = new Float64Array(size)
  const at = Math.min(1, Math.max(0, load)) * (size - 1)
  const below = Math.min(size - 2, Math.floor(at))
  weights[below] = 1 - (at - below)
  weights[below + 1] = at - below
  return weights
}
