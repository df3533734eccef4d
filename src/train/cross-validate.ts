import type { Component } from '../core/energy-source.js'
import { mainFeature } from '../core/main-feature.js'
import { type RegressionMetrics, regressionMetrics } from '../numeric/metrics.js'
import { conformalRadius, quantile } from '../numeric/quantile.js'
import { type Split, takeRows, takeValues } from '../numeric/split.js'
import type { TrainerName } from '../regression/trainers.js'
import { fitComponents, fitScaler, predictComponent } from './fit-components.js'
import type { TrainingSet } from './training-set.js'

/** The errors on all folds, each predicted by models that were trained on the others. */
export interface CrossValidation {
  readonly folds: number
  readonly components: readonly ComponentCrossValidation[]
}

export interface ComponentCrossValidation extends RegressionMetrics {
  readonly component: Component
  /** Mean of predicted minus measured watts over the tenth of the rows with the least usage. */
  readonly idleBias: number
  /** Half the width of a 90 % prediction interval (split conformal). */
  readonly interval90: number
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
  const rows = splits.flatMap(({ test }) => [...test])
  const predicted = set.targets.map(() => new Float64Array(rows.length))
  let at = 0
  for (const { train, test } of splits) {
    // The scaler too is fitted on the training rows only.
    const models = fitComponents(trainer, set, train, fitScaler(set.x, train), seed)
    const x = takeRows(set.x, test)
    for (const [c, model] of models.entries()) predicted[c]!.set(predictComponent(model, x).map(clipped), at)
    at += test.length
  }
  return {
    folds: splits.length,
    components: set.targets.map(({ component, watts }, c) => {
      const actual = takeValues(watts, rows)
      const differences = predicted[c]!.map((value, i) => value - actual[i]!)
      const usage = takeRows(set.x, rows)
      const column = mainFeature(set.features, component) ?? 0
      const load = Float64Array.from({ length: rows.length }, (_, i) => usage.data[i * usage.cols + column]!)
      const idle = quantile(load, 0.1)
      const idleDifferences = differences.filter((_, i) => load[i]! <= idle)
      return {
        component,
        ...regressionMetrics(actual, predicted[c]!),
        idleBias: idleDifferences.reduce((sum, value) => sum + value, 0) / idleDifferences.length,
        interval90: conformalRadius(differences.map(Math.abs), coverage),
      }
    }),
  }
}

/** Estimates below 0 W are served as 0. */
function clipped(watts: number): number {
  return Math.max(0, watts)
}
