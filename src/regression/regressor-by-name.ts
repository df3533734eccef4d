import { ModelError, quote } from '../core/errors.js'
import { type Matrix, matrix } from '../numeric/matrix.js'
import type { Predictor } from '../predictor/predictor.js'
import type { Regressor } from './regressor.js'
import { type Trainer, type TrainerName, type TrainerOptions, type TrainerPredictor, trainers } from './trainers.js'
import { xgboostRegressor } from './xgboost.js'

/** The trainers of a pipeline, and the original's eleventh. */
export type RegressorName = TrainerName | 'XGBoostTrainer'

/** A predictor that also takes plain rows. */
export type LibraryPredictor<P extends Predictor = Predictor> = Omit<P, 'predict'> & {
  /** One value per row of `x`, whose features are scaled as they were for `fit`. */
  predict(x: readonly (readonly number[])[] | Matrix): Float64Array
}

/** A regressor that also takes plain rows: the face of the library. */
export interface LibraryRegressor {
  readonly kind: string
  /** As {@link Regressor.fit}; rows of different lengths are a ModelError `SHAPE_MISMATCH` too. */
  fit(x: readonly (readonly number[])[] | Matrix, y: readonly number[] | Float64Array): LibraryPredictor
}

/** `XGBoostTrainer` has 1000 trees, and takes BPFIRQ features as they are: no pipeline trains it. */
const regressors: Readonly<Record<RegressorName, Trainer>> = {
  ...trainers,
  XGBoostTrainer: { regressor: (options) => xgboostRegressor({ ...options, trees: 1000 }) },
}

/** The regressor of a trainer's name. @throws ModelError `INVALID_REQUEST` when there is none */
export function regressorOf(name: string, options: TrainerOptions = {}): Regressor<TrainerPredictor> {
  if (!isRegressorName(name)) {
    throw new ModelError(
      'INVALID_REQUEST',
      `no regressor ${quote(name)}; there are ${Object.keys(regressors).join(', ')}`,
      {
        field: 'name',
      },
    )
  }
  return regressors[name].regressor(options)
}

/**
 * Learns a power model's arithmetic from scaled features:
 *
 *     const model = regressor('LinearRegressionTrainer').fit([[0, 0.2], [1, 0.4]], [40, 90])
 *     model.predict([[0.5, 0.3]])
 *
 * @throws ModelError `INVALID_REQUEST` when the name is not a trainer's
 */
export function regressor(name: RegressorName, options: TrainerOptions = {}): LibraryRegressor {
  const inner = regressorOf(name, options)
  return {
    kind: inner.kind,
    fit(x, y) {
      const model = inner.fit(toMatrix(x), y instanceof Float64Array ? y : Float64Array.from(y))
      return { ...model, predict: (rows) => model.predict(toMatrix(rows, model.featureCount)) }
    },
  }
}

function isRegressorName(name: string): name is RegressorName {
  return Object.hasOwn(regressors, name)
}

function toMatrix(x: readonly (readonly number[])[] | Matrix, cols?: number): Matrix {
  if ('data' in x) return x
  return x.length === 0 && cols !== undefined ? matrix([], cols) : matrix(x)
}
