import { ModelError, quote } from '../core/errors.js'
import { expectKnownOptions } from '../core/known-options.js'
import { type Matrix, matrix } from '../numeric/matrix.js'
import type { Predictor } from '../predictor/predictor.js'
import type { PredictedInterval, QuantileForestPredictor } from '../predictor/quantile-forest.js'
import type { Regressor } from './regressor.js'
import {
  type FoldOptions,
  type Trainer,
  type TrainerName,
  type TrainerOptions,
  type TrainerPredictor,
  trainers,
} from './trainers.js'
import { xgboostRegressor } from './xgboost.js'

/** The trainers of a pipeline, and one of the original's that no pipeline has. */
export type RegressorName = TrainerName | 'XGBoostTrainer'

/** Rows of features, scaled as they were for `fit`. */
export type LibraryRows = readonly (readonly number[])[] | Matrix

/** A predictor that also takes plain rows. */
export type LibraryPredictor<P extends Predictor = Predictor> = Omit<P, 'predict' | 'predictInterval'> & {
  /** One value per row of `x`, in watts. */
  predict(x: LibraryRows): Float64Array
} & (P extends QuantileForestPredictor ? LibraryInterval : unknown)

/** What the quantile forest says of its own certainty. */
export interface LibraryInterval {
  /** Watts that a measurement lies between, nine times of ten unless `coverage` says otherwise (0 to 1). */
  predictInterval(x: LibraryRows, coverage?: number): PredictedInterval
}

/** A regressor that also takes plain rows: the face of the library. */
export interface LibraryRegressor<P extends Predictor = Predictor> {
  readonly kind: string
  /** As {@link Regressor.fit}; rows of different lengths are a ModelError `SHAPE_MISMATCH` too. */
  fit(x: LibraryRows, y: readonly number[] | Float64Array): LibraryPredictor<P>
}

/** `XGBoostTrainer` has 1000 trees, and takes BPFIRQ features as they are: no pipeline trains it. */
const regressors: Readonly<Record<RegressorName, Trainer>> = {
  ...trainers,
  XGBoostTrainer: {
    complexity: trainers.XgboostFitTrainer.complexity,
    regressor: (options) => xgboostRegressor({ ...options, trees: 1000 }),
  },
}

/** The regressor of a trainer's name. @throws ModelError `INVALID_REQUEST` when there is none */
export function regressorOf(name: string, options: FoldOptions = {}): Regressor<TrainerPredictor> {
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
 * @throws ModelError `INVALID_REQUEST` when the name is not a trainer's, or for an option that does not exist
 */
export function regressor(
  name: 'QuantileForestRegressorTrainer',
  options?: TrainerOptions,
): LibraryRegressor<QuantileForestPredictor>
export function regressor(name: RegressorName, options?: TrainerOptions): LibraryRegressor
export function regressor(name: RegressorName, options: TrainerOptions = {}): LibraryRegressor {
  expectKnownOptions('regressor', options, optionNames)
  const inner = regressorOf(name, options)
  return {
    kind: inner.kind,
    fit(x, y) {
      const model = inner.fit(toMatrix(x), y instanceof Float64Array ? y : Float64Array.from(y))
      const rowsOf = (rows: LibraryRows) => toMatrix(rows, model.featureCount)
      return {
        ...model,
        predict: (rows) => model.predict(rowsOf(rows)),
        ...(model.kind === 'quantile-forest' && {
          predictInterval: (rows: LibraryRows, coverage?: number) => model.predictInterval(rowsOf(rows), coverage),
        }),
      }
    },
  }
}

const optionNames = ['mainFeature', 'seed', 'outputType', 'idleFeature', 'continueFrom'] as const

function isRegressorName(name: string): name is RegressorName {
  return Object.hasOwn(regressors, name)
}

function toMatrix(x: LibraryRows, cols?: number): Matrix {
  return 'data' in x ? x : matrix(x, x[0]?.length ?? cols)
}
