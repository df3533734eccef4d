import { mainFeature } from '../core/main-feature.js'
import type { Matrix } from '../numeric/matrix.js'
import { takeRows, takeValues } from '../numeric/split.js'
import type { FittedTransformer } from '../predictor/kinds.js'
import type { ComponentModel } from '../predictor/power-model.js'
import { type MaxAbsScaler, maxAbsScaler } from '../predictor/scalers.js'
import { regressorOf } from '../regression/regressor-by-name.js'
import type { TrainerName } from '../regression/trainers.js'
import type { TrainingSet } from './training-set.js'

/** The largest magnitude of each feature over the given rows; a feature that never moves from 0 gets 1. */
export function fitScaler(x: Matrix, rows?: Int32Array): MaxAbsScaler {
  const scale = new Float64Array(x.cols)
  const count = rows?.length ?? x.rows
  for (let i = 0; i < count; i++) {
    const at = (rows ? rows[i]! : i) * x.cols
    for (let j = 0; j < x.cols; j++) scale[j] = Math.max(scale[j]!, Math.abs(x.data[at + j]!))
  }
  return maxAbsScaler(scale.map((value) => (value === 0 ? 1 : value)))
}

/**
 * A model of every component, learnt from the given rows.
 *
 * @param wholeRows of cross-validation: the rows of all folds together
 * @throws ModelError `INVALID_DATA` when a regressor cannot learn from them
 */
export function fitComponents(
  trainer: TrainerName,
  set: TrainingSet,
  rows: Int32Array,
  scaler: MaxAbsScaler,
  seed: number,
  wholeRows = rows.length,
): readonly ComponentModel[] {
  const taught = regressorOf(trainer).timeOrdered ? inOrderOfTime(rows, set.timestamps) : rows
  const x = scaler.transform(takeRows(set.x, taught))
  const shared = new Map<string, FittedTransformer>()
  return set.targets.map(({ component, watts }) => {
    const regressor = regressorOf(trainer, {
      mainFeature: mainFeature(set.features, component) ?? 0,
      outputType: set.outputType,
      seed,
      wholeRows,
    })
    const fitted = regressor.fit(x, takeValues(watts, taught))
    // Archives keep the expansion among the transformers; all components have the same one.
    if (fitted.kind !== 'polynomial')
      return { component, features: set.features, transformers: [scaler], predictor: fitted }
    const expansion = shared.get(fitted.kind) ?? fitted.expansion
    shared.set(fitted.kind, expansion)
    return { component, features: set.features, transformers: [scaler, expansion], predictor: fitted.linear }
  })
}

function inOrderOfTime(rows: Int32Array, timestamps: Float64Array): Int32Array {
  return rows.slice().sort((a, b) => timestamps[a]! - timestamps[b]! || a - b)
}

/** What a component's model says of raw features, before negative watts become 0. */
export function predictComponent({ transformers, predictor }: ComponentModel, x: Matrix): Float64Array {
  return predictor.predict(transformers.reduce((rows, transformer) => transformer.transform(rows), x))
}
