import type { OutputType } from '../core/output-type.js'
import type { FittedPredictor } from '../predictor/kinds.js'
import type { XgboostModel } from '../predictor/xgboost.js'
import { curveRegressor } from './curve.js'
import { gradientBoostingRegressor } from './gradient-boosting.js'
import { kNeighborsRegressor } from './k-neighbors.js'
import { linearRegressor } from './linear.js'
import { type PolynomialPredictor, polynomialRegressor } from './polynomial.js'
import { quantileForestRegressor } from './quantile-forest.js'
import type { Regressor } from './regressor.js'
import { sgdRegressor } from './sgd.js'
import { svrRegressor } from './svr.js'
import { xgboostRegressor } from './xgboost.js'

export interface TrainerOptions {
  /** Column that a curve fit looks at; the others ignore it. @default 0 */
  readonly mainFeature?: number
  /**
   * Decides the order in which SGD visits rows, in which gradient boosting tries features, and the thresholds that the
   * quantile forest tries; the others involve no chance. @default 0
   */
  readonly seed?: number
  /** The quantile forest of `DynPower` falls to 0 below the smallest usage; the others ignore it. @default 'AbsPower' */
  readonly outputType?: OutputType
  /** Curve fits: leave rows out whose value in this column is below 0.1. Not by default, as in the original. */
  readonly idleFeature?: number
  /** XgboostFitTrainer and XGBoostTrainer: add trees to this model. */
  readonly continueFrom?: XgboostModel
}

/** With what a fit of one fold knows of the others. */
export interface FoldOptions extends TrainerOptions {
  /** Rows of all folds together, see `SvrOptions`; the other trainers ignore it. @default the rows of `fit` */
  readonly wholeRows?: number
}

/** What a regressor of a trainer fits: a predictor that archives hold, or polynomial regression's two steps in one. */
export type TrainerPredictor = FittedPredictor | PolynomialPredictor

export interface Trainer {
  /** Whether Kepler evaluates its models itself, from weights in JSON. @default false */
  readonly weights?: true
  /**
   * Of models of equal error the one of least complexity is chosen: 1 a line or a curve of one feature, 2 a polynomial,
   * 3 a mean of similar rows, 4 a forest.
   */
  readonly complexity: number
  readonly regressor: (options: FoldOptions) => Regressor<TrainerPredictor>
}

/**
 * The trainers of a pipeline. Their names stand in file names of the model database. A new one is its regressor's file
 * and a line here; a predictor of a new kind has its line in `predictor/kinds.ts`, and does not compile without.
 */
export const trainers = {
  PolynomialRegressionTrainer: { complexity: 2, regressor: () => polynomialRegressor() },
  GradientBoostingRegressorTrainer: { complexity: 4, regressor: ({ seed = 0 }) => gradientBoostingRegressor({ seed }) },
  KNeighborsRegressorTrainer: { complexity: 3, regressor: () => kNeighborsRegressor() },
  LinearRegressionTrainer: { complexity: 1, regressor: () => linearRegressor() },
  SVRRegressorTrainer: { complexity: 3, regressor: (options) => svrRegressor(options) },
  XgboostFitTrainer: { complexity: 4, regressor: (options) => xgboostRegressor(options) },
  SGDRegressorTrainer: { complexity: 1, weights: true, regressor: (options) => sgdRegressor(options) },
  LogarithmicRegressionTrainer: {
    complexity: 1,
    weights: true,
    regressor: (options) => curveRegressor({ ...options, shape: 'logarithmic' }),
  },
  LogisticRegressionTrainer: {
    complexity: 1,
    weights: true,
    regressor: (options) => curveRegressor({ ...options, shape: 'logistic' }),
  },
  ExponentialRegressionTrainer: {
    complexity: 1,
    weights: true,
    regressor: (options) => curveRegressor({ ...options, shape: 'exponential' }),
  },
  QuantileForestRegressorTrainer: { complexity: 4, regressor: (options) => quantileForestRegressor(options) },
} as const satisfies Readonly<Record<string, Trainer>>

export type TrainerName = keyof typeof trainers

export const trainerNames: readonly TrainerName[] = Object.keys(trainers).filter(isTrainerName)

export function isTrainerName(name: string): name is TrainerName {
  return Object.hasOwn(trainers, name)
}

/** Whether Kepler evaluates models of this trainer itself. */
export function givesWeights(name: TrainerName): boolean {
  return 'weights' in trainers[name]
}

/**
 * A trainer by its name, with or without its ending as the original takes it: `SGD`, `SGDRegressor` and
 * `SGDRegressorTrainer` are one. `undefined` when there is none; the caller decides which error that is.
 */
export function trainerNamed(text: string): TrainerName | undefined {
  return [text, `${text}Trainer`, `${text}RegressionTrainer`, `${text}RegressorTrainer`].find(isTrainerName)
}
