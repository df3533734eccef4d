import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, it } from 'node:test'
import { matrix } from '../../src/numeric/matrix.js'
import { meanAbsoluteError, sumOfSquaredErrors } from '../../src/numeric/metrics.js'
import { regressorOf } from '../../src/regression/regressor-by-name.js'

/** Debian's interpreter: the packages belong to it, not to whatever stands first in the path. */
const python = '/usr/bin/python3'
const found = spawnSync(python, ['-c', 'import sklearn, xgboost, scipy'])
const skip = found.status === 0 ? false : 'needs python3-sklearn and python3-xgboost (apt-get install them)'

interface Reference {
  readonly failure?: string
  readonly predictions: (number | null)[]
  readonly seeds?: number[][]
  readonly sse?: number
  readonly unsure?: boolean
}

interface Dataset {
  readonly name: string
  readonly x: number[][]
  readonly y: number[]
  readonly testX: number[][]
  readonly testY: number[]
  readonly models: Record<string, Reference>
}

/** Largest difference of a prediction, relative to 1 + |reference|, and the share of rows that must keep to it. */
const tolerances: Record<string, readonly [number, number]> = {
  LinearRegressionTrainer: [1e-6, 1],
  PolynomialRegressionTrainer: [1e-6, 1],
  KNeighborsRegressorTrainer: [1e-9, 1],
  SVRRegressorTrainer: [1e-3, 1],
  XgboostFitTrainer: [1e-4, 0.95],
  GradientBoostingRegressorTrainer: [1e-6, 1],
  ExponentialRegressionTrainer: [1e-4, 1],
  LogarithmicRegressionTrainer: [1e-4, 1],
  LogisticRegressionTrainer: [1e-4, 1],
}

describe('fits of random datasets beside scikit-learn, XGBoost and SciPy', { skip }, () => {
  if (skip) return
  const seed = 11
  const run = spawnSync(python, ['scripts/reference/reference-fits.py', String(seed), '16', '500'], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  })
  assert.equal(run.status, 0, run.stderr)
  const datasets: Dataset[] = JSON.parse(run.stdout)
  for (const data of datasets) {
    it(data.name, () => {
      for (const [trainer, reference] of Object.entries(data.models)) compare(trainer, reference, data)
    })
  }
})

function compare(trainer: string, reference: Reference, data: Dataset): void {
  const model = regressorOf(trainer).fit(matrix(data.x), Float64Array.from(data.y))
  const predicted = model.predict(matrix(data.testX))
  assert.ok(predicted.every(Number.isFinite), `${trainer} is not finite`)
  if (reference.failure || reference.unsure) return
  const share = agreement(trainer, predicted, reference.predictions)
  if (share >= (tolerances[trainer]?.[1] ?? 2)) return
  const mae = meanAbsoluteError(data.testY, predicted)
  if (reference.seeds) {
    // Chance plays a part: ours must be no further from the seeds' errors than they are from each other.
    const errors = reference.seeds.map((values) => meanAbsoluteError(data.testY, values))
    const least = Math.min(...errors)
    const most = Math.max(...errors)
    const slack = 1.5 * (most - least) + 0.02 * most
    assert.ok(mae > least - slack && mae < most + slack, `${trainer}: MAE ${mae} is far from ${least} .. ${most}`)
  } else if (reference.sse !== undefined) {
    const sse = sumOfSquaredErrors(data.y, model.predict(matrix(data.x)))
    assert.ok(sse <= reference.sse * (1 + 1e-5), `${trainer}: sum of squares ${sse} above ${reference.sse}`)
  } else {
    assert.fail(`${trainer}: only ${share} of the rows agree`)
  }
}

function agreement(trainer: string, predicted: Float64Array, expected: (number | null)[]): number {
  const [tolerance] = tolerances[trainer] ?? [0]
  let agreeing = 0
  expected.forEach((value, i) => {
    if (value === null || Math.abs(predicted[i]! - value) <= tolerance * (1 + Math.abs(value))) agreeing++
  })
  return expected.length === 0 ? 1 : agreeing / expected.length
}
