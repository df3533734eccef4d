import { type CalibrationPoint, conditionOnPoints, type LoadCorrelation } from './calibration.js'
import type { CoverageFactors } from './coverage.js'
import type { CurveEstimate, CurveModel } from './curve-model.js'
import { featureAt, type RawFeatures } from './features.js'
import type { LateFactors } from './late-coverage.js'
import { type Curve, loads, type MachineDescription } from './machine.js'
import { checkMachine } from './missing/check-machine.js'
import { type Assumption, type Completion, machineCompletion } from './missing/completion.js'
import { type Novelty, noveltyOf } from './novelty.js'

/** What the intervals are made with; found from the table once, kept in the model's file. */
export interface IntervalParameters {
  readonly coverage: CoverageFactors
  readonly late: LateFactors
  readonly correlation: LoadCorrelation
}

/** The power curve of a machine, at the wall. */
export interface CurveAnswer {
  /** Watts at each of `loads`, the median of what is expected. */
  readonly watts: Curve
  /** The 90 % interval. */
  readonly low: Curve
  readonly high: Curve
  readonly novelty: Novelty
  /** Whether the machine is younger than the table, which makes the interval wider. */
  readonly late: boolean
  /** The machine with what its processor's name and its other fields tell. */
  readonly machine: MachineDescription
  readonly assumptions: readonly Assumption[]
  readonly points: readonly CalibrationPoint[]
}

/** One model over all machines: the power curve of any, with an interval. */
export interface UniversalModel {
  readonly curves: CurveModel
  readonly intervals: IntervalParameters
  /**
   * The curve of a machine, of which anything may be missing.
   *
   * @param points what was measured of it
   * @throws ModelError `INVALID_REQUEST` for numbers that no machine has
   */
  answer(machine: MachineDescription, points?: readonly CalibrationPoint[]): CurveAnswer
  /** The completed machine and its estimate before intervals, for explanations. */
  complete(machine: MachineDescription): Completion
}

/** Half the 90 % interval of a normal distribution, in deviations. */
const normalHalfInterval = 1.6449
/** So few draws in pairs tell less than the whole variance: what widens it, found with fields held back. */
const drawSpread = 1.4
/** Half the ratio that an interval may span at most: beyond it numbers would only be large. */
const widest = Math.log(1000)

export function universalModel(curves: CurveModel, intervals: IntervalParameters): UniversalModel {
  const novelty = noveltyOf(curves.raw)
  const completion = machineCompletion(curves)
  const lastYear = Math.max(...curves.machines.map(({ published }) => Number(published?.slice(0, 4) ?? 0)))
  const complete = (machine: MachineDescription) => completion(checkMachine(machine))

  return {
    curves,
    intervals,
    complete,
    answer(given, points = []) {
      const completed = complete(given)
      const { machine, raw, assumptions } = completed
      const kind = novelty(raw)
      const late = isLate(raw, machine, lastYear)
      const widening = late ? intervals.late[kind === 'new' ? 'unknown' : 'known'] : 1
      const estimate = spreadOverDraws(curves, completed)
      const factors = intervals.coverage[kind]
      // Deviations such that a normal distribution with them has the interval that covers.
      const deviations = estimate.deviations.map((deviation, u) =>
        Math.min(widest, (deviation * factors[u]! * widening) / normalHalfInterval),
      )
      const settled = conditionOnPoints({ watts: estimate.watts, deviations }, intervals.correlation, points)
      const half = settled.deviations.map((deviation) => Math.min(widest, deviation * normalHalfInterval))
      return {
        watts: settled.watts,
        low: rising(settled.watts.map((watts, u) => watts * Math.exp(-half[u]!))),
        high: rising(settled.watts.map((watts, u) => watts * Math.exp(half[u]!))),
        novelty: kind,
        late,
        machine,
        assumptions,
        points,
      }
    },
  }
}

/** A year after the table's last one, its own year or else its family's. */
function isLate({ values }: RawFeatures, { year }: MachineDescription, lastYear: number): boolean {
  const own = year ?? values[featureAt.familyYear]!
  return own >= lastYear
}

/**
 * The estimate of the expected machine; what draws differ by joins the variance. Where even cores are not known, their mean
 * is the curve: no single machine is expected then.
 */
function spreadOverDraws(curves: CurveModel, { expected, draws, certain }: Completion): CurveEstimate {
  const estimate = curves.estimate(expected)
  if (draws.length === 0) return estimate
  const drawn = curves.alike(draws, estimate.watts).map((curve) => curve.map(Math.log))
  const watts = new Float64Array(loads.length)
  const deviations = new Float64Array(loads.length)
  for (let u = 0; u < loads.length; u++) {
    const mean = drawn.reduce((sum, logs) => sum + logs[u]!, 0) / drawn.length
    const variance = (drawSpread * drawn.reduce((sum, logs) => sum + (logs[u]! - mean) ** 2, 0)) / drawn.length
    watts[u] = certain ? estimate.watts[u]! : Math.exp(mean)
    deviations[u] = Math.sqrt(estimate.deviations[u]! ** 2 + variance)
  }
  return { watts: rising(watts), deviations }
}

/** A curve that never falls. */
function rising(curve: Curve): Curve {
  let highest = 0
  return curve.map((watts) => {
    highest = Math.max(highest, watts)
    return highest
  })
}
