import { ModelError, quote } from '../core/errors.js'
import type { TrainerName } from '../core/trainer.js'
import { type Matrix, matrix } from '../numeric/matrix.js'
import type { Predictor } from '../predictor/predictor.js'
import type { XgboostModel } from '../predictor/xgboost.js'
import { curveRegressor } from './curve.js'
import { gradientBoostingRegressor } from './gradient-boosting.js'
import { kNeighborsRegressor } from './k-neighbors.js'
import { linearRegressor } from './linear.js'
import { polynomialRegressor } from './polynomial.js'
import type { Regressor } from './regressor.js'
import { sgdRegressor } from './sgd.js'
import { svrRegressor } from './svr.js'
import { xgboostRegressor } from './xgboost.js'

/** The ten trainers of a pipeline, and the original's eleventh with its 1000 trees. */
export type RegressorName = TrainerName | 'XGBoostTrainer'

export interface NamedRegressorOptions {
  /** Column that a curve fit looks at; the others ignore it. @default 0 */
  readonly mainFeature?: number
  /**
   * Decides the order in which SGD visits rows, and in which gradient boosting tries features; the others involve no
   * chance. @default 0
   */
  readonly seed?: number
  /** Curve fits: leave rows out whose value in this column is below 0.1. Not by default, as in the original. */
  readonly idleFeature?: number
  /** XgboostFitTrainer and XGBoostTrainer: add trees to this model. */
  readonly continueFrom?: XgboostModel
}

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

const recipes: Readonly<Record<RegressorName, (options: NamedRegressorOptions) => Regressor>> = {
  LinearRegressionTrainer: () => linearRegressor(),
  PolynomialRegressionTrainer: () => polynomialRegressor(),
  SGDRegressorTrainer: (options) => sgdRegressor(options),
  SVRRegressorTrainer: () => svrRegressor(),
  KNeighborsRegressorTrainer: () => kNeighborsRegressor(),
  GradientBoostingRegressorTrainer: ({ seed = 0 }) => gradientBoostingRegressor({ seed }),
  XgboostFitTrainer: (options) => xgboostRegressor(options),
  XGBoostTrainer: (options) => xgboostRegressor({ ...options, trees: 1000 }),
  ExponentialRegressionTrainer: (options) => curveRegressor({ ...options, shape: 'exponential' }),
  LogarithmicRegressionTrainer: (options) => curveRegressor({ ...options, shape: 'logarithmic' }),
  LogisticRegressionTrainer: (options) => curveRegressor({ ...options, shape: 'logistic' }),
}

/** The recipe behind a trainer's name. @throws ModelError `INVALID_REQUEST` when there is none */
export function regressorOf(name: string, options: NamedRegressorOptions = {}): Regressor {
  if (!isRegressorName(name)) {
    throw new ModelError(
      'INVALID_REQUEST',
      `no regressor ${quote(name)}; there are ${Object.keys(recipes).join(', ')}`,
      {
        field: 'name',
      },
    )
  }
  return recipes[name](options)
}

/**
 * Learns a power model's arithmetic from scaled features:
 *
 *     const model = regressor('LinearRegressionTrainer').fit([[0, 0.2], [1, 0.4]], [40, 90])
 *     model.predict([[0.5, 0.3]])
 *
 * @throws ModelError `INVALID_REQUEST` when the name is not a trainer's
 */
export function regressor(name: RegressorName, options: NamedRegressorOptions = {}): LibraryRegressor {
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
  return Object.hasOwn(recipes, name)
}

function toMatrix(x: readonly (readonly number[])[] | Matrix, cols?: number): Matrix {
  if ('data' in x) return x
  return x.length === 0 && cols !== undefined ? matrix([], cols) : matrix(x)
}
