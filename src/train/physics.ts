import { type Component, isCounted } from '../core/energy-source.js'
import { emptyMatrix, type Matrix } from '../numeric/matrix.js'
import { takeRows } from '../numeric/split.js'
import type { ComponentModel } from '../predictor/power-model.js'
import { predictComponent } from './fit-components.js'
import type { TrainingSet } from './training-set.js'

/** How far a model violates what holds for any power. Shares are of the range of watts that the component measured. */
export interface PhysicsCheck {
  /** Watts at zero load; dynamic power should have none. */
  readonly zeroLoad: Readonly<Partial<Record<Component, number>>>
  /** Their sum as a share of the sum of the ranges, over the components that are not part of another one. */
  readonly zeroLoadShare: number
  /** Watts by which core and uncore together exceed the package they are part of, at most; 0 where they do not. */
  readonly partsAbovePackage: number
  /** How far a prediction rises above the least measured watts while no feature is above twice its range, as a share. */
  readonly doubleRangeRise: number
  /** How far one falls below the least measured watts there, as a share, before negative watts become 0. */
  readonly doubleRangeFall: number
}

/** Predictors that are formulas; polynomials are linear in expanded features. */
const growing: ReadonlySet<string> = new Set(['linear', 'curve'])
const fewProbes = 12

/** Checks a model on the rows that it learnt from, and on rows up to twice as far out. */
export function checkPhysics(models: readonly ComponentModel[], set: TrainingSet): PhysicsCheck {
  const nothing = emptyMatrix(1, set.features.length)
  const probes = probesOutside(set.x)
  const few = takeRows(probes, spread(probes.rows, fewProbes))
  const zeroLoad: Partial<Record<Component, number>> = {}
  let idleSum = 0
  let rangeSum = 0
  let doubleRangeRise = 0
  let doubleRangeFall = 0
  models.forEach((model, c) => {
    const idle = Math.max(0, predictComponent(model, nothing)[0]!)
    zeroLoad[model.component] = idle
    const { least, range } = rangeOfWatts(set.targets[c]!.watts)
    if (range === 0) return
    if (isCounted(model.component)) {
      idleSum += idle
      rangeSum += range
    }
    // Means of measured watts do not grow: a few rows show that, and they cost most to predict.
    for (const watts of predictComponent(model, growing.has(model.predictor.kind) ? probes : few)) {
      const share = (watts - least) / range
      // Not a number counts as having run away: Math.max would pass it on silently.
      doubleRangeRise = Math.max(doubleRangeRise, Number.isNaN(share) ? Number.POSITIVE_INFINITY : share)
      doubleRangeFall = Math.max(doubleRangeFall, Number.isNaN(share) ? Number.POSITIVE_INFINITY : -share)
    }
  })
  return {
    zeroLoad,
    zeroLoadShare: rangeSum > 0 ? idleSum / rangeSum : 0,
    partsAbovePackage: partsAbovePackage(models, set),
    doubleRangeRise,
    doubleRangeFall,
  }
}

/** The least measured watts, and how far the most are above them. */
export function rangeOfWatts(watts: Float64Array): { readonly least: number; readonly range: number } {
  const least = watts.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
  const most = watts.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
  return { least, range: most - least }
}

/** Training rows that are extended, evenly spread over all of them. */
const rays = 24
const singles = 6

/**
 * Rows outside the training range, none of them by more than twice: training rows extended along the ray from zero load
 * until one feature reaches 1.25, 1.5 and 2 times its maximum, and training rows in which one feature alone is at twice its maximum.
 */
function probesOutside(x: Matrix): Matrix {
  const highest = new Float64Array(x.cols)
  for (let k = 0; k < x.data.length; k++) {
    highest[k % x.cols] = Math.max(highest[k % x.cols]!, x.data[k]!)
  }
  const rows: number[][] = []
  const chosen = (count: number) => {
    const sample = takeRows(x, spread(x.rows, count))
    return Array.from({ length: sample.rows }, (_, i) => [
      ...sample.data.subarray(i * sample.cols, (i + 1) * sample.cols),
    ])
  }
  for (const row of chosen(rays)) {
    const share = row.reduce((most, value, j) => Math.max(most, highest[j]! > 0 ? value / highest[j]! : 0), 0)
    if (share === 0) continue
    for (const factor of [1.25, 1.5, 2]) rows.push(row.map((value) => (value * factor) / share))
  }
  for (const row of chosen(singles)) {
    for (let j = 0; j < x.cols; j++) {
      rows.push(row.map((value, k) => (k === j ? 2 * highest[j]! : value)))
    }
  }
  return { rows: rows.length, cols: x.cols, data: Float64Array.from(rows.flat()) }
}

function spread(rows: number, count: number): Int32Array {
  const taken = Math.min(rows, count)
  return Int32Array.from({ length: taken }, (_, i) => Math.floor((i * rows) / taken))
}

function partsAbovePackage(models: readonly ComponentModel[], { x }: TrainingSet): number {
  const watts = (component: Component) => {
    const model = models.find((candidate) => candidate.component === component)
    return model && predictComponent(model, x)
  }
  const whole = watts('package')
  if (whole === undefined) return 0
  const [core, uncore] = [watts('core'), watts('uncore')]
  let most = 0
  whole.forEach((value, i) => {
    const parts = Math.max(0, core?.[i] ?? 0) + Math.max(0, uncore?.[i] ?? 0)
    most = Math.max(most, parts - Math.max(0, value))
  })
  return most
}
