import { type Component, isCounted } from '../core/energy-source.js'
import { mainFeature } from '../core/main-feature.js'
import { type RegressionMetrics, regressionMetrics } from '../numeric/metrics.js'
import { conformalRadius, quantile } from '../numeric/quantile.js'
import { type Split, takeRows, takeValues } from '../numeric/split.js'
import type { TrainerName } from '../regression/trainers.js'
import { fitComponents, fitScaler, predictComponent } from './fit-components.js'
import type { HeldOutRows } from './held-out-intervals.js'
import type { TrainingSet } from './training-set.js'

/** The errors on all folds, each predicted by models that were trained on the others. */
export interface CrossValidation {
  readonly folds: number
  /** Mean absolute error of each fold in watts, added up over the components that are not part of another one. */
  readonly foldErrors: readonly number[]
  readonly components: readonly ComponentCrossValidation[]
}

export interface ComponentCrossValidation extends RegressionMetrics {
  readonly component: Component
  /** Mean of predicted minus measured watts over the tenth of the rows with the least usage. */
  readonly idleBias: number
  /** Half the width of a 90 % prediction interval (split conformal). */
  readonly interval90: number
  readonly rows: HeldOutRows
}

const coverage = 0.9

/** @throws ModelError as the regressor's `fit` */
export function crossValidate(
  trainer: TrainerName,
  set: TrainingSet,
  splits: readonly Split[],
  seed: number,
): CrossValidation | undefined {
  if (splits.length === 0) return undefined
  const rows = Int32Array.from(splits.flatMap(({ test }) => [...test]))
  const fold = Int32Array.from(splits.flatMap(({ test }, k) => [...test].map(() => k)))
  const predicted = set.targets.map(() => new Float64Array(rows.length))
  let at = 0
  for (const { train, test } of splits) {
    // The scaler too is fitted on the training rows only.
    const models = fitComponents(trainer, set, train, fitScaler(set.x, train), seed, set.x.rows)
    const x = takeRows(set.x, test)
    for (const [c, model] of models.entries()) predicted[c]!.set(predictComponent(model, x).map(clipped), at)
    at += test.length
  }
  const heldOut = set.targets.map(
    ({ watts }, c): HeldOutRows => ({ predicted: predicted[c]!, actual: takeValues(watts, rows), fold }),
  )
  return {
    folds: splits.length,
    foldErrors: foldErrors(set, heldOut, splits.length),
    components: set.targets.map(({ component }, c) => componentErrors(set, rows, component, heldOut[c]!)),
  }
}

function componentErrors(
  set: TrainingSet,
  rows: Int32Array,
  component: Component,
  heldOut: HeldOutRows,
): ComponentCrossValidation {
  const { predicted, actual } = heldOut
  const differences = predicted.map((value, i) => value - actual[i]!)
  const column = mainFeature(set.features, component) ?? 0
  const load = Float64Array.from(rows, (row) => set.x.data[row * set.x.cols + column]!)
  const idle = quantile(load, 0.1)
  const idleDifferences = differences.filter((_, i) => load[i]! <= idle)
  return {
    component,
    ...regressionMetrics(actual, predicted),
    idleBias: idleDifferences.reduce((sum, value) => sum + value, 0) / idleDifferences.length,
    interval90: conformalRadius(differences.map(Math.abs), coverage),
    rows: heldOut,
  }
}

/** Mean absolute error of each fold, added up over the components that are not part of another one. */
export function foldErrors(
  { targets }: Pick<TrainingSet, 'targets'>,
  heldOut: readonly HeldOutRows[],
  folds: number,
): readonly number[] {
  const sums = new Float64Array(folds)
  const counts = new Float64Array(folds)
  targets.forEach(({ component }, c) => {
    if (!isCounted(component)) return
    const { predicted, actual, fold } = heldOut[c]!
    fold.forEach((k, i) => {
      sums[k]! += Math.abs(predicted[i]! - actual[i]!)
    })
  })
  for (const k of heldOut[0]?.fold ?? []) counts[k]!++
  return Array.from(sums, (sum, k) => sum / Math.max(1, counts[k]!))
}

/** Estimates below 0 W are served as 0. */
function clipped(watts: number): number {
  return Math.max(0, watts)
}
