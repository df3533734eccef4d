import { ModelError } from '../core/errors.js'
import { categoryNames, featureAt, featureNames, type RawFeatures, rawFeatures } from './features.js'
import { type FeatureSpace, featureSpace } from './feature-space.js'
import {
  fitKernel,
  type Gaussian,
  type GaussianProcess,
  gaussianProcess,
  type Measurements,
  robustGaussianProcess,
} from './gaussian-process/gaussian-process.js'
import type { KernelShape } from './gaussian-process/kernel.js'
import { baseOf, categoryCodes, type CompletedMachine, inputsOf, withRatio } from './model-inputs.js'
import { type Curve, hasWholeCurve, loads, type MeasuredMachine } from './machine.js'
import { type ShapeSpace, shapeComponents, shapeSpace } from './shape.js'

/** A curve with the deviation of the logarithm of its watts at each load, before it is widened to a coverage. */
export interface CurveEstimate {
  readonly watts: Curve
  readonly deviations: Float64Array
}

/** The searched parameters of the processes, and which rows are far off: what a file needs to make the model again. */
export interface CurveModelParameters {
  readonly full: ProcessParameters
  readonly idle: ProcessParameters
  readonly shapes: readonly ProcessParameters[]
}

export interface ProcessParameters {
  readonly theta: Float64Array
  /** Absent: found anew from residuals. */
  readonly noiseWeights?: Float64Array
}

/** The model of whole curves. */
export interface CurveModel {
  readonly machines: readonly MeasuredMachine[]
  readonly raw: readonly RawFeatures[]
  readonly rows: readonly CompletedMachine[]
  readonly space: FeatureSpace
  readonly parameters: CurveModelParameters
  codesOf(categories: RawFeatures['categories']): Int32Array
  estimate(machine: CompletedMachine): CurveEstimate
  /** The curves of machines like another in shape, without deviations, in a fraction of the time. */
  alike(machines: readonly CompletedMachine[], other: Curve): readonly Curve[]
  /** What would be said of each of its machines without the machines of the same group. */
  leaveGroupsOut(groups: readonly string[]): readonly CurveEstimate[]
  /** How alike a machine is to each of the table's, as full load sees it: correlations. */
  likeness(machine: CompletedMachine): Float64Array
}

/** Idle is at most this share of full load. */
const mostIdle = 0.97
const last = loads.length - 1

/** Features in which watts per TDP are also linear, with a slope that drifts. */
const linearFeatures = (
  [
    'coresPerChip',
    'chips',
    'threadsPerCore',
    'frequency',
    'tdp',
    'memoryPerChip',
    'enclosure',
    'supply',
    'height',
    'tower',
  ] as const
).map((name) => featureAt[name])
const wattsShape: KernelShape = {
  features: featureNames.length,
  categories: categoryNames.length,
  linear: linearFeatures,
  fading: [categoryNames.indexOf('line'), categoryNames.indexOf('vendor')],
  year: featureAt.familyYear,
}
/** The shape also depends on the ratio of idle to full load. */
const shapeShape: KernelShape = {
  ...wattsShape,
  features: featureNames.length + 1,
  linear: [...linearFeatures, featureNames.length],
}
const iterations = { watts: 40, shape: 25 }

/** The features of a table and what the processes are trained on. */
interface Training {
  readonly machines: readonly MeasuredMachine[]
  readonly raw: readonly RawFeatures[]
  readonly rows: readonly CompletedMachine[]
  readonly space: FeatureSpace
  readonly codesOf: (categories: RawFeatures['categories']) => Int32Array
  /** ln(chips × TDP) of each machine. */
  readonly base: Float64Array
  /** Rows with all eleven loads. */
  readonly whole: readonly number[]
  readonly shapes: ShapeSpace
  readonly ratios: { readonly mean: number; readonly deviation: number }
  readonly full: Measurements
  readonly idle: Measurements
  readonly scores: readonly Measurements[]
}

/** Fewer machines than this teach nothing. */
const fewestMachines = 20

function training(machines: readonly MeasuredMachine[]): Training {
  const whole = Array.from(machines.keys()).filter((i) => hasWholeCurve(machines[i]!))
  if (whole.length < fewestMachines) {
    throw new ModelError(
      'INVALID_DATA',
      `expected at least ${fewestMachines} machines with all eleven loads, got ${whole.length}`,
    )
  }
  const raw = machines.map(rawFeatures)
  const space = featureSpace(raw.map(({ values }) => values))
  const codesOf = categoryCodes(raw)
  const rows = raw.map(({ values, categories }) => ({
    features: space.complete(space.standardise(values)),
    codes: codesOf(categories),
  }))
  const base = Float64Array.from(rows, ({ features }) => baseOf(space, features))
  const shapes = shapeSpace(whole.map((i) => machines[i]!.watts))
  const ratioOf = (i: number) => Math.log(machines[i]!.watts[0]! / machines[i]!.watts[last]!)
  const mean = whole.reduce((sum, i) => sum + ratioOf(i), 0) / whole.length
  const deviation = Math.sqrt(whole.reduce((sum, i) => sum + (ratioOf(i) - mean) ** 2, 0) / whole.length)
  const inputs = inputsOf(rows)
  const wholeInputs = inputsOf(whole.map((i) => withRatio(rows[i]!, (ratioOf(i) - mean) / deviation)))
  const wholeScores = whole.map((i) => shapes.scores(machines[i]!.watts))
  return {
    machines,
    raw,
    rows,
    space,
    codesOf,
    base,
    whole,
    shapes,
    ratios: { mean, deviation },
    full: { shape: wattsShape, inputs, targets: base.map((b, i) => Math.log(machines[i]!.watts[last]!) - b) },
    idle: { shape: wattsShape, inputs, targets: base.map((b, i) => Math.log(machines[i]!.watts[0]!) - b) },
    scores: Array.from({ length: shapeComponents }, (_, k) => ({
      shape: shapeShape,
      inputs: wholeInputs,
      targets: Float64Array.from(wholeScores, (scores) => scores[k]!),
    })),
  }
}

