import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { meanAbsoluteError, sumOfSquaredErrors } from '../../src/numeric/metrics.js'
import type { Predictor } from '../../src/predictor/predictor.js'
import { regressorOf } from '../../src/regression/regressor-by-name.js'
import { noFits, type PreparedDataset, type ReferenceFit, readFits } from './fits.js'

/** Largest difference of a prediction, relative to 1 + |reference|. */
const tolerances: Record<string, number> = {
  LinearRegressionTrainer: 1e-6,
  PolynomialRegressionTrainer: 1e-6,
  ExponentialRegressionTrainer: 1e-4,
  LogarithmicRegressionTrainer: 1e-4,
  LogisticRegressionTrainer: 1e-4,
  KNeighborsRegressorTrainer: 1e-9,
  SVRRegressorTrainer: 1e-3,
  GradientBoostingRegressorTrainer: 1e-6,
  XgboostFitTrainer: 1e-4,
}

describe('fits beside scikit-learn, XGBoost and SciPy', { skip: noFits }, () => {
  if (noFits) return
  for (const data of readFits()) {
    describe(data.name, () => {
      for (const [trainer, reference] of Object.entries(data.models)) {
        it(trainer, () => compare(trainer, reference, data))
      }
    })
  }
})

function compare(trainer: string, reference: ReferenceFit, data: PreparedDataset): void {
  const model = regressorOf(trainer, { mainFeature: data.mainFeature }).fit(data.trainX, data.trainY)
  const predicted = model.predict(data.testX)
  assert.ok(predicted.every(Number.isFinite), 'a prediction is not finite')
  const mae = meanAbsoluteError(data.testY, predicted)

  if (reference.mae_over_5_seeds) {
    seedsAgree(mae, reference.mae_over_5_seeds)
  } else if (reference.ties) {
    tiesAgree(mae, reference.mae_over_12_seeds!)
  } else if (reference.rank_deficient) {
    assert.ok(mae <= reference.mae! * (1 + 1e-9), `MAE ${mae} is worse than ${reference.mae}`)
  } else if (reference.ill_conditioned) {
    runawayAgrees(model, mae, reference, data)
  } else {
    const share = trainer === 'XgboostFitTrainer' ? 0.95 : 1
    predictionsAgree(predicted, reference.predictions!, tolerances[trainer]!, share)
    if (trainer === 'XgboostFitTrainer') within(mae, reference.mae!, 0.005)
  }
}

function predictionsAgree(
  predicted: Float64Array,
  expected: (number | null)[],
  tolerance: number,
  share: number,
): void {
  let compared = 0
  let agreeing = 0
  let worst = 0
  expected.forEach((value, i) => {
    if (value === null) return
    compared++
    const difference = Math.abs(predicted[i]! - value) / (1 + Math.abs(value))
    worst = Math.max(worst, difference)
    if (difference <= tolerance) agreeing++
  })
  assert.ok(
    agreeing >= share * compared,
    `${agreeing} of ${compared} rows within ${tolerance}, the worst is ${worst} off`,
  )
}

/** The MAE of one seed against the mean of the reference's. */
function seedsAgree(mae: number, seeds: number[]): void {
  within(mae, seeds.reduce((sum, value) => sum + value, 0) / seeds.length, 0.02)
}

function tiesAgree(mae: number, [least, most]: [number, number]): void {
  assert.ok(mae >= least * 0.995 && mae <= most * 1.005, `MAE ${mae} is not near ${least} .. ${most}`)
}

function runawayAgrees(model: Predictor, mae: number, reference: ReferenceFit, data: PreparedDataset): void {
  const sse = sumOfSquaredErrors(data.trainY, model.predict(data.trainX))
  assert.ok(sse <= reference.train_sse! * (1 + 1e-5), `sum of squares ${sse} above ${reference.train_sse}`)
  within(mae, reference.mae!, 0.001)
}

function within(actual: number, expected: number, share: number): void {
  assert.ok(Math.abs(actual - expected) <= share * expected, `MAE ${actual} is not within ${share} of ${expected}`)
}