/**
 * Fits the model to a table of machines: searches the parameters of each process, then weighs rows that are far off.
 *
 * @param start parameters to begin the search from
 * @throws ModelError `INVALID_DATA` with too few machines
 */
export function fitCurveModel(machines: readonly MeasuredMachine[], start?: CurveModelParameters): CurveModel {
  const data = training(machines)
  const search = (measurements: Measurements, most: number, from?: ProcessParameters): ProcessParameters => ({
    theta: fitKernel(measurements, most, from?.theta),
  })
  return curveModelOf(data, {
    full: search(data.full, iterations.watts, start?.full),
    idle: search(data.idle, iterations.watts, start?.idle),
    shapes: data.scores.map((scores, k) => search(scores, iterations.shape, start?.shapes[k])),
  })
}

/** The model of a table with parameters that were found before. */
export function curveModel(machines: readonly MeasuredMachine[], parameters: CurveModelParameters): CurveModel {
  return curveModelOf(training(machines), parameters)
}

function curveModelOf(data: Training, parameters: CurveModelParameters): CurveModel {
  const { machines, raw, rows, space, codesOf, base, whole, shapes } = data
  const full = processOf(data.full, parameters.full, true)
  const idle = processOf(data.idle, parameters.idle, true)
  const scores = data.scores.map((measurements, k) => processOf(measurements, parameters.shapes[k]!, false))

  const scoresOf = (machine: CompletedMachine, ratio: number): readonly Gaussian[] => {
    const held = Math.min(ratio, Math.log(mostIdle))
    const inputs = inputsOf([withRatio(machine, (held - data.ratios.mean) / data.ratios.deviation)])
    return scores.map((process) => process.predict(inputs)[0]!)
  }

  return {
    machines,
    raw,
    rows,
    space,
    codesOf,
    parameters: { full: written(full), idle: written(idle), shapes: scores.map(written) },
    estimate(machine) {
      const inputs = inputsOf([machine])
      const shift = baseOf(space, machine.features)
      const atFull = shifted(full.predict(inputs)[0]!, shift)
      const atIdle = shifted(idle.predict(inputs)[0]!, shift)
      return combine(shapes, atIdle, atFull, scoresOf(machine, atIdle.mean - atFull.mean))
    },
    alike(alternatives, other) {
      const inputs = inputsOf(alternatives)
      const atFull = full.predict(inputs, false)
      const atIdle = idle.predict(inputs, false)
      const [otherLowest, otherHighest] = [other[0]!, other[last]!]
      return alternatives.map(({ features }, i) => {
        const shift = baseOf(space, features)
        const highest = Math.exp(atFull[i]!.mean + shift)
        const lowest = Math.min(Math.exp(atIdle[i]!.mean + shift), mostIdle * highest)
        return other.map(
          (watts) => lowest + ((highest - lowest) * (watts - otherLowest)) / (otherHighest - otherLowest),
        )
      })
    },
    leaveGroupsOut(groups) {
      const atFull = full.leaveGroupsOut(groups).map((left, i) => shifted(left, base[i]!))
      const atIdle = idle.leaveGroupsOut(groups).map((left, i) => shifted(left, base[i]!))
      const wholeGroups = whole.map((i) => groups[i]!)
      const left = scores.map((process) => process.leaveGroupsOut(wholeGroups))
      const position = new Map(whole.map((i, k) => [i, k]))
      return machines.map((_, i) => {
        const k = position.get(i)
        const own =
          k === undefined
            ? scoresOf(rows[i]!, atIdle[i]!.mean - atFull[i]!.mean)
            : left.map((component) => component[k]!)
        return combine(shapes, atIdle[i]!, atFull[i]!, own)
      })
    },
    likeness: (machine) => full.correlations(inputsOf([machine])),
  }
}

/** Watts: idle and full load are robust against a row that is far off; shapes need it not. */
function processOf(
  measurements: Measurements,
  { theta, noiseWeights }: ProcessParameters,
  robust: boolean,
): GaussianProcess {
  if (noiseWeights) return gaussianProcess(measurements, theta, noiseWeights)
  return robust ? robustGaussianProcess(measurements, theta) : gaussianProcess(measurements, theta)
}

function written({ theta, noiseWeights }: GaussianProcess): ProcessParameters {
  return { theta, noiseWeights }
}

function shifted({ mean, variance }: Gaussian, by: number): Gaussian {
  return { mean: mean + by, variance }
}

/** P(u) = P₀ + (P₁ - P₀) s(u), and the deviation of its logarithm from those of P₀, P₁ and s, to first order. */
function combine(shapes: ShapeSpace, idle: Gaussian, full: Gaussian, scores: readonly Gaussian[]): CurveEstimate {
  const highest = Math.exp(full.mean)
  const lowest = Math.min(Math.exp(idle.mean), mostIdle * highest)
  const { shares, variances } = shapes.shape(
    scores.map(({ mean }) => mean),
    scores.map(({ variance }) => variance),
  )
  const watts = shares.map((share) => lowest + (highest - lowest) * share)
  const deviations = watts.map((value, u) => {
    const ofIdle = (lowest * (1 - shares[u]!)) / value
    const ofShape = ((highest - lowest) * Math.sqrt(variances[u]!)) / value
    return Math.sqrt(ofIdle ** 2 * idle.variance + (1 - ofIdle) ** 2 * full.variance + ofShape ** 2)
  })
  return { watts, deviations }
}
